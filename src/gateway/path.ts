import { deriveKey, Seal } from '../base/index.ts';
import { Catalogue } from '../catalogue/index.ts';
import type { Settings } from '../config/index.ts';
import { createEgress } from '../http/index.ts';
import type { Log } from '../ledger/index.ts';
import type { ResponseMessage } from '../mcp/index.ts';
import {
  ClientSessions,
  Cursors,
  createAdmission,
  createRecognition,
  Deduplicator,
  InFlight,
  type Limits,
  Streams,
  Views,
} from '../proxy/index.ts';
import { Pending } from '../shared/index.ts';
import { Upstreams } from '../upstream/index.ts';
import type { Base, Identity } from './identity.ts';

const HOUR_MS = 3_600_000;

/** How long the other side of a connection may take, in milliseconds, before it is cut off. */
export type Patience = {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** For the whole body. */
  readonly bodyMs: number;
  /** For the next byte of an answer to be taken. */
  readonly stallMs: number;
};

export const PATIENCE: Patience = { headersMs: 15_000, bodyMs: 15_000, stallMs: 60_000 };

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

/** Everything on the way from a client to a server. */
export function buildPath(
  { config, store, live, ledger, clock, origin }: Base,
  identity: Identity,
  { log, version, patience }: { log: Log; version: string; patience: Patience },
) {
  const { settings, master } = config;
  const own = { name: 'authmcp-gateway', version };
  const egress = createEgress();
  const isPrivateAllowed = settings['upstream.private'] !== 'deny';
  const upstreams = new Upstreams({ egress, clock, ledger, isPrivateAllowed, client: own });
  const catalogue = new Catalogue({ store, upstreams, ledger, clock, log });
  const route = { live, catalogue, upstreams, pageSize: settings.pageSize };
  return {
    ...route,
    ...createRecognition({ authenticator: identity.authenticator, origin }),
    ...createAdmission(limitsOf(settings), clock, ledger),
    sessions: new ClientSessions({
      seal: new Seal(deriveKey(master, 'session'), 's1'),
      clock,
      lifeMs: settings['session.hours'] * HOUR_MS,
    }),
    cursors: new Cursors(new Seal(deriveKey(master, 'cursor'), 'c1'), clock),
    views: new Views(route),
    inFlight: new InFlight(),
    deduplicator: new Deduplicator(),
    streams: new Streams(),
    pending: new Pending<ResponseMessage>(clock),
    own,
    ledger,
    egress,
    clock,
    log,
    bodyBytes: settings['limits.bodyBytes'],
    bodyMs: patience.bodyMs,
    stallMs: patience.stallMs,
  };
}

export type Path = ReturnType<typeof buildPath>;
