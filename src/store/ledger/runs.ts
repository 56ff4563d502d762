import type { Database } from '../db/database.ts';
import type { LedgerStore } from './types.ts';

/** More starts than this are a history that nobody reads. */
const MOST_KEPT = 500;

/** From when to when gateways wrote. A place is a data directory of a machine: there runs one at a time. */
export function createRuns({
  ledger,
  reports,
}: Database): Pick<LedgerStore, 'beginRun' | 'noteRun' | 'endRun' | 'starts'> {
  return {
    beginRun: ({ id, place, at }) =>
      ledger.transaction().execute(async tx => {
        const open = tx.selectFrom('ledgerRuns').where('place', '=', place).where('endedAt', 'is', null);
        const former = await open.selectAll().orderBy('startedAt', 'desc').executeTakeFirst();
        // What was lost is told once.
        if (former)
          await tx
            .updateTable('ledgerRuns')
            .set({ endedAt: former.seenAt })
            .where('place', '=', place)
            .where('endedAt', 'is', null)
            .execute();
        const oldest = await tx
          .selectFrom('ledgerRuns')
          .select('id')
          .orderBy('id', 'desc')
          .offset(MOST_KEPT)
          .limit(1)
          .executeTakeFirst();
        if (oldest) await tx.deleteFrom('ledgerRuns').where('id', '<=', oldest.id).execute();
        await tx
          .insertInto('ledgerRuns')
          .values({ id, place, startedAt: at, seenAt: at, endedAt: null })
          .execute();
        return former?.seenAt;
      }),
    starts: async (from, to) => {
      const found = reports.ledger.selectFrom('ledgerRuns').select('startedAt').orderBy('startedAt');
      const rows = await found.where('startedAt', '>=', from).where('startedAt', '<', to).execute();
      return rows.map(({ startedAt }) => startedAt);
    },
    noteRun: async (id, at) => {
      await ledger.updateTable('ledgerRuns').set({ seenAt: at }).where('id', '=', id).execute();
    },
    endRun: async (id, at) => {
      await ledger.updateTable('ledgerRuns').set({ seenAt: at, endedAt: at }).where('id', '=', id).execute();
    },
  };
}
