import { type Db, touched } from '../change.ts';

/** A page with its filters, which somebody gave a name to find it again. */
export type KeptView = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** Path and query. */
  readonly address: string;
  readonly madeAt: number;
};

export type KeptViewStore = {
  /** Of one person, by name. */
  list(userId: string): Promise<readonly KeptView[]>;
  /** At most so many for one person. */
  add(view: KeptView, most: number): Promise<'done' | 'name_taken' | 'too_many'>;
  rename(userId: string, id: string, name: string): Promise<'done' | 'name_taken' | 'not_found'>;
  remove(userId: string, id: string): Promise<boolean>;
};

/** They decide nothing: what is kept changes no revision, and no other process has to hear of it. */
export function createKeptViews(db: Db): KeptViewStore {
  const ofUser = (userId: string) =>
    db.selectFrom('keptViews').selectAll().where('userId', '=', userId).orderBy('name').execute();
  return {
    list: ofUser,
    add: async (view, most) => {
      const there = await ofUser(view.userId);
      if (there.some(({ name }) => name === view.name)) return 'name_taken';
      if (there.length >= most) return 'too_many';
      const added = db.insertInto('keptViews').values(view);
      const result = await added
        .onConflict(on => on.columns(['userId', 'name']).doNothing())
        .executeTakeFirst();
      return touched(result) ? 'done' : 'name_taken';
    },
    rename: async (userId, id, name) => {
      const there = await ofUser(userId);
      if (there.some(one => one.name === name && one.id !== id)) return 'name_taken';
      const renamed = db
        .updateTable('keptViews')
        .set({ name })
        .where('userId', '=', userId)
        .where('id', '=', id);
      return touched(await renamed.executeTakeFirst()) ? 'done' : 'not_found';
    },
    remove: async (userId, id) =>
      touched(
        await db.deleteFrom('keptViews').where('userId', '=', userId).where('id', '=', id).executeTakeFirst(),
      ),
  };
}
