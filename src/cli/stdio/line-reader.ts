const LF = 0x0a;
const CR = 0x0d;
const LINE_BYTES = 64 * 1024 * 1024;

/** Cuts a stream of bytes into lines. One that is too long is given as undefined, once, and skipped. */
export class LineReader {
  readonly #onLine: (line: Buffer | undefined) => void;
  #parts: Buffer[] = [];
  #size = 0;
  #isSkipping = false;

  constructor(onLine: (line: Buffer | undefined) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#emit();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  /** A last line may lack its end. */
  end(): void {
    this.#emit();
  }

  #keep(part: Buffer): void {
    if (this.#isSkipping || part.length === 0) return;
    this.#size += part.length;
    this.#parts.push(part);
    if (this.#size <= LINE_BYTES) return;
    this.#isSkipping = true;
    this.#parts = [];
    this.#onLine(undefined);
  }

  #emit(): void {
    const whole = Buffer.concat(this.#parts);
    const line = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    const isSkipped = this.#isSkipping;
    this.#parts = [];
    this.#size = 0;
    this.#isSkipping = false;
    if (!isSkipped && line.length > 0) this.#onLine(line);
  }
}
