/** No call outlives this, whatever its progress. */
const LONGEST_MS = 10 * 60_000;

/**
 * The time that a server has: `idleMs` from its last sign of life, and a maximum in all. While a person is asked the
 * idle part rests.
 */
export class Deadline {
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;

  constructor(idleMs: number, isResting: () => boolean, onOver: () => void) {
    this.#endsAt = performance.now() + Math.max(LONGEST_MS, idleMs);
    this.#timer = setTimeout(() => {
      if (isResting() && performance.now() < this.#endsAt) this.#timer.refresh();
      else onOver();
    }, idleMs);
  }

  /** The server said something. */
  extend(): void {
    if (performance.now() < this.#endsAt) this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
