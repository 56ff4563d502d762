import { Fault } from '../base/index.ts';
import { isMcpScope, scopeOf } from '../policy/index.ts';
import { endpointPath, type Root } from './origins.ts';

/** Why a caller was not let in; it decides what the challenge says. */
export type RefusalReason = 'no_credentials' | 'invalid_token';

/** `says` reaches the client: never a word of the token. */
export function refusal(reason: RefusalReason, says?: string): Fault {
  return new Fault('unauthorized', { ...(says === undefined ? {} : { says }), data: { reason } });
}

/**
 * The person may, the token may not. One authorization for what the challenge names gives the token both what it
 * has for MCP and what it lacks (2026-07-28 authorization, "Runtime Insufficient Scope Errors").
 */
export function insufficientScope(held: readonly string[], server: string | undefined): Fault {
  const scope = [...held.filter(isMcpScope), scopeOf(server)].join(' ');
  return new Fault('insufficient_scope', { data: { scope } });
}

/** RFC 6750 section 3 allows these characters in a quoted value, and nothing else. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')}"`;
}

function errorOf(fault: Fault): readonly (readonly [string, string])[] {
  if (fault.fault === 'insufficient_scope') return [['error', 'insufficient_scope']];
  const error = fault.fault === 'bad_header' ? 'invalid_request' : fault.data?.reason;
  // RFC 6750 section 3.1: a request without credentials gets no error code.
  if (typeof error !== 'string' || error === 'no_credentials') return [];
  return [
    ['error', error],
    ['error_description', fault.message],
  ];
}

/** Where the metadata of an endpoint lies (RFC 9728 section 3.1: the path goes behind the well-known part). */
function metadataUrl(origin: string, server: string | undefined, root: Root | undefined): string {
  return `${origin}/.well-known/oauth-protected-resource${endpointPath(server, root)}`;
}

/**
 * The value of `WWW-Authenticate` for a 401 or 403 on an endpoint (RFC 6750, RFC 9728 section 5.1). `origin` is the
 * one that the client used, see `asAsked`.
 */
export function challengeOf(fault: Fault, origin: string, server?: string, root?: Root): string {
  const scope = fault.data?.scope;
  const parameters = [
    ['resource_metadata', metadataUrl(origin, server, root)],
    ['scope', typeof scope === 'string' ? scope : scopeOf(server)],
    ...errorOf(fault),
  ] as const;
  return `Bearer ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`;
}
