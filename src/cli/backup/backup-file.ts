import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { z } from 'zod';
import type { Part } from '../../store/index.ts';
import { Refusal } from '../refusal.ts';
import { end, FORMAT, type Head, head, part, VERSION } from './format.ts';

const ROWS_A_LINE = 200;
const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;

/** Writes a backup: nothing stands under its name before it is whole. */
export class BackupWriter {
  readonly #path: string;
  readonly #draft: string;
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  rows = 0;

  private constructor(path: string, draft: string, file: FileHandle) {
    this.#path = path;
    this.#draft = draft;
    this.#file = file;
  }

  static async create(path: string, of: Head): Promise<BackupWriter> {
    const draft = `${path}.${process.pid}.part`;
    const writer = new BackupWriter(path, draft, await open(draft, 'wx', 0o600));
    await writer.#write(of);
    return writer;
  }

  async #write(value: unknown): Promise<void> {
    const line = lineOf(value);
    this.#hash.update(line);
    await this.#file.write(line);
  }

  async add({ table, columns, rows }: Part): Promise<void> {
    this.rows += rows.length;
    for (let from = 0; from < rows.length; from += ROWS_A_LINE)
      await this.#write({ table, columns, rows: rows.slice(from, from + ROWS_A_LINE) });
  }

  async finish(): Promise<void> {
    const last = { end: true, rows: this.rows, sha256: this.#hash.digest('hex') };
    await this.#file.write(lineOf(last));
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#draft, this.#path);
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#draft, { force: true });
  }
}

function read<S extends z.ZodType>(schema: S, line: Buffer): z.output<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(line.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

const damaged = (path: string) =>
  new Refusal(`${path} is damaged: it was cut off or changed after it was written. Nothing was changed.`);

/** Far above any line that is written here. */
const MOST_BYTES = 256 * 1024 * 1024;
const NEWLINE = 10;

/** Lines end with a newline alone: texts hold other characters at which readers of lines would break. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, to)]);
      [rest, length, from] = [[], 0, to + 1];
    }
    rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MOST_BYTES) throw damaged(path);
  }
  if (length > 0) yield Buffer.concat(rest);
}

async function* readableLines(path: string): AsyncGenerator<Buffer> {
  try {
    yield* linesOf(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** The head of a file. Throws a Refusal where it is no backup, or of a later version. */
export async function readHead(path: string, schema: readonly string[]): Promise<Head> {
  const lines = readableLines(path);
  const { value } = await lines.next();
  await lines.return(undefined);
  const found = value instanceof Buffer ? read(head, value) : undefined;
  if (!found) throw new Refusal(`${path} is no ${FORMAT}.`);
  const newer = found.schema.find(name => !schema.includes(name));
  if (found.version > VERSION || newer !== undefined)
    throw new Refusal(
      `${path} was written by a newer version (${found.gateway}). Install that version or a later one, and restore with it.`,
    );
  return found;
}

/** Reads the whole file once, so that nothing is begun with half of it. Throws a Refusal. */
export async function checkWhole(path: string): Promise<{ readonly rows: number }> {
  const hash = createHash('sha256');
  let rows = 0;
  let last: z.output<typeof end> | undefined;
  let at = 0;
  for await (const line of readableLines(path)) {
    if (last) throw damaged(path);
    last = at > 0 ? read(end, line) : undefined;
    if (last) continue;
    const found = at > 0 ? read(part, line) : undefined;
    if (at > 0 && !found) throw damaged(path);
    rows += found?.rows.length ?? 0;
    hash.update(line).update('\n');
    at++;
  }
  if (!last || last.sha256 !== hash.digest('hex') || last.rows !== rows) throw damaged(path);
  return { rows };
}

/** The rows of a file that was checked. */
export async function* partsOf(path: string): AsyncGenerator<Part> {
  for await (const line of readableLines(path)) {
    const found = read(part, line);
    if (found) yield found;
  }
}
