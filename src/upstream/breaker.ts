import type { Clock } from '../base/index.ts';

export type Reason = 'unreachable' | 'timeout' | 'refused' | 'blocked' | 'invalid' | 'crashed';

/** `since` in milliseconds since the epoch. */
export type Status =
  | { readonly state: 'unknown' }
  | { readonly state: 'ready'; readonly since: number }
  | { readonly state: 'down'; readonly since: number; readonly reason: Reason; readonly retryAt: number };

type Pause = { readonly firstMs: number; readonly longestMs: number };

const OPENS_AFTER = 3;
const SHORT: Pause = { firstMs: 1_000, longestMs: 30_000 };

/** How long a server is left alone, by what went wrong last; twice as long with each further failure. */
const PAUSES: Readonly<Record<Reason, Pause>> = {
  unreachable: SHORT,
  timeout: SHORT,
  blocked: SHORT,
  invalid: SHORT,
  crashed: { firstMs: 1_000, longestMs: 60_000 },
  // The same credential gets the same answer: it waits for a person, and locks no account meanwhile.
  refused: { firstMs: 60_000, longestMs: 15 * 60_000 },
};

/** A program that ran for so long did not fail to start. */
const STEADY_MS = 60_000;
/** After so long its former ends mean nothing any more. */
const FORGET_MS = 10 * 60_000;

function pauseMs(reason: Reason, failures: number): number {
  const { firstMs, longestMs } = PAUSES[reason];
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - OPENS_AFTER));
}

/**
 * Remembers whether a server answers. After three failures in a row calls fail at once, with one let through after a
 * pause that grows, so that a dead server costs nobody its timeout.
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #onChange: (status: Status) => void;
  #failures = 0;
  /** Answers in between do not unsay these: a program may answer first and end then, each time. */
  #crashes = 0;
  #crashedAt = 0;
  #startAt = 0;
  #status: Status = { state: 'unknown' };

  constructor(clock: Clock, onChange: (status: Status) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether calls are kept away. */
  get isOpen(): boolean {
    return this.#status.state === 'down' && this.#failures >= OPENS_AFTER;
  }

  /** Whether a call may try. In the pause it may not; after it, one may. */
  mayTry(): boolean {
    if (this.#status.state !== 'down' || this.#failures < OPENS_AFTER) return true;
    if (this.#clock.now() < this.#status.retryAt) return false;
    this.#status = { ...this.#status, retryAt: this.#clock.now() + this.#pause(this.#status.reason) };
    return true;
  }

  /** Whether a program that ended too often may be started again. */
  mayStart(): boolean {
    return this.#clock.now() >= this.#startAt;
  }

  succeeded(): void {
    if (this.#status.state === 'ready') return;
    this.#failures = 0;
    this.#set({ state: 'ready', since: this.#clock.now() });
  }

  /** How many in a row; whoever tries remembers it, so that many who fail together count once. */
  get failures(): number {
    return this.#failures;
  }

  failed(reason: Reason, { seen = this.#failures, startAt = 0 } = {}): void {
    if (seen === this.#failures) this.#failures++;
    const now = this.#clock.now();
    const since = this.#status.state === 'down' ? this.#status.since : now;
    this.#set({ state: 'down', since, reason, retryAt: Math.max(startAt, now + this.#pause(reason)) });
  }

  /** A program that is a server ended by itself after `livedMs`. */
  crashed(livedMs: number): void {
    const now = this.#clock.now();
    const isFirst = livedMs >= STEADY_MS || now - this.#crashedAt >= FORGET_MS;
    this.#crashes = isFirst ? 1 : this.#crashes + 1;
    this.#crashedAt = now;
    if (this.#crashes >= OPENS_AFTER) this.#startAt = now + pauseMs('crashed', this.#crashes);
    this.failed('crashed', { startAt: this.#startAt });
  }

  #pause(reason: Reason): number {
    return pauseMs(reason, this.#failures);
  }

  #set(status: Status): void {
    const hasChanged = status.state !== this.#status.state;
    this.#status = status;
    if (hasChanged) this.#onChange(status);
  }
}
