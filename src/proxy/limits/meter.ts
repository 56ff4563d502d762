import type { Clock } from '../../base/index.ts';
import type { Limit, LimitSubject } from '../../store/index.ts';

/** What is counted per window; a limit without a number for one of them does not count it. */
export const FLOWS = ['requests', 'bytesIn', 'bytesOut'] as const;
export type Flow = (typeof FLOWS)[number];
export type Measure = Flow | 'concurrent';

/** What each measure counts, for people. */
export const COUNTED: Readonly<Record<Measure, string>> = {
  requests: 'requests',
  bytesIn: 'bytes of requests',
  bytesOut: 'bytes of answers',
  concurrent: 'calls at once',
};

const WINDOW_S = 60;
/** For how long somebody is sent away who has too many calls open: one may end at any time. */
export const CALL_RETRY_MS = 1_000;

type Bucket = { readonly most: number; level: number; at: number };

/** What one person, client, key or server may use by a limit of its own. It fills evenly over its window. */
export class Meter {
  readonly subject: LimitSubject;
  /** Of its kind as the snapshot has it. */
  readonly limit: Limit;
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #buckets = new Map<Flow, Bucket>();
  #running = 0;

  constructor(limit: Limit, clock: Clock) {
    this.subject = limit.subject;
    this.limit = limit;
    this.#clock = clock;
    this.#windowMs = (limit.windowS ?? WINDOW_S) * 1000;
    for (const flow of FLOWS) {
      const most = limit[flow];
      if (most !== undefined) this.#buckets.set(flow, { most, level: most, at: clock.now() });
    }
  }

  counts(measure: Measure): boolean {
    return this.limit[measure] !== undefined;
  }

  /** Takes `n` or nothing; the answer is how many milliseconds are to be waited, 0 where it was taken. */
  take(flow: Flow, n: number): number {
    const bucket = this.#fill(flow);
    if (!bucket) return 0;
    if (bucket.level >= n && bucket.most > 0) {
      bucket.level -= n;
      return 0;
    }
    return this.#wait(bucket, n);
  }

  /** What was used before it could be asked for; who has used too much waits until it is made good. */
  spend(flow: Flow, n: number): void {
    const bucket = this.#fill(flow);
    if (bucket) bucket.level -= n;
  }

  /** How many milliseconds are to be waited until something is left. */
  owes(flow: Flow): number {
    const bucket = this.#fill(flow);
    return !bucket || bucket.level > 0 ? 0 : this.#wait(bucket, 1);
  }

  get isFull(): boolean {
    const { concurrent } = this.limit;
    return concurrent !== undefined && this.#running >= concurrent;
  }

  enter(): void {
    this.#running++;
  }

  leave(): void {
    this.#running--;
  }

  #fill(flow: Flow): Bucket | undefined {
    const bucket = this.#buckets.get(flow);
    if (!bucket) return undefined;
    const now = this.#clock.now();
    // A clock that was set back gives nothing and takes nothing.
    const passed = Math.max(0, now - bucket.at);
    bucket.level = Math.min(bucket.most, bucket.level + (passed * bucket.most) / this.#windowMs);
    bucket.at = now;
    return bucket;
  }

  /** What never comes is asked for again after a window. */
  #wait({ most, level }: Bucket, n: number): number {
    const ms = Math.ceil(((n - level) * this.#windowMs) / most);
    return n > most || !Number.isFinite(ms) ? this.#windowMs : Math.max(1, ms);
  }
}
