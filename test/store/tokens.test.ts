import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyId, UserId } from '../../src/base/index.ts';
import type { ApiKey, RefreshToken, Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

describe.each(dialects)('tokens on %s', dialect => {
  let place: Place;
  let store: Store;
  let userId: UserId;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
    const user = await store.createUser({ name: 'alice', passwordHash: undefined, role: 'user' }, NOW);
    userId = (user as User).id;
  });
  afterEach(() => place.remove());

  const token = (hash: string, more: Partial<RefreshToken> = {}): RefreshToken => ({
    hash,
    family: 'family',
    userId,
    clientId: 'client',
    issuedAt: NOW,
    expiresAt: NOW + 30 * DAY,
    familyExpiresAt: NOW + 90 * DAY,
    usedAt: undefined,
    ...more,
  });

  it('spends a refresh token once, however many ask at once and from two processes', async () => {
    const other = await place.open();
    await store.addRefreshToken(token('first'));
    const ask = (at: number) =>
      (at % 2 ? store : other).rotateRefreshToken('first', token(`next${at}`), NOW + at);
    const spent = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(at)));
    expect(spent.filter(Boolean)).toHaveLength(1);
    const winner = spent.indexOf(true);
    expect(await store.refreshToken('first')).toMatchObject({ usedAt: NOW + winner });
    expect(await store.refreshToken(`next${winner}`)).toEqual(token(`next${winner}`));
    expect(await store.refreshToken(`next${(winner + 1) % 10}`)).toBeUndefined();
  });

  it('does not spend what does not exist, and adds no successor then', async () => {
    expect(await store.rotateRefreshToken('none', token('next'), NOW)).toBe(false);
    expect(await store.refreshToken('next')).toBeUndefined();
  });

  it('leaves the predecessor unspent when the successor cannot be kept', async () => {
    await store.addRefreshToken(token('first'));
    const ghost = { userId: 'ghost' as UserId };
    await expect(store.rotateRefreshToken('first', token('next', ghost), NOW)).rejects.toThrow();
    expect(await store.refreshToken('first')).toMatchObject({ usedAt: undefined });
    expect(await store.rotateRefreshToken('first', token('next'), NOW)).toBe(true);
  });

  it('ends a family and no other', async () => {
    await store.addRefreshToken(token('a'));
    await store.addRefreshToken(token('b', { family: 'other' }));
    await store.endRefreshFamily('family');
    expect(await store.refreshToken('a')).toBeUndefined();
    expect(await store.refreshToken('b')).toBeDefined();
  });

  it('forgets revocations when the token itself has expired', async () => {
    await store.revokeToken('soon', NOW + 10);
    await store.revokeToken('later', NOW + 1000);
    await store.revokeToken('later', NOW + 1000);
    expect([...(await store.revokedTokens(NOW))].sort()).toEqual(['later', 'soon']);
    expect(await store.revokedTokens(NOW + 10)).toEqual(['later']);
  });

  it('keeps API keys with their scopes and end', async () => {
    const key: ApiKey = {
      id: '__proto__' as KeyId,
      userId,
      name: 'laptop',
      secretHash: 'hash',
      scopes: ['mcp', 'mcp:home'],
      createdAt: NOW,
      expiresAt: undefined,
    };
    await store.createKey(key);
    expect(await store.keyById(key.id)).toEqual(key);
    expect(await store.listKeys()).toEqual([key]);
    expect(await store.deleteKey(key.id)).toBe(true);
    expect(await store.deleteKey(key.id)).toBe(false);
    expect(await store.keyById(key.id)).toBeUndefined();
  });

  it('refuses a second key of one id, and a key of nobody', async () => {
    const key = { id: 'k' as KeyId, userId, name: 'n', secretHash: 'h', scopes: [], createdAt: NOW };
    await store.createKey({ ...key, expiresAt: NOW });
    await expect(store.createKey({ ...key, expiresAt: NOW })).rejects.toThrow();
    const ghost = { ...key, id: 'other' as KeyId, userId: 'ghost' as UserId, expiresAt: NOW };
    await expect(store.createKey(ghost)).rejects.toThrow();
    expect(await store.listKeys()).toHaveLength(1);
  });

  it('takes a setup token once, in time, and only the newest [T17]', async () => {
    const other = await place.open();
    await store.putSetupToken('old', NOW + 1000);
    await store.putSetupToken('new', NOW + 1000);
    expect(await store.hasSetupToken('old', NOW)).toBe(false);
    expect(await store.hasSetupToken('new', NOW)).toBe(true);
    expect(await store.hasSetupToken('new', NOW + 1000)).toBe(false);
    expect(await store.takeSetupToken('new', NOW + 1000)).toBe(false);
    expect(await store.takeSetupToken('wrong', NOW)).toBe(false);
    const taken = await Promise.all([store, other, store, other].map(one => one.takeSetupToken('new', NOW)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('keeps browser sessions until they end', async () => {
    const times = { createdAt: NOW, lastSeenAt: NOW, expiresAt: NOW + DAY, passwordAt: NOW };
    await store.addSession({ hash: 'a', userId, ...times });
    await store.addSession({ hash: 'b', userId, ...times });
    await store.touchSession('a', NOW + 5);
    expect(await store.session('a')).toEqual({ hash: 'a', userId, ...times, lastSeenAt: NOW + 5 });
    await store.endSession('a');
    expect(await store.session('a')).toBeUndefined();
    await store.endSessionsOf(userId);
    expect(await store.session('b')).toBeUndefined();
  });

  it('keeps signing keys', async () => {
    const key = {
      kid: 'k1',
      algorithm: 'ES256',
      publicJwk: '{}',
      sealedPrivateJwk: 'c1.x',
      state: 'next',
      createdAt: NOW,
      retiredAt: undefined,
    } as const;
    await store.addSigningKey(key);
    expect(await store.listSigningKeys()).toEqual([key]);
    await expect(store.addSigningKey(key)).rejects.toThrow();
  });

  it('turns signing keys, once for those who ask at the same time, and forgets the oldest', async () => {
    const rest = { algorithm: 'ES256', publicJwk: '{}', sealedPrivateJwk: 'c1.x', createdAt: NOW } as const;
    const made = (kid: string) => ({ ...rest, kid, state: 'next', retiredAt: undefined }) as const;
    const turn = (from: string | undefined, to: string, at: number, ...kids: string[]) =>
      store.rotateSigningKeys({ from, to, made: kids.map(made), at, forgetBefore: at - 10 });
    const seen = async () =>
      (await store.listSigningKeys()).map(({ kid, state, retiredAt }) => [kid, state, retiredAt]);
    const revision = await store.revision();
    expect(await turn(undefined, 'a', NOW, 'a', 'b')).toBe(true);
    expect(await turn(undefined, 'x', NOW, 'x', 'y')).toBe(false);
    expect(await store.revision()).toBeGreaterThan(revision);
    expect((await Promise.all([turn('a', 'b', NOW + 1, 'c'), turn('a', 'b', NOW + 1, 'd')])).sort()).toEqual([
      false,
      true,
    ]);
    const [next] = (await store.listSigningKeys()).filter(({ state }) => state === 'next');
    expect(await turn('b', 'z', NOW + 12, 'z')).toBe(true);
    expect(next?.kid).toMatch(/^[cd]$/);
    expect(await seen()).toEqual([
      ['b', 'previous', NOW + 12],
      ['z', 'current', undefined],
    ]);
  });
});
