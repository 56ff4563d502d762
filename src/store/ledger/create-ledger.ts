import type { Database } from '../db/database.ts';
import { createFigures } from './figures.ts';
import { createPages } from './pages.ts';
import { createRetention } from './retention.ts';
import { createRuns } from './runs.ts';
import type { LedgerStore } from './types.ts';

/** The parts of the ledger that are read in the store. */
export function createLedger(database: Database): LedgerStore {
  return {
    ...createPages(database),
    ...createFigures(database),
    ...createRuns(database),
    ...createRetention(database),
  };
}
