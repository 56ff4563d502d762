import { Fault } from '../base/index.ts';
import { endpointPath } from './origins.ts';

/** Why a caller was not let in; it decides what the challenge says. */
export type RefusalReason = 'no_credentials' | 'invalid_token';

/** `says` reaches the client: never a word of the token. */
export function refusal(reason: RefusalReason, says?: string): Fault {
  return new Fault('unauthorized', { ...(says === undefined ? {} : { says }), data: { reason } });
}

export function insufficientScope(needed: string): Fault {
  return new Fault('insufficient_scope', { data: { scope: needed } });
}

/** RFC 6750 section 3 allows these characters in a quoted value, and nothing else. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')}"`;
}

function errorOf(fault: Fault): readonly (readonly [string, string])[] {
  if (fault.fault === 'insufficient_scope') return [['error', 'insufficient_scope']];
  // RFC 6750 section 3.1: a request without credentials gets no error code.
  if (fault.data?.reason !== 'invalid_token') return [];
  return [
    ['error', 'invalid_token'],
    ['error_description', fault.message],
  ];
}

/** Where the metadata of an endpoint lies (RFC 9728 section 3.1: the path goes behind the well-known part). */
function metadataUrl(origin: string, server?: string): string {
  return `${origin}/.well-known/oauth-protected-resource${endpointPath(server)}`;
}

/**
 * The value of `WWW-Authenticate` for a 401 or 403 on an endpoint (RFC 6750, RFC 9728 section 5.1). `origin` is the
 * one that the client used, see `asAsked`.
 */
export function challengeOf(fault: Fault, origin: string, server?: string): string {
  const scope = fault.data?.scope;
  const parameters = [
    ['resource_metadata', metadataUrl(origin, server)],
    ['scope', typeof scope === 'string' ? scope : 'mcp'],
    ...errorOf(fault),
  ] as const;
  return `Bearer ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`;
}
