import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GroupId, KeyId, UserId } from '../../src/base/index.ts';
import type { PersonLink, Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

describe.each(dialects)('links, sessions and settings on %s', dialect => {
  let place: Place;
  let store: Store;
  let admin: User;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
    admin = await add('root', 'admin');
  });
  afterEach(() => place.remove());

  const add = async (name: string, role: User['role'] = 'user') =>
    (await store.createUser({ name, email: `${name}@example.com`, passwordHash: 'old', role }, NOW)) as User;
  const link = (hash: string, more: Partial<PersonLink> = {}): PersonLink => ({
    id: `id-${hash}`,
    kind: 'invite',
    hash,
    userId: undefined,
    name: undefined,
    email: undefined,
    fullName: undefined,
    role: 'auditor',
    groups: [],
    madeBy: admin.id,
    maker: 'user:root',
    createdAt: NOW,
    expiresAt: NOW + DAY,
    ...more,
  });
  const invited = { name: 'grace', email: undefined, fullName: undefined, passwordHash: 'h' };

  it('an invitation makes one person, with role and groups that are still there', async () => {
    const group = await store.createGroup({ name: 'crew' }, NOW);
    if (typeof group === 'string') throw new Error(group);
    await store.links.add(link('a', { groups: [group.id, 'gone' as GroupId] }));
    const other = await place.open();
    const all = await Promise.all(
      [store, other, store, other].map((one, at) =>
        one.links.acceptInvite('a', { ...invited, name: `grace${at}` }, NOW),
      ),
    );
    const made = all.filter(one => typeof one !== 'string');
    expect(made).toEqual([expect.objectContaining({ role: 'auditor' })]);
    expect(all.filter(one => one === 'wrong_token')).toHaveLength(3);
    expect((await store.listMembers()).map(one => one.groupId)).toEqual([group.id]);
  });

  it('an invitation that was refused for the name is good still', async () => {
    await store.links.add(link('a'));
    expect(await store.links.acceptInvite('a', { ...invited, name: 'ROOT' }, NOW)).toBe('name_taken');
    expect(await store.links.acceptInvite('a', { ...invited, email: 'root@example.com' }, NOW)).toBe(
      'email_taken',
    );
    expect(await store.links.acceptInvite('a', invited, NOW)).toMatchObject({ name: 'grace' });
  });

  it('a link is nothing after its time, of another kind, and without its maker', async () => {
    await store.links.add(link('a'));
    expect(await store.links.find('invite', 'a', NOW + DAY)).toBeUndefined();
    expect(await store.links.find('reset', 'a', NOW)).toBeUndefined();
    expect(await store.links.find('invite', 'a', NOW)).toMatchObject({ maker: 'user:root' });
    await add('second', 'admin');
    await store.setRole(admin.id, 'user');
    expect(await store.links.find('invite', 'a', NOW)).toBeUndefined();
    await store.links.add(link('b', { madeBy: undefined, maker: 'cli:root' }));
    await store.deleteUser(admin.id);
    expect((await store.links.list(NOW)).map(one => one.hash)).toEqual(['b']);
    expect([await store.links.remove('id-b'), await store.links.remove('id-b')]).toEqual([true, false]);
  });

  it('a new password ends sessions, logins and links, and is taken from no one who is shut out', async () => {
    const { id } = await add('alice');
    const times = { createdAt: NOW, lastSeenAt: NOW, passwordAt: NOW, expiresAt: NOW + DAY };
    await store.addSession({ hash: 's', userId: id, ...times, address: '10.0.0.1', userAgent: 'agent' });
    const token = { hash: 't', family: 'f', userId: id, clientId: 'c', issuedAt: NOW, usedAt: undefined };
    await store.addRefreshToken({ ...token, expiresAt: NOW + DAY, familyExpiresAt: NOW + DAY });
    expect(await store.listSessionsOf(id, NOW)).toMatchObject([{ address: '10.0.0.1', userAgent: 'agent' }]);
    await store.renewSession('s', NOW + 5);
    expect(await store.session('s')).toMatchObject({ passwordAt: NOW + 5 });
    await store.links.add(link('r1', { kind: 'reset', userId: id }));
    await store.links.add(link('r2', { kind: 'reset', userId: id }));
    expect(await store.links.acceptReset('r1', 'new', NOW)).toBe('wrong_token');
    const other = await place.open();
    const all = await Promise.all([store, other].map(one => one.links.acceptReset('r2', 'new', NOW)));
    expect(all.filter(one => typeof one !== 'string')).toHaveLength(1);
    expect(await store.passwordHashOf(id)).toBe('new');
    expect([await store.session('s'), await store.refreshToken('t')]).toEqual([undefined, undefined]);
    expect(await store.revokedTokens(NOW)).toContain('f');
    await store.links.add(link('r3', { kind: 'reset', userId: id }));
    await store.setDisabled(id, true);
    await store.links.add(link('r4', { kind: 'reset', userId: id }));
    for (const hash of ['r3', 'r4'])
      expect(await store.links.acceptReset(hash, 'x', NOW)).toBe('wrong_token');
  });

  it('an edit keeps names and addresses apart, but addresses that are only claimed', async () => {
    const [alice, bob] = [await add('alice'), await add('bob')];
    const edit = (more: object) => ({ name: 'alice', email: alice.email, fullName: undefined, ...more });
    expect(await store.editUser(alice.id, edit({ name: 'BOB' }))).toBe('name_taken');
    expect(await store.editUser(alice.id, edit({ email: 'BOB@example.com' }))).toBe('email_taken');
    expect(await store.editUser(alice.id, edit({ email: bob.email, isEmailClaimed: true }))).toBe('done');
    expect(await store.editUser(alice.id, edit({ email: bob.email, name: 'alicia' }))).toBe('done');
    expect(await store.userByName('alicia')).toMatchObject({ email: 'bob@example.com' });
    expect(await store.editUser('nobody' as UserId, edit({ name: 'x', email: undefined }))).toBe('unknown');
  });

  it('a password is hashed anew only where it is the same still', async () => {
    await store.rehashPassword(admin.id, 'other', 'newer');
    expect(await store.passwordHashOf(admin.id)).toBe('old');
    await store.rehashPassword(admin.id, 'old', 'newer');
    expect(await store.passwordHashOf(admin.id)).toBe('newer');
  });

  it('the last use of keys is kept, and bothers no snapshot', async () => {
    const key = { name: 'k', secretHash: 'h', scopes: ['mcp'], createdAt: NOW, expiresAt: undefined };
    await store.createKey({ id: 'aaaaaaaa' as KeyId, userId: admin.id, ...key });
    const before = await store.revision();
    const use = { at: NOW + 1, address: '10.0.0.2' };
    await store.noteKeyUse([
      { id: 'aaaaaaaa' as KeyId, ...use },
      { id: 'nobody' as KeyId, ...use },
    ]);
    expect(await store.listKeys()).toMatchObject([{ lastUsedAt: NOW + 1, lastUsedAddress: '10.0.0.2' }]);
    expect(await store.revision()).toBe(before);
  });

  it('settings are chosen together and forgotten one by one', async () => {
    const before = await store.revision();
    const change = (changes: Parameters<Store['settings']['change']>[0]) =>
      store.settings.change(changes, 'user:root', NOW);
    await change([
      { key: 'b', value: '1' },
      { key: '__proto__', value: '"x"' },
    ]);
    await change([{ key: 'b', value: '2' }]);
    expect((await store.settings.list()).map(({ key, value }) => [key, value])).toEqual([
      ['__proto__', '"x"'],
      ['b', '2'],
    ]);
    await change([{ key: '__proto__', value: undefined }]);
    expect(await store.settings.list()).toEqual([
      { key: 'b', value: '2', updatedAt: NOW, updatedBy: 'user:root' },
    ]);
    expect(await store.revision()).toBeGreaterThan(before);
  });

  it('the first request that went well is found, of any method or of one', async () => {
    const row = {
      ...{
        principal: undefined,
        userName: 'alice',
        credential: undefined,
        client: undefined,
        clientName: 'c',
      },
      ...{ userAgent: undefined, address: undefined, endpoint: '*', era: undefined, session: undefined },
      ...{
        server: undefined,
        target: undefined,
        fault: undefined,
        code: undefined,
        status: 200,
        durationMs: 1,
      },
      ...{
        upstreamMs: undefined,
        bytesIn: 0,
        bytesOut: 0,
        count: 1,
        serverEra: undefined,
        traceId: undefined,
      },
    };
    const at = (id: string, method: string, outcome: 'ok' | 'error') => ({
      ...row,
      id,
      at: NOW,
      method,
      outcome,
    });
    const notBy = 'playground';
    const activity = [
      at('1', 'tools/call', 'error'),
      { ...at('1b', 'tools/call', 'ok'), client: notBy },
      at('2', 'tools/list', 'ok'),
      at('3', 'tools/call', 'ok'),
      at('4', 'tools/call', 'ok'),
    ];
    expect(await store.firstActivity({ notBy })).toBeUndefined();
    await store.writeLedger({ activity, events: [] });
    expect((await store.firstActivity({ notBy }))?.id).toBe('2');
    expect((await store.firstActivity({ notBy, method: 'tools/call' }))?.id).toBe('3');
  });
});
