import { Fault } from '../base/index.ts';

/** Of the calls that a server may have at once, so many may be one person's: the others are left some. */
const MAX_OF_ONE = 48;
/** People whose entry stays after their last call: an entry that comes and goes with each call would cost each call. */
const MAX_IDLE = 64;

/** How many calls of each person run or wait at one server. */
export class Seats {
  readonly #server: string;
  readonly #taken = new Map<string, number>();

  constructor(server: string) {
    this.#server = server;
  }

  get size(): number {
    return this.#taken.size;
  }

  /** Fault `limit_exceeded` for a person who has too many already. Whoever takes one leaves it. */
  take(principal: string): void {
    const taken = this.#taken.get(principal) ?? 0;
    if (taken >= MAX_OF_ONE)
      throw new Fault('limit_exceeded', {
        says: 'Too many calls of yours to this server at once',
        data: { server: this.#server, mayHaveRun: false, retryAfterMs: 1000, limit: 'calls', of: 'user' },
      });
    this.#taken.set(principal, taken + 1);
  }

  leave(principal: string): void {
    const left = (this.#taken.get(principal) ?? 1) - 1;
    if (left === 0 && this.#taken.size > MAX_IDLE) this.#taken.delete(principal);
    else this.#taken.set(principal, left);
  }
}
