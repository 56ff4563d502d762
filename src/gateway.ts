import type { FirstAdminOutcome, SetupLink } from './auth/index.ts';
import { type Clock, type ServerName, systemClock, type UserId } from './base/index.ts';
import { type Config, type StoredSettings, withStored } from './config/index.ts';
import { buildAudits } from './gateway/audits.ts';
import { noteAtDoor } from './gateway/door-events.ts';
import { noteFileChanges, serverChanges, settingChanges } from './gateway/file-changes.ts';
import { type Base, buildIdentity, type Identity, settlePeople } from './gateway/identity.ts';
import { noteInsecureSettings } from './gateway/insecure-settings.ts';
import { followKeyUse } from './gateway/key-use.ts';
import { buildLedger, type Journal, logsOf } from './gateway/ledger.ts';
import { createLiveConfig } from './gateway/live-config.ts';
import { buildOAuth } from './gateway/oauth.ts';
import { buildPath, PATIENCE, type Path, type Patience } from './gateway/path.ts';
import { buildRoutes } from './gateway/routes.ts';
import { registerMetrics } from './gateway/watching/metrics.ts';
import { createAddressReader, createFrontDoor, type Listener, listen, type Route } from './http/index.ts';
import type { Log } from './ledger/index.ts';
import { createLive, rightsIn, type Snapshot } from './live/index.ts';
import { type ActivityRow, openStore, type Store } from './store/index.ts';
import type { Status, Upstream } from './upstream/index.ts';

export type { Patience };

export type GatewayDeps = {
  readonly log: Log;
  readonly version: string;
  /** A command line that runs the sample server. */
  readonly sample?: string;
  readonly clock?: Clock;
  readonly patience?: Patience;
};

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
  /** How many calls of clients run now. */
  calls(): number;
  onActivity(listener: (row: ActivityRow) => void): () => void;
  /** Takes over the servers of a configuration that was read anew. */
  reload(config: Config): Promise<void>;
  /** Stops accepting, lets calls end (25 s at most), writes everything down. */
  close(): Promise<void>;
};

/** How long running calls may go on when the gateway stops. */
export const DRAIN_MS = 25_000;

/** The origin is known when the port is: `face` follows it. */
type Door = { face: ReturnType<Config['mode']['at']> };

/** An account that is another one now, or gone, takes along what was open and shown with it. */
function followAccounts(
  { upstreams, catalogue, waitingForAccounts, log }: Path,
  { connected: now }: Snapshot,
  { connected: before }: Snapshot,
): void {
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    if (before.get(key) === now.get(key)) continue;
    const [server, person] = key.split(' ') as [ServerName, UserId];
    upstreams.forget(key);
    catalogue
      .forget(server, person)
      .catch(err => log.error({ err, server }, 'what an account showed could not be forgotten'));
  }
  waitingForAccounts.recheck(now);
}

/** Everything that a snapshot decides follows it. */
function followSnapshots(base: Base, path: Path): void {
  const { live } = base;
  const { upstreams, catalogue, inFlight, isCurrent } = path;
  const take = (): readonly Upstream[] => {
    const changed = upstreams.apply(live.current().servers);
    catalogue.take(changed);
    return changed;
  };
  upstreams.onPerson(upstream => catalogue.take([upstream]));
  take();
  live.onSwap((snapshot, before) => {
    const changed = take().map(({ entry }) => entry);
    noteFileChanges(serverChanges(changed, snapshot.servers, before.servers), { ...base, log: path.log });
    inFlight.recheck(snapshot, isCurrent);
    followAccounts(path, snapshot, before);
    for (const upstream of [...upstreams.all(), ...upstreams.ofPeople()])
      upstream.recheck(principal => mayHold(principal as UserId, upstream.entry.name, snapshot));
  });
}

/** Whether this person may have a session with the server. */
function mayHold(id: UserId, server: ServerName, snapshot: Snapshot): boolean {
  return snapshot.users.get(id)?.disabled === false && rightsIn(snapshot, id).reaches(server);
}

