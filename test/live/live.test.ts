import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyId, type ServerName, systemClock, type UserId } from '../../src/base/index.ts';
import { createLive, type Live, rightsIn, type Snapshot } from '../../src/live/index.ts';
import type { ServerEntry } from '../../src/mcp/index.ts';
import type { Store, User } from '../../src/store/index.ts';
import { createPlace, type Place } from '../store/support/stores.ts';

const server = (name: string, more: Partial<ServerEntry> = {}): ServerEntry => ({
  name: name as ServerName,
  title: name,
  source: 'store',
  transport: { kind: 'http', url: 'http://127.0.0.1:1/mcp' },
  auth: { kind: 'none' },
  headers: {},
  prefix: '',
  enabled: true,
  timeoutMs: 1000,
  protocol: 'auto',
  private: undefined,
  stateless: false,
  grants: [],
  addressClass: undefined,
  ...more,
});

describe('live', () => {
  let place: Place;
  let store: Store;
  let other: Store;
  let live: Live;
  let inFile: ServerEntry[];
  const problems: unknown[] = [];
  beforeEach(async () => {
    place = await createPlace('sqlite');
    store = await place.open();
    other = await place.open();
    inFile = [];
    problems.length = 0;
    const onProblem = (problem: unknown) => void problems.push(problem);
    live = await createLive({ store, clock: systemClock, fileServers: () => inFile, onProblem });
  });
  afterEach(async () => {
    await live.close();
    await place.remove();
  });

  const swapped = () => new Promise<Snapshot>(resolve => live.onSwap(resolve));
  const add = async (name: string, by = store) =>
    (await by.createUser({ name, passwordHash: undefined, role: 'user' }, 1)) as User;

  it('shows a change by another process within a second', async () => {
    const started = performance.now();
    const swap = swapped();
    const alice = await add('alice', other);
    const now = await swap;
    expect(performance.now() - started).toBeLessThan(1000);
    expect(now.usersByName.get('alice')).toEqual(alice);
    expect(live.current()).toBe(now);
  });

  it('gives a snapshot that never changes, and a new one', async () => {
    const before = live.current();
    await add('alice');
    const after = await live.refresh();
    expect([before.users.size, after.users.size]).toEqual([0, 1]);
    expect(after.revision).toBeGreaterThan(before.revision);
  });

  it('contains with a refresh whatever was written before it, also when asked for in a crowd', async () => {
    const asks = Array.from({ length: 12 }, async (_, at) => {
      const { id } = await add(`u${at}`);
      return (await live.refresh()).users.has(id);
    });
    expect(await Promise.all(asks)).toEqual(Array.from({ length: 12 }, () => true));
  });

  it('prefers the file’s server of a name, and gives the stored one back when the file drops it', async () => {
    await store.createServer(server('home', { title: 'stored' }), 1);
    inFile = [server('home', { title: 'file', source: 'file' }), server('constructor')];
    const name = 'home' as ServerName;
    const now = await live.refresh();
    expect(now.servers.get(name)?.title).toBe('file');
    expect([...now.servers.keys()].sort()).toEqual(['constructor', 'home']);
    inFile = [];
    expect((await live.refresh()).servers.get(name)?.title).toBe('stored');
  });

  it('adds the grants of the file to those of the store', async () => {
    const [alice, bob] = [await add('alice'), await add('bob')];
    await store.addGrant({ userId: alice.id, server: 'stored' as ServerName });
    inFile = [server('one', { grants: ['Alice', 'nobody', 'group:bob'] }), server('all', { grants: ['*'] })];
    const now = await live.refresh();
    const reached = (id: UserId) =>
      ['all', 'one', 'stored', 'none'].filter(name => rightsIn(now, id).reaches(name as ServerName));
    expect(reached(alice.id)).toEqual(['all', 'one', 'stored']);
    expect(reached(bob.id)).toEqual(['all']);
  });

  it('grants nothing by default', async () => {
    const alice = await add('alice');
    inFile = [server('one')];
    for (const snapshot of [live.current(), await live.refresh()])
      for (const name of ['one', 'other'] as ServerName[])
        expect(rightsIn(snapshot, alice.id).reaches(name)).toBe(false);
  });

  it('ends what is no longer allowed, once, and leaves the rest [T24]', async () => {
    const alice = await add('alice');
    const key = { id: 'k' as KeyId, userId: alice.id, name: 'n', secretHash: 'h', scopes: [], createdAt: 1 };
    await store.createKey({ ...key, expiresAt: undefined });
    await live.refresh();
    const ended: string[] = [];
    live.hold(
      now => now.keys.has(key.id),
      () => ended.push('stream'),
    );
    live.hold(
      now => now.users.has(alice.id),
      () => ended.push('call'),
    );
    const release = live.hold(
      () => false,
      () => ended.push('released'),
    );
    release();
    await add('bob');
    await live.refresh();
    expect(ended).toEqual([]);
    await other.deleteKey(key.id);
    await live.refresh();
    await live.refresh();
    expect(ended).toEqual(['stream']);
  });

  it('ends at once what a swap forbade between decision and registration', async () => {
    const end = new Promise<string>(resolve => {
      live.hold(
        () => false,
        () => resolve('ended'),
      );
    });
    expect(await end).toBe('ended');
  });

  it('goes on when one listener fails', async () => {
    live.onSwap(() => {
      throw new Error('broken listener');
    });
    const swap = swapped();
    await add('alice');
    expect((await swap).users.size).toBe(1);
    expect(problems).toMatchObject([{ message: 'broken listener' }]);
  });

  it('keeps the last snapshot when the store fails, and says so', async () => {
    await add('alice');
    const before = await live.refresh();
    await store.close();
    await expect(live.refresh()).rejects.toThrow();
    expect(live.current()).toBe(before);
  });

  it('tells nobody after its close', async () => {
    let swaps = 0;
    live.onSwap(() => swaps++);
    await live.close();
    await add('alice');
    await live.refresh();
    expect(swaps).toBe(0);
  });
});
