/** One quoted JSON string in an answer's bytes and what stands there for the client. */
export type Swap = { readonly from: Buffer; readonly to: Buffer };

export function swapOf(from: string, to: string): Swap {
  return { from: Buffer.from(from), to: Buffer.from(to) };
}

const EMPTY = Buffer.alloc(0);

/**
 * Replaces quoted strings in bytes that arrive in pieces, without parsing them. `from` is a JSON string that only
 * this call's server was told, so wherever it stands it means the same thing. A piece that may end inside such a
 * string keeps its tail until the next one.
 */
export class SwapStream {
  readonly #swaps: readonly Swap[];
  readonly #keep: number;
  #tail: Buffer = EMPTY;
  /** How often the first swap's string was met. */
  hits = 0;

  constructor(swaps: readonly Swap[]) {
    this.#swaps = swaps;
    this.#keep = Math.max(0, ...swaps.map(swap => swap.from.length)) - 1;
  }

  /** What may go to the client now; the last piece is flushed by `isLast`. */
  push(chunk: Buffer, isLast = false): Buffer {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const swapped = this.#replace(bytes);
    if (isLast) {
      this.#tail = EMPTY;
      return swapped;
    }
    const hold = this.#heldBack(swapped);
    this.#tail = hold === 0 ? EMPTY : Buffer.from(swapped.subarray(swapped.length - hold));
    return hold === 0 ? swapped : swapped.subarray(0, swapped.length - hold);
  }

  #replace(bytes: Buffer): Buffer {
    let out = bytes;
    for (const [index, swap] of this.#swaps.entries()) {
      let at = out.indexOf(swap.from);
      if (at === -1) continue;
      const parts: Buffer[] = [];
      let from = 0;
      for (; at !== -1; at = out.indexOf(swap.from, from)) {
        if (index === 0) this.hits++;
        parts.push(out.subarray(from, at), swap.to);
        from = at + swap.from.length;
      }
      parts.push(out.subarray(from));
      out = Buffer.concat(parts);
    }
    return out;
  }

  /** How many bytes at the end might be the beginning of a string to swap. */
  #heldBack(bytes: Buffer): number {
    for (let size = Math.min(this.#keep, bytes.length); size > 0; size--) {
      const at = bytes.length - size;
      if (this.#swaps.some(swap => size < swap.from.length && bytes.compare(swap.from, 0, size, at) === 0))
        return size;
    }
    return 0;
  }
}
