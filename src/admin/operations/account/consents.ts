import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import { audit } from '../../api/audit.ts';
import { operation } from '../../api/operation.ts';
import { program, programsOf } from '../people/program.ts';

const PATH = '/account/api/consents';

/** The programs that one let in. */
export const consentOperations = [
  operation({
    id: 'account.consents',
    method: 'get',
    path: PATH,
    summary: 'The programs that may use this gateway as you',
    access: 'own',
    answer: z.array(program),
    handle: (kit, { actor }) => programsOf(kit, { userId: actor.user.id }),
  }),
  operation({
    id: 'account.withdraw-consent',
    method: 'delete',
    path: PATH,
    summary: 'Sign a program out, which asks again when it comes back',
    access: 'own',
    query: z.strictObject({ client_id: z.string().min(1).max(2048) }),
    answer: z.object({ client_id: z.string(), withdrawn: z.boolean() }),
    handle: async (kit, asked) => {
      const { client_id } = asked.query;
      const { user } = asked.actor;
      if (client_id.includes('\0') || !(await kit.store.oauth.withdrawConsent(user.id, client_id)))
        throw new Fault('not_found', { says: 'There is no such program' });
      await audit(kit, asked, { action: 'consent.withdraw', target: client_id });
      return { client_id, withdrawn: true };
    },
  }),
];
