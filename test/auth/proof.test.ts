import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audiencesOf } from '../../src/auth/index.ts';
import type { ServerName, UserId } from '../../src/base/index.ts';
import type { Caller } from '../../src/policy/index.ts';
import type { User } from '../../src/store/index.ts';
import { createWorld, ORIGIN, type World } from './support/world.ts';

const all = { audience: audiencesOf(ORIGIN) };

let world: World;
let alice: User;
beforeEach(async () => {
  world = await createWorld();
  alice = await world.addUser('alice');
});
afterEach(() => world.close());

const enter = async (header: string): Promise<Caller> => world.authenticator.authenticate(header, all);
const bearer = async (user: UserId, family = 'family') => `Bearer ${(await world.mint(user, family)).token}`;

describe('what goes on for long', () => {
  it('is told when the credential that began it counts no more [T24]', async () => {
    const { id, header } = await world.addKey(alice.id);
    const token = await bearer(alice.id, 'login');
    const [byKey, byToken] = [await enter(header), await enter(token)];
    const current = () =>
      [byKey, byToken].map(one => world.authenticator.isCurrent(one, world.live.current()));
    expect(current()).toEqual([true, true]);
    await world.grant(alice.id, 'home');
    await enter(header);
    expect(current()).toEqual([true, true]);
    await world.store.deleteKey(id);
    await world.live.refresh();
    expect(current()).toEqual([false, true]);
    await world.store.revokeToken('login', world.clock.now() + 1000);
    await world.live.refresh();
    expect(current()).toEqual([false, false]);
  });

  it('ends with the time of the credential', async () => {
    const caller = await enter(await bearer(alice.id));
    world.clock.pass(3_600_000);
    expect(world.authenticator.isCurrent(caller, world.live.current())).toBe(false);
  });

  it('is not for callers that nobody let in', () => {
    const forged = { credential: { kind: 'key', id: 'x', expiresAt: undefined } } as Caller;
    expect(world.authenticator.isCurrent(forged, world.live.current())).toBe(false);
  });
});

describe('where no login is required', () => {
  it('lets in who shows nothing, as one user without rights until given', async () => {
    const user = await world.addUser('anonymous');
    const open = world.withoutLogin(user.id);
    const enterOpen = async () => open.authenticate(undefined, all);
    expect(await enterOpen()).toMatchObject({ name: 'anonymous', isAdmin: false });
    expect((await enterOpen()).rights.reaches('home' as ServerName)).toBe(false);
    await world.grant(user.id, 'home');
    const { rights } = await enterOpen();
    expect(['home', 'other'].map(name => rights.reaches(name as ServerName))).toEqual([true, false]);
  });

  it('still refuses who shows something wrong [T21]', async () => {
    const user = await world.addUser('anonymous');
    const open = world.withoutLogin(user.id);
    await expect(async () => open.authenticate('Bearer wrong', all)).rejects.toThrow(
      'The API key is not valid',
    );
    await world.store.setDisabled(user.id, true);
    await world.live.refresh();
    expect(() => open.authenticate(undefined, all)).toThrow('The credential is not valid');
  });
});
