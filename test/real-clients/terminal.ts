import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that is talked to: what it says, on whichever output, and what is typed. */
export type Terminal = {
  readonly text: () => string;
  /** Waits until it has said this, and gives the match. */
  readonly until: (pattern: RegExp, seconds?: number) => Promise<RegExpExecArray>;
  readonly type: (text: string) => void;
  /** Its exit code, when it ends by itself. */
  readonly ended: (seconds?: number) => Promise<number | null>;
  /** Ends it, with everything that it started. */
  readonly close: () => Promise<void>;
};

export type Place = { readonly cwd: string; readonly env: Readonly<Record<string, string>> };

/** Colours and movements of the cursor. */
const CONTROLS =
  /\u001b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][0-9A-B]|[=>78])/g;
const LOOK_MS = 50;

function late(text: string, what: string): Error {
  return new Error(`${what}; it had said:\n${text.slice(-2000)}`);
}

/** Starts a program in a process group of its own. */
export function openTerminal([command = '', ...args]: readonly string[], { cwd, env }: Place): Terminal {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: 'pipe' });
  const gone = once(child, 'close').catch(() => []);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  child.stdin.on('error', () => {});
  const text = () => said.replace(CONTROLS, '').replaceAll('\r', '');
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const poll = async <T>(look: () => T | undefined, seconds: number, what: string): Promise<T> => {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const wasOver = isOver();
      const found = look();
      if (found !== undefined) return found;
      if (wasOver) break;
      await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    }
    throw late(text(), `${command} ${isOver() ? 'ended' : `took over ${seconds} s`} before ${what}`);
  };
  return {
    text,
    until: (pattern, seconds = 30) => poll(() => pattern.exec(text()) ?? undefined, seconds, String(pattern)),
    type: line => void child.stdin.write(line),
    ended: async (seconds = 30) => {
      await poll(() => (isOver() ? true : undefined), seconds, 'its end');
      await gone;
      return child.exitCode;
    },
    close: async () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone.
      }
      await gone;
    },
  };
}

/** The same under a pty that is wide enough for any address. */
export function openPty(command: readonly string[], place: Place): Terminal {
  const quoted = command.map(part => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
  return openTerminal(['script', '-qefc', `stty cols 4000 -echo; ${quoted}`, '/dev/null'], place);
}

/** Runs a program to its end and gives what it said; an exit code other than 0 is an error. */
export async function runIn(place: Place, command: readonly string[], seconds = 60): Promise<string> {
  const terminal = openTerminal(command, place);
  try {
    const code = await terminal.ended(seconds);
    if (code !== 0) throw late(terminal.text(), `${command.join(' ')} ended with ${code}`);
    return terminal.text();
  } finally {
    await terminal.close();
  }
}
