import { appendFileSync, mkdirSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const KEPT = 30;
/** A day with more than this has more than one file. */
const MOST_BYTES = 100 * 1024 * 1024;

type Open = { readonly day: string; size: number; isCut: boolean };

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/** JSON lines in files that are put aside at midnight, UTC, under the day that they are of; thirty are kept. */
export class LogFiles {
  readonly #dir: string;
  readonly #open = new Map<string, Open>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Synchronous: this is done in a thread that waits for the disk anyway. Throws what the disk says. */
  append(name: string, text: string): void {
    const path = join(this.#dir, name);
    const today = dayOf(Date.now());
    let open = this.#open.get(name) ?? this.#find(path, today);
    if (open.day !== today || open.size >= MOST_BYTES) {
      this.#putAside(name, open.day);
      open = { day: today, size: 0, isCut: false };
    }
    this.#open.set(name, open);
    const whole = open.isCut ? `\n${text}` : text;
    // Where the disk is full in the middle of a line, the next one begins on its own.
    open.isCut = true;
    appendFileSync(path, whole, { mode: 0o600 });
    open.isCut = false;
    open.size += Buffer.byteLength(whole);
  }

  /** A file that is there already is of the day on which it was last written. */
  #find(path: string, today: string): Open {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const found = statSync(path, { throwIfNoEntry: false });
    return found
      ? { day: dayOf(found.mtimeMs), size: found.size, isCut: false }
      : { day: today, size: 0, isCut: false };
  }

  #putAside(name: string, day: string): void {
    this.#open.delete(name);
    const aside = readdirSync(this.#dir).filter(file => file.startsWith(`${name}.`));
    const base = `${name}.${day}`;
    let target = base;
    for (let n = 1; aside.includes(target); n++) target = `${base}.${String(n).padStart(3, '0')}`;
    if (statSync(join(this.#dir, name), { throwIfNoEntry: false }))
      renameSync(join(this.#dir, name), join(this.#dir, target));
    const old = [...aside, target].sort().slice(0, -KEPT);
    for (const file of old) unlinkSync(join(this.#dir, file));
  }
}
