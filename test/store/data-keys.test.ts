import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret, type ServerName } from '../../src/base/index.ts';
import type { ServerEntry } from '../../src/mcp/index.ts';
import type { Store, User } from '../../src/store/index.ts';
import { entry } from '../upstream/support/world.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;
const home: ServerEntry = entry('home', 'http://h/mcp', {
  auth: { kind: 'bearer', token: new Secret('the-token-of-home') },
  headers: { 'X-Key': new Secret('the-header-of-home') },
});

describe.each(dialects)('the keys that seal what rests on %s', dialect => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
  });
  afterEach(() => place.remove());

  const tokenIn = async (from: Store) => {
    const [server] = await from.listServers();
    return server?.auth.kind === 'bearer' ? server.auth.token.reveal() : undefined;
  };
  const artifact = {
    kind: 'Grant',
    hash: 'h1',
    payload: '{"secret":"of the grant"}',
    createdAt: NOW,
    expiresAt: NOW + 1000,
  } as never;

  it('are rotated while another process works: everything is sealed anew, and read by both', async () => {
    const other = await place.open();
    await store.createServer(home, NOW);
    await store.oauth.putArtifact(artifact, false);
    const before = store.dataKeys.state.current;
    const [rotated] = await Promise.all([
      store.dataKeys.rotate(NOW),
      (async () => {
        // As a running gateway does: it looks at the revision four times a second.
        for (let look = 0; look < 12; look++) {
          await other.revision();
          expect(await tokenIn(other)).toBe('the-token-of-home');
          await new Promise(resolve => setTimeout(resolve, 100));
        }
      })(),
    ]);
    expect(rotated).toMatchObject({ unreadable: 0 });
    expect(rotated.resealed).toBeGreaterThanOrEqual(2);
    expect(store.dataKeys.state.ids).not.toContain(before);
    await other.revision();
    expect(await tokenIn(other)).toBe('the-token-of-home');
    expect((await other.oauth.artifact('Grant', 'h1'))?.payload).toBe('{"secret":"of the grant"}');
    await other.updateServer({ ...home, auth: { kind: 'bearer', token: new Secret('another') } });
    expect(await tokenIn(store)).toBe('another');
  });

  it('are the same for processes that start at once', async () => {
    const many = await Promise.all([place.open(), place.open(), place.open()]);
    const ids = [store, ...many].map(one => one.dataKeys.state.current);
    expect(new Set(ids)).toEqual(new Set(['d0']));
  });

  it('outlive a change of the master secret while the former one is named', async () => {
    await store.createServer(home, NOW);
    const made = (await store.createUser({ name: 'ann', role: 'user', passwordHash: 'h' }, NOW)) as User;
    const newer = new Secret('n'.repeat(40));
    expect(await tokenIn(await place.open(newer, place.master))).toBe('the-token-of-home');
    const after = await place.open(newer);
    expect(await tokenIn(after)).toBe('the-token-of-home');
    expect((await after.listUsers()).map(user => user.id)).toContain(made.id);
  });

  it('are useless without the master secret that wrapped them, and nothing is lost by trying', async () => {
    await store.createServer(home, NOW);
    const wrong = await place.open(new Secret('w'.repeat(40)));
    await expect(wrong.listServers()).rejects.toThrow(/another master key/);
    expect(wrong.dataKeys.state.unreadable).toBe(1);
    const rotated = await wrong.dataKeys.rotate(NOW);
    expect(rotated.unreadable).toBeGreaterThan(0);
    expect(await tokenIn(await place.open())).toBe('the-token-of-home');
  });

  it('never stand in the store in clear, and no row opens as another’s', async () => {
    await store.createServer(home, NOW);
    await store.createServer({ ...home, name: 'twin' as ServerName }, NOW);
    const text = await place.bytes();
    for (const secret of ['the-token-of-home', 'the-header-of-home']) expect(text).not.toContain(secret);
  });
});
