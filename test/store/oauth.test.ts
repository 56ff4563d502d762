import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret, type UserId } from '../../src/base/index.ts';
import type { OAuthArtifact, OAuthClient, Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

describe.each(dialects)('what the authorization server keeps on %s', dialect => {
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

  const artifact = (kind: string, hash: string, more: Partial<OAuthArtifact> = {}): OAuthArtifact => ({
    kind,
    hash,
    payload: `{"jti":"secret of ${hash}"}`,
    grantId: 'g1',
    userId,
    clientId: 'c1',
    userCodeHash: undefined,
    createdAt: NOW,
    expiresAt: NOW + DAY,
    consumedAt: undefined,
    ...more,
  });
  const client = (id: string, more: Partial<OAuthClient> = {}): OAuthClient => ({
    id,
    source: 'dcr',
    name: id,
    metadata: '{}',
    userId: undefined,
    accessTtlMs: undefined,
    refreshTtlMs: undefined,
    createdAt: NOW,
    createdAddress: '192.0.2.1',
    lastSeenAt: undefined,
    lastAddress: undefined,
    lastAgent: undefined,
    lastTokenAt: undefined,
    ...more,
  });

  it('is found by kind and hash, and by the code that a person types', async () => {
    const kept = artifact('DeviceCode', 'h', { userCodeHash: 'uc' });
    await store.oauth.putArtifact(kept);
    expect(await store.oauth.artifact('DeviceCode', 'h')).toEqual(kept);
    expect(await store.oauth.artifactByUserCode('DeviceCode', 'uc')).toEqual(kept);
    expect(await store.oauth.artifact('Grant', 'h')).toBeUndefined();
    expect(await store.oauth.artifactByUserCode('Grant', 'uc')).toBeUndefined();
  });

  it('is spent once, however many ask at once and from two processes', async () => {
    const other = await place.open();
    await store.oauth.putArtifact(artifact('AuthorizationCode', 'code'));
    const spend = (at: number) =>
      (at % 2 ? store : other).oauth.consumeArtifact('AuthorizationCode', 'code', NOW + at);
    const spent = await Promise.all(Array.from({ length: 20 }, (_, at) => spend(at)));
    expect(spent.filter(Boolean)).toHaveLength(1);
    expect(await store.oauth.consumeArtifact('AuthorizationCode', 'unknown', NOW)).toBe(false);
  });

  it('keeps the first where two write one successor, and replaces everything else', async () => {
    await store.oauth.putArtifact(artifact('RefreshToken', 'h', { payload: '1' }), true);
    await store.oauth.putArtifact(artifact('RefreshToken', 'h', { payload: '2' }), true);
    expect((await store.oauth.artifact('RefreshToken', 'h'))?.payload).toBe('1');
    await store.oauth.putArtifact(artifact('RefreshToken', 'h', { payload: '3' }));
    expect((await store.oauth.artifact('RefreshToken', 'h'))?.payload).toBe('3');
  });

  it('ends a grant with all that came of it, and remembers it among what was revoked', async () => {
    await store.oauth.putArtifact(artifact('Grant', 'g'));
    await store.oauth.putArtifact(artifact('RefreshToken', 'r'));
    await store.oauth.putArtifact(artifact('RefreshToken', 'other', { grantId: 'g2' }));
    const before = await store.revision();
    await store.oauth.endGrant('g1');
    expect(await store.oauth.artifact('RefreshToken', 'r')).toBeUndefined();
    expect(await store.oauth.artifact('RefreshToken', 'other')).toBeDefined();
    expect(await store.revokedTokens(NOW)).toEqual(['g1']);
    expect(await store.revision()).toBeGreaterThan(before);
    await store.oauth.endGrant('unknown');
    expect(await store.revokedTokens(NOW + DAY)).toEqual([]);
  });

  it.each(['disabled', 'another role'])('ends the grants of a person who is %s', async how => {
    await store.oauth.putArtifact(artifact('Grant', 'g'));
    if (how === 'disabled') await store.setDisabled(userId, true);
    else await store.setRole(userId, 'admin');
    expect(await store.oauth.listGrants({ userId })).toEqual([]);
    expect(await store.revokedTokens(NOW)).toEqual(['g1']);
  });

  it('goes with the person', async () => {
    await store.oauth.putArtifact(artifact('RefreshToken', 'r'));
    const consent = { clientId: 'c1', key: 'k', redirectUri: 'u', scopes: 'mcp', resource: 'r' };
    await store.oauth.putConsent({ id: '1', userId, ...consent, createdAt: NOW, usedAt: NOW });
    await store.deleteUser(userId);
    expect(await store.oauth.artifact('RefreshToken', 'r')).toBeUndefined();
    expect(await store.oauth.listConsents({})).toEqual([]);
  });

  it('forgets what has expired, and nothing else', async () => {
    await store.oauth.putArtifact(artifact('Interaction', 'old', { expiresAt: NOW }));
    await store.oauth.putArtifact(artifact('Interaction', 'new', { expiresAt: NOW + 1 }));
    await store.oauth.sweepArtifacts(NOW);
    expect(await store.oauth.artifact('Interaction', 'old')).toBeUndefined();
    expect(await store.oauth.artifact('Interaction', 'new')).toBeDefined();
  });

  it('forgets clients that were never used or not for long, but none of an administrator', async () => {
    await store.oauth.putClient(client('unused', { createdAt: NOW - 8 * DAY }));
    await store.oauth.putClient(
      client('idle', { createdAt: 1, lastTokenAt: 1, lastSeenAt: NOW - 200 * DAY }),
    );
    await store.oauth.putClient(client('used', { createdAt: 1, lastTokenAt: 1, lastSeenAt: NOW - DAY }));
    await store.oauth.putClient(client('young'));
    await store.oauth.putClient(client('made', { source: 'admin', createdAt: 1 }));
    await store.oauth.putArtifact(artifact('Grant', 'g', { clientId: 'idle' }));
    expect(await store.oauth.sweepClients(NOW - 7 * DAY, NOW - 180 * DAY)).toBe(2);
    expect((await store.oauth.listClients()).map(one => one.id).sort()).toEqual(['made', 'used', 'young']);
    expect(await store.oauth.listGrants({ clientId: 'idle' })).toEqual([]);
    expect(await store.oauth.countClients('dcr')).toBe(2);
  });

  it('sees where a client was last, and since when it has tokens', async () => {
    await store.oauth.putClient(client('c1'));
    await store.oauth.noteClient('c1', {
      at: NOW + 1,
      address: '192.0.2.7',
      agent: undefined,
      gotToken: false,
    });
    expect(await store.oauth.client('c1')).toMatchObject({ lastSeenAt: NOW + 1, lastTokenAt: undefined });
    await store.oauth.noteClient('c1', { at: NOW + 2, address: '192.0.2.8', agent: 'a/1', gotToken: true });
    const seen = { lastSeenAt: NOW + 2, lastAddress: '192.0.2.8', lastAgent: 'a/1', lastTokenAt: NOW + 2 };
    expect(await store.oauth.client('c1')).toMatchObject(seen);
  });

  it('cannot be read with another master key', async () => {
    await store.oauth.putArtifact(artifact('RefreshToken', 'r'));
    const other = await place.open(new Secret('another master secret, long enough'));
    expect(await other.oauth.artifact('RefreshToken', 'r')).toBeUndefined();
  });
});
