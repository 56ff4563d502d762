import { type Clock, Fault } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { Caller } from '../../policy/index.ts';
import type { Limit, LimitSubject } from '../../store/index.ts';
import { CALL_RETRY_MS, COUNTED, type Measure, Meter } from './meter.ts';

type Deps = { readonly live: Pick<Live, 'current'>; readonly clock: Clock; readonly ledger: Ledger };

/** Who is refused, for the event. */
export type Asking = { readonly caller: Caller; readonly address: string };

const NONE: readonly Meter[] = [];
const KIND_NAMES = { user: 'person', client: 'program', key: 'API key', server: 'server' } as const;

const slotOf = ({ kind, id }: LimitSubject): string => `${kind} ${id}`;

/** Whether both limits say the same, whoever said it when. */
function isSame(a: Limit, b: Limit): boolean {
  return (
    a.requests === b.requests &&
    a.concurrent === b.concurrent &&
    a.bytesIn === b.bytesIn &&
    a.bytesOut === b.bytesOut &&
    a.windowS === b.windowS
  );
}

/** The meters of those who have a limit of their own. Where nobody has one, looking costs a comparison. */
export class Meters {
  readonly #deps: Deps;
  #limits: readonly Limit[] | undefined;
  #all: ReadonlyMap<string, Meter> = new Map();
  #ofCallers = new WeakMap<Caller, readonly Meter[]>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Of the person, and of what they call with. */
  of(caller: Caller): readonly Meter[] {
    const all = this.#read();
    if (all.size === 0) return NONE;
    const known = this.#ofCallers.get(caller);
    if (known) return known;
    const { user, client, key } = caller.person;
    const found = Object.entries({ user, client, key }).flatMap(([kind, id]) =>
      id === undefined ? [] : (all.get(`${kind} ${id}`) ?? []),
    );
    this.#ofCallers.set(caller, found);
    return found;
  }

  ofServer(server: string): Meter | undefined {
    const all = this.#read();
    return all.size === 0 ? undefined : all.get(`server ${server}`);
  }

  /** Fault `limit_exceeded` with the time to wait, and an event that says which limit it was. */
  refuse(meter: Meter, measure: Measure, ms: number, { caller, address }: Asking): never {
    const { kind, id } = meter.subject;
    const server = kind === 'server' ? id : undefined;
    const detail = { limit: measure, of: kind, id };
    const { principal } = caller;
    this.#deps.ledger.event({ type: 'rate_limited', severity: 'low', principal, address, server, detail });
    throw new Fault('limit_exceeded', {
      says: `Too many ${COUNTED[measure]} of this ${KIND_NAMES[kind]}`,
      data: { retryAfterMs: ms, limit: measure, of: kind, mayHaveRun: false, ...(server && { server }) },
    });
  }

  /** Takes of one meter, or refuses. */
  take(meter: Meter, measure: 'requests' | 'bytesIn', n: number, asking: Asking): void {
    const ms = meter.take(measure, n);
    if (ms > 0) this.refuse(meter, measure, ms, asking);
  }

  /** Refuses where former answers used up what there was. */
  checkDebt(meter: Meter, asking: Asking): void {
    const ms = meter.owes('bytesOut');
    if (ms > 0) this.refuse(meter, 'bytesOut', ms, asking);
  }

  /** Takes a place in each or in none; the answer leaves them. */
  enter(meters: readonly Meter[], asking: Asking): () => void {
    const full = meters.find(meter => meter.isFull);
    if (full) this.refuse(full, 'concurrent', CALL_RETRY_MS, asking);
    for (const meter of meters) meter.enter();
    return () => {
      for (const meter of meters) meter.leave();
    };
  }

  /** A meter whose limit says the same as before goes on. */
  #read(): ReadonlyMap<string, Meter> {
    const { limits } = this.#deps.live.current();
    if (limits === this.#limits) return this.#all;
    const before = this.#all;
    this.#limits = limits;
    this.#all = new Map(
      limits.map(limit => {
        const slot = slotOf(limit.subject);
        const known = before.get(slot);
        return [slot, known && isSame(known.limit, limit) ? known : new Meter(limit, this.#deps.clock)];
      }),
    );
    this.#ofCallers = new WeakMap();
    return this.#all;
  }
}
