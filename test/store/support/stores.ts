import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { Secret } from '../../../src/base/index.ts';
import { openStore, type Store, type StoreDeps } from '../../../src/store/index.ts';

const POSTGRES = 'postgres://root@127.0.0.1:5432/test';
const MASTER = new Secret('a master secret of the tests, long enough');

/** One place to keep things in; `open` may be called often: each store then stands for a process. */
export type Place = {
  readonly dialect: 'sqlite' | 'postgres';
  readonly dir: string;
  /** How a store is opened here. */
  readonly deps: StoreDeps;
  readonly master: Secret;
  /** Another master secret, and the one before it, than the place's own. */
  open(master?: Secret, formerMaster?: Secret): Promise<Store>;
  /** With log files. */
  openLogged(logs: NonNullable<StoreDeps['logs']>): Promise<Store>;
  /** One statement past the store. */
  exec(sql: string): Promise<void>;
  /** What rests of the servers: the bytes of the files, or the rows of the table. */
  bytes(): Promise<string>;
  /** Closes every store and removes the place. */
  remove(): Promise<void>;
};

async function query(sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 2000 });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return JSON.stringify(rows);
}

async function bytesOf(dir: string): Promise<string> {
  const files = await Promise.all((await readdir(dir)).map(file => readFile(join(dir, file), 'latin1')));
  return files.join();
}

function execIn(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

export async function createPlace(dialect: Place['dialect']): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'store-'));
  const schema = `t_${randomBytes(6).toString('hex')}`;
  if (dialect === 'postgres') await query(`create schema ${schema}`);
  const url = new Secret(`${POSTGRES}?options=-c%20search_path%3D${schema}`);
  const opened: Store[] = [];
  const databaseUrl = dialect === 'postgres' ? url : undefined;
  const deps = { dataDir: join(dir, 'data'), databaseUrl, master: MASTER };
  return {
    dialect,
    dir,
    deps,
    master: MASTER,
    open: async (master = MASTER, formerMaster) => {
      const store = await openStore({ ...deps, master, formerMaster });
      opened.push(store);
      return store;
    },
    openLogged: async logs => {
      const store = await openStore({ ...deps, logs });
      opened.push(store);
      return store;
    },
    exec: async sql => {
      if (dialect === 'sqlite') execIn(join(dir, 'data', 'gateway.db'), sql);
      else await query(`set search_path to ${schema}; ${sql}`);
    },
    bytes: () =>
      dialect === 'sqlite' ? bytesOf(join(dir, 'data')) : query(`select * from ${schema}.servers`),
    remove: async () => {
      await Promise.all(opened.map(store => store.close().catch(() => {})));
      if (dialect === 'postgres') await query(`drop schema ${schema} cascade`);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function hasPostgres(): Promise<boolean> {
  try {
    await query('select 1');
    return true;
  } catch {
    return false;
  }
}

const reachable = await hasPostgres();
if (!reachable)
  console.warn(`PostgreSQL does not answer at ${POSTGRES}: its half of the store tests is skipped`);

/** For `describe.each`. */
export const dialects: readonly Place['dialect'][] = reachable ? ['sqlite', 'postgres'] : ['sqlite'];
