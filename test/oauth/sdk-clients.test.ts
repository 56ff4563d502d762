import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Site, startSite } from './support/documents.ts';
import { connectAs, Provider, withPerson } from './support/sdk-person.ts';
import { makePkce, REDIRECT, startWorld, WEB_REDIRECT, type World } from './support/world.ts';

let world: World;
let site: Site;
let echoes: readonly [Echo2025, Echo2025];

beforeAll(async () => {
  [site, ...echoes] = await Promise.all([startSite(), startEcho2025(), startEcho2025()]);
  const [one, two] = echoes;
  world = await startWorld({
    // Its host is this machine: documents may be fetched where a server of ours is (requirements C2).
    servers: { one: one.url, two: two.url, site: { url: site.url('/mcp'), enabled: true } },
  });
  await world.addPerson('alice', ['one', 'two']);
});
afterAll(async () => {
  await world.close();
  await Promise.all([site.close(), ...echoes.map(echo => echo.close())]);
});

describe.each(['v1', 'v2'] as const)('the official SDK %s', sdk => {
  it('registers itself, signs the person in, lists and calls', async () => {
    const provider = new Provider();
    const { connection } = await connectAs(world, 'alice', { sdk, provider });
    expect(await connection.listTools()).toEqual(expect.arrayContaining(['one_echo', 'two_echo']));
    expect(JSON.stringify(await connection.callTool('one_echo', { text: 'hello' }))).toContain('hello');
    expect(provider.visits).toHaveLength(1);
    await connection.close();
  });

  it('is known by its document, without registration [K17, K22]', async () => {
    const url = site.url(`/${sdk}/client.json`);
    site.put(`/${sdk}/client.json`, {
      client_id: url,
      client_name: 'Documented program',
      // Without a port, as Claude Code publishes it.
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'web',
    });
    const provider = new Provider(url);
    if (sdk === 'v1') provider.info = { client_id: url };
    const { connection } = await connectAs(world, 'alice', { sdk, provider });
    expect(await connection.listTools()).toContain('one_echo');
    expect(provider.visits[0]?.searchParams.get('client_id')).toBe(url);
    await connection.close();
  });

  it('refreshes by itself when its access token is not accepted any more', async () => {
    const provider = new Provider();
    const { connection } = await connectAs(world, 'alice', { sdk, provider });
    const { kept } = provider;
    if (!kept) throw new Error('no tokens');
    await world.post('/oauth/revoke', { client_id: provider.info?.client_id, token: kept.access_token });
    expect(await connection.listTools()).toContain('one_echo');
    expect(provider.visits).toHaveLength(1);
    expect(provider.kept?.access_token).not.toBe(kept.access_token);
    await connection.close();
  });

  it('asks the person again when its sign-in was ended', async () => {
    const provider = new Provider();
    const { connection, finish } = await connectAs(world, 'alice', { sdk, provider });
    const token = provider.kept?.refresh_token;
    await world.post('/oauth/revoke', { client_id: provider.info?.client_id, token });
    const work = () => connection.listTools();
    expect(await withPerson(world, 'alice', provider, { work, finish })).toContain('one_echo');
    expect(provider.visits).toHaveLength(2);
    await connection.close();
  });

  it('steps up to the scopes that a call needs, in one step', async () => {
    const provider = new Provider();
    const client_id = await world.clientId();
    const narrow = await world.tokensFor(world.browserOf('alice'), client_id, { scope: 'mcp:one' });
    provider.info = { client_id, redirect_uris: [REDIRECT] } as never;
    // v1 refreshes where it could step up, and gives up: it steps up only without a refresh token.
    const { refresh_token: _, ...once } = narrow.body;
    provider.kept = (sdk === 'v1' ? once : narrow.body) as never;
    const { connection, finish } = await connectAs(world, 'alice', { sdk, provider });
    expect(await connection.listTools()).not.toContain('two_echo');
    const work = () => connection.callTool('two_echo', { text: 'stepped up' });
    const result = await withPerson(world, 'alice', provider, { work, finish });
    expect(JSON.stringify(result)).toContain('stepped up');
    const asked = provider.visits.at(-1)?.searchParams.get('scope')?.split(' ');
    expect(asked).toEqual(expect.arrayContaining(['mcp:one', 'mcp:two']));
    await connection.close();
  });
});

describe('a program whose document', () => {
  it('changes its name after the person agreed is asked about again [T28]', async () => {
    const path = '/renamed.json';
    const document = (client_name: string) => ({
      client_id: site.url(path),
      client_name,
      redirect_uris: [WEB_REDIRECT],
      token_endpoint_auth_method: 'none',
    });
    site.put(path, document('First name'));
    const browser = world.browserOf('alice');
    const url = () =>
      world.authorizeUrl({
        client_id: site.url(path),
        redirect_uri: WEB_REDIRECT,
        response_type: 'code',
        code_challenge: makePkce().challenge,
        code_challenge_method: 'S256',
      });
    await browser.signIn(url());
    expect((await browser.open(url())).url).toContain('code=');
    site.put(path, document('Second name'));
    // Documents are remembered for a minute at least.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect((await browser.open(url())).text).toContain('Second name');
    } finally {
      vi.useRealTimers();
    }
  });
});
