import type { UserId } from '../../base/index.ts';
import { type Db, type Tx, touched } from '../change.ts';

/** A page with its filters, which somebody gave a name to find it again. */
export type KeptView = {
  readonly id: string;
  readonly userId: UserId;
  readonly name: string;
  /** Path and query. */
  readonly address: string;
  readonly madeAt: number;
};

export type KeptViewStore = {
  /** Of one person, by name. */
  list(userId: UserId): Promise<readonly KeptView[]>;
  /** At most so many for one person. */
  add(view: KeptView, most: number): Promise<'done' | 'name_taken' | 'too_many'>;
  rename(userId: UserId, id: string, name: string): Promise<'done' | 'name_taken' | 'not_found'>;
  remove(userId: UserId, id: string): Promise<boolean>;
};

const ofUser = (db: Db, userId: UserId) =>
  db.selectFrom('keptViews').selectAll().where('userId', '=', userId).orderBy('name').execute();

/** One after the other for one person, in every process: each reads what the former wrote. */
function inTurn<T>(db: Db, userId: UserId, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async tx => {
    await tx.updateTable('users').set({ id: userId }).where('id', '=', userId).execute();
    return work(tx);
  });
}

/** They decide nothing: what is kept changes no revision, and no other process has to hear of it. */
export function createKeptViews(db: Db): KeptViewStore {
  return {
    list: userId => ofUser(db, userId),
    add: (view, most) =>
      inTurn(db, view.userId, async tx => {
        const there = await ofUser(tx, view.userId);
        if (there.some(({ name }) => name === view.name)) return 'name_taken';
        if (there.length >= most) return 'too_many';
        await tx.insertInto('keptViews').values(view).execute();
        return 'done';
      }),
    rename: (userId, id, name) =>
      inTurn(db, userId, async tx => {
        const there = await ofUser(tx, userId);
        if (there.some(one => one.name === name && one.id !== id)) return 'name_taken';
        const renamed = tx.updateTable('keptViews').set({ name });
        const result = await renamed.where('userId', '=', userId).where('id', '=', id).executeTakeFirst();
        return touched(result) ? 'done' : 'not_found';
      }),
    remove: async (userId, id) => {
      const removed = db.deleteFrom('keptViews').where('userId', '=', userId).where('id', '=', id);
      return touched(await removed.executeTakeFirst());
    },
  };
}
