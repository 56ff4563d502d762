import { z } from 'zod';
import type { UserId } from '../../../base/index.ts';
import type { User } from '../../../store/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { accountFields, showAccount } from '../connections/account.ts';
import { byId, isoTime } from '../fields.ts';
import { describeKey, key } from './key.ts';
import { findPerson, PEOPLE } from './person.ts';
import { program, programsOf } from './program.ts';
import { listSessions, session } from './session.ts';

const account = z.object({ server: z.string(), ...accountFields });

/** Everything by which a person can act, or that acts for them. */
const holdings = z.object({
  has_password: z.boolean(),
  sessions: z.array(session),
  /** Sign-ins of version 1, by `POST /auth/login`. */
  logins: z.number(),
  programs: z.array(program),
  keys: z.array(key),
  /** At servers. */
  accounts: z.array(account),
});

async function holdingsOf(kit: ApiKit, user: User, current?: string): Promise<z.input<typeof holdings>> {
  const [hash, sessions, logins, programs, keys, accounts] = await Promise.all([
    kit.store.passwordHashOf(user.id),
    listSessions(kit, user.id, current),
    kit.store.refreshFamiliesOf(user.id),
    programsOf(kit, { userId: user.id }),
    kit.store.listKeys(),
    kit.connections.list(user.id),
  ]);
  return {
    has_password: hash !== undefined,
    sessions,
    logins: logins.length,
    programs,
    keys: keys.filter(({ userId }) => userId === user.id).map(one => describeKey(kit, one)),
    accounts: accounts.map(view => ({ server: view.server, ...showAccount(view) })),
  };
}

const presence = z.object({
  user_id: z.string(),
  /** Browsers in which the person is signed in. */
  sessions: z.number(),
  keys: z.number(),
  /** The names of programs that are signed in. */
  programs: z.array(z.string()),
  /** By browser, key or program. */
  last_seen_at: z.string().nullable(),
});

function byUser<T extends { readonly userId: UserId }>(all: readonly T[]): ReadonlyMap<UserId, readonly T[]> {
  const found = new Map<UserId, T[]>();
  for (const one of all) {
    const known = found.get(one.userId);
    if (known) known.push(one);
    else found.set(one.userId, [one]);
  }
  return found;
}

async function presences(kit: ApiKit): Promise<z.input<typeof presence>[]> {
  const [all, programs, keys] = await Promise.all([
    kit.sessions.list(undefined),
    programsOf(kit, {}),
    kit.store.listKeys(),
  ]);
  const [sessionsOf, programsBy, keysOf] = [
    byUser(all.map(one => one.session)),
    byUser(programs),
    byUser(keys),
  ];
  return [...kit.live.current().users.values()].map(({ id, lastLoginAt }) => {
    const [sessions, theirs, own] = [
      sessionsOf.get(id) ?? [],
      programsBy.get(id) ?? [],
      keysOf.get(id) ?? [],
    ];
    const times = [
      lastLoginAt,
      ...sessions.map(one => one.lastSeenAt),
      ...own.map(one => one.lastUsedAt),
      ...theirs.map(one => Date.parse(one.used_at)),
    ].filter(at => at !== undefined);
    return {
      user_id: id,
      sessions: sessions.length,
      keys: own.length,
      programs: [...new Set(theirs.filter(one => one.sign_ins > 0).map(one => one.name))],
      last_seen_at: isoTime(times.length === 0 ? undefined : Math.max(...times)),
    };
  });
}

/** What people hold now. */
export const holdingsOperations = [
  operation({
    id: 'presence.list',
    method: 'get',
    path: '/admin/api/presence',
    summary: 'Of everybody: sign-ins that are alive, keys, programs, and when they were last seen',
    access: 'read',
    answer: z.array(presence),
    handle: presences,
  }),
  operation({
    id: 'users.holdings',
    method: 'get',
    path: `${PEOPLE}/:id/holdings`,
    summary: 'Everything by which a person can act: browsers, programs, keys, and accounts at servers',
    access: 'read',
    params: byId,
    answer: holdings,
    handle: async (kit, { params, actor }) =>
      holdingsOf(kit, await findPerson(kit, params.id), actor.session?.session.hash),
  }),
];
