import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { checkAlike, checkName } from '../names.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

type AddFlags = CommonFlags & { readonly description?: string };

export function addGroupCommands(program: Command, context: Context): void {
  const group = program.command('group').description('gather people, so that a grant is for all of them');
  withExamples(
    withData(group.command('add <name>').description('make a group')).option(
      '--description <text>',
      'what it is for',
    ),
    'authmcp-gateway group add home && authmcp-gateway group add-member home alice',
  ).action((name: string, flags: AddFlags) => add(context, name, flags));
  withData(group.command('list').description('list groups and who is in them')).action((flags: CommonFlags) =>
    list(context, flags),
  );
  withData(
    group.command('remove <name>').description('remove a group; its members lose what it gave them'),
  ).action((name: string, flags: CommonFlags) => remove(context, name, flags));
  withData(group.command('add-member <group> <user>').description('put a person into a group')).action(
    (name: string, user: string, flags: CommonFlags) => join(context, [name, user], flags),
  );
  withData(group.command('remove-member <group> <user>').description('take a person out, at once')).action(
    (name: string, user: string, flags: CommonFlags) => leave(context, [name, user], flags),
  );
}

async function add(context: Context, name: string, flags: AddFlags): Promise<void> {
  await checkName('group', name);
  await withStore(flags, async ({ store, now, audit }) => {
    await checkAlike(store, 'group', name);
    const { description } = flags;
    const made = await store.createGroup({ name, description }, now);
    if (made === 'name_taken') throw new Refusal(`There is a group ${printable(name)} already.`);
    await audit({ action: 'group.add', target: name, after: { name, description } });
    show(context, flags, made, `group ${name} added`);
  });
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store }) => {
    const names = new Map((await store.listUsers()).map(user => [user.id, user.name]));
    const members = await store.listMembers();
    const groups = (await store.listGroups()).map(group => ({
      ...group,
      members: members.flatMap(one => (one.groupId === group.id ? (names.get(one.userId) ?? []) : [])),
    }));
    const rows = groups.map(one => [one.name, one.description ?? '', one.members.join(', ')]);
    show(context, flags, groups, renderTable(['NAME', 'DESCRIPTION', 'MEMBERS'], rows));
  });
}

async function remove(context: Context, name: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, group, audit }) => {
    const found = await group(name);
    await store.deleteGroup(found.id);
    await audit({ action: 'group.remove', target: found.name, before: { name: found.name } });
    show(context, flags, { name: found.name, removed: true }, `group ${printable(found.name)} removed`);
  });
}

type Pair = readonly [group: string, user: string];

async function join(context: Context, [groupName, userName]: Pair, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, group, user, audit }) => {
    const [{ id: groupId, name }, person] = [await group(groupName), await user(userName)];
    if (!(await store.addMember(groupId, person.id)))
      throw new Refusal(`${printable(person.name)} is in the group ${printable(name)} already.`);
    await audit({ action: 'group.join', target: name, after: { user: person.name } });
    const text = `${printable(person.name)} is in the group ${printable(name)} now`;
    show(context, flags, { group: name, user: person.name }, text);
  });
}

async function leave(context: Context, [groupName, userName]: Pair, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, group, user, audit }) => {
    const [{ id: groupId, name }, person] = [await group(groupName), await user(userName)];
    if (!(await store.removeMember(groupId, person.id)))
      throw new Refusal(`${printable(person.name)} is not in the group ${printable(name)}.`);
    await audit({ action: 'group.leave', target: name, before: { user: person.name } });
    const text = `${printable(person.name)} is in the group ${printable(name)} no more`;
    show(context, flags, { group: name, user: person.name }, text);
  });
}
