import { join } from 'node:path';
import { randomToken, type ServerName } from '../../base/index.ts';
import type { Log } from '../../ledger/index.ts';
import type { ServerTransport } from '../../mcp/index.ts';
import type { Connect, Pipe, PipeEvents, Written } from '../pipe/pipe.ts';
import { Child } from './child.ts';
import { instead } from './inherited.ts';
import { killMarked, killMarkedNow } from './marks.ts';
import type { Ring } from './ring.ts';
import { Slots } from './slots.ts';

/** How long a silent program counts as starting. */
const SETTLE_MS = 10_000;
/** Longer than the gentlest end of a program takes; one that even SIGKILL does not end is waited for no longer. */
const CLOSE_MS = 10_000;

export type SupervisorOptions = {
  /** What every program gets of the gateway's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Program and arguments in front of every command. */
  readonly wrapper: readonly string[];
  /** Working folders are made in here. */
  readonly folder: string;
  /** Marks the programs of this installation. */
  readonly tag: string;
  readonly maxProcesses: number;
  readonly maxStarting: number;
  readonly idleMs: number;
  readonly log: Log;
};

type Command = Extract<ServerTransport, { kind: 'stdio' }>;

/** Starts the programs that are servers, and sees to it that none outlives its use. */
export class Supervisor {
  readonly idleMs: number;
  readonly #options: SupervisorOptions;
  readonly #slots: Slots;
  /** How the marks of this very process begin. */
  readonly #own: string;
  readonly #children = new Set<Child>();
  /** Looked at when the first one starts: most gateways start none. */
  #others: readonly number[] | undefined;
  /** Marks of programs whose last descendants are being ended. */
  readonly #ending = new Set<string>();
  #sweeping: Promise<void> | undefined;
  #isClosed = false;
  readonly #onExit = (): void => this.killNow();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.idleMs = options.idleMs;
    this.#own = `${options.tag}.${randomToken(12)}.`;
    this.#slots = new Slots(options.maxStarting);
    process.once('exit', this.#onExit);
  }

  /** Programs that run or are being ended. */
  get size(): number {
    return this.#children.size;
  }

  /** The way to start this command; its error output goes to `stderr`. */
  connect(server: ServerName, command: Command, stderr: Ring): Connect {
    return events => {
      if (this.#isClosed || this.#children.size >= this.#options.maxProcesses)
        return refused(events, this.#isClosed ? 'unreachable' : 'full');
      return this.#launch(server, command, { stderr, events });
    };
  }

  #launch(
    server: ServerName,
    { command, args, env: own, cwd }: Command,
    { stderr, events }: { readonly stderr: Ring; readonly events: PipeEvents },
  ): Child {
    const { env, wrapper, folder, log } = this.#options;
    this.#others ??= instead();
    const others = this.#others;
    const mark = `${this.#own}${randomToken(12)}`;
    const [first = command, ...rest] = [...wrapper, command, ...args];
    const values = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value.reveal()]));
    let leave: () => void = () => {};
    let settling: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(settling);
      leave();
    };
    const child = new Child(
      {
        argv: [first, ...rest],
        env: { ...env, ...values },
        cwd: cwd ?? join(folder, server),
        mark,
        stderr,
        others,
        onFailedStart: why => log.warn({ server }, why),
        onStderr: text => log.debug({ server, stderr: text }, 'a server wrote to its error output'),
        onSettled: settle,
        onGone: hasRun => {
          if (!hasRun) this.#children.delete(child);
          else void this.#sweep(mark).finally(() => this.#children.delete(child));
        },
      },
      events,
    );
    this.#children.add(child);
    // After the return: the one who connects does not know the pipe before.
    queueMicrotask(() => {
      leave = this.#slots.enter(() => {
        settling = setTimeout(settle, SETTLE_MS).unref();
        // When the way to leave is known: it may fail at once.
        queueMicrotask(() => child.start());
      });
    });
    return child;
  }

  /** Ends what left its process group; several ends share one look at the processes. */
  async #sweep(mark: string): Promise<void> {
    this.#ending.add(mark);
    while (this.#ending.has(mark)) {
      this.#sweeping ??= this.#sweepAll().finally(() => {
        this.#sweeping = undefined;
      });
      await this.#sweeping;
    }
  }

  async #sweepAll(): Promise<void> {
    const marks = new Set(this.#ending);
    await killMarked(mark => marks.has(mark));
    for (const mark of marks) this.#ending.delete(mark);
  }

  /** Ends what a former run of this installation left behind, as it could not when it was killed. */
  endLeftovers(): Promise<number> {
    const former = `${this.#options.tag}.`;
    return killMarked(mark => mark.startsWith(former) && !mark.startsWith(this.#own));
  }

  /** Ends all programs, gently first, and waits until they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const child of this.#children) child.close();
    const until = performance.now() + CLOSE_MS;
    while (this.#children.size > 0 && performance.now() < until)
      await new Promise(resolve => setTimeout(resolve, 20));
    this.killNow();
    process.off('exit', this.#onExit);
  }

  /** At once, for a process that is about to end. */
  killNow(): void {
    if (this.#children.size === 0) return;
    for (const child of this.#children) child.killNow();
    killMarkedNow(mark => mark.startsWith(this.#own));
  }
}

function refused(events: PipeEvents, kind: 'unreachable' | 'full'): Pipe {
  queueMicrotask(() => events.onEnd({ kind }));
  return { write: (_message: Buffer, done: Written) => done(undefined), close: () => {} };
}
