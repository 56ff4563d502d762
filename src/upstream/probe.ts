import {
  LATEST_LEGACY,
  LATEST_MODERN,
  META,
  MODERN_REVISIONS,
  type Params,
  writeCapabilities,
} from '../mcp/index.ts';
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

/** 401, 403 and 5xx say nothing about the protocol, and neither does silence. */
function saysNothing(reply: Reply): boolean {
  if (reply.kind === 'failed') return reply.failure !== 'invalid' && reply.failure !== 'broken';
  if (reply.kind === 'result') return false;
  return reply.status === 401 || reply.status === 403 || reply.status === 429 || reply.status >= 500;
}

type Verdict =
  | { readonly kind: 'yes'; readonly hello: Hello }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown'; readonly reply: Exclude<Reply, { kind: 'result' }> };

/** Asks `server/discover`; a server that names the modern revision among its versions speaks it. */
export async function probeModern(leg: Leg, client: Params, ms: number): Promise<Verdict> {
  const method = 'server/discover';
  const reply = await leg.ask(
    method,
    { _meta: modernMeta(0, client) },
    { headers: modernHeaders(method), ms },
  );
  if (reply.kind === 'result') {
    const versions = reply.result.supportedVersions;
    const isModern = Array.isArray(versions) && versions.some(version => MODERN_REVISIONS.includes(version));
    return isModern ? { kind: 'yes', hello: helloOf(reply.result) } : { kind: 'no' };
  }
  return saysNothing(reply) ? { kind: 'unknown', reply } : { kind: 'no' };
}

/** Sends `initialize`; an answer with a revision that we know is a session. */
export async function probeLegacy(
  options: SessionOptions,
): Promise<Verdict & { readonly session?: UpstreamSession }> {
  const opened = await openSession(options);
  if (opened.kind === 'open') return { kind: 'yes', hello: opened.session.hello, session: opened.session };
  return saysNothing(opened.reply) ? { kind: 'unknown', reply: opened.reply } : { kind: 'no' };
}

/** The capabilities with which the gateway itself asks: it cannot be asked anything. */
export const OWN_LEGACY = { era: 'legacy', revision: LATEST_LEGACY, capabilities: 0 } as const;
export const OWN_MODERN = { era: 'modern', revision: LATEST_MODERN, capabilities: 0 } as const;
