import { z } from 'zod';
import { audit } from '../../api/audit.ts';
import { operation } from '../../api/operation.ts';
import { byId } from '../fields.ts';
import { findPerson, mayDecideOver, PEOPLE } from './person.ts';
import { endSession, endSessions, listSessions, session } from './session.ts';

const PATH = `${PEOPLE}/:id/sessions`;

/** The signed-in browsers of anybody. */
export const userSessionOperations = [
  operation({
    id: 'users.sessions',
    method: 'get',
    path: PATH,
    summary: 'The browsers in which a person is signed in',
    access: 'read',
    params: byId,
    answer: z.array(session),
    handle: async (kit, { params, actor }) => {
      const user = await findPerson(kit, params.id);
      return listSessions(kit, user.id, actor.session?.session.hash);
    },
  }),
  operation({
    id: 'users.end-sessions',
    method: 'delete',
    path: PATH,
    summary: 'Sign a person out of every browser',
    access: 'change',
    params: byId,
    answer: z.object({ ended: z.number() }),
    handle: async (kit, asked) => {
      const user = await findPerson(kit, asked.params.id);
      mayDecideOver(asked, user, kit);
      const ended = await endSessions(kit, user.id, () => true);
      await audit(kit, asked, { action: 'user.sign-out', target: user.name, before: { sessions: ended } });
      return { ended };
    },
  }),
  operation({
    id: 'users.end-session',
    method: 'delete',
    path: `${PATH}/:session`,
    summary: 'Sign a person out of one browser',
    access: 'change',
    params: byId.extend({ session: z.string() }),
    answer: z.object({ ended: z.number() }),
    handle: async (kit, asked) => {
      const user = await findPerson(kit, asked.params.id);
      mayDecideOver(asked, user, kit);
      await endSession(kit, user.id, asked.params.session);
      await audit(kit, asked, { action: 'user.sign-out', target: user.name, before: { sessions: 1 } });
      return { ended: 1 };
    },
  }),
];
