import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApiKey } from '../../src/auth/index.ts';
import type { ServerName } from '../../src/base/index.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { claimsOf, type Json, REDIRECT, startWorld, type World } from './support/world.ts';

let world: World;
let echo: Echo2025;
let adminKey = '';

beforeAll(async () => {
  echo = await startEcho2025();
  world = await startWorld({ servers: { one: echo.url } });
  await world.addPerson('alice', ['one']);
  const robot = await world.store.createUser(
    { name: 'robot', role: 'user', passwordHash: undefined },
    Date.now(),
  );
  if (typeof robot === 'string') throw new Error(robot);
  await world.store.addGrant({ userId: robot.id, server: 'one' as ServerName });
  const root = await world.store.userByName('root');
  if (!root) throw new Error('no root');
  const { id, key, secretHash } = makeApiKey();
  const rest = { name: 'api', scopes: ['admin'], createdAt: Date.now(), expiresAt: undefined };
  await world.store.createKey({ id, userId: root.id, secretHash, ...rest });
  adminKey = key.reveal();
});
afterAll(async () => {
  await world.close();
  await echo.close();
});

async function api(method: string, path: string, body?: unknown, key = adminKey) {
  const response = await fetch(world.url(`/admin/api/oauth-clients${path}`), {
    method,
    headers: { ...(key !== '' && { authorization: `Bearer ${key}` }), 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

const basic = (id: unknown, secret: unknown) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('a client that an administrator makes', () => {
  it('for people has a secret, lifetimes of its own, and is named to the person as set up', async () => {
    const made = await api('POST', '', {
      client_name: 'Dashboard',
      redirect_uris: [REDIRECT],
      auth: 'secret',
      access_ttl_ms: 600_000,
      refresh_ttl_ms: 3_600_000,
    });
    expect(made).toMatchObject({ status: 201, body: { source: 'admin', has_secret: true } });
    const { client_id, client_secret } = made.body;
    const browser = world.browserOf('alice');
    const { code, verifier } = await codeOf(browser, String(client_id));
    const params = {
      grant_type: 'authorization_code',
      redirect_uri: REDIRECT,
      code,
      code_verifier: verifier,
    };
    const tokens = await world.post('/oauth/token', params, basic(client_id, client_secret));
    expect(tokens).toMatchObject({ status: 200, body: { expires_in: 600 } });
    const shown = await api('GET', `/${client_id}`);
    expect(JSON.stringify(shown.body)).not.toContain(String(client_secret));
    await expect.poll(async () => (await api('GET', `/${client_id}`)).body.lastTokenAt).toBeGreaterThan(0);
    expect((await api('GET', `/${client_id}`)).body.lastAddress).toBe('127.0.0.1');
  });

  it('for itself acts as its service user, within its scopes, and ends with its removal', async () => {
    const made = await api('POST', '', {
      client_name: 'Nightly',
      auth: 'secret',
      user: 'robot',
      scopes: ['mcp:one'],
    });
    const { client_id, client_secret } = made.body;
    const ask = (scope?: string) =>
      world.post(
        '/oauth/token',
        { grant_type: 'client_credentials', scope },
        basic(client_id, client_secret),
      );
    for (const scope of [undefined, 'mcp'])
      expect(claimsOf((await ask(scope)).body.access_token).scope).toBe('mcp:one');
    const { status, body } = await ask('mcp:one');
    expect(status).toBe(200);
    expect(body.refresh_token).toBeUndefined();
    const robot = await world.store.userByName('robot');
    expect(claimsOf(body.access_token)).toMatchObject({ sub: robot?.id, client_id, scope: 'mcp:one' });
    expect(await world.call(String(body.access_token))).toMatchObject({ status: 200 });
    expect(await api('DELETE', `/${client_id}`)).toMatchObject({ status: 200 });
    expect(await world.call(String(body.access_token))).toMatchObject({ status: 401 });
    expect(await ask()).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('are listed with who uses them, for those who may read', async () => {
    const { client_id } = (await api('POST', '', { client_name: 'Listed', auth: 'secret', user: 'robot' }))
      .body;
    const { body } = await api('GET', '');
    const listed = (body as unknown as readonly Json[]).find(one => one.client_id === client_id);
    expect(listed).toMatchObject({ client_name: 'Listed', source: 'admin', has_secret: true });
    expect((await api('GET', '', undefined, '')).status).toBe(401);
  });

  it('gets another secret, and the former one is refused at once', async () => {
    const { client_id, client_secret } = (
      await api('POST', '', { client_name: 'R', auth: 'secret', user: 'robot' })
    ).body;
    const ask = (secret: unknown) =>
      world.post('/oauth/token', { grant_type: 'client_credentials' }, basic(client_id, secret));
    expect((await ask(client_secret)).status).toBe(200);
    const rotated = (await api('POST', `/${client_id}/rotate`)).body;
    expect(await ask(client_secret)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await ask(rotated.client_secret)).status).toBe(200);
  });

  it.each([
    ['no name', { redirect_uris: [REDIRECT] }, 'client_name'],
    ['a field that is none', { client_name: 'x', is_admin: true, redirect_uris: [REDIRECT] }, 'is_admin'],
    [
      'a redirect that is a script',
      { client_name: 'x', redirect_uris: ['javascript:alert(1)'] },
      'redirect_uris',
    ],
    ['no way to be used', { client_name: 'x' }, 'redirect_uris'],
    ['a user without a secret', { client_name: 'x', user: 'robot' }, 'auth'],
    ['a user that is nobody', { client_name: 'x', user: 'nobody', auth: 'secret' }, 'user'],
    ['a key without an address', { client_name: 'x', auth: 'key', redirect_uris: [REDIRECT] }, 'jwks_uri'],
    [
      'tokens that live for a year',
      { client_name: 'x', redirect_uris: [REDIRECT], access_ttl_ms: 31_536_000_000 },
      'access_ttl',
    ],
    ['no JSON', '{', 'body'],
  ])('is refused with %s, by the name of the field', async (_what, body, field) => {
    const answer = await api('POST', '', body);
    expect(answer.status).toBe(400);
    expect(String(answer.body.message)).toContain(field);
  });

  it('is for administrators: neither a stranger, nor a person, nor a key for MCP, nor an OAuth token may [T23]', async () => {
    const alice = await world.userToken('carol', []);
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId(), {
      scope: 'mcp admin',
    });
    expect(tokens.body.scope).not.toContain('admin');
    for (const [key, status] of [
      ['', 401],
      ['amg_nonsense', 401],
      [alice, 403],
      [world.adminToken, 403],
      [String(tokens.body.access_token), 403],
    ] as const) {
      expect((await api('GET', '', undefined, key)).status, key).toBe(status);
      expect((await api('POST', '', { client_name: 'x', redirect_uris: [REDIRECT] }, key)).status).toBe(
        status,
      );
    }
  });
});

async function codeOf(browser: ReturnType<World['browserOf']>, client_id: string) {
  const { makePkce } = await import('./support/world.ts');
  const { verifier, challenge } = makePkce();
  const asked = {
    client_id,
    redirect_uri: REDIRECT,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const login = await browser.open(world.authorizeUrl({ response_type: 'code', ...asked }));
  const consent = await browser.submit(login);
  expect(consent.text).toContain('An administrator of this gateway set it up.');
  const back = new URL((await browser.submit(consent)).url).searchParams;
  return { code: back.get('code') ?? '', verifier };
}
