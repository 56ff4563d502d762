import { type UserId, uuidv7 } from '../base/index.ts';
import { change, type Db, type Tx, touched } from './change.ts';
import { withoutNulls } from './db/rows.ts';
import type { NewUser, Role, Store, User } from './types.ts';

type Users = Pick<
  Store,
  | 'createUser'
  | 'createFirstAdmin'
  | 'listUsers'
  | 'userByName'
  | 'passwordHashOf'
  | 'setPassword'
  | 'setDisabled'
  | 'setRole'
  | 'deleteUser'
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

/** Two spellings of one name are one name. */
function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

async function insertUser(tx: Tx, user: NewUser, now: number): Promise<User | 'name_taken' | 'email_taken'> {
  const row = await tx
    .insertInto('users')
    .values({
      id: uuidv7(now) as UserId,
      name: user.name,
      nameKey: keyOf(user.name),
      email: user.email ?? null,
      emailKey: user.email === undefined ? null : keyOf(user.email),
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

function update(db: Db, id: UserId, set: { readonly [column: string]: string | number }): Promise<boolean> {
  return change(db, async tx =>
    touched(await tx.updateTable('users').set(set).where('id', '=', id).executeTakeFirst()),
  );
}

/** People: who they are, what they may, and the hash of what they know. */
export function createUsers(db: Db): Users {
  return {
    createUser: (user, now) => change(db, tx => insertUser(tx, user, now)),
    createFirstAdmin: (user, now) => change(db, tx => insertFirstAdmin(tx, user, now)),
    listUsers: () => listUsers(db),
    userByName: name => findByName(db, name),
    passwordHashOf: id => passwordHashOf(db, id),
    setPassword: async (id, passwordHash) => {
      await update(db, id, { passwordHash });
    },
    setDisabled: (id, isDisabled) => update(db, id, { disabled: isDisabled ? 1 : 0 }),
    setRole: (id, role) => update(db, id, { role }),
    // What hangs on a user goes with the row, by its foreign keys.
    deleteUser: id =>
      change(db, async tx => touched(await tx.deleteFrom('users').where('id', '=', id).executeTakeFirst())),
    noteLogin: async (id, now) => {
      await db.updateTable('users').set({ lastLoginAt: now }).where('id', '=', id).execute();
    },
  };
}
