import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { SqliteFile } from '../db/sqlite-messages.ts';
import { migrations } from '../migrations/migrations.ts';
import { openDatabase } from '../open-store.ts';
import type { StoreDeps } from '../types.ts';
import { type Part, TABLES } from './tables.ts';

const PAGE = 1000;

type Row = Record<string, unknown>;
type Plain = Kysely<Record<string, Row>>;
type Take = (part: Part) => Promise<void>;

/** The names of the migrations that this version knows: the schema of what it dumps. */
export const SCHEMA: readonly string[] = migrations.map(({ name }) => name);

/** The next rows in the order of these columns, after the last one that is known. */
function nextPage(db: Plain, table: string, by: readonly string[], last: Row | undefined) {
  const columns = by.map(column => sql.ref(column));
  const all = db.selectFrom(table).selectAll();
  const values = by.map(column => sql.val(last?.[column]));
  const rest = last ? all.where(sql<boolean>`(${sql.join(columns)}) > (${sql.join(values)})`) : all;
  return by.reduce((query, column) => query.orderBy(column), rest).limit(PAGE);
}

async function dumpTable(db: Plain, table: string, take: Take): Promise<void> {
  const by = TABLES[table]?.pagedBy;
  for (let last: Row | undefined; ; ) {
    const rows = await (by ? nextPage(db, table, by, last) : db.selectFrom(table).selectAll()).execute();
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first);
    await take({ table, columns, rows: rows.map(row => columns.map(column => row[column])) });
    if (!by || rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

/** One moment of one file, while others write: a reader in WAL mode and a repeatable read hold nobody up. */
async function dumpFile(database: Database, file: SqliteFile, tables: readonly string[], take: Take) {
  const plain = database[file].withoutPlugins() as unknown as Plain;
  const begin =
    database.dialect === 'sqlite'
      ? sql`begin deferred`
      : sql`begin isolation level repeatable read, read only`;
  await plain.connection().execute(async db => {
    await begin.execute(db);
    try {
      for (const table of tables) await dumpTable(db, table, take);
    } finally {
      await sql`rollback`.execute(db);
    }
  });
}

/** Gives every row that a backup holds, each file (or the whole of PostgreSQL) as it is at one moment. */
export async function dumpStore(deps: StoreDeps, take: Take): Promise<void> {
  const database = await openDatabase(deps);
  const names = Object.keys(TABLES);
  try {
    if (database.dialect === 'postgres') return await dumpFile(database, 'gateway', names, take);
    for (const file of ['gateway', 'ledger'] as const)
      await dumpFile(
        database,
        file,
        names.filter(name => TABLES[name]?.file === file),
        take,
      );
  } finally {
    await database.close();
  }
}
