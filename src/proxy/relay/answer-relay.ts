import { Fault, toFault } from '../../base/index.ts';
import type { AnswerHeaders, AnswerSink, EgressFailure, Flow } from '../../http/index.ts';
import {
  FrameSplitter,
  isAnswerFrame,
  isObject,
  isPlainFrame,
  parseFrame,
  SwapStream,
  toFrame,
  Wholeness,
} from '../../mcp/index.ts';
import {
  contentType,
  faultOfStatus,
  Resumption,
  tooManyProcesses,
  type UpstreamSession,
} from '../../upstream/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { isRpcError, noteError } from './note-error.ts';
import { withMeta } from './with-meta.ts';

/** Answers up to this size are sent whole, with their length; larger ones stream. */
const WHOLE_BYTES = 64 * 1024;
const FRAME_BYTES = 16 * 1024 * 1024;
/** How long a server may keep a stream open after it has answered. */
const LINGER_MS = 2_000;

/**
 * How one try ended. `lost`: the server does not know the session, so nothing ran. `failed`: with its fault, and
 * nothing of an answer has reached the client.
 */
export type TryOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly failure: EgressFailure['kind'] | undefined };

type Options = {
  readonly call: RequestCall;
  readonly out: Out;
  /** Our id towards the server. */
  readonly id: string;
  readonly server: string;
  /** Of the 2025 revisions: its streams can be gone on with. */
  readonly session: UpstreamSession | undefined;
  /** An argument that the gateway made: the client learns it from the result's `_meta`. */
  readonly added: { readonly name: string; readonly value: string } | undefined;
  /** A message of the server that is no answer; `false` when it is one after all. */
  onMessage(data: string): boolean;
  onLife(): void;
  done(outcome: TryOutcome): void;
};

const EMPTY = Buffer.alloc(0);
type Mode = 'none' | 'json' | 'stream' | 'status';

const NEITHER = { isRequest: false, isError: false };
const METHOD = Buffer.from('"method"');
const ERROR = Buffer.from('"error"');
const DATA = Buffer.from('data:');

/** Passes one server's answer on: unparsed, with our id swapped for the client's, and with back-pressure. */
export class AnswerRelay implements AnswerSink {
  readonly #options: Options;
  readonly #swap: SwapStream;
  readonly #wholeness = new Wholeness();
  #frames: FrameSplitter | undefined;
  #mode: Mode = 'none';
  #status = 0;
  #flow: Flow | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isStreaming = false;
  #isAnswered = false;
  #hasEnded = false;
  #isDone = false;
  #resumption: Resumption | undefined;
  /** The connection ended before the answer, and the rest was asked for. */
  #isResuming = false;

  constructor(options: Options) {
    this.#options = options;
    this.#swap = new SwapStream(`"${options.id}"`, options.call.message.idText);
  }

  onStart(status: number, headers: AnswerHeaders, flow: Flow): void {
    this.#status = status;
    this.#flow = flow;
    this.#options.onLife();
    if (this.#isResuming) return this.#goOn(status, headers);
    const type = contentType(headers);
    if (status === 200 && type === 'application/json') this.#mode = 'json';
    else if (status === 200 && type === 'text/event-stream') this.#mode = 'stream';
    else this.#mode = 'status';
    if (this.#mode === 'stream') {
      this.#frames = new FrameSplitter(FRAME_BYTES);
      this.#options.out.startStream();
    }
  }

  #goOn(status: number, headers: AnswerHeaders): void {
    if (status === 200 && contentType(headers) === 'text/event-stream')
      this.#frames = new FrameSplitter(FRAME_BYTES);
    // 404 is said of the session, which is as good as broken then.
    else this.#fail(this.#unknown(), status === 404 ? 'broken' : undefined);
  }

