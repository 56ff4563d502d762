import type { Clock } from '../base/index.ts';

const OPENS_AFTER = 3;
const LONGEST_MS = 30_000;

export type Reason = 'unreachable' | 'timeout' | 'refused' | 'blocked' | 'invalid';

/** `since` in milliseconds since the epoch. */
export type Status =
  | { readonly state: 'unknown' }
  | { readonly state: 'ready'; readonly since: number }
  | { readonly state: 'down'; readonly since: number; readonly reason: Reason; readonly retryAt: number };

/**
 * Remembers whether a server answers. After three failures in a row calls fail at once, with one let through after a
 * pause that grows to half a minute, so that a dead server costs nobody its timeout.
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #onChange: (status: Status) => void;
  #failures = 0;
  #status: Status = { state: 'unknown' };

  constructor(clock: Clock, onChange: (status: Status) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether a call may try. In the pause it may not; after it, one may. */
  mayTry(): boolean {
    if (this.#status.state !== 'down' || this.#failures < OPENS_AFTER) return true;
    if (this.#clock.now() < this.#status.retryAt) return false;
    this.#status = { ...this.#status, retryAt: this.#clock.now() + this.#pause() };
    return true;
  }

  succeeded(): void {
    if (this.#status.state === 'ready') return;
    this.#failures = 0;
    this.#set({ state: 'ready', since: this.#clock.now() });
  }

  failed(reason: Reason): void {
    this.#failures++;
    const now = this.#clock.now();
    const since = this.#status.state === 'down' ? this.#status.since : now;
    this.#set({ state: 'down', since, reason, retryAt: now + this.#pause() });
  }

  #pause(): number {
    return Math.min(LONGEST_MS, 1000 * 2 ** Math.max(0, this.#failures - OPENS_AFTER));
  }

  #set(status: Status): void {
    const hasChanged = status.state !== this.#status.state;
    this.#status = status;
    if (hasChanged) this.#onChange(status);
  }
}
