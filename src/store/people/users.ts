import type { DeleteResult } from 'kysely';
import { type KeyId, type UserId, uuidv7 } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import { endGrantsIn } from '../oauth/artifacts.ts';
import type { Kept, NewUser, Revoked, Role, Store, User } from '../types.ts';
import { keyOf } from './name-key.ts';
import type { Edit } from './types.ts';

type Users = Pick<
  Store,
  | 'createUser'
  | 'createFirstAdmin'
  | 'listUsers'
  | 'userByName'
  | 'passwordHashOf'
  | 'setPassword'
  | 'rehashPassword'
  | 'editUser'
  | 'setDisabled'
  | 'setRole'
  | 'deleteUser'
  | 'revokeUser'
  | 'noteLogin'
>;

const SHOWN = ['id', 'name', 'email', 'fullName', 'role', 'disabled', 'createdAt', 'lastLoginAt'] as const;

type Row = {
  readonly id: UserId;
  readonly name: string;
  readonly email: string | null;
  readonly fullName: string | null;
  readonly role: Role;
  readonly disabled: 0 | 1;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
};

function toUser(row: Row): User {
  return { ...withoutNulls(row), disabled: row.disabled === 1 };
}

export async function insertUser(
  tx: Tx,
  user: NewUser,
  now: number,
): Promise<User | 'name_taken' | 'email_taken'> {
  const row = await tx
    .insertInto('users')
    .values({
      id: uuidv7(now) as UserId,
      name: user.name,
      nameKey: keyOf(user.name),
      email: user.email ?? null,
      emailKey: user.email === undefined || user.isEmailClaimed ? null : keyOf(user.email),
      fullName: user.fullName ?? null,
      passwordHash: user.passwordHash ?? null,
      role: user.role,
      disabled: 0,
      createdAt: now,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning(SHOWN)
    .executeTakeFirst();
  if (row) return toUser(row);
  return (await findByName(tx, user.name)) ? 'name_taken' : 'email_taken';
}

async function findByName(db: Db, name: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('users')
    .select(SHOWN)
    .where('nameKey', '=', keyOf(name))
    .executeTakeFirst();
  return row && toUser(row);
}

export async function findById(db: Db, id: UserId): Promise<User | undefined> {
  const row = await db.selectFrom('users').select(SHOWN).where('id', '=', id).executeTakeFirst();
  return row && toUser(row);
}

async function insertFirstAdmin(tx: Tx, user: NewUser, now: number): Promise<User | 'exists' | 'name_taken'> {
  const admin = await tx.selectFrom('users').select('id').where('role', '=', 'admin').executeTakeFirst();
  if (admin) return 'exists';
  const made = await insertUser(tx, { ...user, role: 'admin' }, now);
  return made === 'email_taken' ? 'name_taken' : made;
}

async function listUsers(db: Db): Promise<readonly User[]> {
  const rows = await db.selectFrom('users').select(SHOWN).orderBy('id').execute();
  return rows.map(toUser);
}

async function passwordHashOf(db: Db, id: UserId): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('passwordHash').where('id', '=', id).executeTakeFirst();
  return row?.passwordHash ?? undefined;
}

/** No access token of a login outlives its family by more. */
const LONGEST_TOKEN_MS = 366 * 86_400_000;

/** Access tokens carry the family of their login: it stands among what was revoked while one could live. */
async function endLogins(tx: Tx, userId: UserId): Promise<number> {
  const families = await tx
    .selectFrom('refreshTokens')
    .select(['family', 'familyExpiresAt'])
    .distinct()
    .where('userId', '=', userId)
    .execute();
  for (const { family, familyExpiresAt } of families) {
    const row = { jti: family, expiresAt: familyExpiresAt + LONGEST_TOKEN_MS };
    const insert = tx.insertInto('revokedTokens').values(row);
    await insert.onConflict(conflict => conflict.doNothing()).execute();
  }
  await tx.deleteFrom('refreshTokens').where('userId', '=', userId).execute();
  return families.length;
}

/** Whatever a user is signed in by: an account whose rights or password change begins anew. */
async function endAccess(tx: Tx, id: UserId): Promise<Omit<Revoked, 'consents' | 'keys'>> {
  const signIns = (await endGrantsIn(tx, { userId: id })).length;
  const logins = await endLogins(tx, id);
  const sessions = countOf(
    await tx.deleteFrom('browserSessions').where('userId', '=', id).executeTakeFirst(),
  );
  const links = countOf(await tx.deleteFrom('personLinks').where('userId', '=', id).executeTakeFirst());
  return { signIns, logins, sessions, links };
}

const countOf = (gone: DeleteResult) => Number(gone.numDeletedRows);

/** Keys of the environment would be back at the next start: they are taken out there. */
function revoke(db: Db, id: UserId, isShutOut: boolean): Promise<Revoked | 'last_admin'> {
  return change(db, async tx => {
    if (isShutOut && (await isLastAdmin(tx, id))) return 'last_admin';
    if (isShutOut) await tx.updateTable('users').set({ disabled: 1 }).where('id', '=', id).execute();
    const access = await endAccess(tx, id);
    const consents = tx.deleteFrom('oauthConsents').where('userId', '=', id);
    const keys = tx
      .deleteFrom('apiKeys')
      .where('userId', '=', id)
      .where('id', 'not like', 'fixed-%' as KeyId);
    return {
      ...access,
      consents: countOf(await consents.executeTakeFirst()),
      keys: countOf(await keys.executeTakeFirst()),
    };
  });
}

export async function changePassword(tx: Tx, id: UserId, passwordHash: string): Promise<void> {
  await endAccess(tx, id);
  await tx.updateTable('users').set({ passwordHash }).where('id', '=', id).execute();
}

async function rehash(db: Db, id: UserId, from: string, to: string): Promise<void> {
  const update = db.updateTable('users').set({ passwordHash: to }).where('id', '=', id);
  await update.where('passwordHash', '=', from).execute();
}

async function editUser(
  tx: Tx,
  id: UserId,
  { name, email, fullName, isEmailClaimed }: Edit,
): Promise<'done' | 'unknown' | 'name_taken' | 'email_taken'> {
  const others = tx.selectFrom('users').select('id').where('id', '!=', id);
  if (await others.where('nameKey', '=', keyOf(name)).executeTakeFirst()) return 'name_taken';
  const known = tx.selectFrom('users').select(['email', 'emailKey']).where('id', '=', id);
  const before = await known.executeTakeFirst();
  const wanted = email === undefined || isEmailClaimed ? null : keyOf(email);
  // What is not changed stays as sure as it was.
  const emailKey = before && before.email === (email ?? null) ? before.emailKey : wanted;
  if (emailKey !== null && (await others.where('emailKey', '=', emailKey).executeTakeFirst()))
    return 'email_taken';
  const set = { name, nameKey: keyOf(name), email: email ?? null, emailKey, fullName: fullName ?? null };
  const done = await tx.updateTable('users').set(set).where('id', '=', id).executeTakeFirst();
  return touched(done) ? 'done' : 'unknown';
}

/** Whether nobody else could sign in and rule any more. Such changes follow one another, so that two cannot pass at once. */
async function isLastAdmin(tx: Tx, id: UserId): Promise<boolean> {
  const admins = await tx
    .selectFrom('users')
    .select(['id', 'passwordHash'])
    .where('role', '=', 'admin')
    .where('disabled', '=', 0)
    .execute();
  const own = admins.find(admin => admin.id === id);
  const others = admins.filter(admin => admin !== own);
  if (!own) return false;
  // Whoever cannot sign in rules nothing: one without a password takes nobody's place who has one.
  return own.passwordHash === null ? others.length === 0 : others.every(other => other.passwordHash === null);
}

function setRights(
  db: Db,
  id: UserId,
  set: { readonly disabled?: 0 | 1; readonly role?: Role },
): Promise<Kept> {
  const isLess = set.disabled === 1 || (set.role !== undefined && set.role !== 'admin');
  return change(db, async tx => {
    if (isLess && (await isLastAdmin(tx, id))) return 'last_admin';
    await endAccess(tx, id);
    const done = await tx.updateTable('users').set(set).where('id', '=', id).executeTakeFirst();
    return touched(done) ? 'done' : 'unknown';
  });
}

/** What hangs on a user goes with the row, by its foreign keys. */
function deleteUser(db: Db, id: UserId): Promise<Kept> {
  return change(db, async tx => {
    if (await isLastAdmin(tx, id)) return 'last_admin';
    const done = await tx.deleteFrom('users').where('id', '=', id).executeTakeFirst();
    return touched(done) ? 'done' : 'unknown';
  });
}

/** People: who they are, what they may, and the hash of what they know. */
export function createUsers(db: Db): Users {
  return {
    createUser: (user, now) => change(db, tx => insertUser(tx, user, now)),
    createFirstAdmin: (user, now) => change(db, tx => insertFirstAdmin(tx, user, now)),
    listUsers: () => listUsers(db),
    // PostgreSQL takes no text with a zero byte; nobody is called so.
    userByName: async name => (name.includes('\0') ? undefined : findByName(db, name)),
    passwordHashOf: id => passwordHashOf(db, id),
    setPassword: (id, passwordHash) => change(db, tx => changePassword(tx, id, passwordHash)),
    rehashPassword: (id, from, to) => rehash(db, id, from, to),
    editUser: (id, edit) => change(db, tx => editUser(tx, id, edit)),
    setDisabled: (id, isDisabled) => setRights(db, id, { disabled: isDisabled ? 1 : 0 }),
    setRole: (id, role) => setRights(db, id, { role }),
    deleteUser: id => deleteUser(db, id),
    revokeUser: (id, isShutOut) => revoke(db, id, isShutOut),
    noteLogin: async (id, now) => {
      await db.updateTable('users').set({ lastLoginAt: now }).where('id', '=', id).execute();
    },
  };
}
