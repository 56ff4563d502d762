import type { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createHealth, createPages } from './admin/index.ts';
import {
  ANONYMOUS,
  type Authenticator,
  asAsked,
  audiencesOf,
  challengeOf,
  createAuthenticator,
  createBrowserSessions,
  createKeyRing,
  createLoginRoutes,
  createLoginThrottle,
  createMetadataRoutes,
  createMint,
  createPasswordCheck,
  createPasswords,
  createRefreshFamilies,
  createSetup,
  ensureServiceUser,
  type FirstAdminOutcome,
  keepStaticTokens,
  makeFirstAdmin,
  type SetupLink,
} from './auth/index.ts';
import { type Clock, deriveKey, Fault, Seal, systemClock, type UserId } from './base/index.ts';
import { Catalogue } from './catalogue/index.ts';
import type { Config, Settings } from './config/index.ts';
import {
  createAddressReader,
  createEgress,
  createFrontDoor,
  type Exchange,
  header,
  type Listener,
  listen,
  type Route,
} from './http/index.ts';
import { Ledger, type Log } from './ledger/index.ts';
import { createLive, type Live } from './live/index.ts';
import type { Caller } from './policy/index.ts';
import {
  ClientSessions,
  Cursors,
  createAdmission,
  createProxy,
  InFlight,
  type Limits,
  type Place,
  Streams,
  Views,
} from './proxy/index.ts';
import { Pending } from './shared/index.ts';
import { type ActivityRow, openStore, type Store } from './store/index.ts';
import { type Status, Upstreams } from './upstream/index.ts';

export type GatewayDeps = { readonly log: Log; readonly version: string; readonly clock?: Clock };

export type ServerState = { readonly name: string; readonly status: Status };

export type Gateway = {
  readonly port: number;
  /** Scheme, host and port that people and clients use. */
  readonly origin: string;
  readonly mcpUrl: string;
  /** Where nobody is administrator yet. */
  readonly setupLink: SetupLink | undefined;
  /** What became of the administrator that the environment names. */
  readonly firstAdmin: FirstAdminOutcome | undefined;
  readonly store: Store;
  servers(): readonly ServerState[];
  onActivity(listener: (row: ActivityRow) => void): () => void;
  /** Takes over the servers of a configuration that was read anew. */
  reload(config: Config): Promise<void>;
  /** Stops accepting, lets calls end (25 s at most), writes everything down. */
  close(): Promise<void>;
};

const BODY_MS = 15_000;
const DRAIN_MS = 25_000;
const MINUTE_MS = 60_000;

function limitsOf(settings: Settings): Limits {
  return {
    isEnabled: settings['rateLimit.enabled'],
    mcp: {
      max: settings['rateLimit.mcp.max'],
      window: settings['rateLimit.mcp.window'],
      burst: settings['rateLimit.mcp.burst'],
    },
    failed: { max: settings['rateLimit.failedAuth.max'], window: settings['rateLimit.failedAuth.window'] },
  };
}

/** Rooms that know who people are and what they may. */
async function buildIdentity(
  config: Config,
  store: Store,
  live: Live,
  at: { clock: Clock; origin: () => string },
) {
  const { master, settings } = config;
  const { clock, origin } = at;
  const accessTtlMs = settings['jwt.accessTokenExpireMinutes'] * MINUTE_MS;
  const keyRing = await createKeyRing({ store, master, clock });
  const passwords = createPasswords();
  const authenticator = createAuthenticator({ live, store, keyRing, clock, origin });
  const mint = createMint({ keyRing, clock, origin, accessTtlMs });
  const families = createRefreshFamilies({ store, live, master, clock, accessTtlMs });
  const checkPassword = createPasswordCheck({
    store,
    live,
    passwords,
    throttle: createLoginThrottle(clock),
    clock,
  });
  const sessions = createBrowserSessions({ store, live, master, clock, origin });
  const setup = createSetup({ store, clock, origin });
  return { keyRing, passwords, authenticator, mint, families, checkPassword, sessions, setup };
}

type Identity = Awaited<ReturnType<typeof buildIdentity>>;

