import { Fault } from '../base/index.ts';
import { LOG_LEVELS } from '../mcp/index.ts';
import type { UpstreamSession } from '../upstream/index.ts';
import { type NotificationCall, type RequestCall, sessionOf } from './call.ts';
import type { Out } from './out.ts';
import type { InFlight } from './relay/in-flight.ts';

function openSessions(call: RequestCall | NotificationCall): readonly UpstreamSession[] {
  return call.session?.state.upstreams ?? [];
}

/** `logging/setLevel`: kept for the sessions that open later, and sent to those that are open. */
export async function setLevel(call: RequestCall, out: Out): Promise<void> {
  const { level } = call.message.params;
  if (typeof level !== 'string' || !LOG_LEVELS.includes(level)) {
    throw new Fault('invalid_params', {
      says: `Invalid params: level must be one of ${LOG_LEVELS.join(', ')}`,
    });
  }
  if (call.session) call.session.state.logLevel = level;
  await Promise.all(openSessions(call).map(session => session.setLevel(level)));
  out.json(`{"jsonrpc":"2.0","id":${call.message.idText},"result":{}}`);
}

/** A notification of the client. What this revision does not know, and what concerns nobody, is accepted and dropped. */
export function notify(call: NotificationCall, inFlight: InFlight): void {
  const { method, params } = call.message;
  if (call.row?.goes !== 'sessions') return;
  if (method === 'notifications/cancelled') {
    const { requestId, reason } = params;
    inFlight.cancel(
      sessionOf(call),
      requestId,
      typeof reason === 'string' ? reason : 'cancelled by the client',
    );
    return;
  }
  // Progress of a client on a server's question keeps the server's own token.
  for (const session of openSessions(call))
    session.notify(method, Object.keys(params).length > 0 ? params : undefined);
}
