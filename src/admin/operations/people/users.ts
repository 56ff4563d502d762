import { z } from 'zod';
import type { Role, User } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import {
  byId,
  checkNewName,
  emailField,
  hashNew,
  limitField,
  nameField,
  passwordField,
  roleField,
  textField,
} from '../fields.ts';
import {
  describePerson,
  findPerson,
  groupsNamed,
  keepAnAdmin,
  mayDecideOver,
  PEOPLE as PATH,
  type Person,
  person,
  taken,
} from './person.ts';

const filter = z.strictObject({
  /** Part of a name or an address. */
  q: z.string().max(256).optional(),
  role: roleField.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  group: z.string().max(256).optional(),
  limit: limitField,
  /** The id of the last one of the page before. */
  after: z.string().max(64).optional(),
});

function isWanted(one: Person, { q, role, status, group }: z.output<typeof filter>): boolean {
  const texts = [one.username, one.email ?? '', one.full_name ?? ''];
  return (
    (role === undefined || one.role === role) &&
    (status === undefined || one.is_active === (status === 'active')) &&
    (group === undefined || one.groups.some(name => name.toLowerCase() === group.toLowerCase())) &&
    (q === undefined || texts.some(text => text.toLowerCase().includes(q.toLowerCase())))
  );
}

const list = operation({
  id: 'users.list',
  method: 'get',
  path: PATH,
  summary:
    'People, in the order in which they were made; a page is as long as its limit while there are more',
  access: 'read',
  query: filter,
  answer: z.array(person),
  handle: async ({ live, store }, { query }) => {
    const now = live.current();
    // The snapshot does not follow each sign-in.
    const all = (await store.listUsers()).filter(user => query.after === undefined || user.id > query.after);
    return all
      .map(user => describePerson(user, now))
      .filter(one => isWanted(one, query))
      .slice(0, query.limit);
  },
});

const get = operation({
  id: 'users.get',
  method: 'get',
  path: `${PATH}/:id`,
  summary: 'One person',
  access: 'read',
  params: byId,
  answer: person,
  handle: async (kit, { params }) => {
    const user = await findPerson(kit, params.id);
    return describePerson((await kit.store.userByName(user.name)) ?? user, kit.live.current());
  },
});

const draft = z.strictObject({
  username: nameField,
  email: emailField.nullish(),
  full_name: textField(200).nullish(),
  /** Without one nobody signs in: a program, which has keys, or a person who gets a link. */
  password: passwordField.nullish(),
  role: roleField.optional(),
  /** The reference's word for the role `admin`. */
  is_superuser: z.boolean().optional(),
  groups: z.array(z.string().max(256)).max(100).default([]),
});

function roleOf({ role, is_superuser }: z.output<typeof draft>): Role {
  if (role === undefined) return is_superuser === true ? 'admin' : 'user';
  if (is_superuser !== undefined && is_superuser !== (role === 'admin'))
    throw wrong('is_superuser', 'says something else than role');
  return role;
}

async function make(kit: ApiKit, asked: Asker, body: z.output<typeof draft>): Promise<Person> {
  checkNewName(kit, 'username', body.username);
  const role = roleOf(body);
  mayDecideOver(asked, { role }, kit);
  const groups = groupsNamed(body.groups, kit.live.current());
  const made = await kit.store.createUser(
    {
      name: body.username,
      email: body.email ?? undefined,
      fullName: body.full_name ?? undefined,
      passwordHash: body.password ? await hashNew(kit, 'password', body.password) : undefined,
      role,
    },
    kit.clock.now(),
  );
  if (typeof made === 'string') throw taken(made);
  for (const group of groups) await kit.store.addMember(group, made.id);
  const after = describePerson(made, await kit.live.refresh());
  await audit(kit, asked, { action: 'user.add', target: made.name, after });
  return after;
}

const create = operation({
  id: 'users.create',
  method: 'post',
  path: PATH,
  summary: 'Add a person; as administrator or auditor only by a person who gave the password lately',
  access: 'rule',
  body: draft,
  answer: person,
  status: 201,
  handle: (kit, asked) => make(kit, asked, asked.body),
});

const edit = z.strictObject({
  username: nameField.optional(),
  email: emailField.nullish(),
  full_name: textField(200).nullish(),
});

async function change(kit: ApiKit, asked: Asker, user: User, body: z.output<typeof edit>): Promise<Person> {
  const next = <T>(given: T | null | undefined, kept: T | undefined) =>
    given === undefined ? kept : (given ?? undefined);
  const { username = user.name } = body;
  checkNewName(kit, 'username', username, user.name);
  const outcome = await kit.store.editUser(user.id, {
    name: username,
    email: next(body.email, user.email),
    fullName: next(body.full_name, user.fullName),
  });
  if (outcome === 'name_taken' || outcome === 'email_taken') throw taken(outcome);
  keepAnAdmin(outcome);
  const before = describePerson(user, kit.live.current());
  const now = await kit.live.refresh();
  const after = describePerson(now.users.get(user.id) ?? user, now);
  await audit(kit, asked, { action: 'user.edit', target: user.name, before, after });
  return after;
}

const update = operation({
  id: 'users.update',
  method: 'patch',
  path: `${PATH}/:id`,
  summary: 'Change name, e-mail address or full name; grants of the configuration file go by the name',
  access: 'rule',
  params: byId,
  body: edit,
  answer: person,
  now: async (kit, { params }) => {
    const user = await findPerson(kit, params.id);
    const fields = describePerson(user, kit.live.current());
    return { fields, action: 'user.edit', names: [user.name] };
  },
  turn: ({ params }) => `user ${params.id}`,
  handle: async (kit, asked) => {
    const user = await findPerson(kit, asked.params.id);
    mayDecideOver(asked, user, kit);
    return change(kit, asked, user, asked.body);
  },
});

const remove = operation({
  id: 'users.remove',
  method: 'delete',
  path: `${PATH}/:id`,
  summary: 'Remove a person with keys, grants and sessions',
  access: 'rule',
  params: byId,
  answer: z.object({ id: z.string(), removed: z.boolean() }),
  handle: async (kit, asked) => {
    const user = await findPerson(kit, asked.params.id);
    mayDecideOver(asked, user, kit);
    keepAnAdmin(await kit.store.deleteUser(user.id));
    const before = describePerson(user, kit.live.current());
    await audit(kit, asked, { action: 'user.remove', target: user.name, before });
    return { id: user.id, removed: true };
  },
});

/** People. */
export const userOperations = [list, get, create, update, remove];
