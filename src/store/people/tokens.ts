import { change, type Db, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import type { RefreshToken, Store, User } from '../types.ts';

type Tokens = Pick<
  Store,
  | 'addRefreshToken'
  | 'refreshToken'
  | 'rotateRefreshToken'
  | 'endRefreshFamily'
  | 'refreshFamiliesOf'
  | 'revokeToken'
  | 'revokedTokens'
>;

async function addRefreshToken(db: Db, token: RefreshToken): Promise<void> {
  await db.deleteFrom('refreshTokens').where('expiresAt', '<=', token.issuedAt).execute();
  await db
    .insertInto('refreshTokens')
    .values({ ...token, usedAt: token.usedAt ?? null })
    .execute();
}

async function refreshToken(db: Db, hash: string): Promise<RefreshToken | undefined> {
  const row = await db.selectFrom('refreshTokens').selectAll().where('hash', '=', hash).executeTakeFirst();
  return row && withoutNulls(row);
}

/** The update is the decision: of many at once, one finds the token unspent. */
function rotate(db: Db, hash: string, successor: RefreshToken, now: number): Promise<boolean> {
  return db.transaction().execute(async tx => {
    const spend = tx.updateTable('refreshTokens').set({ usedAt: now });
    const unspent = spend.where('hash', '=', hash).where('usedAt', 'is', null);
    if (!touched(await unspent.executeTakeFirst())) return false;
    await tx
      .insertInto('refreshTokens')
      .values({ ...successor, usedAt: successor.usedAt ?? null })
      .execute();
    return true;
  });
}

async function refreshFamiliesOf(db: Db, userId: User['id']): Promise<readonly string[]> {
  const rows = db.selectFrom('refreshTokens').select('family').distinct().where('userId', '=', userId);
  return (await rows.execute()).map(row => row.family);
}

async function revokeToken(db: Db, jti: string, expiresAt: number): Promise<void> {
  await change(db, tx => {
    const insert = tx.insertInto('revokedTokens').values({ jti, expiresAt });
    return insert.onConflict(conflict => conflict.doNothing()).execute();
  });
}

async function revokedTokens(db: Db, now: number): Promise<readonly string[]> {
  await db.deleteFrom('revokedTokens').where('expiresAt', '<=', now).execute();
  const rows = await db.selectFrom('revokedTokens').select('jti').execute();
  return rows.map(row => row.jti);
}

/** Refresh tokens of logins, and access tokens that ended before their time. */
export function createTokens(db: Db): Tokens {
  return {
    addRefreshToken: token => addRefreshToken(db, token),
    refreshToken: hash => refreshToken(db, hash),
    rotateRefreshToken: (hash, successor, now) => rotate(db, hash, successor, now),
    endRefreshFamily: async family => {
      await db.deleteFrom('refreshTokens').where('family', '=', family).execute();
    },
    refreshFamiliesOf: id => refreshFamiliesOf(db, id),
    revokeToken: (jti, expiresAt) => revokeToken(db, jti, expiresAt),
    revokedTokens: now => revokedTokens(db, now),
  };
}
