import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, importPKCS8 } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REDIRECT, startWorld, type World } from './support/world.ts';

/** oauth4webapi refuses every answer that deviates from its RFC; only that http is allowed on this machine is said. */
const LOCAL = { [oauth.allowInsecureRequests]: true };
let world: World;
let server: oauth.AuthorizationServer;

beforeAll(async () => {
  world = await startWorld();
  await world.addPerson('alice');
  const issuer = new URL(world.origin);
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...LOCAL });
  server = await oauth.processDiscoveryResponse(issuer, found);
});
afterAll(() => world.close());

async function registered(
  metadata: Partial<oauth.OmitSymbolProperties<oauth.Client>> = {},
): Promise<oauth.Client> {
  const asked = {
    client_name: 'Strict',
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: 'none',
    ...metadata,
  };
  const response = await oauth.dynamicClientRegistrationRequest(server, asked, LOCAL);
  return oauth.processDynamicClientRegistrationResponse(response);
}

async function codeFor(client: oauth.Client, auth: oauth.ClientAuth, more: Record<string, string> = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const params = {
    client_id: client.client_id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid mcp',
    resource: world.url('/mcp'),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...more,
  };
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams(params).toString();
  const page = await world.browserOf('alice').signIn(url.href);
  const back = oauth.validateAuthResponse(server, client, new URL(page.url), state);
  const request = { additionalParameters: { resource: world.url('/mcp') }, ...LOCAL };
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    auth,
    back,
    REDIRECT,
    verifier,
    request,
  );
  const checks = more.nonce === undefined ? { requireIdToken: true } : { expectedNonce: more.nonce };
  return oauth.processAuthorizationCodeResponse(server, client, response, checks);
}

describe('an independent strict client agrees with', () => {
  it('OpenID discovery, and that the issuer is the same in both documents', async () => {
    const issuer = new URL(world.origin);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...LOCAL });
    expect(await oauth.processDiscoveryResponse(issuer, found)).toEqual(server);
  });

  it('resource metadata of each endpoint (RFC 9728)', async () => {
    for (const path of ['/mcp', '/mcp/notes']) {
      const resource = new URL(world.url(path));
      const found = await oauth.resourceDiscoveryRequest(resource, LOCAL);
      const metadata = await oauth.processResourceDiscoveryResponse(resource, found);
      expect(metadata.authorization_servers).toEqual([world.origin]);
    }
  });

  it('code, ID token with nonce, refresh, introspection, revocation and the call with the token', async () => {
    const client = await registered();
    const tokens = await codeFor(client, oauth.None(), { nonce: 'strict-nonce' });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.nonce).toBe('strict-nonce');
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, oauth.None(), String(tokens.refresh_token), LOCAL),
    );
    const looked = await oauth.introspectionRequest(
      server,
      client,
      oauth.None(),
      refreshed.access_token,
      LOCAL,
    );
    expect(await oauth.processIntrospectionResponse(server, client, looked)).toMatchObject({ active: true });
    const me = await oauth.userInfoRequest(server, client, refreshed.access_token, LOCAL);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };
    expect(await oauth.processUserInfoResponse(server, client, sub, me)).toMatchObject({
      preferred_username: 'alice',
    });
    expect((await world.call(refreshed.access_token)).status).toBe(200);
    const revoked = await oauth.revocationRequest(
      server,
      client,
      oauth.None(),
      String(refreshed.refresh_token),
      LOCAL,
    );
    await oauth.processRevocationResponse(revoked);
    expect((await world.call(refreshed.access_token)).status).toBe(401);
  });

  it('its own check of the access token by RFC 9068', async () => {
    const client = await registered();
    const tokens = await codeFor(client, oauth.None());
    const request = new Request(world.url('/mcp'), {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, request, world.url('/mcp'), LOCAL);
    expect(claims).toMatchObject({ client_id: client.client_id, scope: 'openid mcp' });
  });

  it('a secret, in the header and in the body', async () => {
    for (const [method, auth] of [
      ['client_secret_basic', oauth.ClientSecretBasic],
      ['client_secret_post', oauth.ClientSecretPost],
    ] as const) {
      const client = await registered({ token_endpoint_auth_method: method });
      expect((await codeFor(client, auth(String(client.client_secret)))).token_type).toBe('bearer');
      await expect(codeFor(client, auth('sha256:wrong'))).rejects.toMatchObject({ status: 401 });
    }
  });

  it('a key of its own instead of a secret (private_key_jwt, RFC 7523)', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const key = await importPKCS8(pem, 'ES256');
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'k1' }] };
    const client = await registered({ token_endpoint_auth_method: 'private_key_jwt', jwks } as never);
    expect((await codeFor(client, oauth.PrivateKeyJwt({ key, kid: 'k1' }))).token_type).toBe('bearer');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const wrong = await importPKCS8(
      other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'ES256',
    );
    await expect(codeFor(client, oauth.PrivateKeyJwt({ key: wrong, kid: 'k1' }))).rejects.toMatchObject({
      status: 401,
    });
  });

  it('a request that was pushed before (RFC 9126)', async () => {
    const client = await registered();
    const verifier = oauth.generateRandomCodeVerifier();
    const parameters = {
      redirect_uri: REDIRECT,
      response_type: 'code',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'pushed',
    };
    const pushed = await oauth.processPushedAuthorizationResponse(
      server,
      client,
      await oauth.pushedAuthorizationRequest(server, client, oauth.None(), parameters, LOCAL),
    );
    const url = world.authorizeUrl({ client_id: client.client_id, request_uri: pushed.request_uri });
    const page = await world.browserOf('alice').signIn(url);
    const back = oauth.validateAuthResponse(server, client, new URL(page.url), 'pushed');
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      back,
      REDIRECT,
      verifier,
      LOCAL,
    );
    expect((await oauth.processAuthorizationCodeResponse(server, client, response)).scope).toBe('mcp');
    const again = new URL((await world.browserOf('alice').open(url)).url).searchParams;
    expect(again.get('error')).toBe('invalid_request_uri');
    expect(again.get('code')).toBeNull();
  });

  it('the flow of devices (RFC 8628)', async () => {
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    const client = await registered({ grant_types: [grant, 'refresh_token'] } as never);
    const asked = await oauth.deviceAuthorizationRequest(
      server,
      client,
      oauth.None(),
      { scope: 'mcp' },
      LOCAL,
    );
    const device = await oauth.processDeviceAuthorizationResponse(server, client, asked);
    const poll = async () =>
      oauth.processDeviceCodeResponse(
        server,
        client,
        await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code, LOCAL),
      );
    await expect(poll()).rejects.toThrow(oauth.ResponseBodyError);
    const browser = world.browserOf('alice');
    const filled = await browser.submit(await browser.open(String(device.verification_uri_complete)));
    await browser.submit(await browser.submit(filled));
    expect((await poll()).token_type).toBe('bearer');
  });
});
