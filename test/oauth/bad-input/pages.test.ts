import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from '../../support/browser.ts';
import { sendBytes } from '../../support/raw-http.ts';
import { type Attack, askFor, type Sent, startAttack } from '../support/attack.ts';
import { fieldOf, isGuarded, type Post, postTo } from '../support/forms.ts';
import { PASSWORD } from '../support/world.ts';

let attack: Attack;
let client = '';
let alice: Browser;
let bob: Browser;

beforeAll(async () => {
  attack = await startAttack();
  for (const name of ['alice', 'bob']) await attack.addPerson(name);
  client = await attack.clientId();
  [alice, bob] = [attack.browserOf('alice'), attack.browserOf('bob')];
  for (const browser of [alice, bob]) await browser.submit(await browser.open(attack.url('/login')));
});
afterAll(() => attack.close());

const url = (more = {}, id = client) => attack.authorizeUrl(Object.fromEntries(askFor(id, more)));
const consentOf = (browser: Browser) => browser.open(url());

describe('signing in', () => {
  it('is no other site’s to do (login CSRF)', async () => {
    const victim = attack.browserOf('mallory');
    const page = await victim.open(url());
    const fields = { form: fieldOf(page), name: 'alice', password: PASSWORD };
    const interaction = victim
      .cookies(page.url)
      .split('; ')
      .filter(one => !one.startsWith('amg_form'))
      .join('; ');
    const FORGED: readonly (readonly [string, Partial<Post>])[] = [
      ['no form cookie', { cookie: interaction }],
      ['a form cookie of its own', { cookie: `${interaction}; amg_form=mine` }],
      ['no form token', { fields: { ...fields, form: '' } }],
      ['no origin', { headers: { origin: '' } }],
    ];
    for (const [what, change] of FORGED) {
      const sent = await postTo(attack, `sign-in ${what}`, {
        page,
        cookie: victim.cookies(page.url),
        fields,
        ...change,
      });
      expect([sent.status, sent.headers.get('set-cookie')?.includes('amg_session=') ?? false], what).toEqual([
        403,
        false,
      ]);
    }
    await attack.expectEvents(FORGED.map(([what]) => `sign-in ${what}`));
  });

  it('gives a session that nobody could have planted (fixation)', async () => {
    const browser = attack.browserOf('alice');
    const page = await browser.open(url());
    const planted = `${browser.cookies(page.url)}; amg_session=planted`;
    const fields = { form: fieldOf(page), name: 'alice', password: PASSWORD };
    const sent = await postTo(attack, 'good', { page, cookie: planted, fields });
    const made = sent.headers.getSetCookie().find(line => line.startsWith('amg_session='));
    expect([sent.status, made?.startsWith('amg_session=planted')]).toEqual([303, false]);
    expect(made).toMatch(/; HttpOnly; SameSite=Lax/);
    const read = await attack.send('good', '/account/programs', {
      headers: { cookie: 'amg_session=planted' },
    });
    expect(read.location).toContain('/login');
  });

  it.for([
    ...[
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      'javascript:alert(1)',
      '/device/../../x',
      '/%2f/evil.example',
    ],
    ...[
      '/device?user_code=x',
      '/device#https://evil.example',
      '/device\r\nx: y',
      '/account/programs/',
      '/device?user_code=BCDF-GHJK&next=//evil',
      '/oauth/interaction/x',
      '',
      '/logout',
    ],
    ...[
      '/admin//evil.example',
      '/account/../mcp',
      '/account/%2e%2e/mcp',
      '/admin\\evil',
      '/admin/x#y',
      '/adminx',
      '/admin?next=//evil',
    ],
  ])('goes on to nothing but a page of its own, however asked: %j', async next => {
    const browser = attack.browserOf('alice');
    const login = await browser.open(attack.url(`/login?next=${encodeURIComponent(next)}`));
    expect(login.text).toContain('action="/login"');
    expect(new URL((await browser.submit(login)).url).pathname).toBe('/account');
  });
});

