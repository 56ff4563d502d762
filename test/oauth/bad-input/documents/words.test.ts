import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack, textOf } from '../../support/attack.ts';
import { type Documented, startDocumented } from '../../support/documented.ts';
import type { Site } from '../../support/documents.ts';
import { makePkce, REDIRECT, WEB_REDIRECT } from '../../support/world.ts';

let world: Documented;
let attack: Attack;
let site: Site;

beforeAll(async () => {
  world = await startDocumented();
  ({ attack, site } = world);
});
afterAll(() => world.close());

const good = (path: string) => world.good(path);
const ask: Documented['ask'] = (...args) => world.ask(...args);
const expectRefused: Documented['expectRefused'] = (...args) => world.expectRefused(...args);

/** The provider keeps documents for a minute by the clock of the machine. */
async function later(ms: number, work: () => Promise<unknown>): Promise<void> {
  const now = Date.now;
  Date.now = () => now() + ms;
  await work().finally(() => {
    Date.now = now;
  });
}

describe('what a document says', () => {
  it('gives neither client credentials, nor scopes, nor lifetimes, nor another redirect', async () => {
    const greedy = {
      ...good('/greedy'),
      redirect_uris: [REDIRECT, 'javascript:alert(1)', 'http://app.example.com/'],
      grant_types: ['client_credentials', 'authorization_code', 'implicit'],
      response_types: ['token'],
      scope: 'admin',
      authmcp_scopes: ['admin'],
      authmcp_user: 'root',
      authmcp_access_ttl_ms: 1e12,
    };
    site.put('/greedy', greedy);
    const id = site.url('/greedy');
    const { body } = await attack.tokensFor(attack.browserOf('alice'), id, { scope: 'mcp admin' });
    expect(body).toMatchObject({ scope: 'mcp', expires_in: 3600 });
    const own = await attack.post('/oauth/token', { grant_type: 'client_credentials', client_id: id });
    expect(own.body.error).toBe('unauthorized_client');
    for (const redirect of ['javascript:alert(1)', 'http://app.example.com/', WEB_REDIRECT])
      await expectRefused('greedy', id, redirect);
    expect((await attack.store.oauth.client(id))?.metadata).not.toMatch(
      /authmcp_|client_credentials|javascript/,
    );
  });

  it('and changes after the person agreed is asked for again [T28]', async () => {
    const id = site.url('/changing');
    site.put('/changing', good('/changing'), { 'cache-control': 'max-age=0' });
    const browser = attack.browserOf('alice');
    await attack.authorize(browser, Object.fromEntries(askFor(id)));
    const page = () => browser.open(attack.authorizeUrl(Object.fromEntries(askFor(id))));
    expect((await page()).text).toContain('You agreed to this before');
    site.put('/changing', { ...good('/changing'), client_name: 'Claude' });
    await later(61_000, async () => expect((await page()).text).not.toContain('You agreed to this before'));
  });

  it('is fetched again for a person who takes more than a minute to sign in', async () => {
    const id = site.url('/patience');
    site.put('/patience', good('/patience'));
    const browser = attack.browserOf('alice');
    const login = await browser.open(attack.authorizeUrl(Object.fromEntries(askFor(id))));
    await later(61_000, async () => {
      const consent = await browser.submit(login);
      expect(consent.text).toContain('Documented');
      expect((await browser.submit(consent)).url).toContain(`${REDIRECT}?code=`);
    });
  });

  it('may name keys only where it may be fetched itself', async () => {
    const path = '/keys-inside';
    site.put(path, {
      ...good(path),
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://10.0.0.1/jwks',
    });
    const { challenge } = makePkce();
    const back = await attack.authorize(
      attack.browserOf('alice'),
      Object.fromEntries(askFor(site.url(path), { code_challenge: challenge })),
    );
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: site.url(path), sub: site.url(path), aud: attack.origin, jti: 'j', exp: now + 60 };
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: site.url(path),
      redirect_uri: REDIRECT,
      code: back.get('code') ?? '',
      code_verifier: 'a'.repeat(43),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}.AA`,
    });
    const sent = await attack.send('keys inside', '/oauth/token', { method: 'POST', body });
    expect([sent.status, textOf(sent.text)], sent.text).toEqual([401, 'invalid_client']);
    const events = await attack.events();
    expect(events.some(row => row.type === 'ssrf_blocked' && row.detail.includes('10.0.0.1'))).toBe(true);
    await attack.expectEvents(['keys inside']);
  });
});

describe('the offer to be known by a document', () => {
  const isOffered = async (where = attack) =>
    JSON.parse((await where.send('good', '/.well-known/oauth-authorization-server')).text)
      .client_id_metadata_document_supported;

  it('T29: is taken back for an hour when a host gives no answer, with a page that says which', async () => {
    site.put('/back', good('/back'));
    await ask('good', site.url('/back'));
    expect(await isOffered()).toBe(true);
    const closed = createServer().listen(0);
    const { port } = closed.address() as AddressInfo;
    await new Promise(resolve => closed.close(resolve));
    const text = await expectRefused('unreachable', `https://localhost:${port}/x`);
    expect(text).toContain(`localhost:${port} could not be reached`);
    expect(text).toContain('ALLOW_CIMD=off');
    expect(await isOffered()).toBe(false);
    attack.pass(3_599_000 - 60_000);
    expect(await isOffered()).toBe(false);
    attack.pass(62_000);
    expect(await isOffered()).toBe(true);
  });

  it('is back as soon as a document comes', async () => {
    await expectRefused('unreachable 2', 'https://localhost:1/x');
    expect(await isOffered()).toBe(false);
    site.put('/there', good('/there'));
    await ask('good', site.url('/there'));
    expect(await isOffered()).toBe(true);
  });

  it('stays where somebody answered badly or was blocked', async () => {
    for (const id of [site.url('/nothing-here'), 'https://10.0.0.1/x']) await expectRefused('answered', id);
    expect(await isOffered()).toBe(true);
  });

  it.for([
    ['off', false],
    ['on', true],
  ] as const)('is as the setting says: %s', async ([cimd, offered]) => {
    const other = await startAttack({ servers: { site: site.url('/mcp') }, env: { ALLOW_CIMD: cimd } });
    expect(await isOffered(other)).toBe(offered);
    site.put('/setting', good('/setting'));
    const sent = await other.send('known', `/authorize?${askFor(site.url('/setting'))}`);
    expect(sent.status).toBe(offered ? 303 : 400);
    await other.send('unreachable', `/authorize?${askFor('https://localhost:1/x')}`);
    expect(await isOffered(other)).toBe(offered);
    await other.expectEvents(['unreachable', ...(offered ? [] : ['known'])]);
    await other.close();
  });
});
