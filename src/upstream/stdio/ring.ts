/** The last bytes of a text that never ends. */
export class Ring {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    const part = chunk.length > this.#limit ? chunk.subarray(-this.#limit) : chunk;
    // A copy: the piece that was read may be a small part of a large buffer.
    this.#parts.push(Buffer.from(part));
    this.#size += part.length;
    while (this.#size - (this.#parts[0]?.length ?? 0) >= this.#limit)
      this.#size -= this.#parts.shift()?.length ?? 0;
    if (this.#parts.length > MAX_PARTS) this.#parts = [Buffer.concat(this.#parts)];
  }

  get text(): string {
    return Buffer.concat(this.#parts).subarray(-this.#limit).toString('utf8');
  }
}

const MAX_PARTS = 256;