/** Everything on the way from a client to a server. */
function buildPath(config: Config, store: Store, live: Live, deps: Required<GatewayDeps>) {
  const { clock, log, version } = deps;
  const own = { name: 'authmcp-gateway', version };
  const ledger = new Ledger({ store, clock, log });
  const egress = createEgress();
  const isPrivateAllowed = config.settings['upstream.private'] !== 'deny';
  const upstreams = new Upstreams({ egress, clock, ledger, isPrivateAllowed, client: own });
  const catalogue = new Catalogue({ store, upstreams, ledger, clock, log });
  const lifeMs = config.settings['session.hours'] * 60 * MINUTE_MS;
  const sessions = new ClientSessions({
    seal: new Seal(deriveKey(config.master, 'session'), 's1'),
    clock,
    lifeMs,
  });
  const cursors = new Cursors(new Seal(deriveKey(config.master, 'cursor'), 'c1'), clock);
  const route = { live, catalogue, upstreams, pageSize: config.settings.pageSize };
  const parts = {
    sessions,
    cursors,
    views: new Views(route),
    inFlight: new InFlight(),
    streams: new Streams(),
    pending: new Pending<never>(clock),
  };
  return {
    ...route,
    ...parts,
    own,
    ledger,
    egress,
    clock,
    log,
    bodyBytes: config.settings['limits.bodyBytes'],
    bodyMs: BODY_MS,
  };
}

type Path = ReturnType<typeof buildPath>;

/** Who calls an MCP endpoint: a credential, or, where none is demanded, the principal `anonymous`. */
function createRecognition(
  authenticator: Authenticator,
  live: Live,
  at: { origin: () => string; anonymous: UserId | undefined },
) {
  const anonymous = (): Caller | undefined => {
    const user = at.anonymous && live.current().users.get(at.anonymous);
    if (!user || user.disabled) return undefined;
    const credential = { kind: 'open', id: ANONYMOUS, expiresAt: undefined } as const;
    return {
      principal: user.id,
      name: user.name,
      isAdmin: false,
      client: ANONYMOUS,
      credential,
      scopes: ['mcp'],
      grants: live.current().grants.get(user.id) ?? new Set(),
    };
  };
  const serverOf = (place: Place) => (place.kind === 'one' ? place.server : undefined);
  const audiences = new Map<string, readonly string[]>();
  const audienceOf = (place: Place): readonly string[] => {
    const key = serverOf(place) ?? '';
    let found = audiences.get(key);
    if (!found) {
      found = audiencesOf(at.origin(), serverOf(place));
      if (audiences.size < 1000) audiences.set(key, found);
    }
    return found;
  };
  return {
    authenticate(authorization: string | undefined, place: Place): Caller | Promise<Caller> {
      const guest = authorization === undefined ? anonymous() : undefined;
      return (
        guest ??
        authenticator.authenticate(authorization, { audience: audienceOf(place), server: serverOf(place) })
      );
    },
    challenge: (fault: Fault, place: Place, exchange: Exchange) =>
      challengeOf(fault, asAsked(at.origin(), header(exchange.request, 'host')), serverOf(place)),
  };
}

type App = { fetch(request: Request, env: { incoming: IncomingMessage }): Response | Promise<Response> };

/** A Hono application as a route; `takes` says which paths are its own. */
function appRoute(app: App, takes: (path: string) => boolean): Route {
  const answer = getRequestListener(
    (request, env) => app.fetch(request, env as { incoming: IncomingMessage }),
    { overrideGlobalObjects: false },
  );
  return exchange => {
    if (!takes(exchange.path)) return false;
    void answer(exchange.request, exchange.response);
    return true;
  };
}

/** In the order in which they are asked. MCP stands before everything that uses a framework. */
function buildRoutes(
  config: Config,
  identity: Identity,
  path: Path,
  at: {
    origin: () => string;
    version: string;
    anonymous: UserId | undefined;
    isReady: () => boolean;
    live: Live;
    store: Store;
  },
): readonly Route[] {
  const { origin, live, store } = at;
  const addressOf = (incoming: IncomingMessage): string =>
    readAddress(incoming.socket.remoteAddress ?? '', header(incoming, 'x-forwarded-for'));
  const readAddress = createAddressReader(config.settings.trustedProxies);
  const common = { ...identity, store, live, clock: path.clock, origin, addressOf, master: config.master };
  const health = createHealth({
    version: at.version,
    commit: config.settings.gitCommit,
    isReady: at.isReady,
    metrics: () => path.ledger.metrics.text(),
    isPrivate: config.mode.isPrivate,
    checkMetrics: async authorization => {
      const caller = await identity.authenticator.authenticate(authorization, { audience: 'any' });
      if (!caller.scopes.includes('metrics')) throw new Fault('insufficient_scope');
    },
  });
  const recognition = createRecognition(identity.authenticator, live, at);
  const admission = createAdmission(limitsOf(config.settings), path.clock, path.ledger);
  return [
    appRoute(createMetadataRoutes({ keyRing: identity.keyRing, origin }), asked =>
      asked.includes('/.well-known/'),
    ),
    createProxy({ ...path, ...recognition, ...admission }),
    health,
    appRoute(createLoginRoutes(common), asked => asked.startsWith('/auth/')),
    appRoute(createPages({ ...common, passwordPolicy: policyOf(config.settings) }), () => true),
  ];
}

