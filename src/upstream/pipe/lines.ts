import { Fault } from '../../base/index.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);

/** Cuts a stream of bytes into lines. A line above `limit` bytes is `upstream_invalid`: nothing endless is kept. */
export class Lines {
  readonly #limit: number;
  /** The line that has not ended yet, in pieces: joined once, when its end is there. */
  #parts: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): readonly Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, end));
      const line = this.#parts.length === 1 ? (this.#parts[0] ?? EMPTY) : Buffer.concat(this.#parts);
      this.#parts = [];
      this.#size = 0;
      if (line.length > 0) lines.push(line);
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size > this.#limit)
      throw new Fault('upstream_invalid', { says: 'The server sent an endless line' });
  }
}

/** JSON without a line break: in valid JSON a raw one can only stand between tokens (RFC 8259 section 7). */
export function oneLine(json: Buffer): Buffer {
  if (!json.includes(LF) && !json.includes(CR)) return json;
  const line = Buffer.from(json);
  for (let i = 0; i < line.length; i++) if (line[i] === LF || line[i] === CR) line[i] = 0x20;
  return line;
}
