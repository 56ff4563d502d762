import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeyRing, createMint } from '../../src/auth/index.ts';
import { Secret, type UserId } from '../../src/base/index.ts';
import { createWorld, MASTER, ORIGIN, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const user = 'u' as UserId;

it('publishes what a stranger needs to check a token, and no private part', async () => {
  const { token } = await world.mint(user, 'family');
  const jwks = await world.keyRing.jwks();
  const currentDate = new Date(world.clock.now());
  const options = { typ: 'at+jwt', issuer: ORIGIN, audience: `${ORIGIN}/mcp`, currentDate };
  const { payload, protectedHeader } = await jwtVerify(
    token,
    createLocalJWKSet({ keys: [...jwks.keys] }),
    options,
  );
  expect(payload).toMatchObject({ sub: 'u', client_id: 'authmcp-login', gid: 'family', scope: 'mcp' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: jwks.keys[0]?.kid });
  expect(Object.keys(jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

it('makes a key and the next one, however many ask first, and keeps them over a restart', async () => {
  await Promise.all([world.mint(user, 'a'), world.keyRing.jwks(), world.mint(user, 'b')]);
  expect((await world.store.listSigningKeys()).map(key => key.state).sort()).toEqual(['current', 'next']);
  const { token } = await world.mint(user, 'a');
  const after = createKeyRing({ store: world.store, master: MASTER, clock: world.clock });
  expect(await after.verify(token, 'at+jwt')).toMatchObject({ ok: true });
  expect(await after.jwks()).toEqual(await world.keyRing.jwks());
});

it('accepts what another process signed with a key that it made since', async () => {
  const other = createKeyRing({ store: world.store, master: MASTER, clock: world.clock });
  await world.keyRing.verify('e30.e30.e30', 'at+jwt');
  const mint = createMint({ keyRing: other, clock: world.clock, origin: () => ORIGIN });
  const { token } = await mint(user, 'a');
  world.clock.pass(1001);
  expect(await world.keyRing.verify(token, 'at+jwt')).toMatchObject({ ok: true });
});

it('keeps the private part sealed, and says so when the master key is another', async () => {
  await world.keyRing.jwks();
  const [row] = await world.store.listSigningKeys();
  expect(row?.sealedPrivateJwk).toMatch(/^d0\.[\w-]+$/);
  const master = new Secret('x'.repeat(32));
  const other = createKeyRing({ store: await world.place.open(master), master, clock: world.clock });
  await expect(other.sign({}, 'at+jwt')).rejects.toThrow(/stored with another master key/);
});

it.each(['', 'x', 'a.b.c', 'e30.e30.e30', '....', `${'a'.repeat(5000)}.b.c`])(
  'takes %s for no token',
  async text => {
    expect(await world.keyRing.verify(text, 'at+jwt')).toEqual({ ok: false, why: 'invalid' });
  },
);
