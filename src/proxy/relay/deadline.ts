/** No call outlives this, whatever its progress. */
export const LONGEST_MS = 10 * 60_000;

/**
 * The time that a server has: `idleMs` from its last sign of life, and a maximum in all. While a person is asked the
 * idle part rests. A sign of life is only noted; the timer looks at it when it is due, since nearly every call has
 * ended by then.
 */
export class Deadline {
  readonly #idleMs: number;
  readonly #isResting: () => boolean;
  readonly #onOver: () => void;
  readonly #endsAt: number;
  #aliveAt: number;
  #timer: NodeJS.Timeout;

  constructor(idleMs: number, isResting: () => boolean, onOver: () => void) {
    this.#idleMs = idleMs;
    this.#isResting = isResting;
    this.#onOver = onOver;
    this.#aliveAt = performance.now();
    this.#endsAt = this.#aliveAt + Math.max(LONGEST_MS, idleMs);
    this.#timer = setTimeout(() => this.#look(), idleMs);
  }

  /** The server said something. */
  extend(): void {
    this.#aliveAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const idleEndsAt = this.#isResting() ? now + this.#idleMs : this.#aliveAt + this.#idleMs;
    const left = Math.min(idleEndsAt, this.#endsAt) - now;
    // A timer may fire a fraction of a millisecond early.
    if (left < 1) this.#onOver();
    else this.#timer = setTimeout(() => this.#look(), left);
  }
}