  onData(chunk: Buffer): void {
    if (this.#isDone) return;
    this.#options.onLife();
    try {
      if (this.#frames) for (const frame of this.#frames.push(chunk)) this.#frame(frame);
      else this.#hold(chunk);
    } catch (error) {
      this.#fail(this.#invalid(toFault(error)));
    }
  }

  onEnd(): void {
    this.#hasEnded = true;
    if (this.#isDone) return;
    try {
      if (this.#frames) this.#endStream();
      else if (this.#mode === 'json') this.#endJson();
      else this.#endStatus();
    } catch (error) {
      this.#fail(this.#invalid(toFault(error)));
    }
  }

  onFailure(failure: EgressFailure): void {
    if (this.#isDone) return;
    const { server } = this.#options;
    const { kind } = failure;
    if (this.#resume(kind)) return;
    if (kind === 'unconnected') this.#fail(toFault(failure.cause), kind);
    else if (this.#isResuming) this.#fail(this.#unknown(), kind);
    else if (kind === 'full') this.#fail(tooManyProcesses(server), kind);
    else if (kind === 'unreachable' || kind === 'blocked' || kind === 'paused')
      this.#fail(new Fault('upstream_unreachable', { data: { server, mayHaveRun: false } }), kind);
    else if (kind === 'invalid')
      this.#fail(new Fault('upstream_invalid', { data: { server, mayHaveRun: true } }), kind);
    else this.#fail(this.#unknown(), kind);
  }

  /** Asks for the rest of a stream that broke off, where the server said how. */
  #resume(failure?: EgressFailure['kind']): boolean {
    const mayGoOn =
      failure === undefined || failure === 'broken' || (this.#isResuming && failure === 'unreachable');
    if (this.#isAnswered || !mayGoOn || !this.#resumption?.again(this, failure !== undefined)) return false;
    this.#isResuming = true;
    this.#hasEnded = false;
    this.#options.onLife();
    return true;
  }

  #unknown(): Fault {
    return new Fault('outcome_unknown', { data: { server: this.#options.server, mayHaveRun: true } });
  }

  /** Ends the try from our side: the connection is closed and the client is told `fault`, if anything. */
  stop(fault: Fault | undefined): void {
    if (this.#isDone) return;
    if (fault) this.#fail(fault);
    else this.#finish({ kind: 'done' }, true);
  }

  #hold(chunk: Buffer): void {
    const { isRequest, isError } = this.#mode === 'json' ? this.#wholeness.push(chunk) : NEITHER;
    // "Either the result member or the error member MUST be included, but both MUST NOT" (JSON-RPC 2.0, section 5).
    if (isRequest || (isError && this.#isStreaming)) return this.#fail(this.#invalid());
    if (this.#isStreaming) return this.#write(this.#swap.push(chunk));
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    // An error may name pages that a person should open, so it is looked at as a whole.
    if (this.#heldBytes <= (isError ? FRAME_BYTES : WHOLE_BYTES)) return;
    if (isError) return this.#fail(this.#invalid());
    if (this.#mode === 'status') return this.#fail(faultOfStatus(this.#status, this.#options.server));
    this.#isStreaming = true;
    this.#options.out.startJson(undefined);
    this.#write(this.#swap.push(Buffer.concat(this.#held)));
    this.#held = [];
  }

  #write(bytes: Buffer): void {
    if (this.#options.out.write(bytes)) return;
    this.#flow?.pause();
    this.#options.out.onceDrained(() => this.#flow?.resume());
  }

  #endJson(): void {
    if (!this.#wholeness.isAnswer) return this.#fail(this.#invalid());
    if (this.#isStreaming) {
      this.#write(this.#swap.push(EMPTY, true));
      if (this.#swap.hits === 0) return this.#fail(this.#invalid());
      this.#options.out.end();
      return this.#finish({ kind: 'done' });
    }
    const body = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held);
    const swapped = this.#swap.push(body, true);
    if (this.#swap.hits === 0 && !this.#isIdlessError(body)) return this.#fail(this.#invalid());
    noteError(this.#options.call.entry, swapped);
    const { out, added } = this.#options;
    out.json(added ? withMeta(swapped, added) : swapped);
    this.#finish({ kind: 'done' });
  }

  /** A server that could not read a request may answer without its id. */
  #isIdlessError(body: Buffer): boolean {
    if (!body.includes(ERROR)) return false;
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) && isObject(value.error) && (value.id === null || value.id === undefined);
  }

  #frame(frame: Buffer): void {
    if (this.#isAnswered) return;
    if (frame.includes(METHOD)) {
      const data = parseFrame(frame)?.data;
      if (data === undefined || this.#options.onMessage(data)) return this.#note(frame);
    }
    if (frame.includes(DATA)) this.#answer(frame);
    else if (frame[0] === 0x3a) this.#write(frame);
    this.#note(frame);
  }

  /** What came before the answer; after it nothing needs to be gone on with. */
  #note(frame: Buffer): void {
    const { session } = this.#options;
    if (this.#isAnswered || !session) return;
    this.#resumption ??= new Resumption(session);
    this.#resumption.note(frame);
  }

  #answer(frame: Buffer): void {
    // Event ids and retry times are the server's own; only a frame that is nothing but data goes on as it came.
    const { added, out } = this.#options;
    const isPlain = !added && isPlainFrame(frame);
    const data = isPlain ? undefined : parseFrame(frame)?.data;
    if (!isPlain && data === undefined) return;
    const told = data !== undefined && added ? withMeta(Buffer.from(data), added) : data;
    const swapped = this.#swap.push(told === undefined ? frame : toFrame(told), true);
    if (this.#swap.hits === 0) {
      const text = parseFrame(frame)?.data;
      if (text === undefined || !this.#isIdlessError(Buffer.from(text))) return;
    }
    if (!isAnswerFrame(frame)) return this.#fail(this.#invalid());
    this.#isAnswered = true;
    noteError(this.#options.call.entry, swapped);
    out.finish(swapped);
    // The stream should end with its answer, which the same bytes mostly tell; one that stays open is closed later.
    queueMicrotask(() => this.#hasEnded || setTimeout(() => this.#flow?.abort(), LINGER_MS).unref());
    this.#finish({ kind: 'done' }, false);
  }

  #endStream(): void {
    const rest = this.#frames?.end();
    if (rest && isAnswerFrame(rest)) this.#frame(rest);
    if (!this.#isAnswered && !this.#resume()) this.#fail(this.#unknown());
  }

  /** Statuses never cross, but for 400 and 404 whose body is a JSON-RPC error of the client's era. */
  #endStatus(): void {
    const body = Buffer.concat(this.#held);
    const { server, session, out } = this.#options;
    const isClientError = this.#status === 400 || this.#status === 404;
    const isLost = this.#status === 404 || /session/i.test(body.toString('latin1', 0, 200));
    if (session?.id !== undefined && isClientError && isLost) return this.#finish({ kind: 'lost' });
    if (!isClientError || !isRpcError(body)) return this.#fail(faultOfStatus(this.#status, server));
    const swapped = this.#swap.push(body, true);
    noteError(this.#options.call.entry, swapped);
    this.#options.call.entry.status = this.#status;
    out.json(swapped, this.#status);
    this.#finish({ kind: 'done' });
  }

  /** Whatever an answer cannot be read for is the server's fault, said without a word of the answer. */
  #invalid(why?: Fault): Fault {
    const data = { server: this.#options.server, mayHaveRun: true };
    const says = why?.fault === 'upstream_invalid' ? { says: why.message } : {};
    return new Fault('upstream_invalid', { ...says, data, cause: why });
  }

  #fail(fault: Fault, failure?: EgressFailure['kind']): void {
    this.#finish({ kind: 'failed', fault, failure });
  }

  #finish(outcome: TryOutcome, isAborting = outcome.kind !== 'done'): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#options.done(outcome);
    if (!isAborting) return;
    this.#resumption?.stop();
    this.#flow?.abort();
  }
}
