import { Fault } from '../../base/index.ts';
import { isObject, type Params, parseFrame } from '../../mcp/index.ts';
import type { Out } from '../out.ts';

/** An answer of the other era is read whole before it is said in the client's own terms. */
const ANSWER_BYTES = 16 * 1024 * 1024;

/** A message of a server that is no answer. */
export type Said = { readonly method: string; readonly id: unknown; readonly params: Params };

/**
 * Stands between the relay and the client where their eras differ: takes what the relay would send, message by
 * message, so that each can be said in the terms of the other era.
 */
export abstract class ConvertingOut implements Out {
  #chunks: Buffer[] = [];
  #lastProgress = Number.NEGATIVE_INFINITY;
  abstract readonly takesMessages: boolean;
  isStream = false;
  bytes = 0;

  /** Whether anything has reached the client, so that the request cannot be sent once more unnoticed. */
  abstract readonly hasStarted: boolean;
  protected abstract onSaid(said: Said, json: string): void;
  protected abstract onAnswer(json: Buffer, status: number): void;
  abstract onGone(listener: () => void): void;
  /** The relay stopped without an answer: the client took its request back. */
  protected abstract onStopped(): void;

  json(body: Buffer | string, status = 200): void {
    this.onAnswer(Buffer.from(body), status);
  }

  startJson(): void {
    this.isStream = false;
  }

  startStream(): void {
    this.isStream = true;
  }

  write(chunk: Buffer): boolean {
    if (this.isStream) this.#frame(chunk);
    else this.#collect(chunk);
    return true;
  }

  end(): void {
    if (this.isStream || this.#chunks.length === 0) return this.onStopped();
    this.onAnswer(Buffer.concat(this.#chunks), 200);
  }

  finish(frame: Buffer): void {
    const data = parseFrame(frame)?.data;
    if (data !== undefined) this.onAnswer(Buffer.from(data), 200);
  }

  fault(fault: Fault): void {
    throw fault;
  }

  onceDrained(listener: () => void): void {
    listener();
  }

  #collect(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > ANSWER_BYTES)
      throw new Fault('upstream_invalid', { says: 'The answer is too large to be said in another revision' });
    // A chunk of the network may be a view of a buffer that is used again.
    this.#chunks.push(Buffer.from(chunk));
  }

  #frame(frame: Buffer): void {
    const json = parseFrame(frame)?.data;
    if (json === undefined || json === '') return;
    const value: unknown = JSON.parse(json);
    if (!isObject(value) || typeof value.method !== 'string') return;
    const params = isObject(value.params) ? value.params : {};
    if (value.method === 'notifications/progress' && !this.#isIncrease(params.progress)) return;
    this.onSaid({ method: value.method, id: value.id, params }, json);
  }

  /** "MUST increase with each notification" (utilities/progress): several legs of one call must not go back. */
  #isIncrease(progress: unknown): boolean {
    if (typeof progress !== 'number' || progress <= this.#lastProgress) return false;
    this.#lastProgress = progress;
    return true;
  }
}
