import { Fault } from '../../base/index.ts';
import type { Upstreams } from '../../upstream/index.ts';
import type { Context } from '../call.ts';
import { findSession } from '../read.ts';
import type { InFlight } from '../relay/in-flight.ts';
import type { ClientSession, ClientSessions } from './client-sessions.ts';

export type EndDeps = {
  readonly sessions: ClientSessions;
  readonly upstreams: Upstreams;
  readonly inFlight: InFlight;
};

/** Ends a session, and with it its calls and its sessions with servers. */
export function endSession(session: ClientSession, { sessions, upstreams, inFlight }: EndDeps): void {
  sessions.end(session);
  inFlight.endSession(session.key);
  for (const upstream of [...upstreams.all(), ...upstreams.ofPeople()])
    upstream.endClientSession(session.key);
}

/** DELETE: the client ends its session, and with it its sessions with servers (2025-11-25 transports). */
export function end(context: Context, deps: EndDeps): void {
  const session = findSession(context, deps.sessions);
  if (!session) throw new Fault('invalid_request', { says: 'Mcp-Session-Id is missing' });
  endSession(session, deps);
  context.entry.status = 200;
  context.exchange.response.writeHead(200, { 'content-length': 0 });
  context.exchange.response.end();
}
