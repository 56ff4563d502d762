import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Running = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first line of either output that matches, also one that came already; throws with all output at the timeout. */
  readonly line: (pattern: RegExp, timeoutMs?: number) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** SIGTERM, so that coverage is written; SIGKILL to the whole group after five seconds. */
  readonly stop: () => Promise<Ended>;
};

export type SpawnOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
};

const alive = new Set<ChildProcess>();
process.once('exit', () => alive.forEach(child => void killGroup(child, 'SIGKILL')));

/** Starts a program in its own process group, so that what it started can be ended with it. */
export function startProcess(command: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const env = { ...process.env, ...options.env };
  const child = spawn(command, args, { env, cwd: options.cwd, detached: true, stdio: 'pipe' });
  alive.add(child);
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  const output = { stdout: '', stderr: '' };
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
    createInterface({ input: child[name] }).on('line', line => {
      lines.push(line);
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      alive.delete(child);
      resolve({ code, ...output });
      for (const look of watchers) look();
    });
  });
  ended.catch(() => {});
  return {
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    line: (pattern, timeoutMs = 15_000) => waitForLine({ lines, watchers, child, pattern, timeoutMs }),
    ended,
    signal: name => void child.kill(name),
    stop: () => stop(child, ended),
  };
}

type Waiting = {
  readonly lines: readonly string[];
  readonly watchers: Set<() => void>;
  readonly child: ChildProcess;
  readonly pattern: RegExp;
  readonly timeoutMs: number;
};

function waitForLine({ lines, watchers, child, pattern, timeoutMs }: Waiting): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => {
      done();
      reject(new Error(`${why} before a line matched ${pattern}:\n${lines.join('\n')}`));
    };
    const timer = setTimeout(() => giveUp(`${timeoutMs} ms passed`), timeoutMs);
    const done = () => {
      clearTimeout(timer);
      watchers.delete(look);
    };
    const look = () => {
      for (const line of lines) {
        const found = pattern.exec(line);
        if (found === null) continue;
        done();
        return resolve(found);
      }
      if (child.exitCode !== null || child.signalCode !== null) giveUp(`It ended (${child.exitCode})`);
    };
    watchers.add(look);
    look();
  });
}

async function stop(child: ChildProcess, ended: Promise<Ended>): Promise<Ended> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), 5000);
  const result = await ended;
  clearTimeout(timer);
  killGroup(child, 'SIGKILL');
  return result;
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

/** Runs a program to its end; after `timeoutMs` it is killed and the error shows what it had said. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { timeoutMs = 60_000, ...options }: SpawnOptions & { readonly timeoutMs?: number } = {},
): Promise<Ended> {
  const running = startProcess(command, args, options);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void running.stop();
  }, timeoutMs);
  const ended = await running.ended.finally(() => clearTimeout(timer));
  if (isLate) throw new Error(`${command} took over ${timeoutMs} ms: ${ended.stderr}\n${ended.stdout}`);
  return ended;
}

/** A fixture as a process of its own: its first line tells the port. */
export async function startFixture(
  path: string,
): Promise<{ readonly port: number; readonly process: Running }> {
  const running = startProcess(process.execPath, [path, '--port', '0']);
  const found = await running.line(/"port":(\d+)/);
  return { port: Number(found[1]), process: running };
}
