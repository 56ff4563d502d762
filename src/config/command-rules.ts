import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from './load.ts';

const MINUTE_MS = 60_000;

/** How servers that are commands are started and ended; `tag` marks what belongs to this data directory. */
export function commandRules({ settings, dataDir, childEnv }: Config) {
  return {
    env: childEnv,
    wrapper: settings['stdio.wrapper'],
    folder: join(dataDir, 'servers'),
    tag: createHash('sha256').update(dataDir).digest('hex').slice(0, 16),
    maxProcesses: settings['stdio.maxProcesses'],
    maxStarting: settings['stdio.parallelStarts'],
    idleMs: settings['stdio.idleMinutes'] * MINUTE_MS,
  };
}