function policyOf(settings: Settings) {
  return {
    minLength: settings['passwordPolicy.minLength'],
    requireUppercase: settings['passwordPolicy.requireUppercase'],
    requireLowercase: settings['passwordPolicy.requireLowercase'],
    requireDigit: settings['passwordPolicy.requireDigit'],
    requireSpecial: settings['passwordPolicy.requireSpecial'],
  };
}

/** People whom the configuration names: the first administrator, static tokens, `anonymous`. */
async function settle(
  config: Config,
  identity: Identity,
  store: Store,
  clock: Clock,
): Promise<{ firstAdmin: FirstAdminOutcome | undefined; anonymous: UserId | undefined }> {
  await keepStaticTokens(config.settings.staticBearerTokens, { store, clock });
  const anonymous = config.settings['system.authRequired']
    ? undefined
    : await ensureServiceUser(ANONYMOUS, { store, clock });
  const { adminUsername: name, adminPassword: password, adminEmail: email } = config;
  if (name === undefined || password === undefined) return { firstAdmin: undefined, anonymous };
  const policy = policyOf(config.settings);
  return {
    firstAdmin: await makeFirstAdmin(
      { name, password, email },
      { store, passwords: identity.passwords, clock, policy },
    ),
    anonymous,
  };
}

async function until(isDone: () => boolean, ms: number): Promise<void> {
  for (const endsAt = performance.now() + ms; !isDone() && performance.now() < endsAt; )
    await new Promise(resolve => setTimeout(resolve, 20));
}

/** Everything that a snapshot decides follows it. */
function followSnapshots(live: Live, { upstreams, catalogue, inFlight }: Path): void {
  const take = (): void => catalogue.take(upstreams.apply(live.current().servers));
  take();
  live.onSwap(snapshot => {
    take();
    inFlight.recheck(snapshot);
  });
}

type Stopping = {
  readonly listener: Listener;
  readonly path: Path;
  readonly live: Live;
  readonly store: Store;
};

async function stop({ listener, path, live, store }: Stopping): Promise<void> {
  listener.stopAccepting();
  path.streams.close();
  await until(() => path.inFlight.size === 0, DRAIN_MS);
  await listener.close();
  path.sessions.close();
  path.catalogue.close();
  path.upstreams.close();
  await path.egress.close();
  await path.ledger.stop();
  await live.close();
  await store.close();
}

/** Builds the gateway and listens. Rejects with the system's error when it cannot bind. */
export async function createGateway(config: Config, given: GatewayDeps): Promise<Gateway> {
  const deps = { clock: systemClock, ...given };
  const { clock, log, version } = deps;
  let servers = config.servers;
  let face = config.mode.at(config.port);
  const origin = (): string => face.origin;
  const store = await openStore(config);
  const live = await createLive({
    store,
    clock,
    fileServers: () => servers,
    onProblem: err => log.error({ err }, 'the snapshot could not be read'),
  });
  const identity = await buildIdentity(config, store, live, { clock, origin });
  const { firstAdmin, anonymous } = await settle(config, identity, store, clock);
  await live.refresh();
  const path = buildPath(config, store, live, deps);
  await path.catalogue.load();
  let isStopping = false;
  const rules = {
    isHostAllowed: (host: string) => face.isHostAllowed(host),
    isOriginAllowed: (asked: string) => face.isOriginAllowed(asked),
    wrongHostSays: () => face.hostRefusal,
  };
  const routes = buildRoutes(config, identity, path, {
    origin,
    version,
    anonymous,
    isReady: () => !isStopping,
    live,
    store,
  });
  const readAddress = createAddressReader(config.settings.trustedProxies);
  const onRequest = createFrontDoor({
    rules,
    clock,
    routes,
    readAddress,
    onRefused: (exchange, fault) =>
      log.debug({ fault: fault.fault, address: exchange.address }, 'refused at the door'),
  });
  const listener = await listen({ hosts: config.addresses, port: config.port, onRequest });
  face = config.mode.at(listener.port);
  followSnapshots(live, path);
  const isWaiting = await identity.setup.isWaiting();
  return {
    port: listener.port,
    origin: face.origin,
    mcpUrl: `${face.origin}/mcp`,
    setupLink: isWaiting ? await identity.setup.newLink() : undefined,
    firstAdmin,
    store,
    servers: () => path.upstreams.all().map(({ entry, status }) => ({ name: entry.name, status })),
    onActivity: listener_ => path.ledger.onEntry(listener_),
    reload: async next => {
      servers = next.servers;
      await live.refresh();
    },
    close: async () => {
      isStopping = true;
      await stop({ listener, path, live, store });
    },
  };
}
