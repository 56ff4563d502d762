import type { Clock } from '../../base/index.ts';
import type { Reason } from '../breaker.ts';
import { type FailingPart, type Part, Parts } from './parts.ts';

/** What requests tell is remembered for so long, and of so many. */
const WINDOW_MS = 5 * 60_000;
const MOST = 64;
/** How many of the gateway's own requests say whether a server is slow. */
const MOST_OWN = 5;
const ENOUGH = 3;
/** The share of requests that went wrong from which a server is troubled. */
const TROUBLED = 0.2;

/** `error`: it answered, and with nothing but the words of a broken server. */
export type Mishap = Reason | 'error';

export type LastError = { readonly at: number; readonly reason: Mishap };

/** What the requests to one server told lately, calls and the gateway's own alike. */
export class Vitals {
  readonly #clock: Clock;
  readonly #at = new Float64Array(MOST);
  readonly #isBad = new Uint8Array(MOST);
  readonly #own: number[] = [];
  readonly #parts = new Parts();
  #next = 0;
  #heardAt: number | undefined;
  #lastError: LastError | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When it last answered, in milliseconds since the epoch. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  get lastError(): LastError | undefined {
    return this.#lastError;
  }

  /** How long it took for the last of the gateway's own requests. */
  get ownMs(): number | undefined {
    return this.#own.at(-1);
  }

  answered(part: Part | undefined): void {
    this.#heardAt = this.#clock.now();
    if (part) this.#parts.answered(part);
    this.#note(false, this.#heardAt);
  }

  failed(reason: Mishap, part: Part | undefined): void {
    const at = this.#clock.now();
    if (part) this.#parts.failed(part, at);
    this.#lastError = { at, reason };
    this.#note(true, at);
  }

  /** A tool may take its time; the gateway's own requests are such as any server answers at once. */
  took(ms: number): void {
    this.#own.push(ms);
    if (this.#own.length > MOST_OWN) this.#own.shift();
  }

  /** In what way it answers badly, where it answers at all. */
  trouble(slowMs: number): FailingPart | 'failing' | 'slow' | undefined {
    const part = this.#parts.failing(this.#clock.now() - WINDOW_MS);
    if (part) return part;
    if (this.#isFailing()) return 'failing';
    const middle = this.#own.toSorted((a, b) => a - b)[Math.floor(this.#own.length / 2)] ?? 0;
    return this.#own.length >= ENOUGH && middle > slowMs ? 'slow' : undefined;
  }

  #isFailing(): boolean {
    const since = this.#clock.now() - WINDOW_MS;
    let all = 0;
    let bad = 0;
    for (let i = 0; i < MOST; i++) {
      if ((this.#at[i] ?? 0) <= since) continue;
      all++;
      bad += this.#isBad[i] ?? 0;
    }
    return bad >= ENOUGH && bad / all >= TROUBLED;
  }

  #note(isBad: boolean, at: number): void {
    this.#at[this.#next] = at;
    this.#isBad[this.#next] = isBad ? 1 : 0;
    this.#next = (this.#next + 1) % MOST;
  }
}
