import { deriveKey, Seal } from '../base/index.ts';
import { createCatalogue } from './catalogue.ts';
import type { Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { openPostgres } from './db/open-postgres.ts';
import { openSqlite } from './db/open-sqlite.ts';
import { createKeys } from './keys.ts';
import { createRecords } from './records.ts';
import { createServers } from './servers.ts';
import { createSessions } from './sessions.ts';
import { createTokens } from './tokens.ts';
import type { Store, StoreDeps } from './types.ts';
import { createUsers } from './users.ts';

async function open({ dataDir, databaseUrl }: StoreDeps): Promise<Database> {
  const database = await (databaseUrl ? openPostgres(databaseUrl) : openSqlite(dataDir));
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function revision({ gateway }: Database): Promise<number> {
  const row = await gateway.selectFrom('revision').select('value').executeTakeFirstOrThrow();
  return row.value;
}

/**
 * Opens the store and brings its tables up to date; makes the data directory where it is missing. Throws one
 * sentence when the database cannot be used. Close it: only then is everything in the main files.
 */
export async function openStore(deps: StoreDeps): Promise<Store> {
  const database = await open(deps);
  const db = database.gateway;
  const seal = new Seal(deriveKey(deps.master, 'credentials'), 'c1');
  return {
    dialect: database.dialect,
    revision: () => revision(database),
    ...createUsers(db),
    ...createKeys(db),
    ...createServers(db, seal),
    ...createTokens(db),
    ...createSessions(db),
    ...createCatalogue(db),
    ...createRecords(database),
    close: () => database.close(),
  };
}
