import type { Clock } from '../../base/index.ts';
import type { Hello } from '../hello.ts';
import type { Leg } from '../leg.ts';

/** So long nobody wonders whether the lists of a server over a pipe are still right. */
const FRESH_MS = 5 * 60_000;

/** Notices that a server over a pipe is not the run of it that was read. */
export class Restarts {
  readonly #leg: Leg;
  readonly #clock: Clock;
  /** What told one run from another when the lists were read, and when that was. */
  #seen = '';
  #seenAt = 0;

  constructor(leg: Leg, clock: Clock) {
    this.#leg = leg;
    this.#clock = clock;
  }

  /** This run is the one that is read. */
  see(hello: Hello | undefined): void {
    this.#seen = this.#looks(hello);
    this.#seenAt = this.#clock.now();
  }

  /** After a crash, as another version, or after a while a server that is started may offer something else. */
  isOther(hello: Hello): boolean {
    const isOld = this.#clock.now() - this.#seenAt >= FRESH_MS;
    return this.#leg.isPiped && (isOld || this.#looks(hello) !== this.#seen);
  }

  #looks(hello: Hello | undefined): string {
    return `${this.#leg.crashes} ${JSON.stringify(hello?.serverInfo)}`;
  }
}
