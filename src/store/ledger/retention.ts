import { type Kysely, sql } from 'kysely';
import { firstIdAt } from '../../base/index.ts';
import type { Database } from '../db/database.ts';
import { withoutNulls } from '../db/rows.ts';
import type { LedgerStore, LogTable } from './types.ts';

type Plain = Kysely<Record<string, { readonly id: string }>>;

const fileOf = (database: Database, table: LogTable): Plain =>
  (table === 'audit' ? database.gateway : database.ledger) as unknown as Plain;

async function oldest({ reports }: Database, table: LogTable, limit: number, before: number) {
  const rows = await (reports.ledger as unknown as Plain)
    .selectFrom(table)
    .selectAll()
    .where('id', '<', firstIdAt(before))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(withoutNulls);
}

async function prune(database: Database, table: LogTable, limit: number, before: number): Promise<number> {
  const db = fileOf(database, table);
  const old = db
    .selectFrom(table)
    .select('id')
    .where('id', '<', firstIdAt(before))
    .orderBy('id')
    .limit(limit);
  const { numDeletedRows } = await db.deleteFrom(table).where('id', 'in', old).executeTakeFirst();
  if (table !== 'audit') await database.shrink();
  return Number(numDeletedRows);
}

/** Pages that hold something; what was removed is used again, whether or not the file has shrunk yet. */
const SQLITE_BYTES = sql<{ bytes: number }>`
  select (page_count - freelist_count) * page_size as bytes
  from pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;

/** Dead rows take room until they are vacuumed, which is not what is kept. */
const POSTGRES_BYTES = sql<{ bytes: number }>`
  select cast(coalesce(sum(pg_total_relation_size(relid) * n_live_tup / greatest(n_live_tup + n_dead_tup, 1)), 0)
    as bigint) as bytes
  from pg_stat_user_tables
  where schemaname = current_schema() and relname in ('activity', 'events', 'sign_ins', 'rollups')`;

/**
 * SQLite numbers rows as they come, and they go as they came: of many the first and the last number say how many there
 * are, where counting ten million would take seconds.
 */
const sqliteRows = (table: LogTable) => sql<{ rows: number }>`
  with ends as (select (select max(rowid) from ${sql.table(table)}) - (select min(rowid) from ${sql.table(table)}) + 1
    as span)
  select case when span > 100000 then span else (select count(*) from ${sql.table(table)}) end as rows from ends`;

const postgresRows = (table: LogTable) =>
  sql<{ rows: number }>`select cast(count(*) as bigint) as rows from ${sql.table(table)}`;

async function rowsIn({ reports, dialect }: Database, table: LogTable): Promise<number> {
  const counted = await (dialect === 'sqlite' ? sqliteRows : postgresRows)(table).execute(reports.ledger);
  return counted.rows[0]?.rows ?? 0;
}

async function size(database: Database) {
  const { reports, dialect } = database;
  const rows = await rowsIn(database, 'activity');
  const events = await rowsIn(database, 'events');
  const signIns = await rowsIn(database, 'sign_ins');
  const found = await (dialect === 'sqlite' ? SQLITE_BYTES : POSTGRES_BYTES).execute(reports.ledger);
  return { rows, events, signIns, bytes: found.rows[0]?.bytes ?? 0 };
}

/** What is old, and how it goes: a few thousand rows at a time, so that nothing waits long for the file. */
export function createRetention(
  database: Database,
): Pick<LedgerStore, 'oldest' | 'prune' | 'pruneFigures' | 'size'> {
  return {
    oldest: ((table: LogTable, limit: number, before: number) =>
      oldest(database, table, limit, before)) as unknown as LedgerStore['oldest'],
    prune: (table, limit, before) => prune(database, table, limit, before),
    pruneFigures: async before => {
      await database.ledger.deleteFrom('rollups').where('start', '<', before).execute();
    },
    size: () => size(database),
  };
}
