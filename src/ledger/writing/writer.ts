import { type Clock, uuidv7 } from '../../base/index.ts';
import type { ActivityRow, EventRow, LedgerBatch, SignInRow, Store } from '../../store/index.ts';
import type { Log } from '../log.ts';
import { type Lost, Queue } from './queue.ts';

/** So many rows are written at once: the text of more would hold up whoever is served meanwhile. */
const MOST_AT_ONCE = 2_000;
const MOST_EVENTS = 10_000;
/** After so many failures in a row it is seen whether one row is the cause. */
const SIFT_AFTER = 3;

export type WriterDeps = {
  readonly store: Pick<Store, 'writeLedger'>;
  readonly clock: Clock;
  readonly log: Log;
  /** `false`: entries are counted and logged, and not kept. */
  readonly keepsRequests?: boolean | undefined;
};

type Batch = { readonly activity: ActivityRow[]; readonly events: EventRow[]; readonly signIns: SignInRow[] };

const sizeOf = ({ activity, events, signIns }: Batch) => activity.length + events.length + signIns.length;

function lostEvent({ rows, from, to }: Lost, at: number): EventRow {
  const iso = (time: number) => new Date(time).toISOString();
  const detail = JSON.stringify({ rows, from: iso(from), to: iso(to) });
  const nobody = { principal: undefined, address: undefined, server: undefined };
  return { id: uuidv7(at), at, type: 'ledger_dropped', severity: 'high', ...nobody, detail, count: 1 };
}

const isLoss = ({ type }: EventRow) => type === 'ledger_dropped';

type Single = { readonly batch: Batch; readonly row: { readonly at: number; readonly count: number } };

function singles({ activity, events, signIns }: Batch): Single[] {
  const none: Batch = { activity: [], events: [], signIns: [] };
  return [
    ...activity.map(row => ({ batch: { ...none, activity: [row] }, row })),
    ...events.map(row => ({ batch: { ...none, events: [row] }, row })),
    ...signIns.map(row => ({ batch: { ...none, signIns: [row] }, row })),
  ];
}

function joined(all: readonly Single[]): Batch {
  return {
    activity: all.flatMap(({ batch }) => batch.activity),
    events: all.flatMap(({ batch }) => batch.events),
    signIns: all.flatMap(({ batch }) => batch.signIns),
  };
}

/** What waits for the store. Where it cannot be written it waits on, and what had to be dropped is an event of its own. */
export class Writer {
  readonly #deps: WriterDeps;
  readonly #queue = new Queue();
  #events: EventRow[] = [];
  #signIns: SignInRow[] = [];
  #failures = 0;
  #failingSince = 0;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** What was dropped so far: entries, events and sign-ins. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** How often in a row it could not be written. */
  get failures(): number {
    return this.#failures;
  }

  entry(row: ActivityRow): void {
    this.#queue.push(row);
  }

  events(rows: readonly EventRow[]): void {
    this.#events.push(...rows);
  }

  signIns(rows: readonly SignInRow[]): void {
    this.#signIns.push(...rows);
  }

  /** Writes until nothing waits. `false`: the store did not take it, and it waits on. */
  async drain(): Promise<boolean> {
    for (let batch = this.#next(); sizeOf(batch) > 0; batch = this.#next()) {
      if (await this.#wrote(batch)) continue;
      const rest = this.#failures % SIFT_AFTER === 0 ? await this.#sift(batch) : batch;
      this.#putBack(rest);
      if (sizeOf(rest) > 0) return false;
    }
    return true;
  }

  /** Nothing waits any more for a store that does not come back. Gives how much that was. */
  abandon(): number {
    const left =
      this.#queue.take(Number.POSITIVE_INFINITY).length + this.#events.length + this.#signIns.length;
    [this.#events, this.#signIns] = [[], []];
    return left;
  }

  #next(): Batch {
    // Said in one event once others are written: each try would otherwise add one.
    const waits = this.#queue.size + this.#events.length + this.#signIns.length;
    const lost = this.#failures === 0 || waits === 0 ? this.#queue.takeLost() : undefined;
    if (lost) this.#events.push(lostEvent(lost, this.#deps.clock.now()));
    const activity = this.#queue.take(MOST_AT_ONCE);
    return {
      activity,
      events: this.#events.splice(0, MOST_AT_ONCE),
      signIns: this.#signIns.splice(0, MOST_AT_ONCE),
    };
  }

  async #wrote(batch: LedgerBatch): Promise<boolean> {
    try {
      const isPassing = this.#deps.keepsRequests === false;
      await this.#deps.store.writeLedger({ ...batch, ...(isPassing && { isPassing }) });
      if (this.#failures > 0)
        this.#deps.log.info({ ms: performance.now() - this.#failingSince }, 'the ledger is written again');
      this.#failures = 0;
      return true;
    } catch (error) {
      if (this.#failures++ === 0) this.#failingSince = performance.now();
      if (this.#failures === 1)
        this.#deps.log.error({ err: error }, 'the ledger cannot be written; it is tried again');
      return false;
    }
  }

  #putBack({ activity, events, signIns }: Batch): void {
    this.#queue.putBack(activity);
    const all = [...events, ...this.#events];
    // What says how much is lost is itself the last to go.
    this.#events = this.#newest([...all.filter(row => !isLoss(row)), ...all.filter(isLoss)]);
    this.#signIns = this.#newest([...signIns, ...this.#signIns]);
  }

  /** As many as may wait; the oldest beyond them are lost, and said to be. */
  #newest<Row extends EventRow | SignInRow>(rows: readonly Row[]): Row[] {
    const excess = Math.max(rows.length - MOST_EVENTS, 0);
    this.#queue.lose(rows.slice(0, excess));
    return rows.slice(excess);
  }

  /**
   * One by one. A row that fails beside others that go through is itself the cause, and goes; where several in a row
   * fail, the store is.
   */
  async #sift(batch: Batch): Promise<Batch> {
    let suspects: Single[] = [];
    let isTaken = false;
    const kept: Single[] = [];
    for (const one of singles(batch)) {
      if (suspects.length >= SIFT_AFTER) kept.push(one);
      else if (await this.#wrote(one.batch)) {
        this.#queue.lose(suspects.map(({ row }) => row));
        suspects = [];
        isTaken = true;
      } else suspects.push(one);
    }
    const isDown = !isTaken || suspects.length >= SIFT_AFTER;
    if (isDown) return joined([...suspects, ...kept]);
    this.#queue.lose(suspects.map(({ row }) => row));
    return joined(kept);
  }
}
