import { change, type Db } from './change.ts';
import type { SettingStore } from './people/types.ts';

/** What an administrator chose; what it means is the schema's business. */
export function createSettings(db: Db): SettingStore {
  return {
    list: () => db.selectFrom('storedSettings').selectAll().orderBy('key').execute(),
    change: (changes, updatedBy, updatedAt) =>
      change(db, async tx => {
        for (const { key, value } of changes) {
          await tx.deleteFrom('storedSettings').where('key', '=', key).execute();
          if (value === undefined) continue;
          await tx.insertInto('storedSettings').values({ key, value, updatedAt, updatedBy }).execute();
        }
      }),
  };
}
