import type { Clock } from '../base/index.ts';
import { METHODS } from '../mcp/index.ts';
import type { ActivityRow, EventRow, SignInRow, Store } from '../store/index.ts';
import { type Entry, endOf, type Mutable, newEntry, type Opening } from './kinds/entry.ts';
import { type EventType, rowOfEvent, type SecurityEvent, shownSample } from './kinds/event.ts';
import { rowOfSignIn, type SignIn } from './kinds/sign-in.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { Floods } from './writing/floods.ts';
import { Writer } from './writing/writer.ts';

const FLUSH_MS = 250;
/** Small batches: the thread that writes them may share a core with the one that answers. */
const FLUSH_ROWS = 256;
const FLOOD_WINDOW_MS = 10_000;
const LONGEST_RETRY_MS = 5_000;
/** At the end a store that does not take what is left is waited for so often. */
const LAST_TRIES = 5;

type Deps = {
  readonly store: Pick<Store, 'writeLedger'>;
  readonly clock: Clock;
  readonly log: Log;
  /** `false`: requests are counted and logged, and no row of them is kept. */
  readonly keepsRequests?: boolean;
  /** Whether events of this type are made, as the settings are now; all are unless said. */
  readonly isTold?: (type: EventType) => boolean;
};

type IsDue = (row: { readonly at: number }) => boolean;

/** The journal of the process: rows gather here and go to the store in batches, never on the path of a call. */
export class Ledger {
  readonly metrics = new Metrics();
  readonly #deps: Deps;
  readonly #writer: Writer;
  readonly #listeners = new Set<(row: ActivityRow) => void>();
  readonly #eventListeners = new Set<(row: EventRow) => void>();
  readonly #refusals = new Floods<Mutable<ActivityRow>>();
  readonly #events = new Floods<Mutable<EventRow>>();
  readonly #signIns = new Floods<Mutable<SignInRow>>();
  readonly #sweep: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #writes = 0;
  #writing: Promise<boolean> = Promise.resolve(true);

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#writer = new Writer(deps);
    this.#sweep = setInterval(() => this.#flushSoon(), 2_000);
    this.#sweep.unref();
  }

  open(from: Opening): Entry {
    return newEntry(from);
  }

  /** How many rows wait to be written. */
  get queued(): number {
    return this.#writer.size;
  }

  /** How many could not be written so far. */
  get dropped(): number {
    return this.#writer.dropped;
  }

  /** Ends the entry of one request; called once. */
  close(entry: Entry): void {
    const row = endOf(entry);
    this.metrics.request({
      method: METHODS.has(row.method ?? '') ? (row.method ?? '') : 'other',
      server: row.server ?? 'none',
      outcome: row.outcome,
      ms: row.durationMs,
      upstreamMs: row.upstreamMs,
    });
    for (const listener of this.#listeners) listener(row);
    this.#writer.entry(row);
    if (this.#writer.size >= FLUSH_ROWS && this.#writer.failures === 0) this.#flushNow();
    else this.#flushSoon();
  }

  /** Refused before anybody was known: one row per address, reason and ten seconds, with a count, and one for all addresses beyond many. */
  refused(entry: Entry): void {
    const ms = performance.now() - entry.startedAt;
    this.metrics.request({ method: 'other', server: 'none', outcome: 'refused', ms, upstreamMs: undefined });
    const room = entry.fault ?? '';
    const others = { address: undefined, userAgent: undefined };
    this.#refusals.add({ room, key: `${entry.address}`, make: () => endOf(entry), others });
  }

  event(event: SecurityEvent): void {
    if (this.#deps.isTold?.(event.type) === false) return;
    this.metrics.event(event.type, event.severity);
    const first = this.#events.add(rowOfEvent(event, this.#deps.clock));
    if (first) for (const listener of this.#eventListeners) listener({ ...first });
    const { type, detail, sample: _, ...rest } = event;
    this.#deps.log.info({ event: type, ...rest, ...detail, ...shownSample(event) }, 'security event');
  }

  /** Somebody signed in or out, was given a token or refused one: the log of authentication. */
  signIn(signIn: SignIn): void {
    const coming = rowOfSignIn(signIn, this.#deps.clock);
    this.metrics.signIn(signIn.type, signIn.isOk);
    if (!signIn.isOk) this.#signIns.add(coming);
    else {
      // A flood of failures leaves no room for others in its place, and must not cost what went well.
      this.#writer.signIns([coming.make()]);
      this.#flushSoon();
    }
  }

  /** Each entry when it is closed; of refusals before anybody was known their count, when they are written. */
  onEntry(listener: (row: ActivityRow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Each security event; of equal ones within ten seconds the first. */
  onEvent(listener: (row: EventRow) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Everything that was closed so far is in the store when this resolves, if the store takes it: `false` where not. */
  flush(): Promise<boolean> {
    return this.settle(Number.POSITIVE_INFINITY);
  }

  /** The same of what began before `at`: a flood that goes on stays one row, where it began later. */
  settle(at: number): Promise<boolean> {
    return this.#write(row => row.at < at);
  }

  /** `false`: something could not be written and is lost. */
  async stop(): Promise<boolean> {
    clearInterval(this.#sweep);
    clearTimeout(this.#timer);
    let isWritten = await this.flush();
    for (let tries = 1; !isWritten && tries < LAST_TRIES; tries++) {
      await new Promise(resolve => setTimeout(resolve, FLUSH_MS * tries));
      isWritten = await this.flush();
    }
    clearTimeout(this.#timer);
    const rows = isWritten ? 0 : this.#writer.abandon();
    if (rows > 0)
      this.#deps.log.error({ rows }, 'the ledger could not be written before the end; this is lost');
    return isWritten;
  }

  /** A store that failed is asked again after a while, which grows. */
  #flushSoon(): void {
    const ms = Math.min(FLUSH_MS * 2 ** Math.min(this.#writer.failures, 8), LONGEST_RETRY_MS);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flushNow();
    }, ms);
  }

  /** While a batch is being written the next one waits in the queue, which has a bound. */
  #flushNow(): void {
    if (this.#writes === 0) void this.#write(row => row.at + FLOOD_WINDOW_MS <= this.#deps.clock.now());
  }

  #write(isDue: IsDue): Promise<boolean> {
    this.#writes++;
    this.#writing = this.#writing.then(() => this.#drain(isDue));
    return this.#writing;
  }

  async #drain(isDue: IsDue): Promise<boolean> {
    for (const row of this.#refusals.take(isDue)) {
      for (const listener of this.#listeners) listener(row);
      this.#writer.entry(row);
    }
    this.#writer.events(this.#events.take(isDue));
    this.#writer.signIns(this.#signIns.take(isDue));
    const isWritten = await this.#writer.drain();
    this.#writes--;
    if (!isWritten || this.#writer.size > 0) this.#flushSoon();
    return isWritten;
  }
}
