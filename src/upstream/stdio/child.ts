import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Lines } from '../pipe/lines.ts';
import type { Pipe, PipeEnd, PipeEvents, Written } from '../pipe/pipe.ts';
import { holdNumbers } from './inherited.ts';
import { MARK, signal } from './marks.ts';
import type { Ring } from './ring.ts';

const MESSAGE_BYTES = 16 * 1024 * 1024;
/** What may wait for a program that does not read. */
const UNREAD_BYTES = 32 * 1024 * 1024;
const TERM_MS = 2_000;
const KILL_MS = 3_000;
/** For the rest of the output after the end of the program. */
const DRAIN_MS = 500;

export type Launch = {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly mark: string;
  readonly stderr: Ring;
  /** For the descriptors after the three. */
  readonly others: readonly number[];
  onStderr(text: string): void;
  onFailedStart(why: string): void;
  /** It lives, has failed, or is over: another may start. */
  onSettled(): void;
  /** The program and its process group are gone, or never were. */
  onGone(hasRun: boolean): void;
};

/** For the operator: what could not be started, and what to do. */
function whyNotStarted(command: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'EACCES') return `The command ${command} may not be run. Make it executable.`;
  if (code !== 'ENOENT') return `The command ${command} could not be started (${code}).`;
  // The whole line as the command is what people write most often.
  const hint = /\s/.test(command)
    ? ' The words after it belong into args.'
    : ' Check its name, PATH and cwd.';
  return `The command ${command} was not found.${hint}`;
}

/** One running program as a pipe, from its start to the end of its process group. */
export class Child implements Pipe {
  readonly #launch: Launch;
  readonly #events: PipeEvents;
  readonly #lines = new Lines(MESSAGE_BYTES);
  readonly #before: Buffer[] = [];
  #process: ChildProcessWithoutNullStreams | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAwake = false;
  /** Nothing is said to the layer above any more. */
  #isQuiet = false;
  #isGone = false;

  constructor(launch: Launch, events: PipeEvents) {
    this.#launch = launch;
    this.#events = events;
  }

  start(): void {
    const { argv, env, cwd, mark } = this.#launch;
    const [command, ...args] = argv;
    if (this.#isGone) return this.#launch.onSettled();
    this.#events.onStart();
    const { others } = this.#launch;
    const giveBack = others.length > 0 ? holdNumbers(others.length + 2) : () => {};
    try {
      mkdirSync(cwd, { recursive: true, mode: 0o700 });
      // No shell, a process group of its own, and no descriptor but the three: others lead to /dev/null.
      const child = spawn(command, args, {
        cwd,
        env: { ...env, [MARK]: mark },
        detached: true,
        shell: false,
        stdio: ['pipe', 'pipe', 'pipe', ...others],
        windowsHide: true,
      }) as ChildProcessWithoutNullStreams;
      this.#process = child;
      this.#listen(child);
    } catch (error) {
      return this.#notStarted(error);
    } finally {
      giveBack();
    }
    for (const message of this.#before.splice(0)) this.#send(message);
  }

  write(message: Buffer, done: Written): void {
    if (this.#process) this.#send(message);
    else if (!this.#isQuiet) this.#before.push(message);
    done(this.#isQuiet ? { kind: 'broken' } : undefined);
  }

  #send(message: Buffer): void {
    const stdin = this.#process?.stdin;
    if (this.#isQuiet || !stdin) return;
    if (stdin.writableLength > UNREAD_BYTES) return this.#end({ kind: 'broken' });
    stdin.write(message);
    stdin.write('\n');
  }

  close(): void {
    this.#isQuiet = true;
    if (!this.#process) return this.#gone({ kind: 'aborted' });
    this.#climb();
  }

  /** At once and without a word, for a process that is about to end. */
  killNow(): void {
    const pid = this.#process?.pid;
    if (pid !== undefined && !this.#isGone) signal(-pid, 'SIGKILL');
  }

  #listen(child: ChildProcessWithoutNullStreams): void {
    child.stdin.on('error', () => child.pid !== undefined && this.#end({ kind: 'broken' }));
    for (const stream of [child.stdout, child.stderr]) stream.on('error', () => {});
    // Without an output it can answer nothing any more (2026-07-28 stdio, "Shutdown").
    child.stdout.on('end', () => this.#end({ kind: 'broken' }));
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#live();
      this.#launch.stderr.push(chunk);
      this.#launch.onStderr(chunk.toString('utf8'));
    });
    child.once('error', error => {
      if (child.pid === undefined) this.#notStarted(error);
    });
    child.once('exit', () => this.#exited(child));
  }

  /** Why is said where the program itself would have said it. */
  #notStarted(error: unknown): void {
    const { argv, stderr, onFailedStart } = this.#launch;
    const says = whyNotStarted(argv[0] ?? '', error);
    stderr.push(Buffer.from(`${says}\n`));
    onFailedStart(says);
    this.#gone({ kind: 'unreachable' });
  }

  #live(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#launch.onSettled();
    if (!this.#isQuiet) this.#events.onAwake();
  }

  #read(chunk: Buffer): void {
    this.#live();
    if (this.#isQuiet) return;
    try {
      for (const line of this.#lines.push(chunk)) if (!this.#isQuiet) this.#events.onMessage(line);
    } catch {
      this.#end({ kind: 'invalid' });
    }
  }

  /** It does not behave: said above, and ended. */
  #end(end: PipeEnd): void {
    if (this.#isQuiet) return;
    this.#isQuiet = true;
    this.#events.onEnd(end);
    this.#climb();
  }

  /** 2025-11-25 lifecycle, "Shutdown": its input is closed, then it is asked, then it is killed. */
  #climb(): void {
    const child = this.#process;
    if (this.#timer || this.#isGone || child?.pid === undefined) return;
    const group = -child.pid;
    child.stdin.end();
    this.#timer = setTimeout(() => {
      signal(group, 'SIGTERM');
      this.#timer = setTimeout(() => signal(group, 'SIGKILL'), KILL_MS);
    }, TERM_MS);
  }

  /** What it left behind in its group ends with it; what it had said before is still read. */
  #exited(child: ChildProcessWithoutNullStreams): void {
    clearTimeout(this.#timer);
    if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
    const gone = (): void => {
      clearTimeout(late);
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
      this.#gone({ kind: 'broken' });
    };
    const late = setTimeout(gone, DRAIN_MS);
    child.once('close', gone);
  }

  #gone(end: PipeEnd): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#timer);
    this.#launch.onSettled();
    this.#launch.onGone(this.#process?.pid !== undefined);
    if (this.#isQuiet) return;
    this.#isQuiet = true;
    this.#events.onEnd(end);
  }
}
