import { LIST_CHANGED, toFrame } from '../../mcp/index.ts';
import { type Heard, hear, namedRequest } from './heard.ts';
import { oneLine } from './lines.ts';
import type { Connect, Pipe, PipeEnd, Written } from './pipe.ts';
import { fail, flowOf, type PipeSink } from './pipe-sink.ts';
import { type Question, Questions } from './questions.ts';

export type ChannelOptions = {
  /** Several people share the conversation, so what names none of their requests is told to none of them. */
  readonly isShared: boolean;
  /** Requests that are given up are taken back here; with sessions, the layer above does so. */
  readonly isTakingBack: boolean;
  readonly idleMs: number;
  /** So long a server may be silent about a request before its giving up makes one look whether it lives. */
  readonly silentMs: number;
  /** A change of a list that nobody listens for. */
  onStray(data: string): void;
  /** It is over; with how it ended where nobody here ended it, and whether that hurt anybody. */
  onOver(channel: Channel, crash: { readonly end: PipeEnd; readonly wasBusy: boolean } | undefined): void;
  /** Something of the server was thrown away. */
  onDropped(what: 'no message' | 'unknown id' | 'nobody listens'): void;
};

export type Asked = {
  readonly id: unknown;
  readonly method: string;
  readonly bytes: Buffer;
  readonly sink: PipeSink;
  /** Go with the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** It keeps no idle server alive. */
  readonly isWeak?: boolean;
};

type Waiting = Asked & { readonly since: number; isStream: boolean };

/** While these run a server may ask something; lists and completions ask nobody. */
const ASKING: readonly string[] = ['tools/call', 'prompts/get', 'resources/read', 'tasks/result'];
const LISTEN = 'subscriptions/listen';
const STREAM = { 'content-type': 'text/event-stream' };
/** How long a request that was taken back on a shared pipe may still be spoken of. */
const ECHO_MS = 10_000;
const [PING, PONG_MS] = ['are-you-there', 5_000] as const;
const RETIRE_MS = 25_000;
const UPDATED = 'notifications/resources/updated';

