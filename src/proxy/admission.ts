import { type Clock, Fault } from '../base/index.ts';
import { type Exchange, networkOf } from '../http/index.ts';
import type { Entry, Ledger } from '../ledger/index.ts';
import type { Caller } from '../policy/index.ts';
import { createBuckets } from '../shared/index.ts';
import type { RequestCall } from './call.ts';
import type { Meters } from './limits/meters.ts';
import { createStreamSeats, type StreamKind } from './limits/stream-seats.ts';
import type { OnePlan } from './route.ts';

export type Limits = {
  readonly isEnabled: boolean;
  /** Requests of one principal per window (seconds), and how many may come at once. */
  readonly mcp: { readonly max: number; readonly window: number; readonly burst: number };
  /** Refused credentials of one address per window (seconds). */
  readonly failed: { readonly max: number; readonly window: number };
};

/** Who asks for too much is told so, with the time to wait: each throws `limit_exceeded`. */
export type Admission = {
  /** `n` requests at once, 1 unless said. */
  admit(caller: Caller, exchange: Exchange, n?: number): void;
  /** The bytes of a request that was read. */
  weigh(caller: Caller, exchange: Exchange, bytes: number): void;
  /** A call that goes to a server; the answer, where there is one, tells that it has ended. */
  enter(call: RequestCall, plan: OnePlan): (() => void) | undefined;
  /** The answer has been sent. */
  settle(caller: Caller, entry: Entry): void;
  /** After a refused credential. */
  noteRefused(exchange: Exchange): void;
  /** Holds one of the caller's places for open streams until this exchange's connection has closed. */
  seat(caller: Caller, exchange: Exchange, kind: StreamKind): void;
};

type Deps = { readonly clock: Clock; readonly ledger: Ledger; readonly meters: Meters };

/** `max` a window (seconds) for each key, `burst` at once. */
function bucketsOf(
  { max, window, burst = max }: { max: number; window: number; burst?: number },
  clock: Clock,
) {
  return createBuckets({ capacity: Math.min(burst, max), refillPerSecond: max / window, clock });
}

/** The limits of the settings: for each person, and for each address that shows bad credentials. */
function createDefaults({ mcp, failed }: Limits, { clock, ledger }: Deps) {
  const calls = bucketsOf(mcp, clock);
  const refusals = bucketsOf(failed, clock);
  const refuse = (
    retryAfterMs: number,
    of: 'user' | 'address',
    principal: string | undefined,
    address: string,
  ) => {
    const detail = { limit: 'requests', of };
    ledger.event({ type: 'rate_limited', severity: 'low', principal, address, detail });
    throw new Fault('limit_exceeded', { says: 'Too many requests', data: { retryAfterMs, ...detail } });
  };
  return {
    takeOf({ principal }: Caller, { address }: Exchange, n: number): void {
      const taken = calls.take(principal, n);
      if (!taken.ok) refuse(taken.retryAfterMs, 'user', principal, address);
    },
    noteRefused({ address }: Exchange): void {
      const taken = refusals.take(networkOf(address));
      if (!taken.ok) refuse(taken.retryAfterMs, 'address', undefined, address);
    },
  };
}

const FREE: Omit<Admission, 'seat'> = {
  admit: () => {},
  weigh: () => {},
  enter: () => undefined,
  settle: () => {},
  noteRefused: () => {},
};

/** The limits of the settings, and where somebody has one of their own, that. */
export function createAdmission(limits: Limits, deps: Deps): Admission {
  const seat = createStreamSeats(limits.isEnabled, deps.ledger);
  if (!limits.isEnabled) return { ...FREE, seat };
  const { meters } = deps;
  const { takeOf, noteRefused } = createDefaults(limits, deps);
  return {
    seat,
    noteRefused,
    admit(caller, exchange, n = 1) {
      const own = meters.of(caller);
      if (own.length === 0) return takeOf(caller, exchange, n);
      const asking = { caller, address: exchange.address };
      for (const meter of own) {
        meters.checkDebt(meter, asking);
        meters.take(meter, 'requests', n, asking);
      }
      const hasOwn = own.some(meter => meter.subject.kind === 'user' && meter.counts('requests'));
      if (!hasOwn) takeOf(caller, exchange, n);
    },
    weigh(caller, { address }, bytes) {
      for (const meter of meters.of(caller)) meters.take(meter, 'bytesIn', bytes, { caller, address });
    },
    enter({ caller, exchange: { address }, message }, { target }) {
      const own = meters.of(caller);
      const ofServer = meters.ofServer(target.server);
      if (ofServer.length === 0 && own.length === 0) return undefined;
      const asking = { caller, address };
      for (const meter of ofServer) {
        meters.checkDebt(meter, asking);
        meters.take(meter, 'requests', 1, asking);
        meters.take(meter, 'bytesIn', message.bytes.length, asking);
      }
      return meters.enter([...own, ...ofServer], asking);
    },
    settle(caller, { bytesOut, server }) {
      for (const meter of meters.of(caller)) meter.spend('bytesOut', bytesOut);
      if (server === undefined) return;
      for (const meter of meters.ofServer(server)) meter.spend('bytesOut', bytesOut);
    },
  };
}
