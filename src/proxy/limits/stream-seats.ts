import { Fault } from '../../base/index.ts';
import type { Exchange } from '../../http/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Caller } from '../../policy/index.ts';

/** `stream`: GET and HTTP+SSE; `listen`: `subscriptions/listen`. */
export type StreamKind = 'stream' | 'listen';

/** Open streams of one person at once. */
const SEATS: Readonly<Record<StreamKind, number>> = { stream: 32, listen: 16 };
/** A place is free when another stream closes, whenever that is. */
const SEAT_RETRY_MS = 5_000;

/** Holds a place of the caller's until the exchange's connection has closed. Fault `limit_exceeded`. */
export function createStreamSeats(isEnabled: boolean, ledger: Ledger) {
  const taken = new Map<string, number>();
  return ({ principal }: Caller, { response, address }: Exchange, kind: StreamKind): void => {
    const key = `${kind} ${principal}`;
    const held = taken.get(key) ?? 0;
    if (isEnabled && held >= SEATS[kind]) {
      const which = { limit: 'streams', of: 'user' };
      const detail = { ...which, streams: held };
      ledger.event({ type: 'rate_limited', severity: 'low', principal, address, detail });
      const says = `Too many open streams: ${SEATS[kind]} at once`;
      throw new Fault('limit_exceeded', { says, data: { retryAfterMs: SEAT_RETRY_MS, ...which } });
    }
    taken.set(key, held + 1);
    response.once('close', () => {
      const left = (taken.get(key) ?? 1) - 1;
      if (left > 0) taken.set(key, left);
      else taken.delete(key);
    });
  };
}
