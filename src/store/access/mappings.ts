import { change, type Db, touched } from '../change.ts';
import type { AccessStore } from './types.ts';

/** Names of tools that administrators gave away by hand. */
export function createMappings(db: Db): Pick<AccessStore, 'listMappings' | 'putMapping' | 'deleteMapping'> {
  return {
    listMappings: () => db.selectFrom('toolMappings').selectAll().orderBy('name').execute(),
    putMapping: mapping =>
      change(db, async tx => {
        await tx.deleteFrom('toolMappings').where('name', '=', mapping.name).execute();
        await tx.insertInto('toolMappings').values(mapping).execute();
      }),
    deleteMapping: name =>
      change(db, async tx =>
        touched(await tx.deleteFrom('toolMappings').where('name', '=', name).executeTakeFirst()),
      ),
  };
}
