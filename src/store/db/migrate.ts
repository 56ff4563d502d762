import { type Kysely, sql, type Transaction } from 'kysely';
import type { Migration } from '../migrations/migration.ts';
import { migrations } from '../migrations/migrations.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

const LOCK = 4_801_117;

async function applied(tx: Transaction<Schema>): Promise<Set<string>> {
  await sql`create table if not exists schema_migrations (name text primary key, applied_at bigint not null)`.execute(
    tx,
  );
  const rows = await tx.selectFrom('schemaMigrations').select('name').execute();
  return new Set(rows.map(row => row.name));
}

async function apply(tx: Transaction<Schema>, migration: Migration, isPostgres: boolean): Promise<void> {
  const own = isPostgres ? (migration.postgres ?? []) : [];
  for (const statement of [...migration.statements, ...own]) await sql.raw(statement).execute(tx);
  await tx.insertInto('schemaMigrations').values({ name: migration.name, appliedAt: Date.now() }).execute();
}

async function bring(db: Kysely<Schema>, wanted: readonly Migration[], isShared: boolean): Promise<void> {
  await db.transaction().execute(async tx => {
    // SQLite's transactions are immediate and exclude each other by themselves.
    if (isShared) await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    const done = await applied(tx);
    const known = new Set(migrations.map(migration => migration.name));
    const newer = [...done].find(name => !known.has(name));
    if (newer) {
      throw new Error(
        `The database was written by a newer version (${newer}); start that version, or restore`,
      );
    }
    for (const migration of wanted) if (!done.has(migration.name)) await apply(tx, migration, isShared);
  });
}

/** Brings the tables up to date, or as far as `until` names; processes that start together wait for each other. */
export async function migrate(database: Database, until?: readonly string[]): Promise<void> {
  const wanted = migrations.filter(({ name }) => until === undefined || until.includes(name));
  if (database.dialect === 'postgres') return bring(database.gateway, wanted, true);
  for (const file of ['gateway', 'ledger'] as const) {
    const own = wanted.filter(migration => migration.file === file);
    await bring(database[file], own, false);
  }
}
