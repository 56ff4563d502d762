import { readFileSync, statSync } from 'node:fs';
import { printable } from '../base/index.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './load.ts';

export type WatchDeps = {
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
export function watchConfig(config: Config, deps: WatchDeps): { close(): void } {
  const path = config.configFile;
  let known = look(path);
  let seen = known;
  const timer = setInterval(() => {
    const now = look(path);
    const isSettled = now === seen;
    seen = now;
    if (!isSettled || now === known) return;
    known = now;
    apply(config, now !== undefined, deps);
  }, deps.intervalMs ?? 300);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function apply(config: Config, isThere: boolean, { onGood, onBad }: WatchDeps): void {
  try {
    if (!isThere) throw new ConfigError(`${config.configFileShown} is gone.`);
    onGood(config.reload());
  } catch (error) {
    const says = error instanceof ConfigError ? error.message : printable(String(error));
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
