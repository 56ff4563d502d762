import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  callers = await startCallers({
    clock: { now: () => Date.now() + skew },
    env: { RATE_LIMIT_LOGIN_WINDOW: '60' },
    settings: { rateLimit: { login: { max: 4 } } },
  });
});
afterAll(() => callers.close());

const SETTINGS = '/admin/api/settings';
const all = async () => (await callers.ask('admin', `GET ${SETTINGS}`)).body;
const put = (body: unknown, who: 'admin' | 'key:admin' = 'admin') =>
  callers.ask(who, `PUT ${SETTINGS}`, body);

describe('a change that cannot be', () => {
  it.each([
    ['a key that is none', { nonsense: 1 }, 'nonsense', 'there is no such setting'],
    [
      'a spelling that is near',
      { 'passwordPolicy.minLenght': 9 },
      'passwordPolicy.minLenght',
      'did you mean passwordPolicy.minLength?',
    ],
    [
      'a group that is none',
      { rate_limits: { mcp_limit: 5 } },
      'rate_limits.mcp_limit',
      'there is no such setting',
    ],
    [
      'a key of the prototype',
      JSON.parse('{"__proto__":{"minLength":4}}'),
      '__proto__.minLength',
      'there is no such setting',
    ],
    ['a constructor', { constructor: 1 }, 'constructor', 'there is no such setting'],
    [
      'an address that is none',
      { upstream: { clientMetadataUrl: 'http://gateway.example/client.json' } },
      'upstream.clientMetadataUrl',
      'must be an address that begins with https://',
    ],
    [
      'a text for a number',
      { password_policy: { min_length: 'long' } },
      'password_policy.min_length',
      'must be a whole number from 4 to 128',
    ],
    [
      'too little',
      { password_policy: { min_length: 3 } },
      'password_policy.min_length',
      'must be a whole number',
    ],
    [
      'too much',
      { jwt: { access_token_expire_minutes: 525_601 } },
      'jwt.access_token_expire_minutes',
      'must be a whole number',
    ],
    [
      'half a minute',
      { jwt: { access_token_expire_minutes: 0.5 } },
      'jwt.access_token_expire_minutes',
      'must be a whole number',
    ],
    [
      'a list for a yes',
      { system: { allow_registration: [true] } },
      'system.allow_registration',
      'must be true or false',
    ],
    [
      'a group for a value',
      { system: { allow_registration: { a: 1 } } },
      'system.allow_registration.a',
      'there is no such setting',
    ],
    ['a value for a group', { system: true }, 'system', 'there is no such setting'],
    ['a word that is none', { 'system.cimd': 'maybe' }, 'system.cimd', 'must be one of auto, on, off'],
    [
      'one setting in two spellings',
      { 'rateLimit.mcp.max': 5, rate_limit: { mcp_limit: 6 } },
      'rate_limit.mcp_limit',
      'given twice',
    ],
    [
      'a secret',
      { dcr: { initial_access_token: 'x'.repeat(40) } },
      'dcr.initial_access_token',
      'is a secret',
    ],
  ])('%s is refused with the field, and nothing is changed', async (_, body, field, says) => {
    const before = JSON.stringify(await all());
    const text = `{"ui.mcpActivityWindowSeconds":999,${JSON.stringify(body).slice(1)}`;
    const answer = await callers.ask('admin', `PUT ${SETTINGS}`, undefined, { text });
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(answer.body.message).toContain(says);
    expect(JSON.stringify(await all())).toBe(before);
  });

  it.each([
    [
      'the environment',
      { rate_limit: { login_window: 5 } },
      'is set by RATE_LIMIT_LOGIN_WINDOW in the environment',
    ],
    ['the file', { 'rateLimit.login.max': 50 }, 'authmcp.yaml'],
    ['a flag', { dataDir: '/tmp' }, 'is set by the flag --data-dir'],
    ['whoever runs the machine', { 'stdio.wrapper': ['sh', '-c'] }, 'is decided before the database is open'],
    ['whoever starts it', { system: { auth_required: false } }, 'is decided before the database is open'],
    ['whoever starts it', { publicUrl: 'https://evil.example' }, 'set MCP_PUBLIC_URL'],
  ])('what %s decides is a conflict that says so', async (_, body, says) => {
    expect(await put(body)).toMatchObject({
      status: 409,
      body: { error: 'conflict', message: expect.stringContaining(says) },
    });
  });

  it('what is pinned may be sent as it is', async () => {
    const document = {
      system: { auth_required: true, allow_registration: false },
      rate_limit: { login_limit: 4 },
    };
    expect((await put(document)).body).toMatchObject({ success: true, changed: [] });
  });

  it('by a key changes nothing that has to do with security [T22]', async () => {
    expect((await put({ ui: { mcp_activity_window_seconds: 61 } }, 'key:admin')).status).toBe(200);
    for (const body of [
      { passwordPolicy: { minLength: 4 } },
      { system: { allow_registration: true } },
      { jwt: { access_token_expire_minutes: 525_600 } },
      { 'rateLimit.enabled': false },
      { 'browserSession.idleMinutes': 525_600 },
      { 'upstream.private': 'deny' },
      { pageSize: 3, 'dcr.unusedDays': 3650 },
    ]) {
      const answer = await put(body, 'key:admin');
      expect([body, answer.status, answer.body.error]).toEqual([body, 403, 'insufficient_scope']);
    }
    const session = await callers.signIn('admin');
    skew += 5 * 60_000 + 1000;
    expect(await callers.ask(session, `PUT ${SETTINGS}`, { passwordPolicy: { minLength: 4 } })).toMatchObject(
      {
        status: 403,
        body: { error: 'password_needed' },
      },
    );
    expect((await callers.ask(session, `PUT ${SETTINGS}`, { pageSize: 3 })).status).toBe(200);
    await callers.ask(session, `PUT ${SETTINGS}`, { pageSize: null });
    skew = 0;
  });

  it('a document without an end of groups, or none at all, is refused', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    for (const text of [deep, '[]', '"x"', 'null', '7', '{']) {
      const answer = await callers.ask('admin', `PUT ${SETTINGS}`, undefined, { text });
      expect([text.slice(0, 8), answer.status]).toEqual([text.slice(0, 8), 400]);
    }
    expect((await put({})).body).toMatchObject({ changed: [] });
  });
});
