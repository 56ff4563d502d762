import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import type { PersonLink } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation } from '../../api/operation.ts';
import { byId, emailField, roleField, textField } from '../fields.ts';
import { findPerson, groupsNamed, mayDecideOver, PEOPLE } from './person.ts';

const PATH = '/admin/api/invites';

const shown = z.object({
  id: z.string(),
  kind: z.enum(['invite', 'reset']),
  /** Whose password it changes. */
  user: z.object({ id: z.string(), username: z.string() }).nullable(),
  role: roleField,
  groups: z.array(z.string()),
  email: z.string().nullable(),
  note: z.string().nullable(),
  made_by: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
});
const made = z.object({
  id: z.string(),
  /** The whole link, this once. */
  url: z.string(),
  expires_at: z.string(),
});

function describeLink({ live }: ApiKit, link: PersonLink): z.output<typeof shown> {
  const { users, groups } = live.current();
  const user = link.userId === undefined ? undefined : users.get(link.userId);
  return {
    id: link.id,
    kind: link.kind,
    user: user ? { id: user.id, username: user.name } : null,
    role: user?.role ?? link.role,
    groups: link.groups.flatMap(id => groups.get(id)?.name ?? []),
    email: link.email ?? null,
    note: link.name ?? null,
    made_by: link.maker,
    created_at: new Date(link.createdAt).toISOString(),
    expires_at: new Date(link.expiresAt).toISOString(),
  };
}

const makerOf = ({ actor }: Asker) => ({ id: actor.user.id, name: actor.name });

/** Links by which a person comes in, once, within a day. */
export const inviteOperations = [
  operation({
    id: 'invites.list',
    method: 'get',
    path: PATH,
    summary: 'Invitations and links to a new password that nobody used yet',
    access: 'read',
    answer: z.array(shown),
    handle: async kit => (await kit.store.links.list(kit.clock.now())).map(one => describeLink(kit, one)),
  }),
  operation({
    id: 'invites.create',
    method: 'post',
    path: PATH,
    summary: 'A link by which somebody makes an account of their own; it is shown this once',
    access: 'rule',
    body: z.strictObject({
      role: roleField.default('user'),
      groups: z.array(z.string().max(256)).max(100).default([]),
      email: emailField.nullish(),
      full_name: textField(200).nullish(),
      /** For whom it is, in your own words. */
      note: textField(200).nullish(),
    }),
    answer: made,
    status: 201,
    handle: async (kit, asked) => {
      const { role, groups, email, full_name, note } = asked.body;
      mayDecideOver(asked, { role }, kit);
      const ids = groupsNamed(groups, kit.live.current());
      const described = { role, groups: ids, email: email ?? undefined, name: note ?? undefined };
      const { id, url, expiresAt } = await kit.links.invite(
        { ...described, fullName: full_name ?? undefined },
        makerOf(asked),
      );
      const expires_at = new Date(expiresAt).toISOString();
      await audit(kit, asked, {
        action: 'user.invite',
        target: id,
        after: { role, groups, email, full_name, note, expires_at },
      });
      return { id, url: url.reveal(), expires_at };
    },
  }),
  operation({
    id: 'invites.remove',
    method: 'delete',
    path: `${PATH}/:id`,
    summary: 'Take a link back that nobody used yet',
    access: 'change',
    params: byId,
    answer: z.object({ id: z.string(), removed: z.boolean() }),
    handle: async (kit, asked) => {
      const { id } = asked.params;
      const link = (await kit.store.links.list(kit.clock.now())).find(one => one.id === id);
      if (!link || !(await kit.store.links.remove(id)))
        throw new Fault('not_found', { says: 'There is no such link' });
      await audit(kit, asked, { action: 'user.uninvite', target: id, before: describeLink(kit, link) });
      return { id, removed: true };
    },
  }),
  operation({
    id: 'users.reset-link',
    method: 'post',
    path: `${PEOPLE}/:id/reset-link`,
    summary:
      'A link by which a person chooses a new password; it is shown this once, and replaces the one before it',
    access: 'person',
    params: byId,
    answer: made,
    status: 201,
    handle: async (kit, asked) => {
      const user = await findPerson(kit, asked.params.id);
      if (user.disabled) throw new Fault('conflict', { says: 'This person is shut out: let them in first' });
      const { id, url, expiresAt } = await kit.links.reset(user.id, makerOf(asked));
      const expires_at = new Date(expiresAt).toISOString();
      await audit(kit, asked, { action: 'user.reset-link', target: user.name, after: { expires_at } });
      return { id, url: url.reveal(), expires_at };
    },
  }),
];
