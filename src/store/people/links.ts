import type { Selectable } from 'kysely';
import type { GroupId } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Schema } from '../db/schema.ts';
import type { User } from '../types.ts';
import type { Invited, LinkStore, PersonLink } from './types.ts';
import { changePassword, findById, insertUser } from './users.ts';

type Row = Selectable<Schema['personLinks']>;

function toLink(row: Row): PersonLink {
  return { ...withoutNulls(row), groups: JSON.parse(row.groups) };
}

function toRow(link: PersonLink): Row {
  return {
    ...link,
    userId: link.userId ?? null,
    name: link.name ?? null,
    email: link.email ?? null,
    fullName: link.fullName ?? null,
    madeBy: link.madeBy ?? null,
    groups: JSON.stringify(link.groups),
  };
}

async function add(tx: Tx, link: PersonLink): Promise<void> {
  await tx.deleteFrom('personLinks').where('expiresAt', '<=', link.createdAt).execute();
  if (link.userId !== undefined)
    await tx.deleteFrom('personLinks').where('userId', '=', link.userId).execute();
  await tx.insertInto('personLinks').values(toRow(link)).execute();
}

/** What a person handed out is worth what that person may give now. */
async function isBacked(db: Db, { madeBy }: PersonLink): Promise<boolean> {
  if (madeBy === undefined) return true;
  const maker = await findById(db, madeBy);
  return maker?.role === 'admin' && !maker.disabled;
}

async function find(
  db: Db,
  kind: PersonLink['kind'],
  hash: string,
  now: number,
): Promise<PersonLink | undefined> {
  const row = db.selectFrom('personLinks').selectAll().where('hash', '=', hash).where('kind', '=', kind);
  const found = await row.where('expiresAt', '>', now).executeTakeFirst();
  const link = found && toLink(found);
  return link && (await isBacked(db, link)) ? link : undefined;
}

/** The deletion is the decision: of many at once, one finds the link. */
async function spend(tx: Tx, { id }: PersonLink): Promise<boolean> {
  return touched(await tx.deleteFrom('personLinks').where('id', '=', id).executeTakeFirst());
}

async function join(tx: Tx, user: User, groups: readonly GroupId[]): Promise<void> {
  if (groups.length === 0) return;
  const left = await tx.selectFrom('groups').select('id').where('id', 'in', groups).execute();
  for (const { id: groupId } of left)
    await tx.insertInto('groupMembers').values({ groupId, userId: user.id }).execute();
}

async function acceptInvite(
  tx: Tx,
  hash: string,
  person: Invited,
  now: number,
): Promise<User | 'wrong_token' | 'name_taken' | 'email_taken'> {
  const link = await find(tx, 'invite', hash, now);
  if (!link) return 'wrong_token';
  const made = await insertUser(tx, { ...person, role: link.role }, now);
  if (typeof made === 'string') return made;
  await spend(tx, link);
  await join(tx, made, link.groups);
  return made;
}

async function acceptReset(
  tx: Tx,
  hash: string,
  passwordHash: string,
  now: number,
): Promise<User | 'wrong_token'> {
  const link = await find(tx, 'reset', hash, now);
  const user = link?.userId && (await findById(tx, link.userId));
  if (!link || !user || user.disabled) return 'wrong_token';
  await spend(tx, link);
  await changePassword(tx, user.id, passwordHash);
  return user;
}

/** Invitations, and links to a new password: kept as hashes, good once. */
export function createLinks(db: Db): LinkStore {
  return {
    add: link => change(db, tx => add(tx, link)),
    find: (kind, hash, now) => find(db, kind, hash, now),
    list: async now => {
      const rows = db.selectFrom('personLinks').selectAll().where('expiresAt', '>', now).orderBy('id');
      return (await rows.execute()).map(toLink);
    },
    remove: id =>
      change(db, async tx =>
        touched(await tx.deleteFrom('personLinks').where('id', '=', id).executeTakeFirst()),
      ),
    acceptInvite: (hash, person, now) => change(db, tx => acceptInvite(tx, hash, person, now)),
    acceptReset: (hash, passwordHash, now) => change(db, tx => acceptReset(tx, hash, passwordHash, now)),
  };
}
