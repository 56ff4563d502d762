import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, type Json, makePkce, REDIRECT, startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ servers: { notes: 'http://127.0.0.1:1/mcp' } });
  await world.addPerson('alice', ['notes']);
});
afterAll(() => world.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(world.url(path), { headers });
  return { response, body: (await response.json()) as Json };
};

describe('ChatGPT', () => {
  it('K1 gets no null and no empty member from registration, and may send them', async () => {
    const { status, body } = await world.register({
      client_secret: null,
      scope: null,
      logo_uri: '',
      contacts: [],
      jwks: null,
      software_id: null,
    });
    expect(status).toBe(201);
    expect(Object.entries(body).filter(([, value]) => value === null || value === '')).toEqual([]);
    for (const name of ['client_secret', 'scope', 'logo_uri']) expect(body).not.toHaveProperty(name);
  });

  it('K2, K3 gets an ID token and the scope that was granted, also at a refresh', async () => {
    const id = await world.clientId();
    const tokens = await world.tokensFor(world.browserOf('alice'), id, { scope: 'openid profile email mcp' });
    expect(claimsOf(tokens.body.id_token)).toMatchObject({ aud: id, preferred_username: 'alice' });
    expect(tokens.body.scope).toBe('openid profile email mcp');
    const again = await world.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: id,
      refresh_token: String(tokens.body.refresh_token),
    });
    expect(again.body.scope).toBe('openid profile email mcp');
    expect(again.body.id_token).toBeDefined();
  });

  it('K4 gets the claims of OpenID at userinfo', async () => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId(), {
      scope: 'openid mcp',
    });
    const { body } = await get('/auth/me', { authorization: `Bearer ${tokens.body.access_token}` });
    const { sub } = claimsOf(tokens.body.id_token);
    expect(body).toMatchObject({ sub, preferred_username: 'alice', email_verified: false });
  });

  it('K6 finds the metadata of each endpoint at its own path', async () => {
    for (const path of ['/mcp', '/mcp/notes']) {
      const { body } = await get(`/.well-known/oauth-protected-resource${path}`);
      expect(body.resource).toBe(world.url(path));
    }
  });
});

