import { z } from 'zod';
import { Fault, type UserId } from '../../../base/index.ts';
import { audit } from '../../api/audit.ts';
import { operation } from '../../api/operation.ts';
import { findPerson, mayDecideOver } from './person.ts';
import { program, programsOf } from './program.ts';

const PATH = '/admin/api/consents';
const clientId = z.string().min(1).max(2048);
const someones = program.extend({ user: z.object({ id: z.string(), username: z.string() }) });

/** What everybody agreed to. */
export const consentsOfAllOperations = [
  operation({
    id: 'consents.list',
    method: 'get',
    path: PATH,
    summary: 'The programs that people let in; of one person with `user`, of one program with `client_id`',
    access: 'read',
    query: z.strictObject({ user: z.string().max(64).optional(), client_id: clientId.optional() }),
    answer: z.array(someones),
    handle: async (kit, { query }) => {
      const { user, client_id } = query;
      if (client_id?.includes('\0')) return [];
      const { users } = kit.live.current();
      const whose = {
        ...(user !== undefined && { userId: user as UserId }),
        ...(client_id !== undefined && { clientId: client_id }),
      };
      const found = await programsOf(kit, whose);
      return found.map(one => ({
        ...one,
        user: { id: one.userId, username: users.get(one.userId)?.name ?? '' },
      }));
    },
  }),
  operation({
    id: 'consents.withdraw',
    method: 'delete',
    path: PATH,
    summary: 'Sign a program out of a person’s account; it asks that person again when it comes back',
    access: 'change',
    query: z.strictObject({ user: z.string().max(64), client_id: clientId }),
    answer: z.object({ client_id: z.string(), withdrawn: z.boolean() }),
    handle: async (kit, asked) => {
      const { user: id, client_id } = asked.query;
      const user = await findPerson(kit, id);
      mayDecideOver(asked, user, kit);
      if (client_id.includes('\0') || !(await kit.store.oauth.withdrawConsent(user.id, client_id)))
        throw new Fault('not_found', { says: 'This person let no such program in' });
      const target = user.name;
      await audit(kit, asked, { action: 'consent.withdraw', target, before: { client_id } });
      return { client_id, withdrawn: true };
    },
  }),
];