function openDoor(
  base: Base,
  door: Door,
  routes: readonly Route[],
  { log, headersMs }: { readonly log: Log; readonly headersMs: number },
): Promise<Listener> {
  const { config, clock } = base;
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
    onRefused: (exchange, fault) => {
      log.debug({ fault: fault.fault, address: exchange.address }, 'refused at the door');
      noteAtDoor(exchange, fault, base);
    },
  });
  return listen({ hosts: config.addresses, port: config.port, headersMs, onRequest });
}

async function drain(isDone: () => boolean, ms: number): Promise<void> {
  const endsAt = performance.now() + ms;
  while (!isDone() && performance.now() < endsAt) await new Promise(resolve => setTimeout(resolve, 20));
}

async function stop(listener: Listener, path: Path, { live, store }: Base, journal: Journal): Promise<void> {
  listener.stopAccepting();
  path.streams.close();
  path.parked.close();
  await drain(() => path.inFlight.size === 0, DRAIN_MS);
  await listener.close();
  path.sessions.close();
  path.recordings.close();
  path.health.close();
  path.credentialWatch.close();
  path.catalogue.close();
  path.upstreams.close();
  await path.connections.close();
  await path.supervisor.close();
  await path.telemetry?.close();
  await path.egress.close();
  await journal.close();
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

function serverStates({ upstreams }: Path): readonly ServerState[] {
  return upstreams.all().map(({ entry, status }) => ({ name: entry.name, status }));
}

/** Those of the configuration file, with what administrators had chosen for all at the start: a server does not begin anew for it. */
function serversIn(read: () => Config): (chosen: StoredSettings) => Config['servers'] {
  let atStart: StoredSettings | undefined;
  let known: { readonly file: Config; readonly servers: Config['servers'] } | undefined;
  return chosen => {
    atStart ??= chosen;
    const file = read();
    if (known?.file !== file) known = { file, servers: withStored(file, atStart).servers };
    return known.servers;
  };
}

/** Builds the gateway and listens. Rejects with the system's error when it cannot bind. */
export async function createGateway(read: Config, given: GatewayDeps): Promise<Gateway> {
  const { clock, log, version, patience } = { clock: systemClock, patience: PATIENCE, ...given };
  let file = read;
  let isReady = true;
  const door: Door = { face: read.mode.at(read.port) };
  const store = await openStore({ ...read, logs: logsOf(read, log) });
  const onProblem = (err: unknown): void => log.error({ err }, 'the snapshot could not be read');
  const live = await createLive({ store, clock, fileServers: serversIn(() => file), onProblem });
  const configNow = createLiveConfig(live, () => file);
  const config = configNow();
  const journal = await buildLedger({ store, clock, log, configNow });
  noteInsecureSettings(config, journal.ledger);
  const origin = () => door.face.origin;
  const base: Base = { ...journal, config, configNow, store, live, clock, origin };
  const identity = await buildIdentity(base);
  const firstAdmin = await settlePeople(base, identity);
  const path = buildPath(base, identity, { log, version, patience });
  const keyUse = followKeyUse({ ...base, onProblem: err => log.error({ err }, 'not written') });
  const oauth = buildOAuth(base, identity, path);
  const audits = buildAudits(base, path);
  await Promise.all([live.refresh(), path.catalogue.load(), path.health.load(), audits.recover()]);
  const listener = await openDoor(
    base,
    door,
    buildRoutes(base, identity, path, { ...given, isReady: () => isReady, oauth, keyUse, audits }),
    { log, headersMs: patience.headersMs },
  );
  door.face = config.mode.at(listener.port);
  void path.supervisor.endLeftovers();
  followSnapshots(base, path);
  const stopMeasuring = registerMetrics(path, { version, commit: config.settings.gitCommit });
  return {
    ...(await learn(identity, firstAdmin)),
    port: listener.port,
    origin: door.face.origin,
    mcpUrl: `${door.face.origin}/mcp`,
    store,
    servers: () => serverStates(path),
    calls: () => path.inFlight.calls,
    onActivity: follower => path.ledger.onEntry(follower),
    reload: async next => {
      noteFileChanges(settingChanges(next, file), { ...base, log });
      file = next;
      await live.refresh();
    },
    close: async () => {
      isReady = false;
      oauth.close();
      stopMeasuring();
      await Promise.all([journal.endReading(), audits.close(), keyUse.close()]);
      await stop(listener, path, base, journal);
    },
  };
}
