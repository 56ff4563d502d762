import { change, type Db, touched } from './change.ts';
import type { BrowserSession, Store } from './types.ts';

type Sessions = Pick<
  Store,
  | 'addSession'
  | 'session'
  | 'touchSession'
  | 'endSession'
  | 'endSessionsOf'
  | 'putSetupToken'
  | 'hasSetupToken'
  | 'takeSetupToken'
>;

async function addSession(db: Db, session: BrowserSession): Promise<void> {
  await db.deleteFrom('browserSessions').where('expiresAt', '<=', session.createdAt).execute();
  await db.insertInto('browserSessions').values(session).execute();
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
    session: hash => db.selectFrom('browserSessions').selectAll().where('hash', '=', hash).executeTakeFirst(),
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
