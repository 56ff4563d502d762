import { createAuthenticator, createKeyRing, createMint, makeApiKey } from '../../../src/auth/index.ts';
import { type Clock, Secret, type ServerName, type UserId } from '../../../src/base/index.ts';
import { createLive, type Live } from '../../../src/live/index.ts';
import type { Role, Store, User } from '../../../src/store/index.ts';
import { createPlace } from '../../store/support/stores.ts';

export const ORIGIN = 'http://localhost:8000';
export const MASTER = new Secret('a master secret of the tests, long enough');

export type TestClock = Clock & { pass(ms: number): void };

export function createClock(start = 1_800_000_000_000): TestClock {
  let now = start;
  return {
    now: () => now,
    pass: ms => {
      now += ms;
    },
  };
}

/** Everything that authentication stands on, with real parts and a clock of its own. */
export async function createWorld(origin = ORIGIN) {
  const place = await createPlace('sqlite');
  const store: Store = await place.open(MASTER);
  const clock = createClock();
  const live: Live = await createLive({ store, clock, fileServers: () => [] });
  const keyRing = createKeyRing({ store, master: MASTER, clock });
  const mint = createMint({ keyRing, clock, origin: () => origin });
  const authenticator = createAuthenticator({ live, store, keyRing, clock, origin: () => origin });
  const addUser = async (name: string, role: Role = 'user', passwordHash?: string): Promise<User> => {
    const user = (await store.createUser({ name, role, passwordHash }, clock.now())) as User;
    await live.refresh();
    return user;
  };
  const addKey = async (userId: UserId, scopes = ['mcp'], expiresAt?: number) => {
    const { id, key, secretHash } = makeApiKey();
    await store.createKey({
      id,
      userId,
      name: 'laptop',
      secretHash,
      scopes,
      createdAt: clock.now(),
      expiresAt,
    });
    return { id, header: `Bearer ${key.reveal()}` };
  };
  const grant = async (userId: UserId, server: string) => {
    await store.addGrant({ userId, server: server as ServerName });
    await live.refresh();
  };
  const close = async () => {
    await live.close();
    await place.remove();
  };
  const withoutLogin = (user: UserId) =>
    createAuthenticator({ live, store, keyRing, clock, origin: () => origin, anonymous: () => user });
  return {
    withoutLogin,
    place,
    store,
    clock,
    live,
    keyRing,
    mint,
    authenticator,
    addUser,
    addKey,
    grant,
    close,
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
