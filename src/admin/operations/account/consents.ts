import { z } from 'zod';
import { Fault, printable, type UserId } from '../../../base/index.ts';
import { cleanName } from '../../../oauth/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';

const PATH = '/account/api/consents';

const consent = z.object({
  client_id: z.string(),
  /** As the client calls itself. */
  name: z.string(),
  scopes: z.array(z.string()),
  /** Where the browser went after the decision. */
  redirect_uris: z.array(z.string()),
  since: z.string(),
  used_at: z.string(),
  /** How often it is signed in now. */
  sign_ins: z.number(),
});

async function list({ store }: ApiKit, userId: UserId): Promise<z.output<typeof consent>[]> {
  const whose = { userId };
  const [consents, grants] = await Promise.all([
    store.oauth.listConsents(whose),
    store.oauth.listGrants(whose),
  ]);
  const ids = [...new Set([...consents, ...grants].map(one => one.clientId))];
  return Promise.all(
    ids.map(async id => {
      const [given, alive] = [consents, grants].map(all => all.filter(one => one.clientId === id));
      const agreed = consents.filter(one => one.clientId === id);
      const times = [...(given ?? []), ...(alive ?? [])].map(one => one.createdAt);
      const client = await store.oauth.client(id);
      return {
        client_id: id,
        name: cleanName(client?.name ?? '') || printable(id),
        scopes: [...new Set(agreed.flatMap(one => one.scopes.split(' ')))],
        redirect_uris: [...new Set(agreed.map(one => one.redirectUri))],
        since: new Date(Math.min(...times)).toISOString(),
        used_at: new Date(Math.max(...times, ...agreed.map(one => one.usedAt))).toISOString(),
        sign_ins: (alive ?? []).length,
      };
    }),
  );
}

/** The programs that one let in. */
export const consentOperations = [
  operation({
    id: 'account.consents',
    method: 'get',
    path: PATH,
    summary: 'The programs that may use this gateway as you',
    access: 'own',
    answer: z.array(consent),
    handle: (kit, { actor }) => list(kit, actor.user.id),
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
