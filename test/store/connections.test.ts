import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret, type ServerName, type UserId } from '../../src/base/index.ts';
import type { Connection, Store, User } from '../../src/store/index.ts';
import { entry } from '../upstream/support/world.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;
const SERVER = 'notes' as ServerName;

describe.each(dialects)('accounts at servers on %s', dialect => {
  let place: Place;
  let store: Store;
  let ann: User;
  const made = (userId: UserId | undefined, more: Partial<Connection> = {}): Omit<Connection, 'version'> => ({
    server: SERVER,
    userId,
    binding: 'b',
    state: 'connected',
    issuer: 'https://as.example',
    scopes: ['a', 'b'],
    payload: new Secret('s3cret-tokens'),
    expiresAt: NOW + 1000,
    isRefreshable: true,
    createdAt: NOW,
    refreshedAt: undefined,
    ...more,
  });
  const at = (userId: UserId | undefined) => ({ server: SERVER, userId });

  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
    ann = (await store.createUser({ name: 'ann', role: 'user', passwordHash: undefined }, NOW)) as User;
  });
  afterEach(() => place.remove());

  it('are kept for a person and for the gateway, each its own', async () => {
    for (const userId of [ann.id, undefined]) {
      const put = await store.connections.putConnection(made(userId));
      const found = await store.connections.connection(at(userId));
      expect(found?.payload.reveal()).toBe('s3cret-tokens');
      expect(found).toEqual(put);
      expect(await store.connections.listConnections(userId)).toEqual([put]);
    }
  });

  it('bump the revision where they come or end, and not where they are refreshed', async () => {
    const before = await store.revision();
    const put = await store.connections.putConnection(made(ann.id));
    expect(await store.revision()).toBe(before + 1);
    const next = await store.connections.updateConnection(put);
    expect(await store.revision()).toBe(before + 1);
    if (next) await store.connections.updateConnection({ ...next, state: 'ended' });
    expect(await store.revision()).toBe(before + 2);
    await store.connections.deleteConnection(at(ann.id));
    expect(await store.revision()).toBe(before + 3);
  });

  it('are locked by one, and written by whoever read them last', async () => {
    const put = await store.connections.putConnection(made(ann.id));
    const lock = (now: number) => store.connections.lockConnection(put, now + 100, now);
    const won = await Promise.all(Array.from({ length: 8 }, () => lock(NOW)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await lock(NOW + 99)).toBe(false);
    expect(await lock(NOW + 100)).toBe(true);
    await store.connections.unlockConnection(put);
    expect(await lock(NOW)).toBe(true);
    const written = await Promise.all(
      Array.from({ length: 8 }, () => store.connections.updateConnection(put)),
    );
    expect(written.filter(Boolean)).toHaveLength(1);
    expect(await lock(NOW + 1000)).toBe(false);
  });

  it('that were made anew are not written over by who read the former', async () => {
    const former = await store.connections.putConnection(made(ann.id));
    await store.connections.deleteConnection(at(ann.id));
    const next = await store.connections.putConnection(made(ann.id, { payload: new Secret('next') }));
    expect(await store.connections.updateConnection(former)).toBeUndefined();
    expect(await store.connections.connection(at(ann.id))).toEqual(next);
  });

  it('of the gateway begin once, and anew for another binding', async () => {
    const one = await store.connections.seedConnection(made(undefined));
    const two = await store.connections.seedConnection(made(undefined, { payload: new Secret('x') }));
    expect(two).toEqual(one);
    const other = await store.connections.seedConnection(
      made(undefined, { binding: 'c', payload: new Secret('x') }),
    );
    expect(other?.payload.reveal()).toBe('x');
  });

  it('that are due are those that can be refreshed', async () => {
    await store.connections.putConnection(made(ann.id));
    await store.connections.putConnection(made(undefined, { isRefreshable: false }));
    expect(await store.connections.dueConnections(NOW + 1000)).toEqual([]);
    expect(await store.connections.dueConnections(NOW + 1001)).toEqual([at(ann.id)]);
    await store.connections.putConnection(made(ann.id, { state: 'ended' }));
    expect(await store.connections.dueConnections(NOW + 1001)).toEqual([]);
  });

  it('go with the person, and with the server', async () => {
    const server = entry(SERVER, 'https://x.example/mcp', { source: 'store' });
    await store.createServer(server, NOW);
    const bob = (await store.createUser({ name: 'bob', role: 'user', passwordHash: undefined }, NOW)) as User;
    for (const userId of [ann.id, bob.id, undefined]) {
      await store.connections.putConnection(made(userId));
      const refresh = { id: `r-${userId}`, at: NOW, kind: 'manual', outcome: 'refreshed' } as const;
      await store.connections.addRefresh({ ...at(userId), ...refresh });
    }
    await store.connections.bindClient(SERVER, 'c', 'https://as.example', NOW);
    await store.deleteUser(ann.id);
    expect(await store.connections.connection(at(ann.id))).toBeUndefined();
    expect(await store.connections.connection(at(bob.id))).toBeDefined();
    expect(await store.connections.listRefreshes(SERVER, 9)).toHaveLength(2);
    await store.deleteServer(SERVER);
    for (const userId of [bob.id, undefined])
      expect(await store.connections.connection(at(userId))).toBeUndefined();
    expect(await store.connections.issuerOf(SERVER, 'c')).toBeUndefined();
    expect(await store.connections.listRefreshes(SERVER, 9)).toEqual([]);
  });

  it('do not open with another master key', async () => {
    await store.connections.putConnection(made(ann.id));
    const other = await place.open(new Secret('another master secret of the tests, long enough'));
    expect(await other.connections.connection(at(ann.id))).toBeUndefined();
    expect(await other.connections.listConnections(ann.id)).toEqual([]);
  });

  it('do not open in the row of somebody else', async () => {
    const bob = (await store.createUser({ name: 'bob', role: 'user', passwordHash: undefined }, NOW)) as User;
    await store.connections.putConnection(made(ann.id));
    await store.connections.putConnection(made(bob.id));
    const stolen = `(select payload from connections where owner = '${ann.id}')`;
    await place.exec(`update connections set payload = ${stolen} where owner = '${bob.id}'`);
    expect(await store.connections.connection(at(bob.id))).toBeUndefined();
    expect(await store.connections.connection(at(ann.id))).toBeDefined();
  });

  it('journeys are spent once, by whoever asks, and end', async () => {
    const state = {
      server: SERVER,
      userId: ann.id,
      sessionHash: 's',
      payload: new Secret('p'),
      createdAt: NOW,
    };
    const put = (hash: string) => store.connections.putConnectState({ ...state, hash, expiresAt: NOW + 10 });
    await put('one');
    const taken = await Promise.all([1, 2, 3].map(() => store.connections.takeConnectState('one', NOW)));
    expect(taken.filter(Boolean)).toMatchObject([{ userId: ann.id, sessionHash: 's' }]);
    await put('two');
    expect(await store.connections.takeConnectState('two', NOW + 10)).toBeUndefined();
    expect(await store.connections.takeConnectState("'; drop table users; --", NOW)).toBeUndefined();
  });

  it('registrations: the first stays until it expires', async () => {
    const keep = (clientId: string, createdAt: number, expiresAt?: number) =>
      store.connections.keepRegistration({
        ...{ issuer: 'https://as.example', redirectUri: 'https://g/cb', clientId, createdAt, expiresAt },
        metadata: new Secret(`secret of ${clientId}`),
      });
    expect(await keep('one', NOW, NOW + 10)).toMatchObject({ clientId: 'one' });
    expect(await keep('two', NOW + 9)).toMatchObject({ clientId: 'one' });
    expect(await keep('three', NOW + 10)).toMatchObject({ clientId: 'three' });
    const found = await store.connections.registration('https://as.example', 'https://g/cb', NOW + 99);
    expect(found?.metadata.reveal()).toBe('secret of three');
    expect(await store.connections.registration('https://as.example/', 'https://g/cb', NOW)).toBeUndefined();
    if (found) await store.connections.deleteRegistration({ ...found, clientId: 'other' });
    expect(await store.connections.registration('https://as.example', 'https://g/cb', NOW)).toBeDefined();
    if (found) await store.connections.deleteRegistration(found);
    expect(await store.connections.registration('https://as.example', 'https://g/cb', NOW)).toBeUndefined();
  });
});
