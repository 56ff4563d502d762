import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { Secret } from '../../base/index.ts';
import type { Append, Database } from './database.ts';
import type { Schema } from './schema.ts';

const BIGINT = 20;

/** PostgreSQL keeps neither NUL nor half a surrogate pair in text, and one such name must not cost the batch. */
function keepable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : value;
}

function asJson(rows: Append['rows']): string {
  const text = JSON.stringify(rows);
  return /\\u(0000|d[89a-f])/.test(text) ? JSON.stringify(rows, keepable) : text;
}

/** One parameter whatever the number of rows. */
function insertOf({ table, columns }: Append): string {
  const values = Object.values(columns).map((type, at) => `(item ->> ${at})::${type}`);
  const names = Object.keys(columns).join(', ');
  return `insert into ${table} (${names}) select ${values.join(', ')}
    from json_array_elements($1::json) as item on conflict do nothing`;
}

async function append(pool: Pool, batches: readonly Append[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    for (const batch of batches) await client.query(insertOf(batch), [asJson(batch.rows)]);
    await client.query('commit');
    client.release();
  } catch (error) {
    // The connection may be in the middle of a transaction: it is thrown away.
    client.release(true);
    throw error;
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
export async function openPostgres(url: Secret): Promise<Database> {
  if (!URL.canParse(url.reveal())) {
    throw new Error('The database URL is not a URL; write postgres://user:password@host:5432/database');
  }
  const pool = await createPool(url);
  await probe(pool, new URL(url.reveal()).host);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  return {
    dialect: 'postgres',
    gateway: db,
    ledger: db,
    reports: { gateway: db, ledger: db },
    append: batches => append(pool, batches),
    close: () => pool.end(),
  };
}
