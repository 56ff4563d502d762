import { z } from 'zod';
import type { Role } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import { byId, hashNew, passwordField, roleField } from '../fields.ts';
import {
  describePerson,
  findPerson,
  keepAnAdmin,
  mayDecideOver,
  PEOPLE as PATH,
  type Person,
  person,
} from './person.ts';

async function setRole(kit: ApiKit, asked: Asker, id: string, role: Role): Promise<Person> {
  const user = await findPerson(kit, id);
  if (user.role === role) return describePerson(user, kit.live.current());
  keepAnAdmin(await kit.store.setRole(user.id, role));
  const [before, after] = [{ role: user.role }, { role }];
  await audit(kit, asked, { action: 'user.role', target: user.name, before, after });
  return describePerson({ ...user, role }, await kit.live.refresh());
}

const role = operation({
  id: 'users.role',
  method: 'put',
  path: `${PATH}/:id/role`,
  summary: 'Make somebody administrator, auditor or user; whatever they are signed in by ends',
  access: 'person',
  params: byId,
  body: z.strictObject({ role: roleField }),
  answer: person,
  handle: (kit, asked) => setRole(kit, asked, asked.params.id, asked.body.role),
});

const superuser = operation({
  id: 'users.superuser',
  method: 'patch',
  path: `${PATH}/:id/superuser`,
  summary: 'The reference’s way to make somebody administrator, or with `false` a user again',
  access: 'person',
  params: byId,
  body: z.strictObject({ is_superuser: z.boolean().default(true) }),
  answer: person,
  handle: (kit, asked) => setRole(kit, asked, asked.params.id, asked.body.is_superuser ? 'admin' : 'user'),
});

const status = operation({
  id: 'users.status',
  method: 'patch',
  path: `${PATH}/:id/status`,
  summary: 'Shut a person out, at once, or let them in again',
  access: 'change',
  params: byId,
  body: z.strictObject({ is_active: z.boolean() }),
  answer: person,
  handle: async (kit, asked) => {
    const user = await findPerson(kit, asked.params.id);
    mayDecideOver(asked, user, kit);
    const disabled = !asked.body.is_active;
    if (user.disabled === disabled) return describePerson(user, kit.live.current());
    keepAnAdmin(await kit.store.setDisabled(user.id, disabled));
    const [before, after] = [{ disabled: user.disabled }, { disabled }];
    await audit(kit, asked, {
      action: disabled ? 'user.disable' : 'user.enable',
      target: user.name,
      before,
      after,
    });
    return describePerson({ ...user, disabled }, await kit.live.refresh());
  },
});

const password = operation({
  id: 'users.password',
  method: 'put',
  path: `${PATH}/:id/password`,
  summary: 'Set the password of another person; whatever they are signed in by ends',
  access: 'person',
  params: byId,
  body: z.strictObject({ password: passwordField }),
  handle: async (kit, asked) => {
    const user = await findPerson(kit, asked.params.id);
    if (user.id === asked.actor.user.id)
      throw wrong('id', 'is you: PUT /account/api/password keeps you signed in');
    await kit.store.setPassword(user.id, await hashNew(kit, 'password', asked.body.password));
    await audit(kit, asked, { action: 'user.passwd', target: user.name });
  },
});

/** What a person may, and by what they come in. */
export const userRightsOperations = [role, superuser, status, password];
