import { type Clock, randomToken } from '../base/index.ts';

/** Something that waits for an answer which comes by another request. */
type Waiting<Answer> = {
  readonly principal: string;
  readonly endsAt: number;
  /** `false` keeps waiting: what came was no answer. */
  deliver(answer: Answer): unknown;
};

const MAX_WAITING = 20_000;

/**
 * The only place where something waits for an answer that comes by another request. Each is delivered once, and
 * only to the principal whose call it belongs to.
 */
export class Pending<Answer> {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting<Answer>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the unguessable id under which the answer must come within `ttlMs` milliseconds. */
  wait(principal: string, ttlMs: number, deliver: (answer: Answer) => unknown): string {
    if (this.#waiting.size >= MAX_WAITING) this.#sweep();
    const id = `ask-${randomToken(16)}`;
    this.#waiting.set(id, { principal, endsAt: this.#clock.now() + ttlMs, deliver });
    return id;
  }

  /** Delivers an answer; `false` when nothing waits under this id for this principal. */
  answer(id: string, principal: string, answer: Answer): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting || waiting.principal !== principal || waiting.endsAt < this.#clock.now()) return false;
    // Taken out first: whatever the delivery causes must not deliver it again.
    this.#waiting.delete(id);
    if (waiting.deliver(answer) === false) this.#waiting.set(id, waiting);
    return true;
  }

  /** Whether something still waits under this id. */
  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** Nobody waits any more. */
  drop(id: string): void {
    this.#waiting.delete(id);
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [id, waiting] of this.#waiting) if (waiting.endsAt < now) this.#waiting.delete(id);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
  }
}
