import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CamelCasePlugin, Kysely } from 'kysely';
import type { Append, Database, Logs } from './database.ts';
import type { Schema } from './schema.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import type { SqliteInsert } from './sqlite-messages.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { SqliteThread } from './sqlite-thread.ts';

/** The rows as the thread takes them. */
export function insertOf({ table, columns, rows, counted, isPassing }: Append): SqliteInsert {
  const names = Object.keys(columns);
  const places = names.map(() => '?').join(', ');
  const sql = `insert into ${table} (${names.join(', ')}) values (${places}) on conflict do nothing`;
  return {
    ...{ table, columns: names, rows: JSON.stringify(rows), counted },
    sql: isPassing ? undefined : sql,
  };
}

async function append(thread: SqliteThread, batches: readonly Append[], logs?: Logs): Promise<void> {
  const release = await thread.locks.ledger.take();
  try {
    const inserts = batches.map(insertOf);
    const { rows } = await thread.ask({ kind: 'append', file: 'ledger', inserts, logDir: logs?.dir });
    if (rows.length > 0) logs?.onProblem(String(rows[0]));
  } finally {
    release();
  }
}

async function shrink(thread: SqliteThread): Promise<void> {
  const release = await thread.locks.ledger.take();
  try {
    await thread.ask({ kind: 'shrink', file: 'ledger' });
  } finally {
    release();
  }
}

/** The embedded database: `gateway.db` and `ledger.db` in `dataDir`, readable by the owner alone. */
export async function openSqlite(dataDir: string, logs?: Logs): Promise<Database> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const thread = new SqliteThread();
  const paths = { gateway: join(dataDir, 'gateway.db'), ledger: join(dataDir, 'ledger.db') };
  try {
    await thread.ask({ kind: 'open', paths });
  } catch (error) {
    await thread.close();
    throw new Error(`The database in ${dataDir} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const plugins = [new CamelCasePlugin()];
  const reader = new SqliteReader(paths);
  return {
    dialect: 'sqlite',
    gateway: new Kysely<Schema>({ dialect: createSqliteDialect(thread, 'gateway'), plugins }),
    ledger: new Kysely<Schema>({ dialect: createSqliteDialect(thread, 'ledger'), plugins }),
    reports: {
      gateway: new Kysely<Schema>({ dialect: createSqliteDialect(reader, 'gateway'), plugins }),
      ledger: new Kysely<Schema>({ dialect: createSqliteDialect(reader, 'ledger'), plugins }),
    },
    append: batches => append(thread, batches, logs),
    shrink: () => shrink(thread),
    // The last connection that closes folds the log into the files, and that must be one that may write.
    close: async () => {
      await reader.close();
      await thread.close();
    },
  };
}

/** Whether `path` is a database of the Python gateway. Reads only; `false` for what is missing or no database. */
export async function isReferenceDatabase(path: string): Promise<boolean> {
  const thread = new SqliteThread();
  try {
    const { rows } = await thread.ask({ kind: 'recognise', path });
    return rows.length > 0;
  } finally {
    await thread.close();
  }
}
