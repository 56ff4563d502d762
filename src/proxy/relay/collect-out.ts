import { Fault } from '../../base/index.ts';
import { faultAsRpc } from '../../http/index.ts';
import { parseFrame } from '../../mcp/index.ts';
import type { Out } from '../out.ts';

const COLLECT_BYTES = 10 * 1024 * 1024;

/** Keeps the answer as one JSON text: for a client that takes no event stream, and for the parts of a batch. */
export class CollectOut implements Out {
  readonly #done: (json: string, fault: Fault | undefined) => void;
  readonly #idText: string | undefined;
  readonly #requestId: string;
  #chunks: Buffer[] = [];
  #last: string | undefined;
  #isDone = false;
  hasStarted = false;
  readonly takesMessages = false;
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
