import type { Hello } from '../hello.ts';
import type { Reply } from '../reply.ts';
import type { UpstreamSession } from '../session.ts';

const PING_MS = 5_000;
/** So long lists may go unread for it. */
const SPARED_MS = 60 * 60_000;
/** A server says so of a session that it does not know; some say 400 (2025-11-25 transports, "Session Management"). */
const UNKNOWN: readonly number[] = [400, 404];

/**
 * What became of the gateway's own session at a server of 2025. `replaced`: it ended, and another one that was opened later
 * lives: a new one might be the end of that.
 */
export type OwnSession =
  | { readonly kind: 'lives'; readonly hello: Hello }
  | { readonly kind: 'replaced'; readonly reply: Exclude<Reply, { kind: 'result' }> }
  | { readonly kind: 'none' };

const NONE = { kind: 'none' } as const;
const LOST = { kind: 'http', status: 404, headers: {} } as const;

const ping = ({ leg, headers }: UpstreamSession): Promise<Reply> =>
  leg.ask('ping', {}, { headers, ms: PING_MS });

function isLost(reply: Reply): boolean {
  return 'status' in reply && UNKNOWN.includes(reply.status);
}

/** `all`: in the order in which they were opened or used. */
export async function ownSession(
  own: UpstreamSession | undefined,
  all: Iterable<UpstreamSession>,
): Promise<OwnSession> {
  if (own?.id === undefined || own.isEnded || own.leg.isPiped) return NONE;
  const reply = own.isLost ? LOST : await ping(own);
  if (reply.kind === 'result') return { kind: 'lives', hello: own.hello };
  if (!isLost(reply)) return NONE;
  own.lose();
  if (own.lostMs > SPARED_MS) return NONE;
  const other = [...all].find(one => one !== own && one.id !== undefined && !one.isEnded && !one.isLost);
  if (!other || isLost(await ping(other)) || other.isEnded) return NONE;
  return { kind: 'replaced', reply };
}
