import type { ServerResponse } from 'node:http';
import { Fault } from '../base/index.ts';
import { type Exchange, faultAsRpc, sendRpcFault } from '../http/index.ts';
import { LATEST_LEGACY, toFrame } from '../mcp/index.ts';
import type { Recorded, RecordedKind, Recording, Recordings, Source } from './stream/recordings.ts';

/** A POST is kept by nobody (RFC 9110 section 9.3.3), so no more than this. */
const JSON_HEADERS = ['content-type', 'application/json', 'x-content-type-options', 'nosniff'];
/** What may wait for a reader of messages that nobody can hold back; two frames of the largest size. */
const UNREAD_BYTES = 32 * 1024 * 1024;
/** Smaller answers cost nothing when nobody reads them. */
const BUFFERED_BYTES = 64 * 1024;
/** A frame that begins so is a comment. */
const COLON = 0x3a;

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
  /** The client went away before the answer was whole; `isForGood` where it could have come back and did not. */
  onGone(listener: (isForGood?: boolean) => void): void;
  readonly hasStarted: boolean;
  readonly isStream: boolean;
  /** Whether messages can go before the answer, so that the client can be asked. */
  readonly takesMessages: boolean;
  readonly bytes: number;
};

/** Straight to the client. */
export class HttpOut implements Out, Recorded {
  readonly #exchange: Exchange;
  readonly #idText: string | undefined;
  readonly #stallMs: number;
  /** That of the exchange, until the client comes back by another one. */
  #response: ServerResponse;
  #stall: NodeJS.Timeout | undefined;
  /** A stream whose head waits for its first piece, so that both leave in one packet. */
  #isOpening = false;
  #source: Source | undefined;
  #recordings: Recordings | undefined;
  #kind: RecordedKind = 'post';
  #recording: Recording | undefined;
  #onGone: ((isForGood?: boolean) => void) | undefined;
  readonly takesMessages = true;
  isStream = false;
  bytes = 0;

  /** A reader that takes nothing for `stallMs` is gone. */
  constructor(exchange: Exchange, idText: string | undefined, stallMs: number) {
    this.#exchange = exchange;
    this.#response = exchange.response;
    this.#idText = idText;
    this.#stallMs = stallMs;
  }

  get hasStarted(): boolean {
    return this.#isOpening || this.#exchange.response.headersSent;
  }

  /** Lets the client come back to the stream, where it becomes one: an answer in one piece is never recorded. */
  recordBy(recordings: Recordings, source: Source, kind: RecordedKind): void {
    this.#recordings = recordings;
    this.#source = source;
    this.#kind = kind;
  }

