import { z } from 'zod';
import { audit } from '../../api/audit.ts';
import { operation } from '../../api/operation.ts';
import { emailField, textField } from '../fields.ts';
import { describePerson, keepAnAdmin, person, taken } from '../people/person.ts';

const PATH = '/account/api/profile';

/** What one says of oneself. The name stays: it stands in grants. */
export const profileOperations = [
  operation({
    id: 'account.profile',
    method: 'get',
    path: PATH,
    summary: 'Who you are here',
    access: 'own',
    answer: person,
    handle: async (kit, { actor }) => {
      const user = (await kit.store.userByName(actor.user.name)) ?? actor.user;
      return describePerson(user, kit.live.current());
    },
  }),
  operation({
    id: 'account.edit-profile',
    method: 'patch',
    path: PATH,
    summary: 'Change your e-mail address or full name; null takes away',
    access: 'own',
    body: z.strictObject({ email: emailField.nullish(), full_name: textField(200).nullish() }),
    answer: person,
    now: (kit, { actor }) => {
      const { user } = actor;
      const now = kit.live.current();
      const fields = describePerson(now.users.get(user.id) ?? user, now);
      return { fields, action: 'user.edit', names: [user.name] };
    },
    turn: ({ actor }) => `user ${actor.user.id}`,
    handle: async (kit, asked) => {
      const { user } = asked.actor;
      const { email, full_name } = asked.body;
      const next = (given: string | null | undefined, kept: string | undefined) =>
        given === undefined ? kept : (given ?? undefined);
      const edited = {
        name: user.name,
        email: next(email, user.email),
        fullName: next(full_name, user.fullName),
      };
      // An address that one gives oneself is shown by nobody to be one's own: it keeps nobody else from it.
      const outcome = await kit.store.editUser(user.id, { ...edited, isEmailClaimed: true });
      if (outcome === 'name_taken' || outcome === 'email_taken') throw taken(outcome);
      keepAnAdmin(outcome);
      const before = describePerson(user, kit.live.current());
      const now = await kit.live.refresh();
      const after = describePerson(now.users.get(user.id) ?? user, now);
      await audit(kit, asked, { action: 'user.edit', target: user.name, before, after });
      return after;
    },
  }),
];
