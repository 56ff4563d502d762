import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { Secret } from '../../base/index.ts';
import { type Append, countedOf, type Database, type Logs } from './database.ts';
import { insertOf as rowsFor } from './open-sqlite.ts';
import { asJson } from './postgres-json.ts';
import { PostgresRollups } from './postgres-rollups.ts';
import type { Schema } from './schema.ts';
import { SqliteThread } from './sqlite-thread.ts';

const BIGINT = 20;

/** One parameter whatever the number of rows. */
function insertOf({ table, columns }: Append): string {
  const values = Object.values(columns).map((type, at) => `(item ->> ${at})::${type}`);
  const names = Object.keys(columns).join(', ');
  return `insert into ${table} (${names}) select ${values.join(', ')}
    from json_array_elements($1::json) as item on conflict do nothing returning id`;
}

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
    client.release();
  } catch (error) {
    // The connection may be in the middle of a transaction: it is thrown away.
    client.release(true);
    throw error;
  }
}

async function keep(batch: Append, rollups: PostgresRollups, client: PoolClient): Promise<Append> {
  const { counted, isPassing } = batch;
  let written = batch.rows;
  if (!isPassing) {
    const { rows } = await client.query(insertOf(batch), [asJson(batch.rows)]);
    const fresh = new Set(rows.map(({ id }) => id));
    written = batch.rows.filter(([id]) => fresh.has(id));
  }
  if (counted)
    await rollups.count(
      written.map(row => countedOf(row, counted)),
      client,
    );
  return { ...batch, rows: written };
}

async function append(
  pool: Pool,
  rollups: PostgresRollups,
  batches: readonly Append[],
): Promise<readonly Append[]> {
  for (const { rows, counted } of batches) {
    if (!counted) continue;
    const newest = rows.reduce((at, row) => Math.max(at, Number(row[counted.at])), 0);
    await rollups.rollBefore(newest, work => inTransaction(pool, work));
  }
  const written: Append[] = [];
  await inTransaction(pool, async client => {
    for (const batch of batches) written.push(await keep(batch, rollups, client));
  });
  return written;
}

/** Log files are written by a thread here as well: the disk is slow, and requests do not wait for it. */
class LogThread {
  readonly #logs: Logs | undefined;
  #thread: SqliteThread | undefined;

  constructor(logs: Logs | undefined) {
    this.#logs = logs;
  }

  async write(batches: readonly Append[]): Promise<void> {
    if (!this.#logs) return;
    this.#thread ??= new SqliteThread();
    const { dir: logDir, onProblem } = this.#logs;
    const { rows } = await this.#thread.ask({ kind: 'log', logDir, inserts: batches.map(rowsFor) });
    if (rows.length > 0) onProblem(String(rows[0]));
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }
}

async function createPool(url: Secret): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    max: 10,
    allowExitOnIdle: true,
    types: {
      // Times and counts stay far below 2^53.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}

async function probe(pool: Pool, host: string): Promise<void> {
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    const { message, code } = error as Error & { code?: string };
    throw new Error(`PostgreSQL at ${host} cannot be used: ${message || code}`, { cause: error });
  }
}

/** A PostgreSQL that holds both the configuration and the ledger, in the first schema of its search path. */
export async function openPostgres(url: Secret, logs?: Logs): Promise<Database> {
  if (!URL.canParse(url.reveal())) {
    throw new Error('The database URL is not a URL; write postgres://user:password@host:5432/database');
  }
  const pool = await createPool(url);
  await probe(pool, new URL(url.reveal()).host);
  const rollups = new PostgresRollups();
  const log = new LogThread(logs);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  return {
    dialect: 'postgres',
    gateway: db,
    ledger: db,
    reports: { gateway: db, ledger: db },
    append: async batches => log.write(await append(pool, rollups, batches)),
    // It does that by itself.
    shrink: async () => {},
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
}
