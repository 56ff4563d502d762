import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { openPostgres } from '../db/open-postgres.ts';
import { openSqlite } from '../db/open-sqlite.ts';
import type { StoreDeps } from '../types.ts';
import { settleSealed, type Unreadable } from './settle.ts';
import { type Part, TABLES } from './tables.ts';

type Plain = Kysely<Record<string, Record<string, unknown>>>;

export type Dump = {
  /** The migrations that had been applied where it was made. */
  readonly schema: readonly string[];
  readonly parts: () => AsyncIterable<Part>;
};

const COLUMN = /^[a-z][a-z0-9_]*$/;
/** Below the number of parameters that either database takes at once. */
const MOST_PARAMETERS = 20_000;
const LEFT_OUT = [
  'revision',
  'browser_sessions',
  'setup_tokens',
  'connect_states',
  'ledger_runs',
  'schema_migrations',
];

async function insert(db: Plain, { table, columns, rows }: Part): Promise<void> {
  const step = Math.max(1, Math.floor(MOST_PARAMETERS / columns.length));
  for (let from = 0; from < rows.length; from += step) {
    const values = rows
      .slice(from, from + step)
      .map(row => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
    await db.insertInto(table).values(values).execute();
  }
}

/** Names come from a file: only what is known reaches SQL. */
function isKnown({ table, columns }: Part): boolean {
  return Object.hasOwn(TABLES, table) && columns.length > 0 && columns.every(name => COLUMN.test(name));
}

async function fill(database: Database, { parts }: Dump): Promise<void> {
  for await (const part of parts()) {
    if (!isKnown(part)) throw new Error('The backup holds a table that is not known');
    const file = TABLES[part.table]?.file ?? 'gateway';
    const plain = database[file].withoutPlugins() as unknown as Plain;
    await plain.transaction().execute(db => insert(db, part));
  }
}

/** Whether somebody has worked with this PostgreSQL already. */
export async function isPostgresEmpty({ databaseUrl }: StoreDeps): Promise<boolean> {
  if (!databaseUrl) return true;
  const database = await openPostgres(databaseUrl);
  try {
    const plain = database.gateway.withoutPlugins();
    const found = await sql<{
      there: boolean;
    }>`select to_regclass(quote_ident(current_schema()) || '.users') is not null as there`.execute(plain);
    if (!found.rows[0]?.there) return true;
    return (await plain.selectFrom('users').select('id').limit(1).execute()).length === 0;
  } finally {
    await database.close();
  }
}

/** In our own schema alone: others on the search path may have tables of these names. */
async function clear({ gateway }: Database): Promise<void> {
  await gateway.transaction().execute(async tx => {
    const own = await sql<{ name: string }>`select current_schema() as name`.execute(tx);
    const schema = own.rows[0]?.name ?? 'public';
    for (const table of [...LEFT_OUT, ...Object.keys(TABLES)])
      await sql`drop table if exists ${sql.table(`${schema}.${table}`)} cascade`.execute(tx);
  });
}

/**
 * Fills an empty data directory, or a PostgreSQL from which everything of the gateway is dropped first, with a dump:
 * in the schema of the dump, and then brought up to date. What is sealed with another master key is taken out and named.
 */
export async function loadStore(deps: StoreDeps, dump: Dump): Promise<Unreadable> {
  const database = await (deps.databaseUrl ? openPostgres(deps.databaseUrl) : openSqlite(deps.dataDir));
  try {
    if (database.dialect === 'postgres') await clear(database);
    await migrate(database, dump.schema);
    await fill(database, dump);
    await migrate(database);
    return await settleSealed(database, deps);
  } finally {
    await database.close();
  }
}
