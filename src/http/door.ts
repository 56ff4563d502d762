import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../base/index.ts';
import { header } from './exchange.ts';

/** Headers on which two readers would disagree if they stood twice: the first wins here, the last elsewhere. */
const ONCE = new Set([
  'authorization',
  'host',
  'origin',
  'content-length',
  'content-type',
  'accept',
  'mcp-session-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'last-event-id',
]);

/** `Accept` may be a list over several lines (RFC 9110 section 5.3); the others may not. */
const MERGEABLE = new Set(['accept']);

export function refuseDoubledHeaders(request: IncomingMessage): void {
  // Node joins or drops doubled ones: as many names as lines means that there are none.
  if (Object.keys(request.headers).length * 2 === request.rawHeaders.length) return;
  const seen = new Set<string>();
  const raw = request.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    if (!ONCE.has(name) || MERGEABLE.has(name)) continue;
    if (seen.has(name))
      throw new Fault('bad_header', { says: `The header ${name} stands twice`, data: { header: name } });
    seen.add(name);
  }
}

/** What something here answers. */
const ANSWERED = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * `TRACE` would say headers again, credentials among them (RFC 9110 section 9.3.8). What nobody knows is 405 as well: 5xx is
 * said of the gateway's own state alone.
 */
export function refuseMethod({ method = '' }: IncomingMessage, response: ServerResponse): void {
  if (ANSWERED.includes(method)) return;
  response.setHeader('allow', ANSWERED.join(', '));
  throw new Fault('method_not_allowed', { says: `${method} is not answered here` });
}

const TRICKS = /\/\/|\\|;|%2f|%5c|%2e|%25|%00|[^\x21-\x7e]|\/\.{1,2}(\/|$)/i;

/** Path and query, the path made canonical once, before anything compares it. */
export function canonicalPath(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  if (!path.startsWith('/') || TRICKS.test(path)) throw new Fault('bad_path');
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return { path: trimmed, query: mark === -1 ? '' : url.slice(mark + 1) };
}

export type DoorRules = {
  isHostAllowed(host: string): boolean;
  isOriginAllowed(origin: string): boolean;
  /** Said to somebody who came by another name; in served mode it names the setting, not the origin. */
  wrongHostSays(): string;
};

const ANY_HOST = new Set(['/livez', '/readyz']);

/**
 * Host and Origin on every path (2026-07-28 streamable-http, "Security Warning": DNS rebinding). Liveness answers
 * every Host, because an orchestrator asks by address and it says nothing.
 */
export function checkHostAndOrigin(request: IncomingMessage, path: string, rules: DoorRules): void {
  if (ANY_HOST.has(path)) return;
  const host = header(request, 'host');
  if (host === undefined || !rules.isHostAllowed(host))
    throw new Fault('wrong_host', { says: rules.wrongHostSays() });
  const origin = header(request, 'origin');
  if (origin !== undefined && !rules.isOriginAllowed(origin)) throw new Fault('origin_refused');
}
