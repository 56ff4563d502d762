import { LRUCache } from 'lru-cache';
import { type Clock, Fault, type ServerName } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { Caller } from '../../policy/index.ts';
import type { Limit, LimitSubject } from '../../store/index.ts';
import { CALL_RETRY_MS, COUNTED, type Measure, Meter } from './meter.ts';

type Deps = {
  readonly live: Pick<Live, 'current'>;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** The same object as long as it says the same. */
  readonly usual: () => Usual;
};

/** Requests per window (seconds) of whoever has no limit of their own for them; 0: as many as come. */
export type Usual = {
  readonly client: number;
  readonly key: number;
  readonly server: number;
  readonly windowS: number;
};

/** Who is refused, for the event. */
export type Asking = { readonly caller: Caller; readonly address: string };

const NONE: readonly Meter[] = [];
const MAX_USUAL = 10_000;
const KIND_NAMES = { user: 'person', client: 'program', key: 'API key', server: 'server' } as const;

/** What the settings say nothing of. */
const NO_LIMIT = {
  concurrent: undefined,
  bytesIn: undefined,
  bytesOut: undefined,
  changedAt: 0,
  changedBy: '',
};

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

/**
 * The meters of those who have a limit of their own, or one of the settings. Where there is none at all, looking costs
 * two comparisons.
 */
export class Meters {
  readonly #deps: Deps;
  #limits: readonly Limit[] | undefined;
  #usual: Usual | undefined;
  #isIdle = true;
  #own: ReadonlyMap<string, Meter> = new Map();
  readonly #shared = new LRUCache<string, Meter>({ max: MAX_USUAL });
  #ofCallers = new WeakMap<Caller, readonly Meter[]>();
  readonly #ofServers = new Map<string, readonly Meter[]>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Of the person, and of what they call with. */
  of(caller: Caller): readonly Meter[] {
    this.#read();
    if (this.#isIdle) return NONE;
    const known = this.#ofCallers.get(caller);
    if (known) return known;
    const { user, client, key } = caller.person;
    const found = Object.entries({ user, client, key }).flatMap(([kind, id]) =>
      id === undefined ? [] : this.#of({ kind, id } as LimitSubject),
    );
    this.#ofCallers.set(caller, found);
    return found;
  }

  ofServer(server: string): readonly Meter[] {
    this.#read();
    if (this.#isIdle) return NONE;
    let found = this.#ofServers.get(server);
    if (!found) {
      found = this.#of({ kind: 'server', id: server as ServerName });
      this.#ofServers.set(server, found);
    }
    return found;
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

  /** Its own, and for requests that of the settings where its own says nothing of them. */
  #of(subject: LimitSubject): readonly Meter[] {
    const own = this.#own.get(slotOf(subject));
    if (own?.counts('requests')) return [own];
    const usual = this.#usualOf(subject);
    return [own, usual].filter(meter => meter !== undefined);
  }

  #usualOf(subject: LimitSubject): Meter | undefined {
    // A person's is counted with its burst, where nobody has to be known for it.
    const requests = subject.kind === 'user' ? 0 : (this.#usual?.[subject.kind] ?? 0);
    if (requests === 0) return undefined;
    const slot = slotOf(subject);
    let meter = this.#shared.get(slot);
    if (!meter) {
      const limit = { ...NO_LIMIT, subject, requests, windowS: this.#usual?.windowS };
      meter = new Meter(limit, this.#deps.clock);
      this.#shared.set(slot, meter);
    }
    return meter;
  }

  /** A meter whose limit says the same as before goes on. */
  #read(): void {
    const { limits } = this.#deps.live.current();
    const usual = this.#deps.usual();
    if (limits === this.#limits && usual === this.#usual) return;
    if (usual !== this.#usual) this.#shared.clear();
    const before = this.#own;
    this.#limits = limits;
    this.#usual = usual;
    this.#own = new Map(
      limits.map(limit => {
        const slot = slotOf(limit.subject);
        const known = before.get(slot);
        return [slot, known && isSame(known.limit, limit) ? known : new Meter(limit, this.#deps.clock)];
      }),
    );
    this.#isIdle = limits.length === 0 && usual.client + usual.key + usual.server === 0;
    this.#ofCallers = new WeakMap();
    this.#ofServers.clear();
  }
}
