import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Each program that we start bears its mark in the environment, and so does what it starts, unless it clears it. */
export const MARK = 'AUTHMCP_CHILD';

const ROUNDS = 10;
const ROUND_MS = 20;

const isNumber = (name: string): boolean => /^\d+$/.test(name);
const isOther = (name: string): boolean => isNumber(name) && Number(name) !== process.pid;

function bears(environ: string, wanted: (mark: string) => boolean): boolean {
  const start = environ.startsWith(`${MARK}=`) ? 0 : environ.indexOf(`\0${MARK}=`) + 1;
  if (start === 0 && !environ.startsWith(`${MARK}=`)) return false;
  const from = start + MARK.length + 1;
  const end = environ.indexOf('\0', from);
  return wanted(environ.slice(from, end === -1 ? undefined : end));
}

/** Processes that bear a wanted mark. Linux alone shows environments; elsewhere none is found. */
async function find(wanted: (mark: string) => boolean): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of (await readdir('/proc').catch(() => [])).filter(isOther)) {
    // Gone in between, or another user's.
    const environ = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (bears(environ, wanted)) found.push(Number(name));
  }
  return found;
}

function findNow(wanted: (mark: string) => boolean): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter(isOther)
      .filter(name => bears(environNow(name), wanted))
      .map(Number);
  } catch {
    return [];
  }
}

function environNow(name: string): string {
  try {
    return readFileSync(`/proc/${name}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** SIGKILL or another signal; a negative id is a process group. */
export function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch {
    // Gone.
  }
}

/** Kills what bears a wanted mark, again until nothing does: one may be starting another just now. */
export async function killMarked(wanted: (mark: string) => boolean): Promise<number> {
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const found = await find(wanted);
    if (found.length === 0) break;
    killed += found.length;
    for (const pid of found) signal(pid, 'SIGKILL');
    await new Promise(resolve => setTimeout(resolve, ROUND_MS));
  }
  return killed;
}

/** The same at once, for a process that is about to end. */
export function killMarkedNow(wanted: (mark: string) => boolean): void {
  for (let round = 0; round < ROUNDS; round++) {
    const found = findNow(wanted);
    if (found.length === 0) return;
    for (const pid of found) signal(pid, 'SIGKILL');
  }
}
