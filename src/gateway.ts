import type { FirstAdminOutcome, SetupLink } from './auth/index.ts';
import { type Clock, systemClock } from './base/index.ts';
import type { Config } from './config/index.ts';
import { type Base, buildIdentity, type Identity, settlePeople } from './gateway/identity.ts';
import { noteInsecureSettings } from './gateway/insecure-settings.ts';
import { buildPath, PATIENCE, type Path, type Patience } from './gateway/path.ts';
import { buildRoutes } from './gateway/routes.ts';
import { createAddressReader, createFrontDoor, type Listener, listen, type Route } from './http/index.ts';
import { Ledger, type Log } from './ledger/index.ts';
import { createLive } from './live/index.ts';
import { notCalledYet } from './mcp/index.ts';
import { type ActivityRow, openStore, type Store } from './store/index.ts';
import type { Status } from './upstream/index.ts';

export type { Patience };

export type GatewayDeps = {
  readonly log: Log;
  readonly version: string;
  readonly clock?: Clock;
  readonly patience?: Patience;
};

/** `kept`: of a kind that this release does not call. */
export type ServerState = { readonly name: string; readonly status: Status | { readonly state: 'kept' } };

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

const DRAIN_MS = 25_000;

/** The origin is known when the port is: `face` follows it. */
type Door = { face: ReturnType<Config['mode']['at']> };

/** Everything that a snapshot decides follows it. */
function followSnapshots({ live }: Base, { upstreams, catalogue, inFlight, isCurrent }: Path): void {
  const take = (): void => catalogue.take(upstreams.apply(live.current().servers));
  take();
  live.onSwap(snapshot => {
    take();
    inFlight.recheck(snapshot, isCurrent);
  });
}

function openDoor(
  { config, clock }: Base,
  door: Door,
  routes: readonly Route[],
  { log, headersMs }: { readonly log: Log; readonly headersMs: number },
): Promise<Listener> {
  const rules = {
    isHostAllowed: (host: string) => door.face.isHostAllowed(host),
    isOriginAllowed: (origin: string) => door.face.isOriginAllowed(origin),
    wrongHostSays: () => door.face.hostRefusal,
  };
  const onRequest = createFrontDoor({
    rules,
    clock,
    routes,
    readAddress: createAddressReader(config.settings.trustedProxies),
    onRefused: (exchange, fault) =>
      log.debug({ fault: fault.fault, address: exchange.address }, 'refused at the door'),
  });
  return listen({ hosts: config.addresses, port: config.port, headersMs, onRequest });
}

async function drain(isDone: () => boolean, ms: number): Promise<void> {
  const endsAt = performance.now() + ms;
  while (!isDone() && performance.now() < endsAt) await new Promise(resolve => setTimeout(resolve, 20));
}

async function stop(listener: Listener, path: Path, { live, store }: Base): Promise<void> {
  listener.stopAccepting();
  path.streams.close();
  await drain(() => path.inFlight.size === 0, DRAIN_MS);
  await listener.close();
  path.sessions.close();
  path.catalogue.close();
  path.upstreams.close();
  await path.egress.close();
  await path.ledger.stop();
  await live.close();
  await store.close();
}

type Facts = {
  readonly setupLink: SetupLink | undefined;
  readonly firstAdmin: FirstAdminOutcome | undefined;
};

async function learn(identity: Identity, firstAdmin: FirstAdminOutcome | undefined): Promise<Facts> {
  const isWaiting = await identity.setup.isWaiting();
  return { firstAdmin, setupLink: isWaiting ? await identity.setup.newLink() : undefined };
}

function serverStates({ live }: Base, { upstreams }: Path): readonly ServerState[] {
  const called = upstreams.all().map(({ entry, status }) => ({ name: entry.name, status }));
  const others = [...live.current().servers.values()].filter(entry => entry.enabled && notCalledYet(entry));
  return [...called, ...others.map(({ name }) => ({ name, status: { state: 'kept' } as const }))];
}

/** Builds the gateway and listens. Rejects with the system's error when it cannot bind. */
export async function createGateway(config: Config, given: GatewayDeps): Promise<Gateway> {
  const { clock, log, version, patience } = { clock: systemClock, patience: PATIENCE, ...given };
  let servers = config.servers;
  let isReady = true;
  const door: Door = { face: config.mode.at(config.port) };
  const store = await openStore(config);
  const onProblem = (err: unknown): void => log.error({ err }, 'the snapshot could not be read');
  const live = await createLive({ store, clock, fileServers: () => servers, onProblem });
  const ledger = new Ledger({ store, clock, log, keepsRequests: config.settings['ledger.enabled'] });
  noteInsecureSettings(config, ledger);
  const base: Base = { config, store, live, ledger, clock, origin: () => door.face.origin };
  const identity = await buildIdentity(base);
  const firstAdmin = await settlePeople(base, identity);
  const path = buildPath(base, identity, { log, version, patience });
  await Promise.all([live.refresh(), path.catalogue.load()]);
  const listener = await openDoor(
    base,
    door,
    buildRoutes(base, identity, path, { version, isReady: () => isReady }),
    { log, headersMs: patience.headersMs },
  );
  door.face = config.mode.at(listener.port);
  followSnapshots(base, path);
  return {
    ...(await learn(identity, firstAdmin)),
    port: listener.port,
    origin: door.face.origin,
    mcpUrl: `${door.face.origin}/mcp`,
    store,
    servers: () => serverStates(base, path),
    onActivity: follower => path.ledger.onEntry(follower),
    reload: async next => {
      servers = next.servers;
      await live.refresh();
    },
    close: async () => {
      isReady = false;
      await stop(listener, path, base);
    },
  };
}
