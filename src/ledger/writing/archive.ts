import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Where what goes is written to first, and how much of it is kept. */
export type Archive = {
  readonly path: string;
  /** A file with more than this is put aside. */
  readonly fileBytes: number;
  /** Of all files together: beyond it the oldest goes. */
  readonly maxBytes: number;
};

const DIGITS = 5;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const sizeOf = async (path: string) => (await stat(path)).size;

async function find(path: string): Promise<{ readonly size: number; readonly day: string } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, day: dayOf(mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Those that were put aside, the oldest first; nothing else that lies beside them. */
async function asideOf(path: string): Promise<readonly string[]> {
  const start = `${basename(path)}.`;
  const isOurs = (name: string) =>
    name.startsWith(start) && /^\d{4}-\d\d-\d\d\.\d{5}$/.test(name.slice(start.length));
  return (await readdir(dirname(path))).filter(isOurs).sort();
}

/** Under the day on which it was last written, after those of that day that are there already. */
async function putAside(path: string, day: string): Promise<void> {
  const start = `${basename(path)}.${day}.`;
  const last = (await asideOf(path)).filter(name => name.startsWith(start)).at(-1);
  const next = last === undefined ? 1 : Number(last.slice(-DIGITS)) + 1;
  await rename(path, join(dirname(path), `${start}${String(next).padStart(DIGITS, '0')}`));
}

/** Gives the files that went. */
async function dropOldest({ path, maxBytes }: Archive): Promise<readonly string[]> {
  const aside = (await asideOf(path)).map(name => join(dirname(path), name));
  const sizes = await Promise.all(aside.map(sizeOf));
  let total = sizes.reduce((sum, size) => sum + size, await sizeOf(path));
  const gone: string[] = [];
  for (const [at, file] of aside.entries()) {
    if (total <= maxBytes) break;
    await unlink(file);
    total -= sizes[at] ?? 0;
    gone.push(file);
  }
  return gone;
}

/** Whether it ends in the middle of a line, as where the process was killed while it wrote. */
async function isCut(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}

/** All of it or nothing: what a full disk took of it is cut off again, since it comes once more. */
async function append(path: string, text: string): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const whole = (await isCut(file, size)) ? `\n${text}` : text;
    await file.appendFile(whole).catch(async error => {
      await file.truncate(size);
      throw error;
    });
  } finally {
    await file.close();
  }
}

/**
 * Appends lines of JSON; the file of another day, or one that would be too large, is put aside first. Gives the files
 * that went to make room. Throws what the disk says.
 */
export async function archiveText(archive: Archive, text: string, now: number): Promise<readonly string[]> {
  const { path, fileBytes } = archive;
  await mkdir(dirname(path), { recursive: true });
  const found = await find(path);
  const isFull = found !== undefined && found.size > 0 && found.size + Buffer.byteLength(text) > fileBytes;
  if (found && (isFull || found.day !== dayOf(now))) await putAside(path, found.day);
  await append(path, text);
  return dropOldest(archive);
}
