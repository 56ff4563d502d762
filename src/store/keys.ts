import type { KeyId } from '../base/index.ts';
import { change, type Db, touched } from './change.ts';
import { withoutNulls } from './db/rows.ts';
import type { ApiKey, Store } from './types.ts';

type Keys = Pick<
  Store,
  'createKey' | 'listKeys' | 'keyById' | 'deleteKey' | 'listSigningKeys' | 'addSigningKey'
>;

type Row = Omit<ApiKey, 'scopes' | 'expiresAt'> & {
  readonly scopes: string;
  readonly expiresAt: number | null;
};

function toKey(row: Row): ApiKey {
  return { ...withoutNulls(row), scopes: JSON.parse(row.scopes) };
}

async function createKey(db: Db, key: ApiKey): Promise<void> {
  const values = { ...key, scopes: JSON.stringify(key.scopes), expiresAt: key.expiresAt ?? null };
  await change(db, tx => tx.insertInto('apiKeys').values(values).execute());
}

async function listKeys(db: Db): Promise<readonly ApiKey[]> {
  const rows = await db.selectFrom('apiKeys').selectAll().orderBy('createdAt').orderBy('id').execute();
  return rows.map(toKey);
}

async function keyById(db: Db, id: KeyId): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('apiKeys').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toKey(row);
}

/** API keys of callers, and the gateway's own signing keys. */
export function createKeys(db: Db): Keys {
  return {
    createKey: key => createKey(db, key),
    listKeys: () => listKeys(db),
    keyById: id => keyById(db, id),
    deleteKey: id =>
      change(db, async tx => touched(await tx.deleteFrom('apiKeys').where('id', '=', id).executeTakeFirst())),
    listSigningKeys: () =>
      db.selectFrom('signingKeys').selectAll().orderBy('createdAt').orderBy('kid').execute(),
    addSigningKey: async key => {
      await change(db, tx => tx.insertInto('signingKeys').values(key).execute());
    },
  };
}
