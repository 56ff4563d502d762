import type { AnswerSink } from '../../http/index.ts';
import { readPosition } from '../../mcp/index.ts';
import type { UpstreamSession } from '../session.ts';

const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const SHORTEST_RETRY_MS = 100;
/** Between tries that bring nothing, whatever the server asks for. */
const LEAST_MS = 20;
const MAX_BARREN_MS = 5_000;
/** So often in a row a server may be unreachable before its stream is given up. */
const MAX_FAILURES = 5;
/** What a header can carry. */
const SENDABLE = /^[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?$/;

/** Where in a stream of a server we are: the last event with an id, and when the server wants to be asked again. */
export class StreamPosition {
  #lastId: string | undefined;
  #retryMs: number | undefined;

  /** An id that no header can carry is none: going on from it would go on from elsewhere. */
  note(frame: Buffer): void {
    const { id, retry } = readPosition(frame);
    if (id !== undefined) this.#lastId = SENDABLE.test(id) ? id : undefined;
    // A server that wants to be asked again without a pause would be asked without end.
    if (retry !== undefined) this.#retryMs = Math.min(Math.max(retry, SHORTEST_RETRY_MS), LONGEST_RETRY_MS);
  }

  forget(): void {
    this.#lastId = undefined;
  }

  get isKnown(): boolean {
    return this.#lastId !== undefined;
  }

  /** In milliseconds; undefined where the server said nothing. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  get headers(): Readonly<Record<string, string>> {
    return {
      accept: 'text/event-stream',
      ...(this.#lastId !== undefined && { 'last-event-id': this.#lastId }),
    };
  }
}

/**
 * Goes on with the stream of one answer after its connection has ended (2025-11-25 transports, "Resumability and
 * Redelivery"). How long in all is for the caller's deadline to say.
 */
export class Resumption {
  readonly #session: UpstreamSession;
  readonly #position = new StreamPosition();
  #timer: NodeJS.Timeout | undefined;
  #abort: () => void = () => {};
  /** Connections in a row that brought nothing. */
  #barren = 0;
  #failures = 0;

  constructor(session: UpstreamSession) {
    this.#session = session;
  }

  /** Every frame that came, in order. */
  note(frame: Buffer): void {
    this.#barren = 0;
    this.#failures = 0;
    this.#position.note(frame);
  }

  /** Asks for the rest, which goes to `sink`; `false` when there is nothing to go on from, or no sense in it. */
  again(sink: AnswerSink, hasFailed = false): boolean {
    if (!this.#position.isKnown || this.#session.isEnded) return false;
    if (hasFailed && ++this.#failures > MAX_FAILURES) return false;
    const least = this.#barren === 0 ? 0 : Math.min(MAX_BARREN_MS, LEAST_MS * 2 ** this.#barren);
    this.#barren++;
    const ms = Math.max(least, this.#position.retryMs ?? RETRY_MS);
    const { leg, headers } = this.#session;
    this.#timer = setTimeout(() => {
      this.#abort = leg.get({ ...headers, ...this.#position.headers }, sink);
    }, ms);
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort();
  }
}
