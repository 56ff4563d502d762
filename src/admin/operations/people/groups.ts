import { z } from 'zod';
import { Fault, type GroupId } from '../../../base/index.ts';
import type { Snapshot } from '../../../live/index.ts';
import type { Group } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { byId, checkNewName, nameField, textField } from '../fields.ts';
import { findPerson, mayDecideOver } from './person.ts';

const PATH = '/admin/api/groups';

const shown = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  members: z.array(z.object({ id: z.string(), username: z.string() })),
  created_at: z.string(),
});
type Shown = z.output<typeof shown>;

function describeGroup(group: Group, { users, groupsOf }: Snapshot): Shown {
  const members = [...users.values()].filter(user => groupsOf.get(user.id)?.includes(group.id));
  return {
    id: group.id,
    name: group.name,
    description: group.description ?? null,
    members: members.map(({ id, name }) => ({ id, username: name })),
    created_at: new Date(group.createdAt).toISOString(),
  };
}

async function find({ live }: ApiKit, id: string): Promise<Group> {
  const known = live.current().groups.get(id as GroupId) ?? (await live.refresh()).groups.get(id as GroupId);
  if (!known) throw new Fault('not_found', { says: 'There is no such group' });
  return known;
}

const taken = () =>
  new Fault('conflict', { says: 'name: a group is called so already', data: { field: 'name' } });

const list = operation({
  id: 'groups.list',
  method: 'get',
  path: PATH,
  summary: 'Groups with their members',
  access: 'read',
  answer: z.array(shown),
  handle: async ({ live }) => {
    const now = live.current();
    return [...now.groups.values()].map(group => describeGroup(group, now));
  },
});

const get = operation({
  id: 'groups.get',
  method: 'get',
  path: `${PATH}/:id`,
  summary: 'One group',
  access: 'read',
  params: byId,
  answer: shown,
  handle: async (kit, { params }) => describeGroup(await find(kit, params.id), kit.live.current()),
});

const draft = z.strictObject({ name: nameField, description: textField(500).nullish() });

const create = operation({
  id: 'groups.create',
  method: 'post',
  path: PATH,
  summary: 'Make a group; a name that grants name already has their rights at once',
  access: 'rule',
  body: draft,
  answer: shown,
  status: 201,
  handle: async (kit, asked) => {
    const { name, description } = asked.body;
    checkNewName(kit, 'name', name);
    const made = await kit.store.createGroup(
      { name, description: description ?? undefined },
      kit.clock.now(),
    );
    if (made === 'name_taken') throw taken();
    const after = describeGroup(made, await kit.live.refresh());
    await audit(kit, asked, { action: 'group.add', target: made.name, after });
    return after;
  },
});

const update = operation({
  id: 'groups.update',
  method: 'patch',
  path: `${PATH}/:id`,
  summary: 'Change the name or the description of a group',
  access: 'rule',
  params: byId,
  body: draft.partial(),
  answer: shown,
  now: async (kit, { params }) => {
    const group = await find(kit, params.id);
    const fields = describeGroup(group, kit.live.current());
    return { fields, action: 'group.edit', names: [group.name] };
  },
  turn: ({ params }) => `group ${params.id}`,
  handle: async (kit, asked) => {
    const group = await find(kit, asked.params.id);
    const { name = group.name, description = group.description } = asked.body;
    checkNewName(kit, 'name', name, group.name);
    const outcome = await kit.store.updateGroup(group.id, { name, description: description ?? undefined });
    if (outcome === 'name_taken') throw taken();
    if (!outcome) throw new Fault('not_found', { says: 'There is no such group' });
    const before = describeGroup(group, kit.live.current());
    await kit.live.refresh();
    const after = describeGroup(await find(kit, group.id), kit.live.current());
    await audit(kit, asked, { action: 'group.edit', target: group.name, before, after });
    return after;
  },
});

const remove = operation({
  id: 'groups.remove',
  method: 'delete',
  path: `${PATH}/:id`,
  summary: 'Remove a group; its members lose what it gave them',
  access: 'rule',
  params: byId,
  answer: z.object({ id: z.string(), removed: z.boolean() }),
  handle: async (kit, asked) => {
    const group = await find(kit, asked.params.id);
    const before = describeGroup(group, kit.live.current());
    if (!(await kit.store.deleteGroup(group.id)))
      throw new Fault('not_found', { says: 'There is no such group' });
    await audit(kit, asked, { action: 'group.remove', target: group.name, before });
    return { id: group.id, removed: true };
  },
});

const membership = z.strictObject({ id: z.string(), user: z.string() });

const addMember = operation({
  id: 'groups.add-member',
  method: 'put',
  path: `${PATH}/:id/members/:user`,
  summary: 'Put a person into a group: they get what it was granted',
  access: 'rule',
  params: membership,
  answer: shown,
  handle: async (kit, asked) => {
    const group = await find(kit, asked.params.id);
    const user = await findPerson(kit, asked.params.user);
    mayDecideOver(asked, user, kit);
    const isNew = await kit.store.addMember(group.id, user.id);
    const now = await kit.live.refresh();
    if (isNew)
      await audit(kit, asked, { action: 'group.join', target: group.name, after: { user: user.name } });
    return describeGroup(group, now);
  },
});

const removeMember = operation({
  id: 'groups.remove-member',
  method: 'delete',
  path: `${PATH}/:id/members/:user`,
  summary: 'Take a person out of a group',
  access: 'rule',
  params: membership,
  answer: shown,
  handle: async (kit, asked) => {
    const group = await find(kit, asked.params.id);
    const user = await findPerson(kit, asked.params.user);
    mayDecideOver(asked, user, kit);
    if (!(await kit.store.removeMember(group.id, user.id)))
      throw new Fault('not_found', { says: 'This person is not in the group' });
    await audit(kit, asked, { action: 'group.leave', target: group.name, before: { user: user.name } });
    return describeGroup(group, await kit.live.refresh());
  },
});

/** Groups of people, by which rights are given to many at once. */
export const groupOperations = [list, get, create, update, remove, addMember, removeMember];