describe('Codex', () => {
  it('K7 registers itself without anything being set up', async () => {
    const { status, body } = await world.register({
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1:1455/callback'],
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
    expect(status).toBe(201);
    expect(body.client_id).toBeTruthy();
  });

  it('K11 may come back with its code minutes later, by curl', async () => {
    const { verifier, challenge } = makePkce();
    const client_id = await world.clientId();
    const asked = {
      client_id,
      redirect_uri: REDIRECT,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const back = await world.authorize(world.browserOf('alice'), asked);
    const { vi } = await import('vitest');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 240_000 });
    try {
      const tokens = await world.post('/oauth/token', {
        grant_type: 'authorization_code',
        client_id,
        redirect_uri: REDIRECT,
        code: back.get('code') ?? '',
        code_verifier: verifier,
      });
      expect(tokens.status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('K14 gets 202 and nothing else for a notification', async () => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId());
    const response = await fetch(world.url('/mcp'), {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.body.access_token}`, 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('content-type')).toBeNull();
    expect(await response.text()).toBe('');
  });

  it('K14a, K31 probes with a GET and is told to authenticate, as it understands it', async () => {
    const response = await fetch(world.url('/mcp'), {
      headers: { accept: '*/*', 'mcp-protocol-version': '2024-11-05' },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('resource_metadata=');
  });
});

describe('Claude', () => {
  it('K18 is not logged out by its own refresh', async () => {
    const id = await world.clientId();
    let { body } = await world.tokensFor(world.browserOf('alice'), id);
    for (let round = 0; round < 5; round++) {
      const params = {
        grant_type: 'refresh_token',
        client_id: id,
        refresh_token: String(body.refresh_token),
      };
      const next = await world.post('/oauth/token', params);
      expect(next.status).toBe(200);
      expect(await world.call(String(next.body.access_token))).toMatchObject({ status: 200 });
      body = next.body;
    }
  });

  it('K19 finds one issuer, without a slash, in every document', async () => {
    const resource = (await get('/.well-known/oauth-protected-resource/mcp')).body;
    const server = (await get('/.well-known/oauth-authorization-server')).body;
    expect(resource.authorization_servers).toEqual([server.issuer]);
    expect(server.issuer).toBe(world.origin);
    expect(String(server.issuer).endsWith('/')).toBe(false);
  });

  it('K20, K29 may guess /token and /register at the origin', async () => {
    const registered = await fetch(world.url('/register'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [REDIRECT] }),
    });
    expect(registered.status).toBe(201);
    const { client_id } = (await registered.json()) as { client_id: string };
    const answer = await world.post('/token', {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: 'none',
    });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('K21 has tokens for the resource that it named, with and without a slash', async () => {
    const id = await world.clientId();
    for (const resource of [world.url('/mcp/notes'), `${world.url('/mcp/notes')}/`]) {
      const tokens = await world.tokensFor(world.browserOf('alice'), id, { resource });
      expect(claimsOf(tokens.body.access_token)).toMatchObject({
        aud: world.url('/mcp/notes'),
        scope: 'mcp:notes',
      });
      expect(await world.call(String(tokens.body.access_token), '/mcp/notes')).toMatchObject({ status: 200 });
      expect(await world.call(String(tokens.body.access_token), '/mcp')).toMatchObject({ status: 401 });
    }
  });

  it('K23 gets the issuer with its code, and its document says that it will', async () => {
    const { body } = await get('/.well-known/oauth-authorization-server');
    expect(body.authorization_response_iss_parameter_supported).toBe(true);
    const { challenge } = makePkce();
    const asked = { redirect_uri: REDIRECT, code_challenge: challenge, code_challenge_method: 'S256' };
    const back = await world.authorize(world.browserOf('alice'), {
      client_id: await world.clientId(),
      ...asked,
    });
    expect(back.get('iss')).toBe(body.issuer);
  });

  it('K24 is told that a token is not good any more, so that it refreshes', async () => {
    const id = await world.clientId();
    const { body } = await world.tokensFor(world.browserOf('alice'), id);
    await world.post('/oauth/revoke', { client_id: id, token: String(body.access_token) });
    const { status, challenge } = await world.call(String(body.access_token));
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token"');
  });
});

describe('Cursor, VS Code and others', () => {
  it('K25 register schemes of their own beside loopback addresses', async () => {
    const redirect_uris = [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'http://127.0.0.1:8787/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
    ];
    const { status, body } = await world.register({ client_name: 'Cursor', redirect_uris });
    expect(status).toBe(201);
    expect(body.redirect_uris).toEqual(redirect_uris);
    const params = {
      response_type: 'code',
      code_challenge: makePkce().challenge,
      code_challenge_method: 'S256',
    };
    const url = world.authorizeUrl({
      client_id: String(body.client_id),
      redirect_uri: redirect_uris[0],
      ...params,
    });
    const browser = world.browserOf('alice');
    const consent = await browser.submit(await browser.open(url));
    expect(consent.text).toContain('cursor:');
    expect(consent.headers.get('content-security-policy')).toContain("form-action 'self' cursor:");
  });

  it('K26 with a client or a token that is no more get 400 or 401 with its name, and register anew', async () => {
    const id = await world.clientId();
    const { body } = await world.tokensFor(world.browserOf('alice'), id);
    await world.store.oauth.deleteClient(id);
    const params = { grant_type: 'refresh_token', client_id: id, refresh_token: String(body.refresh_token) };
    expect(await world.post('/oauth/token', params)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    await expect.poll(async () => (await world.call(String(body.access_token))).status).toBe(401);
    const page = await world
      .browserOf('alice')
      .open(world.authorizeUrl({ client_id: id, response_type: 'code' }));
    expect(page.status).toBe(400);
    expect(page.text).toContain('does not know the program');
  });

  it('K28 may send JSON under another type', async () => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId());
    const response = await fetch(world.url('/mcp'), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.body.access_token}`,
        'content-type': 'application/octet-stream',
      },
      body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    });
    expect(response.status).toBe(200);
  });

  it('K30 that only GET have a stream, or the older transport', async () => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId());
    const abort = new AbortController();
    const response = await fetch(world.url('/sse'), {
      headers: { authorization: `Bearer ${tokens.body.access_token}`, accept: 'text/event-stream' },
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    abort.abort();
  });
});
