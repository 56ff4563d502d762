import type { Fault } from '../../base/index.ts';
import { faultAsRpc } from '../../http/index.ts';
import { toFrame } from '../../mcp/index.ts';
import type { Out } from '../out.ts';
import { CollectOut } from '../relay/collect-out.ts';
import type { SseLine } from './sse-line.ts';

/** A frame that begins so is a comment. */
const COLON = 0x3a;

/** The answer to one message of an HTTP+SSE client: events between those of other answers on the same stream. */
export class SseOut implements Out {
  readonly #line: SseLine;
  readonly #idText: string | undefined;
  readonly #requestId: string;
  #whole: CollectOut | undefined;
  #onGone: (isForGood: boolean) => void = () => {};
  #isDone = false;
  readonly takesMessages = true;
  hasStarted = false;
  isStream = false;
  bytes = 0;

  constructor(line: SseLine, idText: string | undefined, requestId: string) {
    this.#line = line;
    this.#idText = idText;
    this.#requestId = requestId;
    line.enter(this);
  }

  json(body: Buffer | string): void {
    this.#last(toFrame(body));
  }

  /** One event is whole or nothing: the pieces wait for each other. */
  startJson(): void {
    this.hasStarted = true;
    const done = (json: string): void => this.#last(toFrame(json));
    this.#whole = new CollectOut({ idText: this.#idText, requestId: this.#requestId, done });
    this.#whole.startJson();
  }

  startStream(): void {
    this.hasStarted = true;
    this.isStream = true;
  }

  write(chunk: Buffer): boolean {
    if (this.#isDone) return true;
    if (this.#whole) return this.#whole.write(chunk);
    if (chunk.length === 0 || chunk[0] === COLON) return true;
    this.bytes += chunk.length;
    return this.#line.write(chunk);
  }

  end(): void {
    if (this.#whole && !this.#isDone) this.#whole.end();
    this.#leave();
  }

  finish(chunk: Buffer): void {
    this.#last(chunk);
  }

  fault(fault: Fault): void {
    this.#last(toFrame(faultAsRpc(fault, this.#idText, this.#requestId)));
  }

  onceDrained(listener: () => void): void {
    this.#line.onceDrained(listener);
  }

  onGone(listener: (isForGood?: boolean) => void): void {
    const before = this.#onGone;
    this.#onGone = isForGood => {
      before(isForGood);
      listener(isForGood);
    };
  }

  /** The stream has closed, and nobody can come back to it. */
  gone(): void {
    this.#leave();
    this.#onGone(true);
  }

  #last(frame: Buffer): void {
    if (this.#isDone) return;
    this.bytes += frame.length;
    this.#line.write(frame);
    this.#leave();
  }

  #leave(): void {
    this.#isDone = true;
    this.#line.leave(this);
  }
}
