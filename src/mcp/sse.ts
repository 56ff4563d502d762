import { Fault } from '../base/index.ts';
import { isAnswer } from './json/index.ts';

/** One event of a `text/event-stream` (WHATWG HTML, server-sent events). */
export type SseEvent = {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
  readonly retry: number | undefined;
};

const LF = 0x0a;
const CR = 0x0d;

/** The index after the blank line that ends the first frame, or -1. A frame may end by LF LF, CRLF CRLF or CR CR. */
function frameEnd(bytes: Buffer, from: number): number {
  for (let i = from; i < bytes.length - 1; i++) {
    const byte = bytes[i];
    if (byte !== LF && byte !== CR) continue;
    const next = bytes[i + 1];
    if (next === byte) return i + 2;
    if (byte === LF && next === CR) return bytes[i + 2] === LF ? i + 3 : i + 2;
  }
  return -1;
}

/**
 * Cuts a stream of bytes into whole frames, each with its closing blank line. A frame above `limit` bytes is
 * `upstream_invalid`: nothing endless is kept.
 */
export class FrameSplitter {
  readonly #limit: number;
  /** The frame that has not ended yet, in pieces: joined once, when its end is there. */
  #parts: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): readonly Buffer[] {
    // Look again at the last three bytes: the blank line may have been cut in two.
    const tail = this.#tail();
    if (frameEnd(tail.length === 0 ? chunk : Buffer.concat([tail, chunk]), 0) === -1)
      return this.#keep(chunk);
    let from = Math.max(0, this.#size - 3);
    let bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk]);
    const frames: Buffer[] = [];
    for (let end = frameEnd(bytes, from); end !== -1; end = frameEnd(bytes, from)) {
      frames.push(bytes.subarray(0, end));
      bytes = bytes.subarray(end);
      from = 0;
    }
    this.#parts = [];
    this.#size = 0;
    this.#keep(bytes);
    return frames;
  }

  #tail(): Buffer {
    const last = this.#parts.at(-1);
    if (!last || last.length >= 3) return last?.subarray(-3) ?? Buffer.alloc(0);
    return Buffer.concat(this.#parts.slice(-3)).subarray(-3);
  }

  #keep(bytes: Buffer): readonly Buffer[] {
    if (bytes.length > 0) this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size > this.#limit)
      throw new Fault('upstream_invalid', { says: 'The server sent an endless event' });
    return [];
  }

  /** What is left when the stream ended without a blank line. */
  end(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** A frame's fields; `undefined` when it carries no data (a comment or a priming event). */
export function parseFrame(frame: Buffer): SseEvent | undefined {
  const data: string[] = [];
  let event = 'message';
  let id: string | undefined;
  let retry: number | undefined;
  for (const line of frame.toString('utf8').split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon === 0 || line === '') continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
    else if (field === 'retry') retry = Number(value);
  }
  const text = data.join('\n');
  return text === '' ? undefined : { event, data: text, id, retry };
}

export type Position = { readonly id: string | undefined; readonly retry: number | undefined };

const NOWHERE: Position = { id: undefined, retry: undefined };
const FIELD = /(?:^|\r\n|\n|\r)(id|retry): ?([^\r\n]*)/g;

/** Where a frame says that the stream is, and after how many milliseconds to ask again, with data or without. */
export function readPosition(frame: Buffer): Position {
  if (!frame.includes('id:') && !frame.includes('retry:')) return NOWHERE;
  let { id, retry } = NOWHERE;
  for (const [, field, value = ''] of frame.toString('utf8').matchAll(FIELD)) {
    if (field === 'id' && !value.includes('\0')) id = value;
    if (field === 'retry' && /^\d{1,9}$/.test(value)) retry = Number(value);
  }
  return { id, retry };
}

/** One message as a frame; a line break between two tokens becomes a second data line. */
export function toFrame(json: string | Buffer): Buffer {
  const text = typeof json === 'string' ? json : json.toString('utf8');
  return Buffer.from(
    `event: message\ndata: ${text.includes('\n') ? text.replaceAll('\n', '\ndata: ') : text}\n\n`,
  );
}

const DATA = Buffer.from('data:');
const EVENT = Buffer.from('event: message\n');

/** Whether a frame is one line of data alone, so that its message stands in it byte for byte. */
export function isPlainFrame(frame: Buffer): boolean {
  const at = frame.subarray(0, EVENT.length).equals(EVENT) ? EVENT.length : 0;
  if (!frame.subarray(at, at + DATA.length).equals(DATA)) return false;
  const end = frame.indexOf(LF, at);
  return end !== -1 && frame.length - end <= 2 && frame.indexOf(CR, at) === -1;
}

/** Whether the frame's message is an answer that is there from its first brace to its last. */
export function isAnswerFrame(frame: Buffer): boolean {
  const start = isPlainFrame(frame) ? frame.indexOf(0x7b) : -1;
  if (start !== -1) return isAnswer(frame.subarray(start));
  const data = parseFrame(frame)?.data;
  return data !== undefined && isAnswer(Buffer.from(data));
}
