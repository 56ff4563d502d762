import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, PASSWORD, startCallers } from '../admin/api/support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({
    settings: {
      trustedProxies: ['127.0.0.1'],
      system: { allowRegistration: true },
      rateLimit: { register: { max: 3, window: 300 } },
    },
    servers: { home: 'http://127.0.0.1:9/mcp' },
  });
});
afterAll(() => callers.close());

let count = 0;
/** From an address of its own, unless one is given. */
async function register(body: unknown, address = `203.0.113.${++count % 250}`) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
  const answer = await fetch(callers.url('/auth/register'), { method: 'POST', headers, body: text });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
}
const login = async (username: string) => {
  const body = JSON.stringify({ username, password: PASSWORD });
  const answer = await fetch(callers.url('/auth/login'), { method: 'POST', body });
  return (await answer.json()) as { access_token?: string };
};
const good = (username: string): Json => ({ username, email: `${username}@example.com`, password: PASSWORD });

describe('POST /auth/register, where registration is open', () => {
  it('makes a person as the reference does, who signs in and reaches no server', async () => {
    const made = await register({ ...good('newcomer'), full_name: 'New Comer' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      username: 'newcomer',
      email: 'newcomer@example.com',
      full_name: 'New Comer',
      is_active: true,
      is_superuser: false,
      created_at: expect.any(String),
      last_login_at: null,
    });
    const { access_token } = await login('newcomer');
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const call = (path: string) => fetch(callers.url(path), { method: 'POST', headers, body });
    expect([(await call('/mcp')).status, (await call('/mcp/home')).status]).toEqual([200, 404]);
    expect((await callers.store.listAudit(1))[0]).toMatchObject({
      actor: 'registration',
      target: 'newcomer',
    });
  });

  it('makes one of all who want a name at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => register(good('wanted'))));
    expect(all.map(one => one.status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(all.find(one => one.status === 409)?.body).toEqual({
      detail: 'This user name is taken',
      error_code: 'USERNAME_EXISTS',
    });
  });

  it('tells nobody who has an address, and takes it from nobody', async () => {
    const first = await register({ ...good('first'), email: 'shared@example.com' });
    const second = await register({ ...good('second'), email: 'SHARED@example.com' });
    expect([first.status, second.status]).toEqual([201, 201]);
    await callers.ask('admin', 'POST /admin/api/users', { username: 'owner', email: 'shared@example.com' });
    expect(await callers.store.userByName('owner')).toMatchObject({ email: 'shared@example.com' });
    expect((await register({ ...good('third'), email: 'shared@example.com' })).status).toBe(201);
  });

  it('takes three of one address in five minutes, guesses at names among them', async () => {
    const statuses: number[] = [];
    for (const name of ['addr-a', 'admin', 'addr-b', 'addr-c'])
      statuses.push((await register(good(name), '198.51.100.1')).status);
    expect(statuses).toEqual([201, 409, 201, 429]);
    const refused = await register(good('addr-d'), '198.51.100.1');
    expect(refused.body.error_code).toBe('RATE_LIMIT_EXCEEDED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await register(good('addr-e'), '198.51.100.2')).status).toBe(201);
    const v6 = await Promise.all([1, 2, 3, 4].map(at => register(good(`six-${at}`), `2001:db8:1::${at}`)));
    expect(v6.filter(one => one.status === 429)).toHaveLength(1);
  });

  it('closes and opens while the gateway runs', async () => {
    await callers.ask('admin', 'PUT /admin/api/settings', { rateLimit: { register: null } }).catch(() => {});
    const { configFile, dataDir } = callers;
    const { loadConfig } = await import('../../src/config/index.ts');
    const { writeConfig } = await import('../support/gateway.ts');
    const flags = { config: configFile, dataDir, port: '0' };
    const reload = async (settings: Json) => {
      await writeConfig(configFile, {
        servers: {},
        settings: { trustedProxies: ['127.0.0.1'], ...settings },
      });
      await callers.built.reload(loadConfig({ flags, env: {} }));
    };
    await reload({});
    expect(await register(good('closed'))).toMatchObject({
      status: 403,
      body: { error_code: 'REGISTRATION_DISABLED' },
    });
    await callers.ask('admin', 'PUT /admin/api/settings', { system: { allow_registration: true } });
    expect((await register(good('open-again'))).status).toBe(201);
    await callers.ask('admin', 'PUT /admin/api/settings', { system: { allow_registration: null } });
    expect((await register(good('closed'))).status).toBe(403);
    await reload({ system: { allowRegistration: true } });
    expect((await register(good('closed'))).status).toBe(201);
  });
});

describe('what cannot be', () => {
  it.each(['is_superuser', 'role', 'is_active', 'id', 'groups', 'grants', 'password_hash', 'disabled'])(
    'nobody makes themselves more by a field %s [K48]',
    async field => {
      const name = `more-${field.replaceAll('_', '')}`;
      const answer = await register({ ...good(name), [field]: field === 'role' ? 'admin' : true });
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'VALIDATION_ERROR' } });
      expect(await callers.store.userByName(name)).toBeUndefined();
    },
  );

  it.each([
    ['no JSON', '{', 'VALIDATION_ERROR', /not JSON/],
    ['a list', [], 'VALIDATION_ERROR', /^body/],
    ['no name', { password: PASSWORD }, 'VALIDATION_ERROR', /^username/],
    ['a short name', good('ab'), 'VALIDATION_ERROR', /^username/],
    ['a long name', good('a'.repeat(51)), 'VALIDATION_ERROR', /^username/],
    ['a name with a space', good('a b c'), 'VALIDATION_ERROR', /^username/],
    ['a name of another script that looks like one', good('аdmin'), 'VALIDATION_ERROR', /^username/],
    ['a zero byte', { ...good('zero'), username: 'zer\0o' }, 'VALIDATION_ERROR', /^username/],
    ['a number as name', { ...good('x'), username: 12345 }, 'VALIDATION_ERROR', /^username/],
    ['half an address', { ...good('half'), email: 'me@' }, 'VALIDATION_ERROR', /^email/],
    [
      'a full name with escapes',
      { ...good('esc'), full_name: '\u001b[2J' },
      'VALIDATION_ERROR',
      /^full_name/,
    ],
    ['a weak password', { ...good('weak'), password: 'aaa' }, 'WEAK_PASSWORD', /at least 8 characters/],
    ['an object as password', { ...good('obj'), password: { $gt: '' } }, 'VALIDATION_ERROR', /^password/],
  ])('%s is refused in the words of the reference', async (_, body, code, detail) => {
    const answer = await register(body);
    expect(answer).toMatchObject({ status: 400, body: { error_code: code } });
    expect(answer.body.detail).toMatch(detail);
  });

  it('a body of 20 KB is too large', async () => {
    expect((await register({ ...good('big'), full_name: 'x'.repeat(20_000) })).status).toBe(413);
  });
});