  json(body: Buffer | string, status = 200): void {
    const length = Buffer.byteLength(body);
    this.#isOpening = false;
    this.bytes += length;
    const response = this.#response;
    response.writeHead(status, [...JSON_HEADERS, 'content-length', String(length)]);
    // What a socket's buffer may not hold needs a reader; its timeout runs from the last byte that was taken.
    if (length > BUFFERED_BYTES) response.setTimeout(this.#stallMs, () => response.destroy());
    response.end(body);
  }

  startJson(length: number | undefined): void {
    this.#isOpening = false;
    const known = length === undefined ? [] : ['content-length', String(length)];
    this.#response.writeHead(200, [...JSON_HEADERS, ...known]);
  }

  startStream(): void {
    this.isStream = true;
    this.#isOpening = true;
    // After the piece of the answer that is being read now: mostly the first message is in it.
    queueMicrotask(() => {
      if (this.#open()) this.#response.flushHeaders();
    });
  }

  #open(): boolean {
    if (!this.#isOpening) return false;
    this.#isOpening = false;
    const response = this.#response;
    response.writeHead(200, STREAM_HEADERS);
    const source = this.#source;
    // Who left before the stream began has no event to come back to.
    if (!source || !this.#recordings || response.destroyed) return true;
    this.#recording = this.#recordings.begin(this.#kind, source, this);
    // Older clients take an event without data for a broken message.
    if (source.session?.profile.revision === LATEST_LEGACY) this.#send(this.#recording.prime());
    return true;
  }

  write(chunk: Buffer): boolean {
    const isFirst = this.#open();
    if (chunk.length > 0)
      return this.#send(this.#recording && chunk[0] !== COLON ? this.#recording.add(chunk) : chunk);
    // The server began its stream without a message yet: the client may know.
    if (isFirst) this.#response.flushHeaders();
    return true;
  }

  #send(bytes: Buffer): boolean {
    const response = this.#response;
    // What comes after the end, as a change that was just read, has no reader any more.
    if (response.destroyed || response.writableEnded) return true;
    this.bytes += bytes.length;
    if (response.write(bytes)) return true;
    if (response.writableLength > UNREAD_BYTES) response.destroy();
    else this.#expectReader();
    return false;
  }

  #expectReader(): void {
    if (this.#stall) return;
    const response = this.#response;
    this.#stall = setTimeout(() => response.destroy(), this.#stallMs).unref();
    response.once('drain', () => {
      clearTimeout(this.#stall);
      this.#stall = undefined;
    });
  }

  end(): void {
    clearTimeout(this.#stall);
    this.#open();
    this.#recording?.end();
    this.#response.end();
  }

  finish(chunk: Buffer): void {
    const told = this.#recordLast(chunk);
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    clearTimeout(this.#stall);
    if (this.#isOpening) response.writeHead(200, [...STREAM_HEADERS, 'content-length', String(told.length)]);
    this.#isOpening = false;
    this.bytes += told.length;
    response.end(told);
  }

  /** Who comes back for an answer that was too large to keep is told so, rather than left to wait. */
  #recordLast(chunk: Buffer): Buffer {
    const recording = this.#recording;
    if (!recording || recording.isEnded) return chunk;
    const told = recording.add(chunk);
    if (told === chunk) recording.add(toFrame(faultAsRpc(tooLargeToKeep(), this.#idText, this.#exchange.id)));
    recording.end();
    return told;
  }

  fault(fault: Fault): void {
    if (!this.#exchange.response.headersSent) {
      this.#isOpening = false;
      return sendRpcFault(this.#exchange, fault, this.#idText);
    }
    // A stream can still carry the error; half a JSON text can only be cut off.
    if (!this.isStream) return void this.#response.destroy();
    this.finish(toFrame(faultAsRpc(fault, this.#idText, this.#exchange.id)));
  }

  onceDrained(listener: () => void): void {
    const response = this.#response;
    // A reader that is gone holds nobody up: what still comes is thrown away.
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      listener();
    };
    response.once('drain', go);
    response.once('close', go);
  }

  onGone(listener: (isForGood?: boolean) => void): void {
    const before = this.#onGone;
    this.#onGone = before
      ? isForGood => {
          before(isForGood);
          listener(isForGood);
        }
      : listener;
    if (!before) this.#watch(this.#response);
  }

  #watch(response: ServerResponse): void {
    response.once('close', () => {
      if (response !== this.#response) return;
      clearTimeout(this.#stall);
      if (response.writableFinished) return;
      if (this.#recording) this.#recording.left();
      else this.#onGone?.(false);
    });
  }

  attach(response: ServerResponse, events: readonly Buffer[]): void {
    const before = this.#response;
    this.#response = response;
    clearTimeout(this.#stall);
    this.#stall = undefined;
    before.destroy();
    this.#watch(response);
    response.writeHead(200, STREAM_HEADERS);
    response.flushHeaders();
    for (const event of events) this.#send(event);
    if (this.#recording?.isEnded) response.end();
    else this.#recording?.met();
  }

  takeUnsent(): readonly Buffer[] {
    return this.#recording?.takeUnsent() ?? [];
  }

  abandon(): void {
    this.#onGone?.(true);
  }
}

function tooLargeToKeep(): Fault {
  const says = 'The answer was too large to be kept for a client that was away';
  return new Fault('outcome_unknown', { says, data: { mayHaveRun: true } });
}
