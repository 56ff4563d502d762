import { change, type Db, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Store, User } from '../types.ts';
import type { BrowserSession } from './types.ts';

type Sessions = Pick<
  Store,
  | 'addSession'
  | 'session'
  | 'touchSession'
  | 'listSessionsOf'
  | 'renewSession'
  | 'endSession'
  | 'endSessionsOf'
  | 'putSetupToken'
  | 'hasSetupToken'
  | 'takeSetupToken'
>;

async function addSession(db: Db, session: BrowserSession): Promise<void> {
  await db.deleteFrom('browserSessions').where('expiresAt', '<=', session.createdAt).execute();
  const { address, userAgent } = session;
  const values = { ...session, address: address ?? null, userAgent: userAgent ?? null };
  await db.insertInto('browserSessions').values(values).execute();
}

async function session(db: Db, hash: string): Promise<BrowserSession | undefined> {
  const row = await db.selectFrom('browserSessions').selectAll().where('hash', '=', hash).executeTakeFirst();
  return row && withoutNulls(row);
}

async function listSessionsOf(
  db: Db,
  id: User['id'] | undefined,
  now: number,
): Promise<readonly BrowserSession[]> {
  const all = db.selectFrom('browserSessions').selectAll();
  const rows = id === undefined ? all : all.where('userId', '=', id);
  const alive = rows.where('expiresAt', '>', now).orderBy('lastSeenAt', 'desc').orderBy('hash');
  return (await alive.execute()).map(withoutNulls);
}

async function putSetupToken(db: Db, hash: string, expiresAt: number): Promise<void> {
  const insert = db.insertInto('setupTokens').values({ id: 1, hash, expiresAt });
  await insert.onConflict(conflict => conflict.column('id').doUpdateSet({ hash, expiresAt })).execute();
}

async function hasSetupToken(db: Db, hash: string, now: number): Promise<boolean> {
  const token = db.selectFrom('setupTokens').select('id').where('hash', '=', hash);
  return (await token.where('expiresAt', '>', now).executeTakeFirst()) !== undefined;
}

async function takeSetupToken(db: Db, hash: string, now: number): Promise<boolean> {
  const token = db.deleteFrom('setupTokens').where('hash', '=', hash).where('expiresAt', '>', now);
  return touched(await token.executeTakeFirst());
}

/** Signed-in browsers, and the one token with which the first administrator is made. */
export function createSessions(db: Db): Sessions {
  return {
    addSession: session => addSession(db, session),
    session: hash => session(db, hash),
    listSessionsOf: (id, now) => listSessionsOf(db, id, now),
    renewSession: async (hash, now) => {
      const update = db.updateTable('browserSessions').set({ passwordAt: now, lastSeenAt: now });
      await update.where('hash', '=', hash).execute();
    },
    touchSession: async (hash, now) => {
      await db.updateTable('browserSessions').set({ lastSeenAt: now }).where('hash', '=', hash).execute();
    },
    endSession: async hash => {
      await change(db, tx => tx.deleteFrom('browserSessions').where('hash', '=', hash).execute());
    },
    endSessionsOf: async id => {
      await change(db, tx => tx.deleteFrom('browserSessions').where('userId', '=', id).execute());
    },
    putSetupToken: (hash, expiresAt) => putSetupToken(db, hash, expiresAt),
    hasSetupToken: (hash, now) => hasSetupToken(db, hash, now),
    takeSetupToken: (hash, now) => takeSetupToken(db, hash, now),
  };
}
