import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asAsked, audiencesOf, challengeOf, createMetadataRoutes } from '../../src/auth/index.ts';
import { Fault, type ServerName } from '../../src/base/index.ts';
import { createWorld, ORIGIN, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

async function get(path: string, host = 'localhost:8000', origin = ORIGIN) {
  const app = createMetadataRoutes({ keyRing: world.keyRing, origin: () => origin });
  const response = await app.request(path, { headers: { host, origin: 'https://app.example' } });
  return {
    status: response.status,
    headers: response.headers,
    body: response.ok ? await response.json() : undefined,
  };
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

describe('protected-resource metadata', () => {
  it.each([
    [WELL_KNOWN, '/mcp'],
    [`${WELL_KNOWN}/mcp`, '/mcp'],
    [`/mcp${WELL_KNOWN}`, '/mcp'],
    [`${WELL_KNOWN}/mcp/home`, '/mcp/home'],
    [`/mcp/home${WELL_KNOWN}`, '/mcp/home'],
    [`${WELL_KNOWN}/mcp/constructor`, '/mcp/constructor'],
  ])('at %s describes %s', async (path, endpoint) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(body).toEqual({
      resource: `${ORIGIN}${endpoint}`,
      authorization_servers: [ORIGIN],
      scopes_supported: endpoint === '/mcp' ? ['mcp'] : [endpoint.replace('/mcp/', 'mcp:'), 'mcp'],
      bearer_methods_supported: ['header'],
    });
  });

  it.each(['127.0.0.1:8000', '[::1]:8000', 'LOCALHOST:8000'])('answers in the spelling %s', async host => {
    const { body } = await get(`${WELL_KNOWN}/mcp`, host);
    expect(body).toMatchObject({
      resource: `http://${host.toLowerCase()}/mcp`,
      authorization_servers: [ORIGIN],
    });
  });

  it.each(['evil.example', 'localhost:9', '127.0.0.1', '', 'localhost:8000@evil.example'])(
    'never repeats the Host %s [T1]',
    async host => {
      expect((await get(`${WELL_KNOWN}/mcp`, host)).body).toMatchObject({ resource: `${ORIGIN}/mcp` });
    },
  );

  it('of a served gateway is the public one whatever the Host', async () => {
    const { body } = await get(`${WELL_KNOWN}/mcp/home`, 'localhost', 'https://mcp.example');
    expect(body).toMatchObject({
      resource: 'https://mcp.example/mcp/home',
      authorization_servers: ['https://mcp.example'],
    });
  });

  it.each([
    `${WELL_KNOWN}/mcp/Home`,
    `${WELL_KNOWN}/mcp/a%2fb`,
    `${WELL_KNOWN}/mcp/a/b`,
    `${WELL_KNOWN}/other`,
  ])('is not at %s', async path => {
    expect((await get(path)).status).toBe(404);
  });
});

it('publishes the keys', async () => {
  const { body } = await get('/.well-known/jwks.json');
  expect(body).toEqual(await world.keyRing.jwks());
  expect((await get('/mcp/home/.well-known/jwks.json')).body).toEqual(body);
});

describe('origins', () => {
  it('are one on this machine, and nowhere else', () => {
    expect(audiencesOf(ORIGIN)).toEqual([
      'http://localhost:8000/mcp',
      'http://127.0.0.1:8000/mcp',
      'http://[::1]:8000/mcp',
    ]);
    expect(audiencesOf('https://localhost', 'home' as ServerName)).toEqual([
      'https://localhost/mcp',
      'https://localhost/mcp/home',
    ]);
    expect(asAsked('http://localhost', '127.0.0.1')).toBe('http://127.0.0.1');
    expect(asAsked(ORIGIN, undefined)).toBe(ORIGIN);
  });
});

describe('a challenge', () => {
  it('points to the metadata of its endpoint', () => {
    const missing = new Fault('unauthorized', { data: { reason: 'no_credentials' } });
    expect(challengeOf(missing, 'http://127.0.0.1:8000', 'home')).toBe(
      'Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp/home", scope="mcp:home"',
    );
  });

  it('lets nothing break out of its quotes', () => {
    const odd = new Fault('unauthorized', { says: 'a"b\\c\r\nd é', data: { reason: 'invalid_token' } });
    expect(challengeOf(odd, ORIGIN)).toContain('error_description="a?b?c??d ?"');
  });
});
