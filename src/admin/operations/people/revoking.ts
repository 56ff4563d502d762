import { z } from 'zod';
import type { User } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { byId } from '../fields.ts';
import { findPerson, lastAdmin, PEOPLE } from './person.ts';

const ended = z.object({
  sessions: z.number(),
  logins: z.number(),
  sign_ins: z.number(),
  consents: z.number(),
  keys: z.number(),
  links: z.number(),
  accounts: z.number(),
});

const revoked = z.object({
  ended,
  /** What goes on all the same, and where it is ended. */
  stays: z.array(z.string()),
  is_active: z.boolean(),
  /** Until nothing of it was accepted any more; tokens at other servers are given back after that. */
  took_ms: z.number(),
});

/** Accounts at servers: of those whose tokens could not be given back, the gateway's own copy is gone all the same. */
async function removeAccounts({ connections }: ApiKit, user: User): Promise<number> {
  const all = await connections.list(user.id);
  const removed = await Promise.allSettled(
    all.map(({ server }) => connections.remove({ server, userId: user.id })),
  );
  return removed.filter(one => one.status === 'rejected' || one.value).length;
}

async function staysOf({ store }: ApiKit, user: User): Promise<string[]> {
  const left = (await store.listKeys()).filter(({ userId }) => userId === user.id);
  return left.map(({ name }) => `The key ${name} stands in STATIC_BEARER_TOKENS: take it out there.`);
}

/** The end of whatever a person is signed in by, everywhere and at once. */
export const revokeOperation = operation({
  id: 'users.revoke',
  method: 'post',
  path: `${PEOPLE}/:id/revoke`,
  summary:
    'Sign a person out everywhere: browsers, programs with their consents, keys, links, accounts at servers; and shut them out where `disable` says so',
  access: 'person',
  params: byId,
  body: z.strictObject({ disable: z.boolean().default(false) }),
  answer: revoked,
  handle: async (kit, asked) => {
    const began = performance.now();
    const user = await findPerson(kit, asked.params.id);
    const outcome = await kit.store.revokeUser(user.id, asked.body.disable);
    if (outcome === 'last_admin') throw lastAdmin();
    const { signIns, ...counts } = outcome;
    const now = await kit.live.refresh();
    const took_ms = performance.now() - began;
    const is_active = !(now.users.get(user.id)?.disabled ?? true);
    const gone = { ...counts, sign_ins: signIns, accounts: await removeAccounts(kit, user) };
    await audit(kit, asked, { action: 'user.revoke', target: user.name, before: gone, after: { is_active } });
    return { ended: gone, stays: await staysOf(kit, user), is_active, took_ms };
  },
});
