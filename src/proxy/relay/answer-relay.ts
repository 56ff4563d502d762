import { Fault, toFault } from '../../base/index.ts';
import type { AnswerHeaders, AnswerSink, EgressFailure, Flow } from '../../http/index.ts';
import { FrameSplitter, isObject, members, parseFrame, SwapStream, toFrame } from '../../mcp/index.ts';
import { contentType, faultOfStatus } from '../../upstream/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
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
  readonly hasSession: boolean;
  /** An argument that the gateway made: the client learns it from the result's `_meta`. */
  readonly added: { readonly name: string; readonly value: string } | undefined;
  /** A message of the server that is no answer; `false` when it is one after all. */
  onMessage(data: string): boolean;
  onLife(): void;
  done(outcome: TryOutcome): void;
};

const EMPTY = Buffer.alloc(0);

type Mode = 'none' | 'json' | 'stream' | 'status';

const METHOD = Buffer.from('"method"');
const ERROR = Buffer.from('"error"');
const IS_ERROR = Buffer.from('"isError":true');
const DATA = Buffer.from('data:');

/** Passes one server's answer on: unparsed, with our id swapped for the client's, and with back-pressure. */
export class AnswerRelay implements AnswerSink {
  readonly #options: Options;
  readonly #swap: SwapStream;
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

  constructor(options: Options) {
    this.#options = options;
    this.#swap = new SwapStream(`"${options.id}"`, options.call.message.idText);
  }

  onStart(status: number, headers: AnswerHeaders, flow: Flow): void {
    this.#status = status;
    this.#flow = flow;
    this.#options.onLife();
    const type = contentType(headers);
    if (status === 200 && type === 'application/json') this.#mode = 'json';
    else if (status === 200 && type === 'text/event-stream') this.#mode = 'stream';
    else this.#mode = 'status';
    if (this.#mode === 'stream') {
      this.#frames = new FrameSplitter(FRAME_BYTES);
      this.#options.out.startStream();
    }
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
    if (kind === 'unreachable' || kind === 'blocked')
      this.#fail(new Fault('upstream_unreachable', { data: { server, mayHaveRun: false } }), kind);
    else if (kind === 'invalid')
      this.#fail(new Fault('upstream_invalid', { data: { server, mayHaveRun: true } }), kind);
    else this.#fail(new Fault('outcome_unknown', { data: { server, mayHaveRun: true } }), kind);
  }

  /** Ends the try from our side: the connection is closed and the client is told `fault`, if anything. */
  stop(fault: Fault | undefined): void {
    if (this.#isDone) return;
    if (fault) this.#fail(fault);
    else this.#finish({ kind: 'done' });
  }

  #hold(chunk: Buffer): void {
    if (this.#isStreaming) return this.#write(this.#swap.push(chunk));
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= WHOLE_BYTES) return;
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
    if (this.#isStreaming) {
      this.#write(this.#swap.push(EMPTY, true));
      if (this.#swap.hits === 0) return this.#fail(this.#invalid());
      this.#options.out.end();
      return this.#finish({ kind: 'done' });
    }
    const body = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held);
    const swapped = this.#swap.push(body, true);
    if (this.#swap.hits === 0 && !this.#isIdlessError(body)) return this.#fail(this.#invalid());
    this.#noteError(swapped);
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
      if (data === undefined || this.#options.onMessage(data)) return;
    }
    if (!frame.includes(DATA)) return this.#write(frame[0] === 0x3a ? frame : EMPTY);
    this.#answer(frame);
  }

  #answer(frame: Buffer): void {
    // Event ids and retry times are the server's own; only a frame that is nothing but data goes on as it came.
    const { added, out } = this.#options;
    const isPlain = !added && (frame[0] === 0x64 || frame.toString('latin1', 0, 15) === 'event: message\n');
    const data = isPlain ? undefined : parseFrame(frame)?.data;
    if (!isPlain && data === undefined) return this.#write(EMPTY);
    const told = data !== undefined && added ? withMeta(Buffer.from(data), added) : data;
    const swapped = this.#swap.push(told === undefined ? frame : toFrame(told), true);
    if (this.#swap.hits === 0) {
      const text = parseFrame(frame)?.data;
      if (text === undefined || !this.#isIdlessError(Buffer.from(text))) return this.#write(EMPTY);
    }
    this.#isAnswered = true;
    this.#noteError(swapped);
    out.finish(swapped);
    // The stream should end with its answer, which the same bytes mostly tell; one that stays open is closed later.
    queueMicrotask(() => this.#hasEnded || setTimeout(() => this.#flow?.abort(), LINGER_MS).unref());
    this.#finish({ kind: 'done' }, false);
  }

  #endStream(): void {
    const rest = this.#frames?.end();
    if (rest && rest.length > 0) this.#frame(rest);
    if (!this.#isAnswered)
      this.#fail(new Fault('outcome_unknown', { data: { server: this.#options.server, mayHaveRun: true } }));
  }

  /** Statuses never cross, but for 400 and 404 whose body is a JSON-RPC error of the client's era. */
  #endStatus(): void {
    const body = Buffer.concat(this.#held);
    const { server, hasSession, out } = this.#options;
    const isClientError = this.#status === 400 || this.#status === 404;
    const isLost = this.#status === 404 || /session/i.test(body.toString('latin1', 0, 200));
    if (hasSession && isClientError && isLost) return this.#finish({ kind: 'lost' });
    if (!isClientError || !this.#isRpcError(body)) return this.#fail(faultOfStatus(this.#status, server));
    const swapped = this.#swap.push(body, true);
    this.#noteError(swapped);
    this.#options.call.entry.status = this.#status;
    out.json(swapped, this.#status);
    this.#finish({ kind: 'done' });
  }

  #isRpcError(body: Buffer): boolean {
    try {
      const value: unknown = JSON.parse(body.toString('utf8'));
      return isObject(value) && value.jsonrpc === '2.0' && isObject(value.error);
    } catch {
      return false;
    }
  }

  /** The ledger tells errors from answers without reading answers: a text search first, a scan only where it hits. */
  #noteError(bytes: Buffer): void {
    const { entry } = this.#options.call;
    if (bytes.includes(IS_ERROR)) entry.outcome = 'error';
    if (!bytes.includes(ERROR)) return;
    const start = bytes.indexOf(0x7b);
    const at = members(bytes, start);
    const error = at.get('error');
    if (!error) return;
    const code: unknown = JSON.parse(bytes.toString('utf8', error.start, error.end));
    entry.outcome = 'error';
    entry.code = isObject(code) && typeof code.code === 'number' ? code.code : undefined;
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
    if (isAborting) this.#flow?.abort();
  }
}
