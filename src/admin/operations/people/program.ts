import { z } from 'zod';
import { printable, type UserId } from '../../../base/index.ts';
import { cleanName } from '../../../oauth/index.ts';
import type { Whose } from '../../../store/index.ts';
import type { ApiKit } from '../../api/kit.ts';

/** A program that somebody let in. */
export const program = z.object({
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
export type Program = z.output<typeof program> & { readonly userId: UserId };

const iso = (at: number) => new Date(at).toISOString();

/** The programs of one person, or the people of one program: by consent, or signed in. */
export async function programsOf({ store }: Pick<ApiKit, 'store'>, whose: Whose): Promise<Program[]> {
  const [consents, grants, clients] = await Promise.all([
    store.oauth.listConsents(whose),
    store.oauth.listGrants(whose),
    store.oauth.listClients(),
  ]);
  const names = new Map(clients.map(({ id, name }) => [id, cleanName(name ?? '')]));
  const pairs = new Map(
    [...consents, ...grants].map(({ userId, clientId }) => [`${userId} ${clientId}`, { userId, clientId }]),
  );
  return [...pairs.values()].map(({ userId, clientId }) => {
    const isTheirs = (one: typeof whose) => one.userId === userId && one.clientId === clientId;
    const [given, alive] = [consents.filter(isTheirs), grants.filter(isTheirs)];
    const times = [...given, ...alive].map(one => one.createdAt);
    return {
      userId,
      client_id: clientId,
      name: names.get(clientId) || printable(clientId),
      scopes: [...new Set(given.flatMap(one => one.scopes.split(' ')))],
      redirect_uris: [...new Set(given.map(one => one.redirectUri))],
      since: iso(Math.min(...times)),
      used_at: iso(Math.max(...times, ...given.map(one => one.usedAt))),
      sign_ins: alive.length,
    };
  });
}
