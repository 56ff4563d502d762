import { Fault } from '../base/index.ts';
import { type Exchange, faultAsRpc, sendRpcFault } from '../http/index.ts';
import { parseFrame, toFrame } from '../mcp/index.ts';

/** A POST is kept by nobody (RFC 9110 section 9.3.3), so no more than this. */
const JSON_HEADERS = ['content-type', 'application/json', 'x-content-type-options', 'nosniff'];
/** What may wait for a reader of messages that nobody can hold back; two frames of the largest size. */
const UNREAD_BYTES = 32 * 1024 * 1024;
/** Smaller answers cost nothing when nobody reads them. */
const BUFFERED_BYTES = 64 * 1024;
const COLLECT_BYTES = 10 * 1024 * 1024;

const STREAM_HEADERS = [
  ...['content-type', 'text/event-stream', 'cache-control', 'no-store'],
  ...['x-content-type-options', 'nosniff', 'x-accel-buffering', 'no'],
];

/** Where the answer to one message goes. */
export type Out = {
  /** The answer as one whole JSON text. */
  json(body: Buffer | string, status?: number): void;
  /** A JSON answer that arrives in pieces: `false` from `write` asks to pause until `onceDrained`. */
  startJson(length: number | undefined): void;
  startStream(): void;
  write(chunk: Buffer): boolean;
  end(): void;
  /** The last piece of a stream and its end. */
  finish(chunk: Buffer): void;
  fault(fault: Fault): void;
  onceDrained(listener: () => void): void;
  /** The client went away before the answer was whole. */
  onGone(listener: () => void): void;
  readonly hasStarted: boolean;
  readonly isStream: boolean;
  readonly bytes: number;
};

/** Straight to the client. */
export class HttpOut implements Out {
  readonly #exchange: Exchange;
  readonly #idText: string | undefined;
  readonly #stallMs: number;
  #stall: NodeJS.Timeout | undefined;
  /** A stream whose head waits for its first piece, so that both leave in one packet. */
  #isOpening = false;
  isStream = false;
  bytes = 0;

  /** A reader that takes nothing for `stallMs` is gone. */
  constructor(exchange: Exchange, idText: string | undefined, stallMs: number) {
    this.#exchange = exchange;
    this.#idText = idText;
    this.#stallMs = stallMs;
  }

  get hasStarted(): boolean {
    return this.#isOpening || this.#exchange.response.headersSent;
  }

