import {
  isObject,
  LATEST_LEGACY,
  LATEST_MODERN,
  LEGACY_REVISIONS,
  META,
  MODERN_REVISIONS,
  type Params,
  writeCapabilities,
} from '../mcp/index.ts';
import type { OwnSession } from './health/own-session.ts';
import { type Hello, helloOf } from './hello.ts';
import type { Leg } from './leg.ts';
import type { Reply } from './reply.ts';
import { openSession, type SessionOptions, type UpstreamSession } from './session.ts';

/** What is known of a server's protocols. A missing era was denied by the server itself, not by a failure. */
export type Eras = { readonly modern: Hello | undefined; readonly legacy: Hello | undefined };

export type Probed =
  | { readonly kind: 'known'; readonly eras: Eras }
  | { readonly kind: 'unknown'; readonly reply: Exclude<Reply, { kind: 'result' }> };

/** The `_meta` of a request of the gateway's own to a server of 2026-07-28. */
export function modernMeta(capabilities: number, client: Params): Params {
  return {
    [META.protocolVersion]: LATEST_MODERN,
    [META.clientCapabilities]: writeCapabilities(capabilities, LATEST_MODERN),
    [META.clientInfo]: client,
  };
}

export function modernHeaders(method: string): Readonly<Record<string, string>> {
  return { 'mcp-protocol-version': LATEST_MODERN, 'mcp-method': method };
}

const NOT_ASKED: readonly string[] = ['unreachable', 'blocked', 'full', 'paused', 'unconnected'];

/**
 * 401, 403 and 5xx say nothing about the protocol, and neither does silence. Over stdio silence and an end mean that
 * the request was not understood (2026-07-28 stdio, "Backward Compatibility").
 */
function saysNothing(reply: Reply, isStdio = false): boolean {
  if (reply.kind === 'failed')
    return isStdio
      ? NOT_ASKED.includes(reply.failure)
      : reply.failure !== 'invalid' && reply.failure !== 'broken';
  if (reply.kind === 'result') return false;
  return reply.status === 401 || reply.status === 403 || reply.status === 429 || reply.status >= 500;
}

type Verdict =
  | { readonly kind: 'yes'; readonly hello: Hello }
  /** `isFinal`: nothing else needs to be tried either. */
  | { readonly kind: 'no'; readonly reply?: Exclude<Reply, { kind: 'result' }>; readonly isFinal?: boolean }
  | { readonly kind: 'unknown'; readonly reply: Exclude<Reply, { kind: 'result' }> };

const NO = { kind: 'no' } as const;
const PROBE_MS = 10_000;
/** A program that says nothing for so long did not understand. */
const SILENCE_MS = 20_000;

const UNSUPPORTED_VERSION = -32022;

/** The versions that a server names when it refuses one. */
function offeredInstead(reply: Reply): readonly unknown[] | undefined {
  if (reply.kind !== 'error' || reply.code !== UNSUPPORTED_VERSION) return undefined;
  const supported = isObject(reply.data) ? reply.data.supported : undefined;
  return Array.isArray(supported) ? supported : undefined;
}

/** It speaks a newer revision than the gateway and none with a handshake: "do not fall back to initialize" (versioning). */
function isOtherModern(reply: Reply): boolean {
  const supported = offeredInstead(reply);
  return supported !== undefined && !supported.some(version => LEGACY_REVISIONS.includes(String(version)));
}

/** Asks `server/discover`; a server that names the modern revision among its versions speaks it. */
async function probeModern(leg: Leg, client: Params): Promise<Verdict> {
  const method = 'server/discover';
  const options = { headers: modernHeaders(method), ms: PROBE_MS, startMs: SILENCE_MS };
  const ask = () => leg.ask(method, { _meta: modernMeta(0, client) }, options);
  const first = await ask();
  // Refused, and then named as one that it speaks: asked once more with that (versioning, "Protocol Version Negotiation").
  const isOffered = offeredInstead(first)?.some(version => MODERN_REVISIONS.includes(String(version)));
  const reply = isOffered ? await ask() : first;
  if (reply.kind === 'result') {
    const versions = reply.result.supportedVersions;
    const isModern = Array.isArray(versions) && versions.some(version => MODERN_REVISIONS.includes(version));
    return isModern ? { kind: 'yes', hello: helloOf(reply.result) } : NO;
  }
  if (isOtherModern(reply)) return { kind: 'no', isFinal: true };
  const isStdio = leg.entry.transport.kind === 'stdio';
  return saysNothing(reply, isStdio) ? { kind: 'unknown', reply } : NO;
}

