import type { Selectable } from 'kysely';
import type { KeyId } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Schema } from '../db/schema.ts';
import type { SigningKey, SigningKeyTurn, Store } from '../types.ts';
import type { ApiKey, ApiKeyUse } from './types.ts';

type Keys = Pick<
  Store,
  | 'createKey'
  | 'listKeys'
  | 'keyById'
  | 'deleteKey'
  | 'noteKeyUse'
  | 'listSigningKeys'
  | 'addSigningKey'
  | 'rotateSigningKeys'
>;

type Row = Selectable<Schema['apiKeys']>;

function toKey(row: Row): ApiKey {
  return { ...withoutNulls(row), scopes: JSON.parse(row.scopes) };
}

async function createKey(db: Db, key: ApiKey): Promise<void> {
  const { scopes, expiresAt, lastUsedAt, lastUsedAddress } = key;
  const values = {
    ...key,
    scopes: JSON.stringify(scopes),
    expiresAt: expiresAt ?? null,
    lastUsedAt: lastUsedAt ?? null,
    lastUsedAddress: lastUsedAddress ?? null,
  };
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

async function noteKeyUse(db: Db, uses: readonly ApiKeyUse[]): Promise<void> {
  for (const { id, at, address } of uses) {
    const update = db.updateTable('apiKeys').set({ lastUsedAt: at, lastUsedAddress: address ?? null });
    await update.where('id', '=', id).execute();
  }
}

async function listSigningKeys(db: Db): Promise<readonly SigningKey[]> {
  const rows = await db.selectFrom('signingKeys').selectAll().orderBy('createdAt').orderBy('kid').execute();
  return rows.map(withoutNulls);
}

/** Past its beginning the transaction has the revision's row, so that no other turn comes between. */
function rotate(db: Db, { from, to, made, at, forgetBefore }: SigningKeyTurn): Promise<boolean> {
  return change(db, async tx => {
    const current = tx.selectFrom('signingKeys').select('kid').where('state', '=', 'current');
    if ((await current.executeTakeFirst())?.kid !== from) return false;
    const others = tx.deleteFrom('signingKeys').where('kid', '!=', to);
    await others.where('state', '=', 'next').execute();
    await others.where('state', '=', 'previous').where('retiredAt', '<', forgetBefore).execute();
    for (const key of made) await add(tx, key);
    const update = tx.updateTable('signingKeys');
    await update.set({ state: 'previous', retiredAt: at }).where('state', '=', 'current').execute();
    await update.set({ state: 'current', retiredAt: null }).where('kid', '=', to).execute();
    return true;
  });
}

async function add(tx: Tx, key: SigningKey): Promise<void> {
  await tx
    .insertInto('signingKeys')
    .values({ ...key, retiredAt: key.retiredAt ?? null })
    .execute();
}

/** API keys of callers, and the gateway's own signing keys. */
export function createKeys(db: Db): Keys {
  return {
    createKey: key => createKey(db, key),
    listKeys: () => listKeys(db),
    keyById: id => keyById(db, id),
    deleteKey: id =>
      change(db, async tx => touched(await tx.deleteFrom('apiKeys').where('id', '=', id).executeTakeFirst())),
    noteKeyUse: uses => noteKeyUse(db, uses),
    listSigningKeys: () => listSigningKeys(db),
    addSigningKey: key => change(db, tx => add(tx, key)),
    rotateSigningKeys: turn => rotate(db, turn),
  };
}
