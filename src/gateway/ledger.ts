import { hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Clock } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { beginRun, Feed, type Keeping, Ledger, type Log, Retention } from '../ledger/index.ts';
import type { Store, StoreDeps } from '../store/index.ts';
import { createAttitudes } from './detecting.ts';

const MB = 1024 * 1024;

/** What the settings say of how long what is kept. */
function keepingOf({ settings, dataDir }: Config): Keeping {
  const file = settings['ledger.archivePath'] ?? 'archive.jsonl';
  const maxBytes = (settings['ledger.archiveMaxMb'] || Number.POSITIVE_INFINITY) * MB;
  const archive = {
    path: isAbsolute(file) ? file : join(dataDir, file),
    fileBytes: Math.min(settings['ledger.archiveFileMb'] * MB, maxBytes),
    maxBytes,
  };
  return {
    days: settings['ledger.daysToKeep'],
    auditDays: settings['ledger.auditDaysToKeep'],
    maxRows: settings['ledger.maxRows'],
    maxMb: settings['ledger.maxMb'],
    archive: settings['ledger.archiveEnabled'] ? archive : undefined,
  };
}

const SAY_AGAIN_MS = 60_000;

/** The files beside the ledger; a disk that does not take them is said once in a while, and costs nothing else. */
export function logsOf({ settings, dataDir }: Config, log: Log): StoreDeps['logs'] {
  if (!settings['ledger.files']) return undefined;
  const dir = join(dataDir, 'logs');
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    dir,
    onProblem: says => {
      if (performance.now() - saidAt < SAY_AGAIN_MS) return;
      saidAt = performance.now();
      log.error({ dir, says }, 'the log files cannot be written');
    },
  };
}

type Deps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly configNow: () => Config;
};

export type Journal = {
  readonly ledger: Ledger;
  readonly feed: Feed;
  readonly retention: Retention;
  /** Ends what reads along; before calls have ended. */
  endReading(): Promise<void>;
  /** Everything is written down; after calls have ended. */
  close(): Promise<void>;
};

/** The ledger and what goes along with it. */
export async function buildLedger({ store, clock, log, configNow }: Deps): Promise<Journal> {
  const { settings, dataDir } = configNow();
  const attitudeTo = createAttitudes(configNow);
  const ledger = new Ledger({
    ...{ store, clock, log, keepsRequests: settings['ledger.enabled'] },
    isTold: type => attitudeTo(type) !== 'off',
  });
  const feed = new Feed(ledger);
  const keeping = () => keepingOf(configNow());
  const everyMs = settings['ledger.checkIntervalSeconds'] * 1000;
  const retention = new Retention({ store: store.ledger, clock, log, keeping, everyMs });
  const place = `${hostname()}:${dataDir}`;
  const run = await beginRun({ store: store.ledger, ledger, clock, log, place });
  return {
    ledger,
    feed,
    retention,
    endReading: async () => {
      feed.close();
      await retention.close();
    },
    close: async () => run.end(await ledger.stop()),
  };
}
