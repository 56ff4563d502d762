import { readFileSync, statSync } from 'node:fs';
import { printable } from '../base/index.ts';
import { ConfigError } from './config-error.ts';
import { type Config, type LoadInput, loadConfig } from './load.ts';

export type WatchDeps = {
  readonly input: LoadInput;
  /** Gets each configuration that differs from the last. */
  readonly onGood: (config: Config) => void;
  /** Gets the sentence of each edit that is refused. */
  readonly onBad: (message: string) => void;
  /** Milliseconds between two looks. */
  readonly intervalMs?: number;
};

/**
 * Looks at the configuration file until `close()`. Looking, instead of asking the system for events, also sees
 * files that editors replace, network folders and mounts. A change counts once two looks agree.
 */
export function watchConfig(
  path: string,
  { input, onGood, onBad, intervalMs = 300 }: WatchDeps,
): { close(): void } {
  let known = look(path);
  let seen = known;
  const timer = setInterval(() => {
    const now = look(path);
    const isSettled = now === seen;
    seen = now;
    if (!isSettled || now === known) return;
    known = now;
    apply(path, now, { input, onGood, onBad });
  }, intervalMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function apply(
  path: string,
  now: string | undefined,
  { input, onGood, onBad }: Omit<WatchDeps, 'intervalMs'>,
): void {
  try {
    if (now === undefined) throw new ConfigError(`${path} is gone.`);
    onGood(loadConfig(input));
  } catch (error) {
    const says = error instanceof ConfigError ? error.message : `${path}: ${printable(String(error))}`;
    onBad(`${says} The running configuration stays.`);
  }
}

/** The content and the permissions: what decides whether the file is good. */
function look(path: string): string | undefined {
  try {
    return `${statSync(path).mode}:${readFileSync(path, 'utf8')}`;
  } catch {
    return undefined;
  }
}
