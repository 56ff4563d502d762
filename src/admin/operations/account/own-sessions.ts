import { z } from 'zod';
import { audit } from '../../api/audit.ts';
import { operation } from '../../api/operation.ts';
import { endSession, endSessions, listSessions, session } from '../people/session.ts';
import { sessionOf } from './signed-in.ts';

const PATH = '/account/api/sessions';

/** The browsers in which one is signed in. */
export const ownSessionOperations = [
  operation({
    id: 'account.sessions',
    method: 'get',
    path: PATH,
    summary: 'The browsers in which you are signed in',
    access: 'own',
    answer: z.array(session),
    handle: (kit, asked) => listSessions(kit, asked.actor.user.id, sessionOf(asked).session.hash),
  }),
  operation({
    id: 'account.end-sessions',
    method: 'delete',
    path: PATH,
    summary: 'Sign out of every other browser',
    access: 'own',
    answer: z.object({ ended: z.number() }),
    handle: async (kit, asked) => {
      const { user } = asked.actor;
      const { hash } = sessionOf(asked).session;
      const ended = await endSessions(kit, user.id, one => one.hash !== hash);
      await audit(kit, asked, { action: 'user.sign-out', target: user.name, before: { sessions: ended } });
      return { ended };
    },
  }),
  operation({
    id: 'account.end-session',
    method: 'delete',
    path: `${PATH}/:id`,
    summary: 'Sign out of one browser, this one too',
    access: 'own',
    params: z.strictObject({ id: z.string() }),
    answer: z.object({ ended: z.number() }),
    handle: async (kit, asked) => {
      const { user } = asked.actor;
      await endSession(kit, user.id, asked.params.id);
      await audit(kit, asked, { action: 'user.sign-out', target: user.name, before: { sessions: 1 } });
      return { ended: 1 };
    },
  }),
];