/** Sends `initialize`; an answer with a revision that we know is a session. */
async function probeLegacy(options: SessionOptions): Promise<LegacyVerdict> {
  const opened = await openSession(options);
  if (opened.kind === 'open') return { kind: 'yes', hello: opened.session.hello, session: opened.session };
  const { reply } = opened;
  // A pipe that ended may be the program's own trouble: it is asked again later.
  const isOpen = saysNothing(reply) || (options.leg.isPiped && reply.kind === 'failed');
  return isOpen ? { kind: 'unknown', reply } : { kind: 'no', reply };
}

/** `wantsLegacy`: also of a server that speaks the modern revision it is to be known whether it speaks an older one. */
type Asking = {
  readonly leg: Leg;
  readonly client: Params;
  readonly wantsLegacy: boolean;
  /** What became of the session of a former probe. */
  readonly own: () => Promise<OwnSession>;
};
type LegacyVerdict = Verdict & { readonly session?: UpstreamSession };
type Verdicts = { readonly modern: Verdict; readonly legacy: LegacyVerdict };

/** The statuses after which a client looks for HTTP+SSE (2025-11-25 transports, "Backwards Compatibility"). */
const OLDER: readonly number[] = [400, 404, 405];

function mayBeOlder(verdict: Verdict): boolean {
  const { reply } = verdict.kind === 'no' ? verdict : { reply: undefined };
  return reply !== undefined && 'status' in reply && OLDER.includes(reply.status);
}

/** No session is opened where one is there, nor where it would be the end of somebody else's. */
async function askLegacy({ leg, client, own }: Asking): Promise<LegacyVerdict> {
  const known = await own();
  if (known.kind === 'lives') return { kind: 'yes', hello: known.hello };
  if (known.kind === 'replaced') return { kind: 'unknown', reply: known.reply };
  return probeLegacy({ leg, profile: OWN_LEGACY, client, ms: PROBE_MS });
}

async function askBoth(asking: Asking): Promise<Verdicts> {
  const { leg } = asking;
  const { protocol, transport } = leg.entry;
  const isNever = protocol === 'legacy' || transport.kind === 'sse';
  const modern: Verdict = isNever ? NO : await probeModern(leg, asking.client);
  if (modern.kind !== 'yes') leg.endStateless();
  const isFinal = modern.kind === 'no' && modern.isFinal === true;
  const isEnough = modern.kind === 'yes' && !asking.wantsLegacy;
  if (modern.kind === 'unknown' || protocol === 'modern' || isFinal || isEnough)
    return { modern, legacy: NO };
  return { modern, legacy: await askLegacy(asking) };
}

/** The same server by the older HTTP+SSE at the same address; the way is kept where it leads somewhere. */
async function askOlder(asking: Asking): Promise<LegacyVerdict> {
  asking.leg.switchTo('sse');
  const legacy = await askLegacy(asking);
  if (legacy.kind !== 'yes') asking.leg.switchTo('http');
  return legacy;
}

/** Learns which eras a server speaks, and by which of the transports that a URL may mean. */
export async function probeEras(asking: Asking): Promise<Probed & { session?: UpstreamSession }> {
  const { leg } = asking;
  const wasOlder = leg.isPiped && leg.entry.transport.kind === 'http';
  const again = wasOlder ? await askOlder(asking) : NO;
  if (again.kind === 'yes') return known({ modern: NO, legacy: again });
  const found = await askBoth(asking);
  if (found.modern.kind === 'unknown') return found.modern;
  if (found.modern.kind === 'no' && !leg.isPiped && mayBeOlder(found.legacy)) {
    const legacy = await askOlder(asking);
    return known(legacy.kind === 'yes' ? { ...found, legacy } : found);
  }
  if (found.legacy.kind === 'unknown' && found.modern.kind === 'no') return found.legacy;
  return known(found);
}

function known({ modern, legacy }: Verdicts): Probed & { session?: UpstreamSession } {
  const helloIn = (verdict: Verdict) => (verdict.kind === 'yes' ? verdict.hello : undefined);
  const eras = { modern: helloIn(modern), legacy: helloIn(legacy) };
  return { kind: 'known', eras, ...(legacy.session && { session: legacy.session }) };
}

/** The capabilities with which the gateway itself asks: it cannot be asked anything. */
export const OWN_LEGACY = { era: 'legacy', revision: LATEST_LEGACY, capabilities: 0 } as const;
export const OWN_MODERN = { era: 'modern', revision: LATEST_MODERN, capabilities: 0 } as const;
