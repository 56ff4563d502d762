const EMPTY = Buffer.alloc(0);

/**
 * Replaces one quoted JSON string in bytes that arrive in pieces, without parsing them. `from` is a string that only
 * this call's server was told, so wherever it stands it means the same thing. A piece that may end inside it keeps
 * its tail until the next one.
 */
export class SwapStream {
  readonly #from: Buffer;
  readonly #to: Buffer;
  #tail: Buffer = EMPTY;
  /** How often `from` was met. */
  hits = 0;

  constructor(from: string, to: string) {
    this.#from = Buffer.from(from, 'latin1');
    this.#to = Buffer.from(to);
  }

  /** What may go to the client now; the last piece is flushed by `isLast`. */
  push(chunk: Buffer, isLast = false): Buffer {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const swapped = this.#replace(bytes);
    const hold = isLast ? 0 : this.#heldBack(swapped);
    this.#tail = hold === 0 ? EMPTY : Buffer.from(swapped.subarray(swapped.length - hold));
    return hold === 0 ? swapped : swapped.subarray(0, swapped.length - hold);
  }

  #replace(bytes: Buffer): Buffer {
    let at = bytes.indexOf(this.#from);
    if (at === -1) return bytes;
    const parts: Buffer[] = [];
    let from = 0;
    for (; at !== -1; at = bytes.indexOf(this.#from, from)) {
      this.hits++;
      parts.push(bytes.subarray(from, at), this.#to);
      from = at + this.#from.length;
    }
    parts.push(bytes.subarray(from));
    return Buffer.concat(parts);
  }

  /** How many bytes at the end might be the beginning of `from`. */
  #heldBack(bytes: Buffer): number {
    const from = this.#from;
    for (let size = Math.min(from.length - 1, bytes.length); size > 0; size--) {
      if (bytes.compare(from, 0, size, bytes.length - size) === 0) return size;
    }
    return 0;
  }
}
