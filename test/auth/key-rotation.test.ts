import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../src/auth/index.ts';
import { Secret } from '../../src/base/index.ts';
import type { SecurityEvent } from '../../src/ledger/index.ts';
import { createWorld, MASTER, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

type Signing = Parameters<typeof createKeyRing>[0]['signing'] & object;

/** The ring of another process on the same store. */
const ringOf = (signing?: Signing, events: SecurityEvent[] = []) =>
  createKeyRing({
    store: world.store,
    master: MASTER,
    clock: world.clock,
    live: world.live,
    ledger: { event: event => void events.push(event) },
    ...(signing && { signing }),
  });
const pemOf = (bits = 2048) =>
  new Secret(
    generateKeyPairSync('rsa', { modulusLength: bits })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  );
const claims = () => ({ sub: 'u', exp: Math.floor(world.clock.now() / 1000) + 3600 });
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const kidsOf = async (ring = world.keyRing) => (await ring.jwks()).keys.map(key => key.kid);

describe('a rotation', () => {
  it('signs with the key that was published before, and publishes the one after it', async () => {
    const [first, second] = await kidsOf();
    expect(kidOf(await world.keyRing.sign(claims(), 'at+jwt'))).toBe(first);
    expect(await world.keyRing.rotate()).toEqual({ from: first, to: second });
    expect(kidOf(await world.keyRing.sign(claims(), 'at+jwt'))).toBe(second);
    const [current, next, previous, ...more] = await kidsOf();
    expect([current, previous, more]).toEqual([second, first, []]);
    expect([first, second]).not.toContain(next);
  });

  it('leaves tokens of the former key good until they expire, also after a second one', async () => {
    const token = await world.keyRing.sign(claims(), 'at+jwt');
    world.clock.pass(1000);
    await world.keyRing.rotate();
    await world.keyRing.rotate();
    world.clock.pass(3_598_000);
    for (const ring of [world.keyRing, ringOf()])
      expect(await ring.verify(token, 'at+jwt')).toMatchObject({ ok: true });
    expect(await kidsOf()).toContain(kidOf(token));
    world.clock.pass(3000);
    expect(await kidsOf()).not.toContain(kidOf(token));
    expect(await world.keyRing.verify(token, 'at+jwt')).toEqual({ ok: false, why: 'invalid' });
    await world.keyRing.rotate();
    expect((await world.store.listSigningKeys()).map(key => key.kid)).not.toContain(kidOf(token));
  });

  it('by another process is taken over with the snapshot, and told to whoever builds on the keys', async () => {
    const told: (string | undefined)[] = [];
    const here = ringOf();
    const before = await kidsOf(here);
    here.onChange(() => void told.push('change'));
    const other = await world.place.open(MASTER);
    const there = createKeyRing({ store: other, master: MASTER, clock: world.clock });
    expect(await there.rotate()).toEqual({ from: before[0], to: before[1] });
    await world.live.refresh();
    await expect.poll(async () => kidOf(await here.sign(claims(), 'at+jwt'))).toBe(before[1]);
    expect(told).toEqual(['change']);
    await world.live.refresh();
    await here.jwks();
    expect(told).toEqual(['change']);
  });

  it('by many at once happens once for each key that was current', async () => {
    await world.keyRing.jwks();
    const turned = await Promise.all([ringOf(), ringOf(), ringOf()].map(ring => ring.rotate()));
    expect(turned.filter(one => one !== undefined)).toHaveLength(1);
    const states = (await world.store.listSigningKeys()).map(key => key.state).sort();
    expect(states).toEqual(['current', 'next', 'previous']);
  });

  it('goes on with the algorithm of the keys, whatever the environment of the command', async () => {
    const rsa = ringOf({ algorithm: 'RS256' });
    await rsa.jwks();
    await ringOf().rotate();
    await world.live.refresh();
    expect((await rsa.jwks()).keys.map(key => key.alg)).toEqual(['RS256', 'RS256', 'RS256']);
  });
});

describe('the private keys for ID tokens', () => {
  it('stand in the order of the public ones, with the names that a provider needs', async () => {
    await world.keyRing.jwks();
    await world.keyRing.rotate();
    const [own, published] = [await world.keyRing.signingJwks(), (await world.keyRing.jwks()).keys];
    expect(own.map(({ d: _, ...rest }) => rest)).toEqual(published);
    expect(own.map(({ alg, use, d }) => [alg, use, typeof d])).toEqual(
      own.map(() => ['ES256', 'sig', 'string']),
    );
    const [key = {}] = own;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: String(key.kid) })
      .sign(await importJWK(key));
    await jwtVerify(token, createLocalJWKSet({ keys: [...published] }));
  });
});

