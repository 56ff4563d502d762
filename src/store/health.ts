import { sql } from 'kysely';
import type { ServerName } from '../base/index.ts';
import type { Database } from './db/database.ts';

/** How a server was from that moment on. Times in milliseconds. */
export type HealthChange = {
  readonly server: ServerName;
  readonly at: number;
  readonly state: string;
  readonly reason: string | undefined;
  readonly latencyMs: number | undefined;
};

export type HealthStore = {
  /** Of each server the last 500 are kept. */
  add(change: HealthChange): Promise<void>;
  /** The latest first. */
  list(server: ServerName, limit: number): Promise<readonly HealthChange[]>;
  /** Of all servers in a window, in order, and the last one of each before it. */
  between(from: number, to: number): Promise<readonly HealthChange[]>;
  /** The last one of each server. */
  latest(): Promise<readonly HealthChange[]>;
};

const MOST = 500;

type Row = { [K in keyof HealthChange]: undefined extends HealthChange[K] ? unknown : HealthChange[K] };

const toChange = ({ server, at, state, reason, latencyMs }: Row): HealthChange => ({
  server,
  at,
  state,
  reason: typeof reason === 'string' ? reason : undefined,
  latencyMs: typeof latencyMs === 'number' ? latencyMs : undefined,
});

/** How servers were, change by change. */
export function createHealth({ ledger: db, reports }: Database): HealthStore {
  return {
    add: async change => {
      const { server } = change;
      const row = { ...change, reason: change.reason ?? null, latencyMs: change.latencyMs ?? null };
      await db.insertInto('serverHealth').values(row).execute();
      const oldest = db
        .selectFrom('serverHealth')
        .select('at')
        .where('server', '=', server)
        .orderBy('at', 'desc')
        .offset(MOST - 1)
        .limit(1);
      await db.deleteFrom('serverHealth').where('server', '=', server).where('at', '<', oldest).execute();
    },
    list: async (server, limit) => {
      const found = reports.ledger.selectFrom('serverHealth').selectAll().where('server', '=', server);
      return (await found.orderBy('at', 'desc').limit(limit).execute()).map(toChange);
    },
    between: async (from, to) => {
      const isAfter = sql<boolean>`at >= (select coalesce(max(before.at), 0) from server_health as before
        where before.server = server_health.server and before.at <= ${from})`;
      const found = reports.ledger.selectFrom('serverHealth').selectAll().where('at', '<', to).where(isAfter);
      return (await found.orderBy('at').execute()).map(toChange);
    },
    latest: async () => {
      const isLast = sql<boolean>`not exists (select 1 from server_health as later
        where later.server = server_health.server and later.at > server_health.at)`;
      return (await db.selectFrom('serverHealth').selectAll().where(isLast).execute()).map(toChange);
    },
  };
}
