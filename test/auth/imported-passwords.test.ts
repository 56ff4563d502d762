import { hash } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLoginWorld, PASSWORD } from './support/login-world.ts';

let world: Awaited<ReturnType<typeof createLoginWorld>>;
beforeAll(async () => {
  world = await createLoginWorld();
});
afterAll(() => world.close());

const NOW_COST = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

it('a password that was hashed at another cost is hashed anew when it comes by, and stays the same', async () => {
  const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  const { id } = await world.addUser('imported', 'user', weak);
  expect((await world.login('imported', 'wrong')).status).toBe(401);
  expect(await world.store.passwordHashOf(id)).toBe(weak);
  const first = await world.login('imported');
  expect(first.status).toBe(200);
  expect(await world.store.passwordHashOf(id)).toMatch(NOW_COST);
  expect((await world.login('imported')).status).toBe(200);
  // What was signed in stays so: nothing was changed but the hash.
  expect((await world.me(first.body.access_token)).status).toBe(200);
});

it.each(['2a', '2b', '2y'])(
  'a bcrypt hash ($%s$) of the reference opens the door once, and is argon2id from then on',
  async kind => {
    const kept = (await bcrypt(PASSWORD, 12)).replace('$2b$', `$${kind}$`);
    const { id } = await world.addUser(`from-the-reference-${kind}`, 'user', kept);
    expect((await world.login(`from-the-reference-${kind}`, 'wrong')).status).toBe(401);
    expect(await world.store.passwordHashOf(id)).toBe(kept);
    expect((await world.login(`from-the-reference-${kind}`)).status).toBe(200);
    expect(await world.store.passwordHashOf(id)).toMatch(NOW_COST);
    expect((await world.login(`from-the-reference-${kind}`)).status).toBe(200);
    expect((await world.login(`from-the-reference-${kind}`, 'wrong')).status).toBe(401);
  },
);

it('a bcrypt hash knows 72 bytes, as those who made it did; the hash made anew knows the whole password', async () => {
  const long = `Aa1-${'x'.repeat(68)} and more`;
  const kept = await bcrypt(long, 10);
  await world.addUser('long-one', 'user', kept);
  expect((await world.login('long-one', long)).status).toBe(200);
  expect((await world.login('long-one', long.slice(0, 72))).status).toBe(401);
});

it.each([
  ['bcrypt of another password', '$2b$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
  ['bcrypt that would take a day', '$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
  ['half a bcrypt', '$2b$10$R9h/cIPz0gi.URNNX3kh2O'],
  ['bcrypt of an unsafe kind', '$2x$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
  ['half an argon2', '$argon2id$v=19$m=19456'],
  ['nothing', ''],
  ['the password itself', PASSWORD],
  ['a hash that would take a gigabyte', '$argon2id$v=19$m=99999999,t=9,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo'],
])('a kept hash of another kind (%s) is refused like a wrong password', async (kind, kept) => {
  const name = `odd-${kind.replaceAll(' ', '-')}`;
  const { id } = await world.addUser(name, 'user', kept);
  expect(await world.login(name)).toMatchObject({ status: 401, body: { error_code: 'INVALID_CREDENTIALS' } });
  expect(await world.store.passwordHashOf(id)).toBe(kept);
});
