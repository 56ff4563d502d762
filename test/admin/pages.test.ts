import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPages } from '../../src/admin/index.ts';
import { createBrowserSessions, createLinks, createSetup } from '../../src/auth/index.ts';
import { createLoginWorld, PASSWORD } from '../auth/support/login-world.ts';
import { MASTER, ORIGIN } from '../auth/support/world.ts';

const EVIL = 'https://evil.example';

/** A browser: it keeps cookies and sends the forms that it was shown. */
async function createBrowser(origin = ORIGIN) {
  const world = await createLoginWorld();
  const deps = { ...world, master: MASTER, origin: () => origin };
  const setup = createSetup(deps);
  const addressOf = (incoming: IncomingMessage) => incoming.socket.remoteAddress ?? '';
  const sessions = createBrowserSessions(deps);
  const app = createPages({ ...deps, setup, links: createLinks(deps), sessions, addressOf });
  const jar = new Map<string, string>();
  const env = { incoming: { socket: { remoteAddress: '10.0.0.1' } } as IncomingMessage };

  const send = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('host', new URL(origin).host);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await app.request(path, { ...init, headers }, env);
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const submit = (path: string, fields: Record<string, string>, from: string | undefined = origin) => {
    const headers: Record<string, string> = from === '' ? {} : { origin: from };
    return send(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  };
  const formOf = async (path: string) =>
    /name="form" value="([^"]*)"/.exec((await send(path)).text)?.[1] ?? 'none';
  const tokenOf = async () => (await setup.newLink()).url.reveal().split('#')[1] ?? '';
  return { ...world, jar, send, submit, formOf, tokenOf };
}

let browser: Awaited<ReturnType<typeof createBrowser>>;
beforeEach(async () => {
  browser = await createBrowser();
});
afterEach(() => browser.close());

const root = { name: 'root', password: PASSWORD, email: '' };

describe('/setup', () => {
  it('makes the administrator, signs in and goes on to the first server', async () => {
    const [form, token] = [await browser.formOf('/setup'), await browser.tokenOf()];
    const done = await browser.submit('/setup', { ...root, form, token });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/admin/setup']);
    const next = await browser.send('/admin/setup');
    expect(next.status).toBe(200);
    expect(next.text).toContain('&quot;name&quot;:&quot;root&quot;');
    expect(next.text).toContain(`&quot;origin&quot;:&quot;${ORIGIN}&quot;`);
    expect((await browser.login('root')).status).toBe(200);
  });

  it('is over while an administrator exists', async () => {
    await browser.addUser('root', 'admin');
    const form = { ...root, token: await browser.tokenOf(), form: 'x' };
    expect([(await browser.send('/setup')).status, (await browser.submit('/setup', form)).status]).toEqual([
      410, 410,
    ]);
    expect(await browser.store.listUsers()).toHaveLength(1);
  });

  const bad: [string, Record<string, string>, number, string][] = [
    ['a wrong token', { token: 'WRONG' }, 403, 'npx authmcp-gateway setup-link'],
    ['no token', { token: '' }, 403, 'npx authmcp-gateway setup-link'],
    ['a weak password', { password: 'abc' }, 400, 'at least 8 characters, an upper-case letter, a digit'],
    ['a short name', { name: 'ab' }, 400, 'The user name needs 3 to 50'],
    ['a name with spaces', { name: 'a b c' }, 400, 'The user name needs 3 to 50'],
    ['half an address', { email: 'me@' }, 400, 'The e-mail address is not complete'],
  ];
  it.each(bad)('says what is wrong with %s, and keeps what was typed', async (_, change, status, says) => {
    const [form, token] = [await browser.formOf('/setup'), await browser.tokenOf()];
    const answer = await browser.submit('/setup', { ...root, name: 'typed-name', token, form, ...change });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(says);
    expect(answer.text).toContain('name' in change ? `value="${change.name}"` : 'value="typed-name"');
    expect(answer.text).not.toContain(PASSWORD);
    expect(await browser.store.listUsers()).toEqual([]);
  });

  it('ends the trying after ten wrong tokens [T17]', async () => {
    const form = await browser.formOf('/setup');
    let last = 0;
    for (let i = 0; i < 11; i++) {
      const fields = { ...root, token: `WRONG${i}`, form: i === 0 ? form : await browser.formOf('/setup') };
      last = (await browser.submit('/setup', fields)).status;
    }
    expect(last).toBe(429);
    const fields = { ...root, token: await browser.tokenOf(), form: await browser.formOf('/setup') };
    expect((await browser.submit('/setup', fields)).status).toBe(429);
  });

  it('escapes what it gives back', async () => {
    const form = await browser.formOf('/setup');
    const answer = await browser.submit('/setup', {
      ...root,
      name: '"><script>alert(1)</script>',
      token: `'"<`,
      form,
    });
    expect(answer.text).not.toContain('<script>alert');
    expect(answer.text).toContain('&quot;&gt;&lt;script&gt;');
  });
});

