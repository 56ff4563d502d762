import type { AnswerHeaders, AnswerSink, EgressFailure, Flow } from '../../http/index.ts';
import { FrameSplitter, isObject, parseFrame } from '../../mcp/index.ts';
import { contentType, Resumption, type UpstreamSession } from '../../upstream/index.ts';

const ANSWER_BYTES = 64 * 1024 * 1024;
const REFUSAL_BYTES = 1024 * 1024;

/** How the answer to one POST ended. */
export type Answered =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'broken'; readonly wasSent: boolean };

export type ReaderOptions = {
  /** The ids that are waited for, as JSON. */
  readonly ids: Iterable<string>;
  /** Of the 2025 revisions: its streams can be gone on with. */
  readonly session: UpstreamSession | undefined;
  onHeaders?(headers: AnswerHeaders): void;
  /** One message, on one line; `false` asks to pause until `onceDrained`. */
  say(json: string): boolean;
  onceDrained(listener: () => void): void;
  done(answered: Answered): void;
};

type Mode = 'none' | 'json' | 'stream' | 'accepted' | 'refused';

/** A message as one line: between its tokens JSON may break lines, within its strings it cannot. */
function asLine(json: string): string {
  return /[\r\n]/.test(json) ? json.replaceAll(/[\r\n]+/g, ' ') : json;
}

/** Whether the text is a JSON-RPC message or a batch of them: nothing else may reach standard output. */
function readRpc(text: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const all: unknown[] = Array.isArray(value) ? value : [value];
    return all.length > 0 && all.every(isObject) && all.every(one => one.jsonrpc === '2.0') ? all : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what the gateway answers to one message, in one piece or as a stream of events. */
export class AnswerReader implements AnswerSink {
  readonly #options: ReaderOptions;
  readonly #waiting: Set<string>;
  #mode: Mode = 'none';
  #status = 0;
  #chunks: Buffer[] = [];
  #size = 0;
  #frames: FrameSplitter | undefined;
  #resumption: Resumption | undefined;
  #flow: Flow | undefined;
  #isDone = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#waiting = new Set(options.ids);
  }

  onStart(status: number, headers: AnswerHeaders, flow: Flow): void {
    this.#flow = flow;
    if (this.#isDone) return flow.abort();
    this.#status = status;
    const type = contentType(headers);
    if (this.#mode === 'stream' && (status !== 200 || type !== 'text/event-stream')) return this.#break();
    if (status === 202) this.#mode = 'accepted';
    else if (status === 200 && type === 'application/json') this.#mode = 'json';
    else if (status === 200 && type === 'text/event-stream') this.#mode = 'stream';
    else this.#mode = 'refused';
    if (this.#mode === 'stream') this.#frames = new FrameSplitter(ANSWER_BYTES);
    this.#options.onHeaders?.(headers);
  }

  onData(chunk: Buffer): void {
    if (this.#isDone) return;
    if (this.#mode === 'stream') return this.#readFrames(chunk);
    this.#size += chunk.length;
    if (this.#size > (this.#mode === 'json' ? ANSWER_BYTES : REFUSAL_BYTES)) return this.#break();
    this.#chunks.push(chunk);
  }

  onEnd(): void {
    if (this.#isDone) return;
    const body = Buffer.concat(this.#chunks).toString('utf8');
    if (this.#mode === 'stream') return this.#goOn(false);
    if (this.#mode === 'accepted') return this.#finish({ kind: 'answered' });
    const messages = this.#mode === 'json' ? readRpc(body) : undefined;
    if (!messages) return this.#finish({ kind: 'refused', status: this.#status, body });
    this.#say(body);
    this.#finish({ kind: 'answered' });
  }

  onFailure({ kind }: EgressFailure): void {
    if (this.#isDone) return;
    if (this.#mode === 'stream' && kind !== 'aborted' && kind !== 'blocked') return this.#goOn(true);
    this.#finish({ kind: 'broken', wasSent: kind !== 'unreachable' && kind !== 'blocked' });
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#isDone = true;
    this.#resumption?.stop();
    this.#flow?.abort();
  }

  #readFrames(chunk: Buffer): void {
    try {
      for (const frame of this.#frames?.push(chunk) ?? []) this.#frame(frame);
    } catch {
      this.#break();
    }
  }

  #frame(frame: Buffer): void {
    if (this.#isDone) return;
    const { session } = this.#options;
    if (session) {
      this.#resumption ??= new Resumption(session);
      this.#resumption.note(frame);
    }
    const data = parseFrame(frame)?.data;
    const messages = data === undefined ? undefined : readRpc(data);
    if (data === undefined || !messages) return;
    this.#say(data);
    for (const one of messages)
      if (typeof one.method !== 'string') this.#waiting.delete(JSON.stringify(one.id));
    if (this.#waiting.size === 0) this.#finish({ kind: 'answered' });
  }

  #say(json: string): void {
    if (this.#options.say(asLine(json))) return;
    this.#flow?.pause();
    this.#options.onceDrained(() => this.#flow?.resume());
  }

  /** The stream ended before its answer. */
  #goOn(hasFailed: boolean): void {
    if (!this.#resumption?.again(this, hasFailed)) this.#break();
  }

  #break(): void {
    this.#finish({ kind: 'broken', wasSent: true });
    this.#flow?.abort();
  }

  #finish(answered: Answered): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#options.done(answered);
  }
}
