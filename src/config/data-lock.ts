import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';

export type DataLock = {
  /** Says for others on which port the gateway answers. */
  listensOn(port: number): void;
  /** Gives the directory free; also safe to call twice. */
  release(): void;
};

type Holder = {
  readonly pid: number;
  readonly started: string | undefined;
  readonly port: number | undefined;
};

/** A gateway that runs; its port as soon as it listens. */
export type Running = Pick<Holder, 'pid' | 'port'>;

/** Takes `gateway.pid` in the data directory; a lock whose process is gone is taken over. Throws ConfigError. */
export function lockDataDir(dataDir: string, shown: string): DataLock {
  const path = join(dataDir, 'gateway.pid');
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  writeFileSync(draft, mine, { mode: 0o600, flag: 'wx' });
  try {
    for (let tries = 0; tries < 5; tries++) {
      if (claim(draft, path)) return held(path, mine);
      const text = readText(path);
      const holder = text === undefined ? undefined : readHolder(text);
      if (holder !== undefined && isRunning(holder)) throw heldBy(holder, shown);
      if (text !== undefined) setAside(path, text);
    }
    throw new ConfigError(`${shown} is being taken by several gateways at once. Start one of them again.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function held(path: string, mine: string): DataLock {
  let text = mine;
  return {
    listensOn: port => {
      text = JSON.stringify({ ...JSON.parse(mine), port });
      // Renamed over the old one: nobody ever reads half of it.
      writeFileSync(`${path}.next`, text, { mode: 0o600 });
      renameSync(`${path}.next`, path);
    },
    release: () => giveFree(path, text),
  };
}

/** The gateway that runs on the directory, if any. */
export function runningGateway(dataDir: string): Running | undefined {
  const text = readText(join(dataDir, 'gateway.pid'));
  const holder = text === undefined ? undefined : readHolder(text);
  return holder !== undefined && isRunning(holder) ? { pid: holder.pid, port: holder.port } : undefined;
}

function heldBy(holder: Holder, shown: string): ConfigError {
  return new ConfigError(
    `${shown} is used by another gateway (pid ${holder.pid}). Stop it, or use --data-dir with another folder.`,
  );
}

/** A hard link is made by one process only. */
function claim(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock; one that somebody renewed in the meantime is put back. */
function setAside(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readText(aside) !== stale) linkSync(aside, path);
  } catch {
    // Another process was faster; the next try sees what it left.
  } finally {
    rmSync(aside, { force: true });
  }
}

function giveFree(path: string, mine: string): void {
  if (readText(path) === mine) rmSync(path, { force: true });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readHolder(text: string): Holder | undefined {
  try {
    const { pid, started, port } = JSON.parse(text);
    if (!Number.isInteger(pid) || pid < 1) return undefined;
    return {
      pid,
      started: typeof started === 'string' ? started : undefined,
      port: Number.isInteger(port) ? port : undefined,
    };
  } catch {
    return undefined;
  }
}

/** Pids are given again, in containers at once, so the time of start is compared where the system tells it. */
function isRunning(holder: Holder): boolean {
  if (holder.pid === process.pid) return holder.started === startOf(process.pid);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startOf(holder.pid);
  return started === undefined || holder.started === undefined || started === holder.started;
}

/** Start of a process in clock ticks since boot (proc(5), field 22), or undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
