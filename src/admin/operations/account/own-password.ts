import { z } from 'zod';
import { Fault, type Secret } from '../../../base/index.ts';
import { demand } from '../../api/access.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation } from '../../api/operation.ts';
import { hashNew, passwordField } from '../fields.ts';
import { sessionOf } from './signed-in.ts';

/** Counts as a login: whoever has the session alone guesses no faster than anybody. */
async function checkOwn(kit: ApiKit, asked: Asker, field: string, password: Secret): Promise<void> {
  const { user } = asked.actor;
  const { address, cookies, userAgent } = asked;
  const whose = { name: user.name, address, cookies, userAgent, door: 'again' };
  const found = await kit.checkPassword({ ...whose, password });
  if (found?.id !== user.id)
    throw new Fault('password_needed', { says: `${field}: is not your password`, data: { field } });
}

/** The password of whoever is signed in. */
export const ownPasswordOperations = [
  operation({
    id: 'account.password-check',
    method: 'post',
    path: '/account/api/password-check',
    summary: 'Give the password again, for what needs one that was given within five minutes',
    access: 'own',
    body: z.strictObject({ password: passwordField }),
    answer: z.object({ password_at: z.number() }),
    handle: async (kit, asked) => {
      await checkOwn(kit, asked, 'password', asked.body.password);
      await kit.sessions.renew(sessionOf(asked));
      return { password_at: kit.clock.now() };
    },
  }),
  operation({
    id: 'account.password',
    method: 'put',
    path: '/account/api/password',
    summary:
      'Another password: this browser gets a new session, and everything else that you are signed in by ends',
    access: 'own',
    body: z.strictObject({ current_password: passwordField.optional(), password: passwordField }),
    handle: async (kit, asked) => {
      const { user } = asked.actor;
      const { current_password, password } = asked.body;
      if (current_password) await checkOwn(kit, asked, 'current_password', current_password);
      else demand(asked.actor, 'own-fresh', kit);
      await kit.store.setPassword(user.id, await hashNew(kit, 'password', password));
      for (const cookie of await kit.sessions.begin(user, asked)) asked.setCookie(cookie);
      await audit(kit, asked, { action: 'user.passwd', target: user.name });
    },
  }),
];
