import { type Sealing, Secret } from '../../base/index.ts';
import type { Db } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import { createAccounts } from './accounts.ts';
import { createRegistrations } from './registrations.ts';
import type { ConnectionStore } from './types.ts';

type Rest = Pick<ConnectionStore, 'putConnectState' | 'takeConnectState' | 'addRefresh' | 'listRefreshes'>;

const MAX_REFRESHES_KEPT_MS = 90 * 86_400_000;

function createJourneys(db: Db, seal: Sealing): Rest {
  return {
    putConnectState: async state => {
      await db.deleteFrom('connectStates').where('expiresAt', '<=', state.createdAt).execute();
      const payload = seal.close(state.payload.reveal(), `state:${state.hash}`);
      await db
        .insertInto('connectStates')
        .values({ ...state, payload })
        .execute();
    },
    takeConnectState: async (hash, now) => {
      const taken = db.deleteFrom('connectStates').where('hash', '=', hash).returningAll();
      const row = await taken.executeTakeFirst();
      const payload = row && seal.open(row.payload, `state:${hash}`)?.toString();
      if (row === undefined || payload === undefined || row.expiresAt <= now) return undefined;
      return { ...row, payload: new Secret(payload) };
    },
    addRefresh: async refresh => {
      await db
        .deleteFrom('connectionRefreshes')
        .where('at', '<', refresh.at - MAX_REFRESHES_KEPT_MS)
        .execute();
      await db
        .insertInto('connectionRefreshes')
        .values({ ...refresh, userId: refresh.userId ?? null })
        .execute();
    },
    listRefreshes: async (server, limit) => {
      const all = db.selectFrom('connectionRefreshes').selectAll();
      const found = server === undefined ? all : all.where('server', '=', server);
      const rows = await found.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map(withoutNulls);
    },
  };
}

/** Accounts at the servers behind the gateway; whatever could be used by another is sealed. */
export function createConnections(db: Db, seal: Sealing): ConnectionStore {
  return { ...createAccounts(db, seal), ...createRegistrations(db, seal), ...createJourneys(db, seal) };
}