describe('/login', () => {
  beforeEach(async () => {
    await browser.addUser('root', 'admin', browser.hash);
    await browser.addUser('alice', 'user', browser.hash);
  });
  const signIn = async (name: string, password = PASSWORD) =>
    browser.submit('/login', { name, password, form: await browser.formOf('/login') });

  it('signs in and out', async () => {
    expect((await browser.send('/admin')).headers.get('location')).toBe('/login');
    expect((await signIn('root')).headers.get('location')).toBe('/admin');
    expect((await browser.send('/login')).headers.get('location')).toBe('/admin');
    const before = new Map(browser.jar);
    const form = await browser.formOf('/admin');
    expect((await browser.submit('/logout', { form })).headers.get('location')).toBe('/login');
    for (const [name, value] of before) browser.jar.set(name, value);
    expect((await browser.send('/admin')).headers.get('location')).toBe('/login');
  });

  it('sends somebody who rules nothing to their own account', async () => {
    expect((await signIn('alice')).headers.get('location')).toBe('/account');
    const admin = await browser.send('/admin');
    expect([admin.status, admin.headers.get('location')]).toEqual([303, '/account?not=admin']);
    expect((await browser.send('/account')).text).toContain('&quot;role&quot;:&quot;user&quot;');
  });

  it('answers alike for a wrong password and an unknown name [T20]', async () => {
    const [wrong, unknown] = [await signIn('root', 'wrong'), await signIn('nobody', 'wrong')];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const plain = (text: string) => text.replaceAll(/(nonce|value)="[^"]*"/g, '');
    expect(plain(wrong.text)).toBe(plain(unknown.text));
  });

  it('slows down who guesses, together with /auth/login', async () => {
    for (let i = 0; i < 3; i++) await signIn('root', 'wrong');
    for (let i = 0; i < 2; i++) await browser.login('root', 'wrong');
    const stopped = await signIn('root');
    expect(stopped.status).toBe(429);
    expect(stopped.headers.get('retry-after')).toBe('12');
    expect(stopped.text).toContain('Try again in 12 s');
  });

  it('takes no form that another site sent [T16]', async () => {
    const form = await browser.formOf('/login');
    const fields = { name: 'root', password: PASSWORD, form };
    for (const from of [EVIL, 'null', '', 'http://localhost:8000.evil.example', 'http://localhost']) {
      expect((await browser.submit('/login', fields, from)).status).toBe(403);
    }
    expect((await browser.submit('/login', { ...fields, form: 'forged' })).status).toBe(403);
    browser.jar.clear();
    const withoutCookie = await browser.submit('/login', fields);
    expect(withoutCookie.status).toBe(403);
    expect(withoutCookie.text).toContain('cookies are blocked');
  });

  it('is not signed out by another site', async () => {
    await signIn('root');
    const form = await browser.formOf('/admin');
    expect((await browser.submit('/logout', { form }, EVIL)).status).toBe(403);
    expect((await browser.submit('/logout', { form: 'forged' })).status).toBe(403);
    expect((await browser.submit('/logout', {})).status).toBe(403);
    expect((await browser.send('/admin')).status).toBe(200);
  });

  it('refuses what is no form', async () => {
    const json = {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ORIGIN },
      body: '{}',
    };
    expect((await browser.send('/login', json)).status).toBe(400);
    const long = { name: 'root', password: 'x'.repeat(20_000), form: 'x' };
    expect((await browser.submit('/login', long)).status).toBe(413);
  });
});

describe('each page', () => {
  it('loads nothing but itself, and cannot be framed', async () => {
    const { headers, text } = await browser.send('/setup');
    const policy = headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([\w-]{22})'/.exec(policy)?.[1] ?? 'none';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    const openings = text.match(/<(script|style)[^>]*>/g) ?? [];
    expect(openings).toEqual([`<style nonce="${nonce}">`, `<script nonce="${nonce}">`]);
    expect(text).not.toMatch(/ on[a-z]+="| style="|https?:\/\/(?!localhost)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect((await browser.send('/setup')).headers.get('content-security-policy')).not.toBe(policy);
  });

  it('names each field for those who do not see it', async () => {
    const { text } = await browser.send('/setup');
    const ids = [...text.matchAll(/<input[^>]* id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(['token', 'name', 'password', 'email']);
    for (const id of ids) expect(text).toContain(`<label for="${id}">`);
  });

  it('of a served gateway asks for https and keeps its cookies there', async () => {
    const served = await createBrowser('https://mcp.example');
    await served.addUser('root', 'admin', served.hash);
    const { headers } = await served.send('/login');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
    expect(headers.get('set-cookie')).toMatch(/^__Host-amg_form=.*; SameSite=Strict; .*; Secure$/);
    const form = await served.formOf('/login');
    const done = await served.submit('/login', { name: 'root', password: PASSWORD, form });
    for (const cookie of done.headers.getSetCookie()) expect(cookie).toMatch(/^__Host-amg_.*; Secure/);
    await served.close();
  });
});
