import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/store/index.ts';
import { createLoginWorld, PASSWORD } from './support/login-world.ts';

const DAY = 86_400_000;
let world: Awaited<ReturnType<typeof createLoginWorld>>;
let alice: User;
beforeEach(async () => {
  world = await createLoginWorld();
  alice = await world.addUser('alice', 'user', world.hash);
});
afterEach(() => world.close());

const refused = (status: number, error_code: string) => ({ status, body: { error_code } });

it('speaks JSON where there is nothing, too', async () => {
  expect(await world.send('/auth/login', { method: 'GET' })).toMatchObject(refused(404, 'NOT_FOUND'));
  expect(await world.send('/auth/nothing', {})).toMatchObject(refused(404, 'NOT_FOUND'));
});

describe('POST /auth/login', () => {
  it('gives tokens that work at once', async () => {
    const { status, headers, body } = await world.login('alice');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ey/),
      refresh_token: expect.stringMatching(/^amr_[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 3600,
    });
    expect((await world.me(body.access_token)).status).toBe(200);
  });

  it('lets somebody in whom another process made a moment ago', async () => {
    const other = await world.place.open();
    await other.createUser({ name: 'bob', passwordHash: world.hash, role: 'user' }, world.clock.now());
    const { body } = await world.login('bob');
    expect((await world.me(body.access_token)).body).toMatchObject({ username: 'bob' });
  });

  it('answers alike for a wrong password, an unknown, a disabled and a service user [T20]', async () => {
    const disabled = await world.addUser('disabled', 'user', world.hash);
    await world.store.setDisabled(disabled.id, true);
    await world.addUser('service');
    const answers = await Promise.all([
      world.login('alice', 'wrong'),
      world.login('nobody'),
      world.login('disabled'),
      world.login('service'),
      world.login('__proto__'),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject(refused(401, 'INVALID_CREDENTIALS'));
      expect(answer.body).toEqual(answers[0]?.body);
    }
  });

  const bad: [string, unknown, RegExp][] = [
    ['no JSON', '{', /not JSON/],
    ['nothing', '', /not JSON/],
    ['a list', [], /^body: /],
    ['null', 'null', /^body: /],
    ['no password', { username: 'a' }, /^password: /],
    ['a number as name', { username: 1, password: 'x' }, /^username: /],
    ['an empty password', { username: 'a', password: '' }, /^password: /],
    ['an object as password', { username: 'a', password: { $ne: 1 } }, /^password: /],
    ['a name of 257 letters', { username: 'a'.repeat(257), password: 'x' }, /^username: /],
  ];
  it.each(bad)('names the field when it gets %s', async (_, body, detail) => {
    const answer = await world.post('/auth/login', body);
    expect(answer).toMatchObject(refused(400, 'VALIDATION_ERROR'));
    expect(answer.body.detail).toMatch(detail);
  });

  it('reads 16 KB at most', async () => {
    const answer = await world.post('/auth/login', { username: 'a', password: 'x'.repeat(16_384) });
    expect(answer).toMatchObject(refused(413, 'REQUEST_TOO_LARGE'));
  });

  it('slows one address down at one account, and lets others in [T20]', async () => {
    for (let i = 0; i < 5; i++) expect((await world.login('alice', 'wrong')).status).toBe(401);
    const stopped = await world.login('alice');
    expect(stopped).toMatchObject(refused(429, 'RATE_LIMIT_EXCEEDED'));
    expect(stopped.headers.get('retry-after')).toBe('12');
    expect((await world.login('ALICE')).status).toBe(429);
    expect((await world.login('alice', PASSWORD, '10.0.0.2')).status).toBe(200);
    world.clock.pass(12_000);
    expect((await world.login('alice')).status).toBe(200);
  });

  it('does not count what was right', async () => {
    for (let i = 0; i < 8; i++) expect((await world.login('alice')).status).toBe(200);
  });

  it('stops an address that tries many names', async () => {
    const tries = Array.from({ length: 31 }, (_, at) => world.login(`user${at}`));
    const statuses = (await Promise.all(tries)).map(answer => answer.status);
    expect(statuses.filter(status => status === 429)).toHaveLength(1);
    expect((await world.login('alice')).status).toBe(429);
  });
});

