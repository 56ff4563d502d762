import type { AnswerSink, Flow, Target } from '../../http/index.ts';
import { FrameSplitter, parseFrame } from '../../mcp/index.ts';
import type { Connect, Pipe, PipeEnd, PipeEvents, Written } from '../pipe/pipe.ts';
import { contentType } from '../reply.ts';

const FRAME_BYTES = 16 * 1024 * 1024;
/** What a server may say besides "accepted"; nobody reads it. */
const ANSWER_BYTES = 64 * 1024;
/** The first event has to say where messages go. */
const ENDPOINT_MS = 10_000;

export type SsePlace = {
  readonly target: Target;
  readonly url: URL;
  /** Credential and configured headers. */
  readonly headers: Readonly<Record<string, string>>;
};

/** HTTP+SSE of 2024-11-05 (transports): a GET stream whose first event names the address for messages. */
export function connectSse(place: SsePlace): Connect {
  return events => new SsePipe(place, events);
}

class SsePipe implements Pipe {
  readonly #place: SsePlace;
  readonly #events: PipeEvents;
  readonly #before: { readonly message: Buffer; readonly done: Written }[] = [];
  readonly #frames = new FrameSplitter(FRAME_BYTES);
  #endpoint: string | undefined;
  #abort: () => void = () => {};
  #isOver = false;
  #late: NodeJS.Timeout | undefined;

  constructor(place: SsePlace, events: PipeEvents) {
    this.#place = place;
    this.#events = events;
    queueMicrotask(() => this.#open());
  }

  write(message: Buffer, done: Written): void {
    if (this.#isOver) return done({ kind: 'broken' });
    if (this.#endpoint === undefined) return void this.#before.push({ message, done });
    const { target, headers } = this.#place;
    const request = { method: 'POST', path: this.#endpoint, headers: { ...headers }, body: message } as const;
    target.send(request, this.#posted(done));
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#late);
    this.#abort();
  }

  #open(): void {
    if (this.#isOver) return;
    this.#events.onStart();
    const { target, url, headers } = this.#place;
    const path = url.pathname + url.search;
    this.#late = setTimeout(() => this.#end({ kind: 'invalid' }), ENDPOINT_MS).unref();
    const request = { method: 'GET', path, headers: { ...headers, accept: 'text/event-stream' } } as const;
    this.#abort = target.send(request, this.#stream());
  }

  #stream(): AnswerSink {
    return {
      onStart: (status, headers) => {
        if (status === 200 && contentType(headers) === 'text/event-stream') this.#events.onAwake();
        else this.#end({ status: status < 400 ? 405 : status });
      },
      onData: chunk => {
        if (this.#isOver) return;
        try {
          for (const frame of this.#frames.push(chunk)) this.#frame(frame);
        } catch {
          this.#end({ kind: 'invalid' });
        }
      },
      onEnd: () => this.#end({ kind: this.#lost }),
      onFailure: ({ kind, cause }) => this.#end({ kind: kind === 'broken' ? this.#lost : kind, cause }),
    };
  }

  /** Before the address is known nothing was sent. */
  get #lost(): 'unreachable' | 'broken' {
    return this.#endpoint === undefined ? 'unreachable' : 'broken';
  }

  #frame(frame: Buffer): void {
    const event = parseFrame(frame);
    if (!event || this.#isOver) return;
    if (event.event === 'message') return this.#events.onMessage(Buffer.from(event.data));
    if (event.event !== 'endpoint' || this.#endpoint !== undefined) return;
    const { url } = this.#place;
    const endpoint = URL.parse(event.data, url.href);
    // Of another origin it would take the credential there.
    if (endpoint?.origin !== url.origin) return this.#end({ kind: 'invalid' });
    clearTimeout(this.#late);
    this.#endpoint = endpoint.pathname + endpoint.search;
    for (const { message, done } of this.#before.splice(0)) this.write(message, done);
  }

  /** The answer to a POST says only whether the message was taken; a session that is unknown ends the pipe. */
  #posted(done: Written): AnswerSink {
    let flow: Flow | undefined;
    let read = 0;
    return {
      onStart: (status, _headers, running) => {
        flow = running;
        done(status < 300 ? undefined : { status: status === 410 ? 404 : status });
        // The session is unknown there; what it took before may have run.
        if (status === 404 || status === 410) this.#end({ kind: 'broken' });
      },
      onData: chunk => {
        read += chunk.length;
        if (read > ANSWER_BYTES) flow?.abort();
      },
      onEnd: () => {},
      onFailure: ({ kind, cause }) => kind !== 'aborted' && done({ kind, cause }),
    };
  }

  #end(end: PipeEnd): void {
    if (this.#isOver) return;
    this.close();
    for (const { done } of this.#before.splice(0)) done(end);
    this.#events.onEnd(end);
  }
}
