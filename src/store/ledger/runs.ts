import type { Database } from '../db/database.ts';
import type { LedgerStore } from './types.ts';

/** From when to when gateways wrote. A place is a data directory of a machine: there runs one at a time. */
export function createRuns({ ledger }: Database): Pick<LedgerStore, 'beginRun' | 'noteRun' | 'endRun'> {
  return {
    beginRun: ({ id, place, at }) =>
      ledger.transaction().execute(async tx => {
        const open = tx.selectFrom('ledgerRuns').where('place', '=', place).where('endedAt', 'is', null);
        const former = await open.selectAll().orderBy('startedAt', 'desc').executeTakeFirst();
        await tx.deleteFrom('ledgerRuns').where('place', '=', place).execute();
        await tx
          .insertInto('ledgerRuns')
          .values({ id, place, startedAt: at, seenAt: at, endedAt: null })
          .execute();
        return former?.seenAt;
      }),
    noteRun: async (id, at) => {
      await ledger.updateTable('ledgerRuns').set({ seenAt: at }).where('id', '=', id).execute();
    },
    endRun: async (id, at) => {
      await ledger.updateTable('ledgerRuns').set({ seenAt: at, endedAt: at }).where('id', '=', id).execute();
    },
  };
}
