import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** `O_CLOEXEC` on Linux, as `/proc/self/fdinfo` says it. */
const CLOSES = 0o2000000;
const MOST = 1024;

/**
 * What stands in a child's `stdio` after its three: `/dev/null` up to the highest descriptor that this process was started
 * with itself and would pass on. What it opens closes by itself at the start of another program. Mostly there is none, and
 * without Linux none is known.
 */
export function instead(): readonly number[] {
  const highest = highestInherited();
  return highest === 2 ? [] : Array<number>(highest - 2).fill(openSync('/dev/null', 'r'));
}

function highestInherited(): number {
  const kept = listed().filter(fd => fd < MOST && !closes(fd));
  return Math.max(2, ...kept);
}

function listed(): readonly number[] {
  try {
    return readdirSync('/proc/self/fdinfo').map(Number);
  } catch {
    return [];
  }
}

/** One that is gone meanwhile, as that by which the folder was read, is nobody's. */
function closes(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & CLOSES) !== 0;
  } catch {
    return true;
  }
}

/**
 * Takes every free number up to `highest`; the answer gives them back. What is put in place of others' descriptors in a
 * new process would else lie upon the pipe by which that process says that its program cannot be run, and a missing
 * program would look like one that ended at once.
 */
export function holdNumbers(highest: number): () => void {
  const held: number[] = [];
  let last = -1;
  while (last <= highest) {
    last = openSync('/dev/null', 'r');
    held.push(last);
  }
  return () => {
    for (const fd of held) closeSync(fd);
  };
}
