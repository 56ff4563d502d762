import type { AnswerHeaders, EgressFailure, Flow } from '../http/index.ts';
import type { Breaker, Reason } from './breaker.ts';
import type { Part } from './health/parts.ts';
import type { Vitals } from './health/vitals.ts';
import type { PipeSink } from './pipe/pipe-sink.ts';

const MAX_CALLS = 64;
const MAX_STREAMS = 1000;

/**
 * `call` counts against the server's limit; `control` (answers, cancels, handshakes) never waits for it. `watch` is a
 * stream for which no program is started, and none kept running.
 */
export type LegUse = 'call' | 'stream' | 'watch' | 'control';

/** One request of a client, as the server is to hear it. */
export type LegCall = {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
};

/** A call that waits for its person is as idle as a stream, and counted as one. */
type Counted = LegUse | 'waiting';

const REASONS: Readonly<Record<EgressFailure['kind'], Reason | undefined>> = {
  unreachable: 'unreachable',
  blocked: 'blocked',
  broken: undefined,
  invalid: 'invalid',
  aborted: undefined,
  full: undefined,
  paused: undefined,
  unconnected: undefined,
};

type Known = { readonly breaker: Breaker; readonly vitals: Vitals };

/** What all requests to one server share: how many there are, and what they tell of its health. */
export class Traffic {
  readonly vitals: Vitals;
  readonly #breaker: Breaker;
  readonly #onBlocked: () => void;
  readonly #maxStreams: number;
  #calls = 0;
  #streams = 0;

  constructor(known: Known, onBlocked: () => void, maxStreams = MAX_STREAMS) {
    this.#breaker = known.breaker;
    this.vitals = known.vitals;
    this.#onBlocked = onBlocked;
    this.#maxStreams = maxStreams;
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  /** How many run now: calls, and streams with the calls that wait for people. */
  get running(): { readonly calls: number; readonly streams: number } {
    return { calls: this.#calls, streams: this.#streams };
  }

  isFull(use: LegUse): boolean {
    if (use === 'call') return this.#calls >= MAX_CALLS;
    return use === 'stream' && this.#streams >= this.#maxStreams;
  }

  count(use: Counted, by: 1 | -1): void {
    if (use === 'call') this.#calls += by;
    else if (use !== 'control') this.#streams += by;
  }

  note(kind: EgressFailure['kind'], seen = this.#breaker.failures, part?: Part): void {
    const reason = REASONS[kind];
    if (reason) this.#breaker.failed(reason, { seen });
    if (reason || kind === 'broken') this.vitals.failed(reason ?? 'unreachable', part);
    if (kind === 'blocked') this.#onBlocked();
  }
}

/** One request to a server: passes its answer on and keeps count and health. */
export class Exchange implements PipeSink {
  readonly #traffic: Traffic;
  readonly #sink: PipeSink;
  /** Streams break as often as there are listeners, and say nothing of calls. */
  readonly #isTelling: boolean;
  readonly #seen: number;
  /** What it asks for, where it is a request. */
  readonly part: Part | undefined;
  #use: Counted;
  /** Gives the request up. */
  abort: () => void = () => {};

  constructor(traffic: Traffic, sink: PipeSink, use: LegUse, part?: Part) {
    this.part = part;
    this.#traffic = traffic;
    this.#sink = sink;
    this.#use = use;
    this.#isTelling = use === 'call' || use === 'control';
    this.#seen = traffic.breaker.failures;
    traffic.count(use, 1);
  }

  /** The call waits for its person, and leaves its place to others; `false` where too many do so already. */
  rest(): boolean {
    if (this.#use !== 'call') return true;
    if (this.#traffic.isFull('stream')) return false;
    this.#countAs('waiting');
    return true;
  }

  /** It runs again. It cannot be made to wait for a place: the server has the answer. */
  goOn(): void {
    if (this.#use === 'waiting') this.#countAs('call');
  }

  #countAs(use: Counted): void {
    this.#traffic.count(this.#use, -1);
    this.#use = use;
    this.#traffic.count(use, 1);
  }

  onOpening(): void {
    this.#sink.onOpening?.();
  }

  onAwake(): void {
    this.#sink.onAwake?.();
  }

  onStart(status: number, headers: AnswerHeaders, flow: Flow): void {
    const { breaker, vitals } = this.#traffic;
    if (status === 401 || status === 403) {
      vitals.failed('refused', this.part);
      breaker.failed('refused');
    } else if (status < 500) {
      if (this.#isTelling) vitals.answered(this.part);
      breaker.succeeded();
    } else if (this.#isTelling) vitals.failed('error', this.part);
    this.#sink.onStart(status, headers, flow);
  }

  onData(chunk: Buffer): void {
    this.#sink.onData(chunk);
  }

  onEnd(): void {
    this.#countAs('control');
    this.#sink.onEnd();
  }

  onFailure(failure: EgressFailure): void {
    this.#countAs('control');
    if (this.#isTelling || failure.kind === 'blocked')
      this.#traffic.note(failure.kind, this.#seen, this.part);
    this.#sink.onFailure(failure);
  }
}
