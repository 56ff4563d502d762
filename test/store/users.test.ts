import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyId, ServerName, UserId } from '../../src/base/index.ts';
import type { Group, NewUser, Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const alice: NewUser = { name: 'alice', email: 'a@example.com', passwordHash: 'h', role: 'user' };
const NOW = 1_800_000_000_000;
const nobody = '00000000-0000-7000-8000-000000000000' as UserId;

describe.each(dialects)('users on %s', dialect => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
  });
  afterEach(() => place.remove());

  const add = async (user: NewUser = alice) => (await store.createUser(user, NOW)) as User;

  it('keeps a user as given', async () => {
    const made = await add({ ...alice, fullName: 'Alice A.' });
    expect(made).toMatchObject({ name: 'alice', email: 'a@example.com', fullName: 'Alice A.', role: 'user' });
    expect(made).toMatchObject({ disabled: false, createdAt: NOW, lastLoginAt: undefined });
    expect(await store.userByName('alice')).toEqual(made);
    expect(await store.listUsers()).toEqual([made]);
    expect(await store.passwordHashOf(made.id)).toBe('h');
  });

  it('finds a name in any case and in any composition, and refuses a second one', async () => {
    await add({ ...alice, name: 'Zoë' });
    expect((await store.userByName('ZOE\u0308'))?.name).toBe('Zoë');
    expect(await store.createUser({ ...alice, name: 'ZOË', email: 'b@example.com' }, NOW)).toBe('name_taken');
  });

  it('refuses an address that somebody has, in any case', async () => {
    await add();
    expect(await store.createUser({ ...alice, name: 'bob', email: 'A@EXAMPLE.COM' }, NOW)).toBe(
      'email_taken',
    );
  });

  it('keeps two users without an address apart', async () => {
    await add({ ...alice, email: undefined });
    expect(await store.createUser({ ...alice, name: 'bob', email: undefined }, NOW)).toMatchObject({
      email: undefined,
    });
  });

  it('takes __proto__, quotes and SQL as ordinary names [T5]', async () => {
    for (const name of ['__proto__', 'constructor', `x'; drop table users; --`, '"', 'a\\b', '💥']) {
      const made = await store.createUser({ ...alice, name, email: undefined }, NOW);
      expect(made).toMatchObject({ name });
      expect((await store.userByName(name))?.name).toBe(name);
    }
  });

  it('makes exactly one first administrator, whoever asks at once', async () => {
    const other = await place.open();
    const ask = (at: number) =>
      (at % 2 ? store : other).createFirstAdmin({ ...alice, name: `admin${at}`, email: undefined }, NOW);
    const made = await Promise.all(Array.from({ length: 8 }, (_, at) => ask(at)));
    expect(made.filter(one => one === 'exists')).toHaveLength(7);
    const users = await store.listUsers();
    expect(users.map(user => user.role)).toEqual(['admin']);
  });

  it('refuses a first administrator whose name is taken, and makes none', async () => {
    await add();
    expect(await store.createFirstAdmin(alice, NOW)).toBe('name_taken');
    expect((await store.listUsers()).map(user => user.role)).toEqual(['user']);
  });

  it('changes password, role and state', async () => {
    const { id } = await add();
    await store.setPassword(id, 'new');
    await store.createUser({ ...alice, name: 'root', email: undefined, role: 'admin' }, NOW);
    expect(await store.setRole(id, 'admin')).toBe('done');
    expect(await store.setDisabled(id, true)).toBe('done');
    await store.noteLogin(id, NOW + 5);
    expect(await store.passwordHashOf(id)).toBe('new');
    expect(await store.userByName('alice')).toMatchObject({
      role: 'admin',
      disabled: true,
      lastLoginAt: NOW + 5,
    });
  });

  it('says no about users that do not exist', async () => {
    expect(await store.setRole(nobody, 'admin')).toBe('unknown');
    expect(await store.setDisabled(nobody, true)).toBe('unknown');
    expect(await store.deleteUser(nobody)).toBe('unknown');
    expect(await store.passwordHashOf(nobody)).toBeUndefined();
    expect(await store.userByName('nobody')).toBeUndefined();
  });

  it('keeps the last administrator, also when two take each other’s rights at once', async () => {
    const other = await place.open();
    const make = async (name: string) =>
      (await store.createUser({ ...alice, name, email: undefined, role: 'admin' }, NOW)) as User;
    const [ann, ben] = [await make('ann'), await make('ben')];
    const outcomes = await Promise.all([
      store.setRole(ann.id, 'user'),
      other.setDisabled(ben.id, true),
      store.deleteUser(ben.id),
      other.setRole(ann.id, 'auditor'),
    ]);
    expect(outcomes).toContain('last_admin');
    const rulers = (await store.listUsers()).filter(one => one.role === 'admin' && !one.disabled);
    expect(rulers).toHaveLength(1);
    const [last] = rulers;
    for (const lose of [
      () => store.setRole((last as User).id, 'user'),
      () => store.setDisabled((last as User).id, true),
      () => store.deleteUser((last as User).id),
    ])
      expect(await lose()).toBe('last_admin');
  });

  it('keeps groups and who is in them', async () => {
    const { id } = await add();
    const home = (await store.createGroup({ name: 'Home', description: 'all of us' }, NOW)) as Group;
    expect(await store.createGroup({ name: 'HOME' }, NOW)).toBe('name_taken');
    expect(await store.addMember(home.id, id)).toBe(true);
    expect(await store.addMember(home.id, id)).toBe(false);
    expect(await store.addMember(home.id, nobody)).toBe(false);
    expect(await store.listMembers()).toEqual([{ groupId: home.id, userId: id }]);
    const work = (await store.createGroup({ name: 'work' }, NOW)) as Group;
    expect(await store.updateGroup(work.id, { name: 'home' })).toBe('name_taken');
    expect(await store.updateGroup(home.id, { name: 'home' })).toBe(true);
    expect((await store.listGroups()).map(group => group.name)).toEqual(['home', 'work']);
    expect(await store.deleteGroup(home.id)).toBe(true);
    expect(await store.deleteGroup(home.id)).toBe(false);
    expect(await store.listMembers()).toEqual([]);
  });

  it('removes with a user everything by which the user could come back', async () => {
    const { id } = await add();
    const keyId = 'k1' as KeyId;
    const times = { createdAt: NOW, expiresAt: NOW + 1000 };
    await store.createKey({ id: keyId, userId: id, name: 'k', secretHash: 'x', scopes: ['mcp'], ...times });
    await store.addGrant({ userId: id, server: 'home' as ServerName });
    await store.addSession({ hash: 's', userId: id, lastSeenAt: NOW, passwordAt: NOW, ...times });
    const family = { family: 'f', clientId: 'c', issuedAt: NOW, familyExpiresAt: NOW + 9, usedAt: undefined };
    await store.addRefreshToken({ hash: 'r', userId: id, expiresAt: NOW + 9, ...family });
    expect(await store.deleteUser(id)).toBe('done');
    expect(await store.keyById(keyId)).toBeUndefined();
    expect(await store.listGrants()).toEqual([]);
    expect(await store.session('s')).toBeUndefined();
    expect(await store.refreshToken('r')).toBeUndefined();
  });

  it('shows each change of who may do what to another process, by the revision', async () => {
    const other = await place.open();
    let last = await other.revision();
    const { id } = await add();
    const root = await add({ ...alice, name: 'root', email: undefined, role: 'admin' });
    last = await other.revision();
    const changes: (() => Promise<unknown>)[] = [
      () => store.setRole(id, 'admin'),
      () => store.setDisabled(id, true),
      () => store.setPassword(id, 'x'),
      () => store.addGrant({ userId: id, server: 'home' as ServerName }),
      () => store.revokeToken('jti', NOW + 1),
      () => store.endSessionsOf(id),
      () => store.deleteUser(id),
    ];
    for (const change of changes) {
      await change();
      const now = await other.revision();
      expect(now).toBeGreaterThan(last);
      last = now;
    }
    expect(await other.listUsers()).toEqual([root]);
  });
});
