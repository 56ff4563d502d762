import { type Db, touched } from './change.ts';
import { withoutNulls } from './db/rows.ts';

/** One look of the auditor at a server. Its credential is never among it. */
export type SecurityAudit = {
  readonly id: string;
  readonly url: string;
  /** As the audit log names them. */
  readonly startedBy: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  /** Why it failed. */
  readonly reason: string | undefined;
  /** JSON; undefined until it is done. */
  readonly report: string | undefined;
};

export type SecurityAuditStore = {
  add(audit: SecurityAudit): Promise<void>;
  end(id: string, how: Pick<SecurityAudit, 'state' | 'endedAt' | 'reason' | 'report'>): Promise<void>;
  /** The latest first. */
  list(limit: number): Promise<readonly SecurityAudit[]>;
  byId(id: string): Promise<SecurityAudit | undefined>;
  remove(id: string): Promise<boolean>;
  /** Those that ran when the process ended run no more. */
  interrupt(now: number): Promise<void>;
};

/** More are a history that nobody reads. */
const MOST_KEPT = 200;

export function createSecurityAudits(db: Db): SecurityAuditStore {
  return {
    add: async audit => {
      await db.insertInto('securityAudits').values(audit).execute();
      const [oldest] = await db
        .selectFrom('securityAudits')
        .select('id')
        .orderBy('id', 'desc')
        .offset(MOST_KEPT)
        .limit(1)
        .execute();
      if (oldest) await db.deleteFrom('securityAudits').where('id', '<=', oldest.id).execute();
    },
    end: async (id, how) => {
      await db.updateTable('securityAudits').set(how).where('id', '=', id).execute();
    },
    list: async limit => {
      const rows = await db
        .selectFrom('securityAudits')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(withoutNulls);
    },
    byId: async id => {
      const row = await db.selectFrom('securityAudits').selectAll().where('id', '=', id).executeTakeFirst();
      return row && withoutNulls(row);
    },
    remove: async id =>
      touched(await db.deleteFrom('securityAudits').where('id', '=', id).executeTakeFirst()),
    interrupt: async now => {
      const state = 'interrupted' as const;
      await db
        .updateTable('securityAudits')
        .set({ state, endedAt: now })
        .where('state', '=', 'running')
        .execute();
    },
  };
}
