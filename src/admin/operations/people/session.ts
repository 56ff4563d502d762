import { z } from 'zod';
import { Fault, type UserId } from '../../../base/index.ts';
import type { BrowserSession } from '../../../store/index.ts';
import type { ApiKit } from '../../api/kit.ts';

/** A signed-in browser, as its owner knows it again. */
export const session = z.object({
  id: z.string(),
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: z.string(),
  last_seen_at: z.string(),
  expires_at: z.string(),
  /** The one that asks. */
  is_current: z.boolean(),
});

/** Those of one person. `current` is the hash of the session that asks. */
export async function listSessions(
  { sessions }: ApiKit,
  user: UserId,
  current?: string,
): Promise<z.output<typeof session>[]> {
  const iso = (at: number) => new Date(at).toISOString();
  return (await sessions.list(user)).map(({ id, session: one }) => ({
    id,
    address: one.address ?? null,
    user_agent: one.userAgent ?? null,
    created_at: iso(one.createdAt),
    last_seen_at: iso(one.lastSeenAt),
    expires_at: iso(one.expiresAt),
    is_current: one.hash === current,
  }));
}

/** Ends those that are meant; says how many there were. */
export async function endSessions(
  { sessions, store }: ApiKit,
  user: UserId,
  isMeant: (session: BrowserSession, id: string) => boolean,
): Promise<number> {
  const meant = (await sessions.list(user)).filter(({ id, session: one }) => isMeant(one, id));
  for (const { session: one } of meant) await store.endSession(one.hash);
  return meant.length;
}

/** One that is this person's. */
export async function endSession(kit: ApiKit, user: UserId, id: string): Promise<void> {
  const ended = await endSessions(kit, user, (_, one) => one === id);
  if (ended === 0) throw new Fault('not_found', { says: 'There is no such session' });
}
