import { type Resource, toOtlp } from './otlp.ts';
import type { Span } from './span.ts';

const EVERY_MS = 1_000;
const MOST_AT_ONCE = 512;
const MOST_WAITING = 4_096;

type Deps = {
  readonly resource: Resource;
  /** Resolves to whether the collector took it; never waits for ever. */
  readonly send: (body: string) => Promise<boolean>;
};

/**
 * Spans on their way to a collector, in batches, one after the other. A collector that is slow or gone costs spans, never a
 * call: what does not fit is dropped, and what it did not take is not sent twice.
 */
export class SpanExporter {
  readonly #deps: Deps;
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  #dropped = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.#send(), EVERY_MS);
    this.#timer.unref();
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING) this.#dropped++;
    else this.#waiting.push(span);
    if (this.#waiting.length >= MOST_AT_ONCE) void this.#send();
  }

  /** Sends what waits, as far as the collector takes it within `ms`. */
  async close(ms: number): Promise<void> {
    clearInterval(this.#timer);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#drain()]);
    clearTimeout(timer);
    this.#waiting = [];
  }

  async #drain(): Promise<void> {
    await this.#sending;
    while (this.#waiting.length > 0) await this.#send();
  }

  #send(): Promise<void> {
    if (this.#waiting.length > 0) this.#sending ??= this.#sendBatch();
    return this.#sending ?? Promise.resolve();
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#waiting.splice(0, MOST_AT_ONCE);
    const isTaken = await this.#deps.send(toOtlp(batch, this.#deps.resource)).catch(() => false);
    if (!isTaken) this.#dropped += batch.length;
    this.#sending = undefined;
  }
}