  json(body: Buffer | string, status = 200): void {
    const length = Buffer.byteLength(body);
    this.#isOpening = false;
    this.bytes += length;
    const { response } = this.#exchange;
    response.writeHead(status, [...JSON_HEADERS, 'content-length', String(length)]);
    // What a socket's buffer may not hold needs a reader; its timeout runs from the last byte that was taken.
    if (length > BUFFERED_BYTES) response.setTimeout(this.#stallMs, () => response.destroy());
    response.end(body);
  }

  startJson(length: number | undefined): void {
    this.#isOpening = false;
    const known = length === undefined ? [] : ['content-length', String(length)];
    this.#exchange.response.writeHead(200, [...JSON_HEADERS, ...known]);
  }

  startStream(): void {
    this.isStream = true;
    this.#isOpening = true;
    // After the piece of the answer that is being read now: mostly the first message is in it.
    queueMicrotask(() => {
      if (this.#open()) this.#exchange.response.flushHeaders();
    });
  }

  #open(): boolean {
    if (!this.#isOpening) return false;
    this.#isOpening = false;
    this.#exchange.response.writeHead(200, STREAM_HEADERS);
    return true;
  }

  write(chunk: Buffer): boolean {
    const { response } = this.#exchange;
    // What comes after the end, as a change that was just read, has no reader any more.
    if (response.destroyed || response.writableEnded) return true;
    const isFirst = this.#open();
    if (chunk.length === 0) {
      // The server began its stream without a message yet: the client may know.
      if (isFirst) response.flushHeaders();
      return true;
    }
    this.bytes += chunk.length;
    if (response.write(chunk)) return true;
    if (response.writableLength > UNREAD_BYTES) response.destroy();
    else this.#expectReader();
    return false;
  }

  #expectReader(): void {
    if (this.#stall) return;
    const { response } = this.#exchange;
    this.#stall = setTimeout(() => response.destroy(), this.#stallMs).unref();
    response.once('drain', () => {
      clearTimeout(this.#stall);
      this.#stall = undefined;
    });
  }

  end(): void {
    clearTimeout(this.#stall);
    this.#open();
    this.#exchange.response.end();
  }

  finish(chunk: Buffer): void {
    const { response } = this.#exchange;
    if (response.destroyed || response.writableEnded) return;
    clearTimeout(this.#stall);
    if (this.#isOpening) response.writeHead(200, [...STREAM_HEADERS, 'content-length', String(chunk.length)]);
    this.#isOpening = false;
    this.bytes += chunk.length;
    response.end(chunk);
  }

  fault(fault: Fault): void {
    if (!this.#exchange.response.headersSent) {
      this.#isOpening = false;
      return sendRpcFault(this.#exchange, fault, this.#idText);
    }
    // A stream can still carry the error; half a JSON text can only be cut off.
    if (!this.isStream) return void this.#exchange.response.destroy();
    this.finish(toFrame(faultAsRpc(fault, this.#idText, this.#exchange.id)));
  }

  onceDrained(listener: () => void): void {
    const { response } = this.#exchange;
    // A reader that is gone holds nobody up: what still comes is thrown away.
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      listener();
    };
    response.once('drain', go);
    response.once('close', go);
  }

  onGone(listener: () => void): void {
    this.#exchange.response.once('close', () => {
      clearTimeout(this.#stall);
      if (!this.#exchange.response.writableFinished) listener();
    });
  }
}

/** Keeps the answer as one JSON text: for a client that takes no event stream, and for the parts of a batch. */
export class CollectOut implements Out {
  readonly #done: (json: string, fault: Fault | undefined) => void;
  readonly #idText: string | undefined;
  readonly #requestId: string;
  #chunks: Buffer[] = [];
  #last: string | undefined;
  #isDone = false;
  hasStarted = false;
  isStream = false;
  bytes = 0;

  constructor(from: {
    idText: string | undefined;
    requestId: string;
    done: (json: string, fault: Fault | undefined) => void;
  }) {
    this.#idText = from.idText;
    this.#requestId = from.requestId;
    this.#done = from.done;
  }

  json(body: Buffer | string): void {
    this.#finish(body.toString());
  }

  startJson(): void {
    this.hasStarted = true;
  }

  startStream(): void {
    this.hasStarted = true;
    this.isStream = true;
  }

  write(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    if (this.#isDone) return true;
    if (this.bytes > COLLECT_BYTES)
      this.fault(
        new Fault('upstream_invalid', { says: 'The answer is too large for a client without event streams' }),
      );
    else if (this.isStream) this.#keepFrame(chunk);
    else this.#chunks.push(chunk);
    return true;
  }

  end(): void {
    if (!this.isStream) return this.#finish(Buffer.concat(this.#chunks).toString('utf8'));
    if (this.#last === undefined)
      return this.fault(
        new Fault('upstream_invalid', { says: 'The server’s stream ended without an answer' }),
      );
    this.#finish(this.#last);
  }

  finish(chunk: Buffer): void {
    this.write(chunk);
    this.end();
  }

  fault(fault: Fault): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#done(faultAsRpc(fault, this.#idText, this.#requestId), fault);
  }

  onceDrained(): void {}

  onGone(): void {}

  /** Of a stream only the response counts: notifications and questions have nowhere to go. */
  #keepFrame(frame: Buffer): void {
    const data = parseFrame(frame)?.data;
    if (data !== undefined && !('method' in (JSON.parse(data) as object))) this.#last = data;
  }

  #finish(json: string): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#chunks = [];
    this.bytes = Buffer.byteLength(json);
    this.#done(json, undefined);
  }
}
