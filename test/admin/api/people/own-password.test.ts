import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, PASSWORD, startCallers } from '../support/callers.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  callers = await startCallers({ clock: { now: () => Date.now() + skew } });
});
afterAll(() => callers.close());

const CHECK = 'POST /account/api/password-check';
const CHANGE = 'PUT /account/api/password';
const OTHER = 'Heron-ladder-52';
const LATER = 5 * 60_000 + 1000;

/** Somebody new in two browsers, with an access token of a login beside them. */
async function createPerson(name: string) {
  await callers.addPerson(name);
  const [here, there] = [await callers.signIn(name), await callers.signIn(name)];
  const login = (password: string) =>
    fetch(callers.url('/auth/login'), { method: 'POST', body: JSON.stringify({ username: name, password }) });
  const { access_token } = (await (await login(PASSWORD)).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  const isAlive = async (session: typeof here) =>
    (await callers.ask(session, 'GET /account/api/me')).status === 200;
  return {
    here,
    there,
    isAlive,
    tokenStatus: async () => (await fetch(callers.url('/auth/me'), { headers })).status,
    signsIn: async (password: string) => (await login(password)).status === 200,
  };
}

describe('a password of one’s own', () => {
  it('is changed with the current one: a new session here, and nothing else is left', async () => {
    const { here, there, isAlive, tokenStatus, signsIn } = await createPerson('changer');
    skew += LATER;
    expect((await callers.ask(here, CHANGE, { password: OTHER })).body.error).toBe('password_needed');
    const done = await callers.ask(here, CHANGE, { current_password: PASSWORD, password: OTHER });
    expect(done.status).toBe(204);
    const [cookie = ''] = done.headers.getSetCookie();
    expect(cookie).toMatch(/^amg_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect([await isAlive(here), await isAlive(there), await tokenStatus()]).toEqual([false, false, 401]);
    expect(await isAlive({ cookie: cookie.split(';')[0] ?? '', csrf: '' })).toBe(true);
    expect([await signsIn(PASSWORD), await signsIn(OTHER)]).toEqual([false, true]);
    expect((await callers.store.listAudit(1))[0]).toMatchObject({
      actor: 'user:changer',
      action: 'user.passwd',
    });
  });

  it('is enough once more for five minutes', async () => {
    const { here } = await createPerson('checker');
    skew += LATER;
    expect((await callers.ask(here, CHANGE, { password: OTHER })).status).toBe(403);
    const checked = await callers.ask(here, CHECK, { password: PASSWORD });
    expect(checked.body.password_at).toBeGreaterThan(Date.now());
    skew += LATER - 10_000;
    expect((await callers.ask(here, CHANGE, { password: OTHER })).status).toBe(204);
  });

  it('opens to an administrator what needs a recent one', async () => {
    const session = await callers.signIn('admin');
    skew += LATER;
    const create = { username: 'by-fresh', role: 'auditor' };
    expect((await callers.ask(session, 'POST /admin/api/users', create)).body.error).toBe('password_needed');
    await callers.ask(session, CHECK, { password: PASSWORD });
    expect((await callers.ask(session, 'POST /admin/api/users', create)).status).toBe(201);
  });
});

describe('a stolen session', () => {
  it('guesses the password no faster than a stranger, and the owner still gets in', async () => {
    const { here, signsIn } = await createPerson('victim');
    skew += LATER;
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, at) => callers.ask(here, CHECK, { password: `Guess-${at}-aaaa` })),
    );
    const statuses = tries.map(one => one.status);
    expect(statuses.filter(status => status === 403)).toHaveLength(5);
    expect(statuses.filter(status => status === 429)).toHaveLength(7);
    const refused = tries.find(one => one.status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await callers.ask(here, CHANGE, { current_password: PASSWORD, password: OTHER })).toMatchObject({
      status: 429,
    });
    skew += 300_000;
    expect(await signsIn(PASSWORD)).toBe(true);
  });

  it.each([
    ['nothing', undefined, 'password'],
    ['an empty one', { password: '' }, 'password'],
    ['a number', { password: 7 }, 'password'],
    ['a list', { password: [PASSWORD] }, 'password'],
    ['two fields', { password: PASSWORD, user: 'admin' }, 'user'],
    ['a megabyte', { password: 'x'.repeat(200_000) }, 'password'],
  ])('is asked for a password: %s is none', async (_, body, field) => {
    const answer = await callers.ask('user', CHECK, body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', field } });
  });

  it.each([
    ['a weak password', { password: 'abc' }, 'password'],
    ['one with a zero byte alone', { password: '\0' }, 'password'],
    ['no password', {}, 'password'],
    ['a role beside it', { password: OTHER, role: 'admin' }, 'role'],
    ['a person beside it', { password: OTHER, id: 'x' }, 'id'],
  ])('%s changes nothing', async (_, body, field) => {
    const session = await callers.signIn('user');
    const answer = await callers.ask(session, CHANGE, body);
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(200);
  });

  it('another’s password is not one’s own, nor with the wrong current one any', async () => {
    await callers.addPerson('neighbour');
    const session = await callers.signIn('auditor');
    skew += LATER;
    const wrong = await callers.ask(session, CHANGE, { current_password: OTHER, password: OTHER });
    expect(wrong).toMatchObject({
      status: 403,
      body: { error: 'password_needed', field: 'current_password' },
    });
    expect(JSON.stringify(await callers.store.listAudit(50))).not.toContain(OTHER);
  });
});
