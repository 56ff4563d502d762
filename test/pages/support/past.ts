import { makeApiKey } from '../../../src/auth/index.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { openStore, type Store } from '../../../src/store/index.ts';
import type { Gateway } from '../../support/gateway.ts';

/** Writes what is of long ago into the data of a gateway, beside it as the command line does. */
export async function inThePast(
  { dataDir, configFile }: Gateway,
  write: (store: Store) => Promise<void>,
): Promise<void> {
  const config = loadConfig({ flags: { config: configFile, dataDir } });
  const { databaseUrl, master, formerMaster } = config;
  const store = await openStore({ dataDir, databaseUrl, master, formerMaster });
  try {
    await write(store);
  } finally {
    await store.close();
  }
}

/** A key of somebody that was made then, and never used. */
export async function oldKey(store: Store, owner: string, name: string, createdAt: number): Promise<string> {
  const user = await store.userByName(owner);
  if (!user) throw new Error(`There is no ${owner}`);
  const { id, key, secretHash } = makeApiKey();
  await store.createKey({
    ...{ id, userId: user.id, secretHash, name, createdAt },
    ...{ scopes: ['mcp'], expiresAt: undefined },
  });
  return key.reveal();
}
