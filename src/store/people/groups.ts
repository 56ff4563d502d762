import { type GroupId, type UserId, uuidv7 } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Group, NewGroup, Store } from '../types.ts';
import { keyOf } from './name-key.ts';

type Groups = Pick<
  Store,
  'listGroups' | 'createGroup' | 'updateGroup' | 'deleteGroup' | 'listMembers' | 'addMember' | 'removeMember'
>;

const SHOWN = ['id', 'name', 'description', 'createdAt'] as const;

async function listGroups(db: Db): Promise<readonly Group[]> {
  return (await db.selectFrom('groups').select(SHOWN).orderBy('nameKey').execute()).map(withoutNulls);
}

async function insertGroup(
  tx: Tx,
  { name, description }: NewGroup,
  now: number,
): Promise<Group | 'name_taken'> {
  const row = await tx
    .insertInto('groups')
    .values({
      id: uuidv7(now) as GroupId,
      name,
      nameKey: keyOf(name),
      description: description ?? null,
      createdAt: now,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning(SHOWN)
    .executeTakeFirst();
  return row ? withoutNulls(row) : 'name_taken';
}

async function updateGroup(
  tx: Tx,
  id: GroupId,
  { name, description }: NewGroup,
): Promise<boolean | 'name_taken'> {
  const nameKey = keyOf(name);
  const other = tx.selectFrom('groups').select('id').where('nameKey', '=', nameKey).where('id', '!=', id);
  if (await other.executeTakeFirst()) return 'name_taken';
  const set = { name, nameKey, description: description ?? null };
  return touched(await tx.updateTable('groups').set(set).where('id', '=', id).executeTakeFirst());
}

/** `false` where it was so already, or where one of the two is not there. */
async function addMember(tx: Tx, groupId: GroupId, userId: UserId): Promise<boolean> {
  const group = await tx.selectFrom('groups').select('id').where('id', '=', groupId).executeTakeFirst();
  const user = await tx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
  if (!group || !user) return false;
  const insert = tx.insertInto('groupMembers').values({ groupId, userId });
  return touched(await insert.onConflict(conflict => conflict.doNothing()).executeTakeFirst());
}

/** Groups of people, and who is in which. */
export function createGroups(db: Db): Groups {
  return {
    listGroups: () => listGroups(db),
    createGroup: (group, now) => change(db, tx => insertGroup(tx, group, now)),
    updateGroup: (id, group) => change(db, tx => updateGroup(tx, id, group)),
    // Members go with the row, by their foreign key.
    deleteGroup: id =>
      change(db, async tx => touched(await tx.deleteFrom('groups').where('id', '=', id).executeTakeFirst())),
    listMembers: () => db.selectFrom('groupMembers').selectAll().execute(),
    addMember: (groupId, userId) => change(db, tx => addMember(tx, groupId, userId)),
    removeMember: (groupId, userId) =>
      change(db, async tx => {
        const member = tx.deleteFrom('groupMembers').where('groupId', '=', groupId);
        return touched(await member.where('userId', '=', userId).executeTakeFirst());
      }),
  };
}
