import { isPerPerson } from '../../mcp/index.ts';
import { modernHeaders, modernMeta, OWN_LEGACY } from '../probe.ts';
import type { Reply } from '../reply.ts';
import type { Upstream } from '../upstream.ts';

type Probe = (ms: number) => Promise<Reply>;

/** A server that forgot the gateway's session answers, and is asked without one from then on. */
const FORGOTTEN: readonly number[] = [400, 404];

/**
 * In the gateway's own session where one is open. Else the request has none, which a server refuses and so answers
 * (2025-11-25 transports, "Session Management"): a new session might be the end of another one there.
 */
function pinging(upstream: Upstream): Probe {
  const session = upstream.peek(upstream.ownOwner(OWN_LEGACY));
  const isOpen = session !== undefined && !session.isEnded && !session.isLost;
  return async ms => {
    const reply = await upstream.leg.ask('ping', {}, { headers: isOpen ? session.headers : {}, ms });
    const status = 'status' in reply ? reply.status : 200;
    if (isOpen && FORGOTTEN.includes(status)) session.lose();
    return reply;
  };
}

function discovering(upstream: Upstream): Probe {
  const method = 'server/discover';
  const _meta = modernMeta(0, upstream.ownOwner(OWN_LEGACY).client);
  return ms => upstream.leg.ask(method, { _meta }, { headers: modernHeaders(method), ms });
}

/**
 * How to learn whether a server is there at next to no cost. Undefined where asking would do something: start a program
 * or open a pipe, use the account of a person, or send a refused credential again. What was never read is left to who
 * reads the lists.
 */
export function cheapProbe(upstream: Upstream): Probe | undefined {
  const { entry, leg, eras, status } = upstream;
  if (leg.isPiped || isPerPerson(entry) || !eras) return undefined;
  if (status.state === 'down' && status.reason === 'refused') return undefined;
  if (eras.modern) return discovering(upstream);
  return eras.legacy ? pinging(upstream) : undefined;
}

const GONE: readonly number[] = [502, 503, 504];

/** What stands before a server may say for it that it is not there. */
export function isGone(reply: Reply): boolean {
  return 'status' in reply && GONE.includes(reply.status);
}