/**
 * One pipe and the requests under way on it: gives each message of the server to the request that it belongs to. What
 * names no request goes to the newest one, which on a pipe of one person at most misplaces a log line.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #pipe: Pipe;
  readonly #waiting = new Map<unknown, Waiting>();
  readonly #listeners: PipeSink[] = [];
  readonly #questions = new Questions();
  #phase: 'waiting' | 'opening' | 'awake' | 'over' = 'waiting';
  #echoUntil = 0;
  #heardAt = 0;
  #check: NodeJS.Timeout | undefined;
  #isRetired = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(connect: Connect, options: ChannelOptions) {
    this.#options = options;
    this.#pipe = connect({
      onStart: () => this.#reach('opening'),
      onAwake: () => this.#reach('awake'),
      onMessage: message => this.#receiveSafely(message),
      onEnd: end => this.#over('crashed', end),
    });
  }

  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /** Requests under way that keep it alive. */
  get isBusy(): boolean {
    return this.#listeners.length > 0 || [...this.#waiting.values()].some(one => !one.isWeak);
  }

  /** Sends a request; returns the way to give it up. */
  request(asked: Asked): () => void {
    clearTimeout(this.#idle);
    this.#waiting.set(asked.id, { ...asked, since: performance.now(), isStream: false });
    if (this.#phase === 'opening' || this.#phase === 'awake') asked.sink.onOpening?.();
    if (this.#phase === 'awake') asked.sink.onAwake?.();
    this.#pipe.write(oneLine(asked.bytes), refused => {
      if (refused) this.#take(asked.id, waiting => fail(waiting, refused));
    });
    return () => this.#giveUp(asked.id);
  }

  /** A notification, or the answer to a question of the server. */
  tell(message: Buffer, done: Written = () => {}): void {
    this.#questions.answered(message);
    this.#pipe.write(oneLine(message), done);
    this.#rest();
  }

  /** The stream of what belongs to no request; returns the way to close it. */
  listen(sink: PipeSink): () => void {
    clearTimeout(this.#idle);
    const stop = (): void => {
      const at = this.#listeners.indexOf(sink);
      if (at === -1) return;
      this.#listeners.splice(at, 1);
      this.#rest();
      sink.onFailure({ kind: 'aborted', cause: undefined });
    };
    this.#listeners.push(sink);
    sink.onStart(200, STREAM, flowOf(stop));
    return stop;
  }

  close(): void {
    this.#over('closed', { kind: 'broken' });
  }

  /** Ends as soon as no call is under way; streams hold it up no longer. */
  retire(): void {
    this.#isRetired = true;
    for (const sink of this.#listeners.splice(0)) sink.onEnd();
    for (const { id, method } of [...this.#waiting.values()]) {
      if (method === LISTEN) this.#take(id, waiting => fail(waiting, { kind: 'broken' }));
    }
    if (!this.isBusy) return this.close();
    setTimeout(() => this.close(), RETIRE_MS).unref();
  }

  #reach(phase: 'opening' | 'awake'): void {
    if (this.isOver || this.#phase === 'awake') return;
    this.#phase = phase;
    for (const { sink } of this.#waiting.values()) {
      if (phase === 'opening') sink.onOpening?.();
      else sink.onAwake?.();
    }
  }

  /** What a reader cannot digest ends this conversation, and nothing else. */
  #receiveSafely(message: Buffer): void {
    try {
      this.#receive(message);
    } catch {
      this.#over('closed', { kind: 'invalid' });
    }
  }

  #receive(message: Buffer): void {
    if (this.isOver) return;
    this.#heardAt = performance.now();
    const heard = hear(message);
    if (!heard) return this.#options.onDropped('no message');
    if (heard.kind === 'response') return this.#answer(heard.id, heard.bytes);
    if (heard.kind === 'request') return this.#question(heard);
    this.#notification(heard);
  }

  #answer(id: unknown, bytes: Buffer): void {
    // A server that could not read a request answers without its id: it means the only one there is.
    const found = id === null || id === undefined ? this.#sole()?.id : id;
    if (found === PING) return;
    const isKnown = this.#take(found, waiting => {
      const { sink, isStream } = waiting;
      if (!isStream) sink.onStart(200, { ...waiting.headers, 'content-type': 'application/json' }, flowOf());
      sink.onData(isStream ? toFrame(bytes) : bytes);
      sink.onEnd();
    });
    if (!isKnown) this.#options.onDropped('unknown id');
  }

  #question(heard: Question): void {
    const { idText, method, bytes } = heard;
    // A server of 2026-07-28 asks nothing and is told no answer (2026-07-28 stdio, "Sending Messages").
    if (this.#options.isTakingBack) return this.#options.onDropped('nobody listens');
    if (method === 'ping') return this.tell(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":{}}`));
    const asked = this.#options.isShared ? undefined : this.#newest(one => ASKING.includes(one.method));
    const listener = this.#options.isShared ? undefined : this.#listeners.at(-1);
    const sink = asked?.sink ?? listener;
    if (sink) this.#questions.asked(heard, sink);
    if (asked) return this.#send(asked, bytes);
    if (listener) return listener.onData(toFrame(bytes));
    this.#options.onDropped('nobody listens');
    const error = '{"code":-32601,"message":"Nobody can be asked now"}';
    this.tell(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${error}}`));
  }

  #notification(heard: Extract<Heard, { kind: 'notification' }>): void {
    const { method, params, bytes } = heard;
    const named = namedRequest(heard);
    const waiting = named === undefined ? undefined : this.#waiting.get(named);
    if (waiting) return this.#send(waiting, bytes);
    if (named !== undefined) return this.#options.onDropped('nobody listens');
    if (method === 'notifications/cancelled') return this.#takenBack(params.requestId, bytes);
    const isChange = LIST_CHANGED.has(method);
    // Of a changed resource those alone are told who asked for it.
    if ((isChange || method === UPDATED) && this.#toListeners(bytes)) return;
    const asked = this.#options.isShared ? this.#sole() : this.#newest();
    if (asked && !(this.#options.isShared && isChange)) return this.#send(asked, bytes);
    if (isChange) return this.#options.onStray(bytes.toString('utf8'));
    if (this.#options.isShared || !this.#toListeners(bytes)) this.#options.onDropped('nobody listens');
  }

  /** A question that needs no answer any more, told where it was asked; or a subscription of ours that ends. */
  #takenBack(id: unknown, bytes: Buffer): void {
    const own = this.#waiting.get(id);
    if (own) return this.#send(own, bytes);
    const idText = JSON.stringify(id);
    const sink = this.#questions.takenBack(idText);
    const isThere = [...this.#waiting.values()].some(one => one.sink === sink);
    if (sink && (isThere || this.#listeners.includes(sink))) sink.onData(toFrame(bytes));
    else this.#options.onDropped('nobody listens');
  }

  /** To each stream: each belongs to another session of a client. */
  #toListeners(bytes: Buffer): boolean {
    for (const sink of [...this.#listeners]) sink.onData(toFrame(bytes));
    return this.#listeners.length > 0;
  }

  #send(waiting: Waiting, bytes: Buffer): void {
    if (!waiting.isStream) {
      waiting.isStream = true;
      waiting.sink.onStart(
        200,
        { ...waiting.headers, ...STREAM },
        flowOf(() => this.#giveUp(waiting.id)),
      );
    }
    waiting.sink.onData(toFrame(bytes));
  }

  #newest(mayBe = (one: Waiting): boolean => one.method !== LISTEN): Waiting | undefined {
    return [...this.#waiting.values()].findLast(mayBe);
  }

  /** The only request that a message without a name can belong to. */
  #sole(): Waiting | undefined {
    const calls = [...this.#waiting.values()].filter(one => one.method !== LISTEN);
    return calls.length === 1 && performance.now() >= this.#echoUntil ? calls[0] : undefined;
  }

  #giveUp(id: unknown): void {
    this.#take(id, ({ sink, since }) => {
      if (since > this.#heardAt && performance.now() - since >= this.#options.silentMs) this.#look();
      this.#echoUntil = performance.now() + ECHO_MS;
      // 2026-07-28 stdio, "Cancellation".
      if (this.#options.isTakingBack) {
        const params = { requestId: id };
        this.tell(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })));
      }
      sink.onFailure({ kind: 'aborted', cause: undefined });
    });
  }

  /** Whether it still says anything at all: a program that is stuck would keep everybody waiting for ever. */
  #look(): void {
    if (this.#check) return;
    const asked = performance.now();
    this.#check = setTimeout(() => {
      this.#check = undefined;
      if (this.#heardAt < asked) this.#over('stuck', { kind: 'broken' });
    }, PONG_MS).unref();
    this.tell(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: PING, method: 'ping' })));
  }

  #take(id: unknown, act: (waiting: Waiting) => void): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    this.#waiting.delete(id);
    act(waiting);
    // One that is open when its request has ended was another's: the newest that still runs is asked.
    for (const heard of this.#questions.leftBy(waiting.sink)) if (!this.isOver) this.#question(heard);
    this.#rest();
    return true;
  }

  /** With nothing under way it ends after a while. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.isOver || this.isBusy) return;
    if (this.#isRetired) return this.close();
    this.#idle = setTimeout(() => this.#over('idle', { kind: 'broken' }), this.#options.idleMs).unref();
  }

  #over(why: 'closed' | 'idle' | 'stuck' | 'crashed', end: PipeEnd): void {
    if (this.isOver) return;
    this.#phase = 'over';
    clearTimeout(this.#idle);
    clearTimeout(this.#check);
    const isCrash = why === 'crashed' || why === 'stuck';
    if (why !== 'crashed') this.#pipe.close();
    this.#options.onOver(this, isCrash ? { end, wasBusy: this.isBusy || why === 'stuck' } : undefined);
    const [waiting, listeners] = [[...this.#waiting.values()], this.#listeners.splice(0)];
    this.#waiting.clear();
    for (const one of waiting) fail(one, end);
    for (const sink of listeners) sink.onEnd();
  }
}
