/** A stream towards a client that stays open until one side ends it. */
export type OpenStream = {
  /** A comment, so that nobody in between takes the silence for death. */
  keepAlive(): void;
  /** Says goodbye as the protocol wants it, and ends. */
  end(): void;
};

const KEEP_ALIVE_MS = 25_000;

/** All long-lived streams of this process: one timer keeps them alive, one call ends them. */
export class Streams {
  readonly #open = new Set<OpenStream>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      for (const stream of this.#open) stream.keepAlive();
    }, KEEP_ALIVE_MS);
    this.#timer.unref();
  }

  get size(): number {
    return this.#open.size;
  }

  add(stream: OpenStream): () => void {
    this.#open.add(stream);
    return () => this.#open.delete(stream);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const stream of [...this.#open]) stream.end();
  }
}
