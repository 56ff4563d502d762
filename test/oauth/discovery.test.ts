import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(world.url(path), { headers });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
};

const KINDS = ['oauth-authorization-server', 'openid-configuration'];
const PLACES = KINDS.flatMap(kind => [
  `/.well-known/${kind}`,
  `/.well-known/${kind}/mcp`,
  `/mcp/.well-known/${kind}`,
  `/.well-known/${kind}/mcp/notes`,
  `/mcp/notes/.well-known/${kind}`,
  `/.well-known/${kind}/oauth/token`,
  `/oauth/token/.well-known/${kind}`,
]);

describe('the metadata of the authorization server', () => {
  it.each(PLACES)('is the same bytes at %s [K9, K15, K20]', async path => {
    const [here, root] = await Promise.all([get(path), get('/.well-known/oauth-authorization-server')]);
    expect(here).toMatchObject({ status: 200, text: root.text });
    expect(here.type).toContain('application/json');
  });

  it('has everything that clients look for [K10]', async () => {
    const { text } = await get('/.well-known/openid-configuration');
    const at = (path: string) => world.origin + path;
    expect(JSON.parse(text)).toMatchObject({
      issuer: world.origin,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/oauth/token'),
      registration_endpoint: at('/oauth/register'),
      jwks_uri: at('/.well-known/jwks.json'),
      userinfo_endpoint: at('/auth/me'),
      revocation_endpoint: at('/oauth/revoke'),
      introspection_endpoint: at('/oauth/introspect'),
      device_authorization_endpoint: at('/oauth/device_authorization'),
      pushed_authorization_request_endpoint: at('/oauth/par'),
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email', 'offline_access', 'mcp']),
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none', 'private_key_jwt']),
    });
  });

  it('is the issuer’s whatever the request says of host and scheme [T1]', async () => {
    const forged = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const { text } = await get('/.well-known/oauth-authorization-server', forged);
    expect(text).not.toContain('evil.example');
    const spelt = await fetch(`http://127.0.0.1:${world.port}/.well-known/oauth-authorization-server`);
    expect(await spelt.text()).toBe(text);
  });

  it.each(['/.well-known/oauth-authorization-server/mcp/..%2f', '/.well-known/openid-configuration/x/y/z'])(
    'is not at %s',
    async path => {
      expect([400, 404]).toContain((await get(path)).status);
    },
  );
});

describe('an endpoint that hands out what it is given', () => {
  it('makes no address from the Host of the request [T1]', async () => {
    const response = await fetch(world.url('/oauth/device_authorization'), {
      method: 'POST',
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example;proto=https' },
      body: new URLSearchParams({ client_id: await world.clientId({ grant_types: DEVICE }) }),
    });
    const body = (await response.json()) as { readonly verification_uri: string };
    expect(body.verification_uri).toBe(world.url('/device'));
  });
});

const DEVICE = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token', 'authorization_code'];
