import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimsOf,
  makePkce,
  PASSWORD,
  REDIRECT,
  startWorld,
  WEB_REDIRECT,
  type World,
} from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.addPerson('alice');
});
afterAll(() => world.close());

describe('a client that registers itself', () => {
  it('gets a code after the person signed in and agreed, tokens for it, and its call goes through', async () => {
    const id = await world.clientId();
    const { verifier, challenge } = makePkce();
    const asked = {
      client_id: id,
      redirect_uri: REDIRECT,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const back = await world.authorize(world.browserOf('alice'), {
      ...asked,
      state: 'st',
      scope: 'openid mcp',
      nonce: 'n',
    });
    expect(back.get('state')).toBe('st');
    expect(back.get('iss')).toBe(world.origin);
    const tokens = await world.post('/oauth/token', {
      grant_type: 'authorization_code',
      client_id: id,
      redirect_uri: REDIRECT,
      code: back.get('code') ?? '',
      code_verifier: verifier,
    });
    expect(tokens.status).toBe(200);
    expect(tokens.headers.get('cache-control')).toBe('no-store');
    expect(tokens.body).toMatchObject({ token_type: 'Bearer', scope: 'openid mcp', expires_in: 3600 });
    expect(await world.call(String(tokens.body.access_token))).toMatchObject({ status: 200 });
    const keys = createRemoteJWKSet(new URL(world.url('/.well-known/jwks.json')));
    const { payload, protectedHeader } = await jwtVerify(String(tokens.body.id_token), keys);
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ iss: world.origin, aud: id, nonce: 'n' });
  });

  it('has access tokens with the claims that those of /auth/login have', async () => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId());
    const login = await fetch(world.url('/auth/login'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'alice', password: PASSWORD }),
    });
    const [oauth, own] = [
      claimsOf(tokens.body.access_token),
      claimsOf(((await login.json()) as { access_token: string }).access_token),
    ];
    expect(Object.keys(oauth).sort()).toEqual(Object.keys(own).sort());
    for (const name of ['iss', 'aud', 'sub', 'scope']) expect(oauth[name]).toBe(own[name]);
    const header = (token: unknown) =>
      JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString());
    expect(header(tokens.body.access_token).typ).toBe('at+jwt');
  });

  it('that names no scope and no resource gets those of the main endpoint', async () => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId());
    expect(claimsOf(tokens.body.access_token)).toMatchObject({ aud: `${world.origin}/mcp`, scope: 'mcp' });
  });

  it.each([
    ['a slash at the end', (origin: string) => `${origin}/mcp/`],
    ['upper case in the host', (origin: string) => `${origin.replace('localhost', 'LOCALHOST')}/mcp`],
    ['another name of this machine', (origin: string) => `${origin.replace('localhost', '127.0.0.1')}/mcp`],
    ['the bare origin', (origin: string) => origin],
    ['the older endpoint', (origin: string) => `${origin}/sse`],
  ])('may spell the resource with %s', async (_how, spell) => {
    const tokens = await world.tokensFor(world.browserOf('alice'), await world.clientId(), {
      resource: spell(world.origin),
    });
    expect(claimsOf(tokens.body.access_token).aud).toBe(`${world.origin}/mcp`);
  });

  it('on any port of this machine, by each of its names', async () => {
    const id = await world.clientId({
      redirect_uris: ['http://localhost/callback', 'http://[::1]:1/callback'],
    });
    const { challenge } = makePkce();
    for (const redirect_uri of ['http://localhost:51234/callback', 'http://[::1]:4711/callback']) {
      const url = world.authorizeUrl({
        client_id: id,
        redirect_uri,
        response_type: 'code',
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
      const page = await world.browserOf('alice').open(url);
      expect(page.text).toContain('Sign in');
    }
  });

  it('is asked for everything again where the person says no, and told so', async () => {
    const { challenge } = makePkce();
    const browser = world.browserOf('alice');
    const asked = { client_id: await world.clientId(), redirect_uri: REDIRECT, code_challenge: challenge };
    const login = await browser.open(
      world.authorizeUrl({ response_type: 'code', code_challenge_method: 'S256', state: 'x', ...asked }),
    );
    const back = new URL((await browser.submit(await browser.submit(login), 'deny')).url).searchParams;
    expect(Object.fromEntries(back)).toMatchObject({ error: 'access_denied', state: 'x', iss: world.origin });
  });
});

describe('a code', () => {
  const codeFor = async () => {
    const id = await world.clientId();
    const { verifier, challenge } = makePkce();
    const asked = {
      client_id: id,
      redirect_uri: REDIRECT,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const back = await world.authorize(world.browserOf('alice'), asked);
    return {
      grant_type: 'authorization_code',
      client_id: id,
      redirect_uri: REDIRECT,
      code: back.get('code') ?? '',
      code_verifier: verifier,
    };
  };

  it('raced by fifty gives tokens once', async () => {
    const params = await codeFor();
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.post('/oauth/token', params)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter(one => one.status !== 200)) {
      // The address has thirty failures a minute.
      expect([400, 429]).toContain(status);
      expect(['invalid_grant', 'too_many_requests']).toContain(body.error);
    }
  });
});

describe('a person who agreed before', () => {
  const flow = async (redirect_uri: string, metadata: object, more: Record<string, string> = {}) => {
    const id = await world.clientId(metadata as never);
    const browser = world.browserOf('alice');
    const url = (extra: Record<string, string> = {}) => {
      const { challenge } = makePkce();
      const asked = { client_id: id, redirect_uri, code_challenge: challenge, code_challenge_method: 'S256' };
      return world.authorizeUrl({ response_type: 'code', ...asked, ...more, ...extra });
    };
    await browser.signIn(url());
    return { browser, url };
  };

  it('is not asked again on the way to a site', async () => {
    const { browser, url } = await flow(WEB_REDIRECT, {
      redirect_uris: [WEB_REDIRECT],
      application_type: 'web',
    });
    expect((await browser.open(url())).url).toMatch(/^https:\/\/client\.example\/callback\?code=/);
  });

  it.each([
    ['another scope', { scope: 'mcp openid profile' }],
    ['a wish to be asked', { prompt: 'consent' }],
    ['another resource', { resource: 'notes' }],
  ])('is asked again for %s', async (_what, change) => {
    const { browser, url } = await flow(WEB_REDIRECT, { redirect_uris: [WEB_REDIRECT] });
    const extra = { ...change, ...('resource' in change && { resource: `${world.origin}/mcp/notes` }) };
    expect((await browser.open(url(extra as Record<string, string>))).text).toContain(
      'wants to use this gateway',
    );
  });

  it('has one button to press where any local program could ask [T27]', async () => {
    const { browser, url } = await flow(REDIRECT, {});
    const page = await browser.open(url());
    expect(page.text).toContain('Continue as alice');
    expect(page.text).toContain('Any program on this computer');
  });

  it('gives the password again where the client wants that', async () => {
    const { browser, url } = await flow(WEB_REDIRECT, { redirect_uris: [WEB_REDIRECT] });
    expect((await browser.open(url({ prompt: 'login' }))).text).toContain('<h1>Sign in</h1>');
  });

  it('cannot be passed silently', async () => {
    const { browser, url } = await flow(WEB_REDIRECT, { redirect_uris: [WEB_REDIRECT] });
    const back = new URL((await browser.open(url({ prompt: 'none' }))).url).searchParams;
    expect(back.get('error')).toBe('login_required');
    expect(back.get('iss')).toBe(world.origin);
  });
});
