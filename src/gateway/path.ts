import { ConnectLinks } from '../auth/index.ts';
import { deriveKey, Seal } from '../base/index.ts';
import { Catalogue } from '../catalogue/index.ts';
import { commandRules, type Settings } from '../config/index.ts';
import { createEgress } from '../http/index.ts';
import { createInspector, type Log } from '../ledger/index.ts';
import type { Params, ResponseMessage } from '../mcp/index.ts';
import {
  ClientSessions,
  Cursors,
  createRecognition,
  Deduplicator,
  endSession,
  InFlight,
  Links,
  Meters,
  Parked,
  REPLAY_LIMITS,
  Recordings,
  SseLines,
  Streams,
  TaskIds,
  Views,
  WaitingForAccounts,
} from '../proxy/index.ts';
import { Pending } from '../shared/index.ts';
import { CLIENT_METADATA_PATH, Connections, Supervisor, Upstreams } from '../upstream/index.ts';
import { createAttitudes, createDetecting, createGuarding } from './detecting.ts';
import { noteSession } from './door-events.ts';
import type { Base, Identity } from './identity.ts';
import { createLiveAdmission, createUsualLimits } from './live-admission.ts';
import { buildHealth } from './watching/health.ts';
import { buildTelemetry } from './watching/telemetry.ts';

const HOUR_MS = 3_600_000;

/** How long the other side of a connection may take, in milliseconds, before it is cut off. */
export type Patience = {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** For the whole body. */
  readonly bodyMs: number;
  /** For the next byte of an answer to be taken. */
  readonly stallMs: number;
  /** For a client of the 2025 revisions that left a stream to come back to it; five minutes unless said. */
  readonly returnMs?: number;
  /** For a client of 2026-07-28 that was asked something; ten minutes unless said. */
  readonly parkedMs?: number;
  /** How many streams a server bears with, the calls that wait for people among them; 1,000 unless said. */
  readonly streams?: number;
};

export const PATIENCE: Patience = { headersMs: 15_000, bodyMs: 15_000, stallMs: 60_000 };

/** Where authorization servers read who the gateway is. */
function clientMetadataUrlOf(settings: Settings, origin: () => string): () => string | undefined {
  const given = settings['upstream.clientMetadataUrl'];
  return () => (given === 'off' ? undefined : (given ?? origin() + CLIENT_METADATA_PATH));
}

/** People's accounts at servers, and the gateway's own. */
function buildConnections(
  deps: Omit<ConstructorParameters<typeof Connections>[0], 'clientMetadataUrl' | 'times'>,
  settings: Settings,
  own: Params,
): Connections {
  const times = {
    thresholdMs: settings['tokenRefresh.thresholdMinutes'] * 60_000,
    intervalMs: settings['tokenRefresh.intervalSeconds'] * 1000,
    timeoutMs: settings['tokenRefresh.timeoutSeconds'] * 1000,
  };
  return new Connections(
    { ...deps, clientMetadataUrl: clientMetadataUrlOf(settings, deps.origin), times },
    own,
  );
}

function buildCatalogue(base: Base, upstreams: Upstreams, log: Log): Catalogue {
  const { store, ledger, clock, live } = base;
  const mapped = (name: string) => live.current().mappings.get(name);
  return new Catalogue({ store, upstreams, ledger, clock, log, mapped, guarding: createGuarding(base) });
}

/** Where a session id that somebody else shows is not only told, the session ends for its owner as well. */
function buildSessions(
  base: Base,
  withIt: Omit<Parameters<typeof endSession>[1], 'sessions'>,
): ClientSessions {
  const { settings, master } = base.config;
  const attitudeTo = createAttitudes(base.configNow);
  const sessions = new ClientSessions({
    seal: new Seal(deriveKey(master, 'session'), 's1'),
    clock: base.clock,
    lifeMs: settings['session.hours'] * HOUR_MS,
    onRefused: refused => {
      const isEnded = refused.why === 'other_principal' && attitudeTo('session_hijack') === 'block';
      noteSession(refused, isEnded, base.ledger);
      if (isEnded && refused.session) endSession(refused.session, { sessions, ...withIt });
    },
  });
  return sessions;
}

/** Everything on the way from a client to a server. */
export function buildPath(
  base: Base,
  identity: Identity,
  { log, version, patience }: { log: Log; version: string; patience: Patience },
) {
  const { config, configNow, store, live, ledger, clock, origin } = base;
  const { settings, master } = config;
  const own = { name: 'authmcp-gateway', version };
  const egress = createEgress();
  const isPrivateAllowed = settings['upstream.private'] !== 'deny';
  const telemetry = buildTelemetry(settings, { egress, ledger, log, version });
  const supervisor = new Supervisor({ ...commandRules(config), log });
  const connections = buildConnections(
    { store, egress, clock, ledger, live, origin, isPrivateAllowed },
    settings,
    own,
  );
  const upstreams = new Upstreams({
    ...{ egress, supervisor, clock, ledger, isPrivateAllowed, connections, client: own },
    maxStreams: patience.streams,
  });
  const catalogue = buildCatalogue(base, upstreams, log);
  const inFlight = new InFlight();
  const route = { live, catalogue, upstreams, pageSize: settings.pageSize, links: new Links() };
  return {
    ...route,
    ...buildHealth(base, { upstreams, connections, log }),
    telemetry,
    tracer: telemetry?.tracer,
    connections,
    connectLinks: new ConnectLinks(master, clock, origin),
    waitingForAccounts: new WaitingForAccounts(),
    ...createRecognition({ authenticator: identity.authenticator, origin }),
    ...createLiveAdmission(
      { config, configNow },
      { clock, ledger, meters: new Meters({ live, clock, ledger, usual: createUsualLimits(configNow) }) },
    ),
    sessions: buildSessions(base, { upstreams, inFlight }),
    cursors: new Cursors(new Seal(deriveKey(master, 'cursor'), 'c1'), clock),
    views: new Views(route),
    inFlight,
    deduplicator: new Deduplicator(),
    streams: new Streams(),
    lines: new SseLines(new Seal(deriveKey(master, 'stream'), 'l1')),
    recordings: new Recordings(clock, { ...REPLAY_LIMITS, ms: patience.returnMs ?? REPLAY_LIMITS.ms }),
    pending: new Pending<ResponseMessage>(clock),
    parked: new Parked(new Seal(deriveKey(master, 'request-state'), 'r1'), clock, patience.parkedMs),
    tasks: new TaskIds(new Seal(deriveKey(master, 'task'), 't1')),
    own,
    securitySchemes: settings['compat.securitySchemes'],
    toolNamesAsMethods: settings['compat.toolNamesAsMethods'],
    ...{ ledger, egress, isPrivateAllowed, supervisor, clock, log },
    ...{ inspector: createInspector(), detecting: createDetecting(configNow) },
    bodyBytes: settings['limits.bodyBytes'],
    bodyMs: patience.bodyMs,
    stallMs: patience.stallMs,
  };
}

export type Path = ReturnType<typeof buildPath>;
