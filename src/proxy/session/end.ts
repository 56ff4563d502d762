import { Fault } from '../../base/index.ts';
import type { Upstreams } from '../../upstream/index.ts';
import type { Context } from '../call.ts';
import { findSession } from '../read.ts';
import type { ClientSessions } from './client-sessions.ts';

/** DELETE: the client ends its session, and with it its sessions with servers (2025-11-25 transports). */
export function end(
  context: Context,
  deps: { readonly sessions: ClientSessions; readonly upstreams: Upstreams },
): void {
  const session = findSession(context, deps.sessions);
  if (!session) throw new Fault('invalid_request', { says: 'Mcp-Session-Id is missing' });
  deps.sessions.end(session);
  for (const upstream of deps.upstreams.all()) upstream.endClientSession(session.key);
  context.entry.status = 200;
  context.exchange.response.writeHead(200, { 'content-length': 0 });
  context.exchange.response.end();
}
