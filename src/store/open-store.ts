import { setTimeout } from 'node:timers/promises';
import { createAccess } from './access/create-access.ts';
import { createGrants } from './access/rules.ts';
import { createSecurityAudits } from './audits.ts';
import { createBlockedAddresses } from './blocked-addresses.ts';
import { createCatalogue } from './catalogue.ts';
import type { Db } from './change.ts';
import { createConnections } from './connections/create-connections.ts';
import type { Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { openPostgres } from './db/open-postgres.ts';
import { openSqlite } from './db/open-sqlite.ts';
import { createHealth } from './health.ts';
import { createLedger } from './ledger/create-ledger.ts';
import { createOAuth } from './oauth/create-oauth.ts';
import { createGroups } from './people/groups.ts';
import { createKeptViews } from './people/kept-views.ts';
import { createKeys } from './people/keys.ts';
import { createLinks } from './people/links.ts';
import { createSessions } from './people/sessions.ts';
import { createTokens } from './people/tokens.ts';
import { createUsers } from './people/users.ts';
import { createRecords } from './records.ts';
import { DataKeys } from './sealing/data-keys.ts';
import { resealAll } from './sealing/reseal.ts';
import type { Purpose, Resealed } from './sealing/types.ts';
import { createServers } from './servers.ts';
import { createSettings } from './settings.ts';
import type { Store, StoreDeps } from './types.ts';

/** With its tables up to date. */
export async function openDatabase({ dataDir, databaseUrl, logs }: StoreDeps): Promise<Database> {
  const database = await (databaseUrl ? openPostgres(databaseUrl, logs) : openSqlite(dataDir, logs));
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** With each change by whichever process the keys are looked at again: what is read next may be sealed by a new one. */
function createRevision({ gateway }: Database, dataKeys: DataKeys): () => Promise<number> {
  let seen = -1;
  return async () => {
    const { value } = await gateway.selectFrom('revision').select('value').executeTakeFirstOrThrow();
    if (value !== seen) await dataKeys.load();
    seen = value;
    return value;
  };
}

/** So long the other processes may take to learn a new key before anything is sealed by it that they read. */
const LEARN_MS = 1_000;

/** What was read before a new key was known is sealed anew in the second turn. */
async function rotate(db: Db, dataKeys: DataKeys, now: number): Promise<Resealed> {
  const { ids } = dataKeys.state;
  await dataKeys.add(now);
  await setTimeout(LEARN_MS);
  const sealFor = (purpose: Purpose) => dataKeys.sealFor(purpose);
  const first = await resealAll(db, sealFor);
  const second = await resealAll(db, sealFor);
  if (second.unreadable === 0) await dataKeys.forget(ids);
  return { resealed: first.resealed + second.resealed, unreadable: second.unreadable };
}

/**
 * Opens the store and brings its tables up to date; makes the data directory where it is missing. Throws one
 * sentence when the database cannot be used. Close it: only then is everything in the main files.
 */
export async function openStore(deps: StoreDeps): Promise<Store> {
  const database = await openDatabase(deps);
  const db = database.gateway;
  const dataKeys = new DataKeys(db, { master: deps.master, former: deps.formerMaster });
  await dataKeys.load();
  return {
    dialect: database.dialect,
    revision: createRevision(database, dataKeys),
    ...createUsers(db),
    ...createGroups(db),
    ...createKeys(db),
    ...createServers(db, dataKeys.sealFor('credentials')),
    ...createGrants(db),
    ...createTokens(db),
    ...createSessions(db),
    ...createCatalogue(db),
    ...createRecords(database),
    ledger: createLedger(database),
    health: createHealth(database),
    access: createAccess(db),
    oauth: createOAuth(db, dataKeys.sealFor('oauth')),
    links: createLinks(db),
    settings: createSettings(db),
    connections: createConnections(db, dataKeys.sealFor('connections')),
    keptViews: createKeptViews(db),
    blockedAddresses: createBlockedAddresses(db),
    securityAudits: createSecurityAudits(db),
    dataKeys: {
      get state() {
        return dataKeys.state;
      },
      sealFor: purpose => dataKeys.sealFor(purpose),
      rotate: now => rotate(db, dataKeys, now),
    },
    close: () => database.close(),
  };
}