describe('POST /auth/refresh', () => {
  const refresh = (refresh_token: unknown) => world.post('/auth/refresh', { refresh_token });

  it('gives a new pair, and the old token no more after the grace', async () => {
    const first = (await world.login('alice')).body;
    const second = (await refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await world.me(second.access_token)).status).toBe(200);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it('gives one successor to all who ask at once', async () => {
    const { refresh_token } = (await world.login('alice')).body;
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refresh_token)));
    expect(answers.map(answer => answer.status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(answer => answer.body.refresh_token)).size).toBe(1);
    world.clock.pass(10_000);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('ends the whole login when a spent token comes back later [T31]', async () => {
    const first = (await world.login('alice')).body;
    const second = (await refresh(first.refresh_token)).body;
    const elsewhere = (await world.login('alice')).body;
    world.clock.pass(10_001);
    expect(await refresh(first.refresh_token)).toMatchObject(refused(401, 'INVALID_REFRESH_TOKEN'));
    expect(await refresh(second.refresh_token)).toMatchObject(refused(401, 'INVALID_REFRESH_TOKEN'));
    expect((await world.me(second.access_token)).status).toBe(401);
    expect((await world.me(elsewhere.access_token)).status).toBe(200);
  });

  it('lives thirty days from its last use, and ninety in all', async () => {
    let { refresh_token } = (await world.login('alice')).body;
    for (let day = 29; day < 90; day += 29) {
      world.clock.pass(29 * DAY);
      const answer = await refresh(refresh_token);
      expect(answer.status).toBe(200);
      refresh_token = answer.body.refresh_token;
    }
    world.clock.pass(3 * DAY);
    expect(await refresh(refresh_token)).toMatchObject(refused(401, 'TOKEN_EXPIRED'));
    const idle = (await world.login('alice')).body;
    world.clock.pass(30 * DAY);
    expect(await refresh(idle.refresh_token)).toMatchObject(refused(401, 'TOKEN_EXPIRED'));
  });

  it('ends with its user', async () => {
    const { refresh_token } = (await world.login('alice')).body;
    await world.store.setDisabled(alice.id, true);
    await world.live.refresh();
    expect(await refresh(refresh_token)).toMatchObject(refused(401, 'INVALID_REFRESH_TOKEN'));
    await world.store.setDisabled(alice.id, false);
    await world.live.refresh();
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  it('does not serve another client’s token, nor an access token [T15]', async () => {
    const { access_token } = (await world.login('alice')).body;
    expect(await refresh(access_token)).toMatchObject(refused(401, 'INVALID_REFRESH_TOKEN'));
    expect(await refresh('amr_unknown')).toMatchObject(refused(401, 'INVALID_REFRESH_TOKEN'));
    expect(await refresh(7)).toMatchObject(refused(400, 'VALIDATION_ERROR'));
    expect(await world.post('/auth/refresh', {})).toMatchObject(refused(400, 'VALIDATION_ERROR'));
  });

  it('keeps no token in clear', async () => {
    const first = (await world.login('alice')).body;
    const second = (await refresh(first.refresh_token)).body;
    const bytes = await world.place.bytes();
    for (const { refresh_token } of [first, second]) expect(bytes).not.toContain(refresh_token.slice(4));
  });
});

describe('POST /auth/logout', () => {
  const logout = (access_token: unknown, refresh_token?: string) =>
    world.post('/auth/logout', { access_token, refresh_token });

  it('ends the access token and the login at once', async () => {
    const { access_token, refresh_token } = (await world.login('alice')).body;
    await world.me(access_token);
    expect((await logout(access_token)).status).toBe(200);
    expect((await world.me(access_token)).status).toBe(401);
    expect((await world.post('/auth/refresh', { refresh_token })).status).toBe(401);
    expect((await logout(access_token)).status).toBe(200);
  });

  it('ends a second login of the same person when asked to, and nobody else’s', async () => {
    await world.addUser('bob', 'user', world.hash);
    const [mine, other, bobs] = [
      await world.login('alice'),
      await world.login('alice'),
      await world.login('bob'),
    ];
    await logout(mine?.body.access_token, other?.body.refresh_token);
    expect((await world.me(other?.body.access_token)).status).toBe(401);
    const again = (await world.login('alice')).body;
    await logout(again.access_token, bobs?.body.refresh_token);
    expect((await world.me(bobs?.body.access_token)).status).toBe(200);
  });

  it('judges the signature first', async () => {
    const { access_token } = (await world.login('alice')).body;
    const forged = `${access_token.slice(0, -6)}AAAAAA`;
    expect(await logout(forged)).toMatchObject(refused(401, 'INVALID_TOKEN'));
    expect(await logout('x')).toMatchObject(refused(401, 'INVALID_TOKEN'));
    expect(await logout(null)).toMatchObject(refused(400, 'VALIDATION_ERROR'));
    expect((await world.me(access_token)).status).toBe(200);
    world.clock.pass(3_600_000);
    expect(await logout(access_token)).toMatchObject(refused(401, 'TOKEN_EXPIRED'));
  });
});

describe('GET /auth/me', () => {
  it('says who one is', async () => {
    const { access_token } = (await world.login('alice')).body;
    const at = new Date(world.clock.now()).toISOString();
    expect((await world.me(access_token)).body).toEqual({
      id: alice.id,
      username: 'alice',
      email: null,
      full_name: null,
      is_active: true,
      is_superuser: false,
      created_at: at,
      last_login_at: at,
      sub: alice.id,
      preferred_username: 'alice',
      name: 'alice',
      email_verified: false,
    });
  });

  it('challenges who has nothing, or something else', async () => {
    const nothing = await world.send('/auth/me', {});
    expect(nothing).toMatchObject(refused(401, 'NO_TOKEN'));
    expect(nothing.headers.get('www-authenticate')).not.toContain('error=');
    const { refresh_token } = (await world.login('alice')).body;
    const wrong = await world.me(refresh_token);
    expect(wrong).toMatchObject(refused(401, 'INVALID_TOKEN'));
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});

it('registers nobody', async () => {
  const answer = await world.post('/auth/register', {
    username: 'eve',
    password: PASSWORD,
    email: 'e@example.com',
  });
  expect(answer).toMatchObject(refused(403, 'REGISTRATION_DISABLED'));
  expect(await world.store.listUsers()).toHaveLength(1);
});