describe('every page', () => {
  const PAGES: readonly (readonly [what: string, open: () => Promise<Page | Sent>, status: number])[] = [
    ['sign-in', () => attack.browserOf('x').open(url()), 200],
    ['consent', () => consentOf(alice), 200],
    ['the login page', () => attack.browserOf('x').open(attack.url('/login')), 200],
    ['the device page', () => alice.open(attack.url('/device')), 200],
    ['the programs', () => alice.open(attack.url('/account/programs')), 200],
    ['an unknown client', () => attack.send('p1', `/authorize?${askFor('nobody')}`), 400],
    [
      'a foreign redirect',
      () => attack.send('p2', `/authorize?${askFor(client, { redirect_uri: 'https://evil.example' })}`),
      400,
    ],
    ['an interaction that is over', () => attack.send('p3', '/oauth/interaction/none'), 400],
    ['a sign-in that goes on nowhere', () => attack.send('p4', '/authorize/none'), 400],
    [
      'an answer as a form',
      () =>
        attack.send(
          'p5',
          `/authorize?${askFor(client, { response_mode: 'form_post', prompt: 'none', state: '"><script>alert(1)</script>' })}`,
        ),
      400,
    ],
  ];
  it.for(PAGES)('%s cannot be framed, sniffed, cached or scripted', async ([, open, status]) => {
    const page = await open();
    expect(page.status).toBe(status);
    isGuarded(page);
    expect(page.text).not.toMatch(/<script>alert|\son\w+=|javascript:/i);
    expect(page.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
    const scripts = [...page.text.matchAll(/<script\b([^>]*)>/g)];
    const policy = page.headers.get('content-security-policy') ?? '';
    for (const [, attributes = ''] of scripts)
      expect(/nonce=/.test(attributes) || /'sha256-/.test(policy)).toBe(true);
  });

  const PATHS = [
    '/authorize',
    '/authorize/x',
    '/oauth/token',
    '/token',
    '/oauth/register',
    '/register',
    '/oauth/register/x',
    '/oauth/revoke',
    '/oauth/introspect',
    '/oauth/par',
    '/oauth/device_authorization',
    '/oauth/jwks',
    '/oauth/interaction/x',
    '/device',
    '/account/programs',
    '/oauth',
    '/oauth/x',
    '/admin/api/oauth-clients',
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
  ];
  it.for(PATHS)('%s refuses every method that it has not', async path => {
    for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'GET', 'POST', 'PROPFIND', 'LINK']) {
      const sent = await attack.send('methods', path, { method, ...(method === 'POST' && { body: '' }) });
      expect(sent.status, `${method} ${path} ${sent.status}`).toBeGreaterThanOrEqual(200);
      if (sent.status === 405) expect(sent.headers.get('allow') ?? '', `${method} ${path}`).not.toBe('');
    }
  });

  it.for([
    '/device',
    '/login',
    '/auth/login',
    '/oauth/interaction/x',
    '/admin/api/oauth-clients',
    '/account/programs',
  ])('a body without a length at %s is read like any other, within its limit', async path => {
    const chunked = (size: number) =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue(Buffer.from(`name=${'a'.repeat(size)}`));
          controller.close();
        },
      });
    const send = (size: number) => {
      const init = {
        method: 'POST',
        body: chunked(size),
        duplex: 'half',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      };
      return attack.send('chunked', path, init as RequestInit);
    };
    expect((await send(10)).status).toBeGreaterThanOrEqual(300);
    expect((await send(100_000)).status).toBeGreaterThanOrEqual(300);
    const none = await sendBytes(
      attack.port,
      `POST ${path} HTTP/1.1\r\nhost: localhost:${attack.port}\r\nconnection: close\r\n\r\n`,
    );
    expect(none).toMatch(/^HTTP\/1\.1 [34]/);
  });

  it.for([
    ['Host', { host: 'evil.example' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
    ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
    ['Forwarded', { forwarded: 'host=evil.example;proto=https' }],
    ['X-Original-URL', { 'x-original-url': '/admin', 'x-rewrite-url': '/admin' }],
  ] as const)('is the same whatever %s says', async ([, headers]) => {
    const sent = await attack.send('hosts', `/authorize?${askFor(client)}`, { headers: { ...headers } });
    expect(`${sent.location} ${sent.text}`).not.toMatch(/evil\.example|https:\/\/localhost/);
    expect(sent.headers.get('set-cookie') ?? '').not.toMatch(/evil|; secure/i);
  });
});
