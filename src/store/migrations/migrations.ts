import { m0001 } from './m0001-gateway.ts';
import { m0002 } from './m0002-ledger.ts';
import type { Migration } from './migration.ts';

/** In the order of their application; one that was released never changes. */
export const migrations: readonly Migration[] = [m0001, m0002];
