import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import { type Callers, type Json, PASSWORD, startCallers } from '../api/support/callers.ts';
import { fill as fillOf, tokenIn } from './support/fill.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({
    settings: { trustedProxies: ['127.0.0.1'] },
  });
});
afterAll(() => callers.close());

const INVITES = '/admin/api/invites';

const invite = async (body: Json = {}, who: 'admin' | 'key:admin' = 'admin') => {
  const made = await callers.ask(who, `POST ${INVITES}`, body);
  expect(made.status).toBe(201);
  return { id: String(made.body.id), url: String(made.body.url), token: tokenIn(made.body.url) };
};

const fill = (path: '/invite' | '/reset', fields: Readonly<Record<string, string>>, more: Json = {}) =>
  fillOf(callers, path, fields, more);

describe('what cannot be', () => {
  it.each([
    ['a short name', { name: 'ab' }, 400, 'The user name needs 3 to 50'],
    ['a name with a space', { name: 'a b c' }, 400, 'The user name needs 3 to 50'],
    ['the name of a group', { name: 'group:x' }, 400, 'The user name needs 3 to 50'],
    ['half an address', { email: 'me@' }, 400, 'The e-mail address is not complete'],
    ['a full name with escapes', { full_name: 'a\u001b[2Jb' }, 400, 'cannot be seen'],
    ['a weak password', { password: 'abc' }, 400, 'The password needs at least 8 characters'],
    ['a name that is taken', { name: 'ADMIN' }, 409, 'This user name or e-mail is taken'],
  ])('%s costs nobody the link', async (_, fields, status, says) => {
    const { token } = await invite();
    const good = { token, name: `fine${Math.trunc(performance.now())}`, password: PASSWORD };
    const refused = await fill('/invite', { ...good, ...fields });
    expect(refused.status).toBe(status);
    expect(refused.text).toContain(says);
    expect(refused.text).not.toContain(PASSWORD);
    expect((await fill('/invite', good)).status).toBe(303);
  });

  it('a role, a group or an id of one’s own choice is not taken', async () => {
    const { token } = await invite();
    const more = { role: 'admin', is_superuser: 'true', groups: 'guests', id: 'x' };
    await fill('/invite', { token, name: 'ambitious', password: PASSWORD, ...more });
    expect(await callers.store.userByName('ambitious')).toMatchObject({ role: 'user' });
  });

  it('markup in what was typed is text on the page', async () => {
    const evil = '"><script>alert(1)</script>';
    const { text } = await fill('/invite', { token: evil, name: evil, email: evil, password: 'x' });
    expect(text).not.toContain('<script>alert');
  });

  it('a form of another site is refused, and the link stays good', async () => {
    const { token } = await invite();
    const fields = { token, name: 'lured', password: PASSWORD };
    expect((await fill('/invite', fields, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await fill('/invite', { ...fields, form: 'x' })).status).toBe(403);
    expect((await fill('/invite', fields)).status).toBe(303);
  });

  it('an address that tries tokens is stopped, and others are not', async () => {
    const address = '203.0.113.9';
    const wrong = { token: 'WRONG-WRONG', name: 'guesser', password: PASSWORD };
    const tries = await Promise.all(Array.from({ length: 12 }, () => fill('/invite', wrong, { address })));
    expect(tries.filter(one => one.status === 403)).toHaveLength(10);
    expect(tries.filter(one => one.status === 429)).toHaveLength(2);
    const { token } = await invite();
    expect((await fill('/invite', { ...wrong, token }, { address })).status).toBe(429);
    expect((await fill('/reset', { token: 'X', password: PASSWORD }, { address })).status).toBe(429);
    expect((await fill('/invite', { ...wrong, token, name: 'honest' })).status).toBe(303);
  });

  it.each([
    ['a role that is none', { role: 'root' }, 'role'],
    ['a group that is none', { groups: ['nobody'] }, 'groups.0'],
    ['half an address', { email: 'me@' }, 'email'],
    ['a token of one’s own choice', { token: 'AAAAA' }, 'token'],
    ['a longer life', { expires_at: '2099-01-01' }, 'expires_at'],
    ['a password beside it', { password: PASSWORD }, 'password'],
  ])('no invitation is made with %s', async (_, body, field) => {
    expect(await callers.ask('admin', `POST ${INVITES}`, body)).toMatchObject({
      status: 400,
      body: { field },
    });
  });

  it('the pages load nothing, keep no referrer and cannot be framed', async () => {
    for (const path of ['/invite', '/reset']) {
      const page = await createBrowser().open(callers.url(path));
      expect(page.headers.get('content-security-policy')).toMatch(
        /default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.text).not.toMatch(/(src|href)="http/);
    }
  });
});
