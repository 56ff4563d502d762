import { z } from 'zod';
import { Fault, type GroupId, type UserId } from '../../../base/index.ts';
import type { Snapshot } from '../../../live/index.ts';
import type { Kept, User } from '../../../store/index.ts';
import { demand } from '../../api/access.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, wrong } from '../../api/operation.ts';
import { isoTime, roleField } from '../fields.ts';

export const PEOPLE = '/admin/api/users';

/** A person as the API shows one, with the names of the reference. */
export const person = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  full_name: z.string().nullable(),
  role: roleField,
  is_active: z.boolean(),
  is_superuser: z.boolean(),
  groups: z.array(z.string()),
  created_at: z.string(),
  last_login_at: z.string().nullable(),
});
export type Person = z.output<typeof person>;

export function describePerson(user: User, { groups, groupsOf }: Snapshot): Person {
  return {
    id: user.id,
    username: user.name,
    email: user.email ?? null,
    full_name: user.fullName ?? null,
    role: user.role,
    is_active: !user.disabled,
    is_superuser: user.role === 'admin',
    groups: (groupsOf.get(user.id) ?? []).flatMap(id => groups.get(id)?.name ?? []).sort(),
    created_at: new Date(user.createdAt).toISOString(),
    last_login_at: isoTime(user.lastLoginAt),
  };
}

/** By id. Another process may have made them a moment ago. */
export async function findPerson({ live }: ApiKit, id: string): Promise<User> {
  const known = live.current().users.get(id as UserId) ?? (await live.refresh()).users.get(id as UserId);
  if (!known) throw new Fault('not_found', { says: 'There is no such person' });
  return known;
}

/** Whoever decides over an administrator or auditor decides who rules (C19). */
export function mayDecideOver({ actor }: Asker, user: Pick<User, 'role'>, kit: ApiKit): void {
  if (user.role !== 'user') demand(actor, 'person', kit);
}

export const lastAdmin = () =>
  new Fault('conflict', { says: 'This is the last administrator: make another one first' });

export function keepAnAdmin(outcome: Kept): void {
  if (outcome === 'unknown') throw new Fault('not_found', { says: 'There is no such person' });
  if (outcome === 'last_admin') throw lastAdmin();
}

/** Groups by name or id. */
export function groupsNamed(names: readonly string[], { groups }: Snapshot): readonly GroupId[] {
  return names.map((name, at) => {
    const isMeant = (one: { readonly id: string; readonly name: string }) =>
      one.id === name || one.name.toLowerCase() === name.toLowerCase();
    const found = [...groups.values()].find(isMeant);
    if (!found) throw wrong(`groups.${at}`, 'there is no such group');
    return found.id;
  });
}

/** What of a person is taken, as a fault with the field. */
export function taken(outcome: 'name_taken' | 'email_taken'): Fault {
  const [field, what] =
    outcome === 'name_taken' ? ['username', 'somebody is called so'] : ['email', 'somebody has this address'];
  return new Fault('conflict', { says: `${field}: ${what} already`, data: { field } });
}