describe('with RS256', () => {
  it('keys are made with 2048 bits, and tokens of ES256 from before stay good', async () => {
    const before = await world.keyRing.sign(claims(), 'at+jwt');
    const events: SecurityEvent[] = [];
    const ring = ringOf({ algorithm: 'RS256' }, events);
    const token = await ring.sign(claims(), 'at+jwt');
    const { keys } = await ring.jwks();
    expect(keys.map(({ alg, kty }) => [alg, kty])).toEqual([
      ['RS256', 'RSA'],
      ['RS256', 'RSA'],
      ['ES256', 'EC'],
    ]);
    expect(Buffer.from(String(keys[0]?.n), 'base64url')).toHaveLength(256);
    for (const text of [before, token]) expect(await ring.verify(text, 'at+jwt')).toMatchObject({ ok: true });
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(events).toMatchObject([{ type: 'key_rotated', detail: { to: keys[0]?.kid, why: 'settings' } }]);
  });

  it('the operator’s own key signs, is kept over a restart, and gives way to the next file', async () => {
    const [one, two] = [pemOf(), pemOf()];
    const first = await ringOf({ algorithm: 'RS256', pem: one }).sign(claims(), 'at+jwt');
    const again = await ringOf({ algorithm: 'RS256', pem: one }).sign(claims(), 'at+jwt');
    expect(kidOf(again)).toBe(kidOf(first));
    const after = ringOf({ algorithm: 'RS256', pem: two });
    expect(kidOf(await after.sign(claims(), 'at+jwt'))).not.toBe(kidOf(first));
    expect(await after.verify(first, 'at+jwt')).toMatchObject({ ok: true });
    const back = ringOf({ algorithm: 'RS256', pem: one });
    expect(kidOf(await back.sign(claims(), 'at+jwt'))).toBe(kidOf(first));
    expect((await world.store.listSigningKeys()).filter(key => key.state === 'current')).toHaveLength(1);
  });
});

describe('with HS256', () => {
  it('access tokens alone are signed so; ID tokens and published keys stay ES256', async () => {
    const ring = ringOf({ algorithm: 'HS256' });
    const access = await ring.sign(claims(), 'at+jwt');
    expect(decodeProtectedHeader(access)).toMatchObject({ alg: 'HS256', typ: 'at+jwt' });
    expect(await ring.verify(access, 'at+jwt')).toMatchObject({ ok: true });
    const { alg, kid } = await ring.accessKey();
    expect([alg, kid]).toEqual(['HS256', kidOf(access)]);
    const id = await ring.sign(claims(), 'JWT');
    expect(decodeProtectedHeader(id).alg).toBe('ES256');
    const { keys } = await ring.jwks();
    expect(keys.map(key => key.alg)).toEqual(['ES256', 'ES256']);
    expect(JSON.stringify(keys)).not.toMatch(/oct|hs256|"k"/);
    await jwtVerify(id, createLocalJWKSet({ keys: [...keys] }), {
      currentDate: new Date(world.clock.now()),
    });
  });

  it('the secret turns with the keys, and the former one counts until its tokens have expired', async () => {
    const ring = ringOf({ algorithm: 'HS256' });
    const before = await ring.sign(claims(), 'at+jwt');
    await ring.rotate();
    const after = await ring.sign(claims(), 'at+jwt');
    expect(kidOf(after)).not.toBe(kidOf(before));
    for (const token of [before, after])
      expect(await ring.verify(token, 'at+jwt')).toMatchObject({ ok: true });
  });

  it('is never the key of another type of token, nor taken where it is not set', async () => {
    const shared = ringOf({ algorithm: 'HS256' });
    const { key, kid } = await shared.accessKey();
    const id = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid }).sign(key);
    expect(await shared.verify(id, 'JWT')).toEqual({ ok: false, why: 'invalid' });
    const access = await shared.sign(claims(), 'at+jwt');
    expect(await ringOf().verify(access, 'at+jwt')).toEqual({ ok: false, why: 'invalid' });
  });

  it('no public key is a secret (algorithm confusion)', async () => {
    const ring = ringOf({ algorithm: 'HS256' });
    const [published] = (await ring.jwks()).keys;
    const { kid } = await ring.accessKey();
    for (const named of [kid, String(published?.kid)]) {
      const forged = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: named })
        .sign(Buffer.from(JSON.stringify(published)));
      expect(await ring.verify(forged, 'at+jwt')).toEqual({ ok: false, why: 'invalid' });
    }
  });
});
