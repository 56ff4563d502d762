import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendJson } from '../../fixtures/serve.ts';
import { type Authority, type AuthorityOptions, type Json, startAuthority } from './support/authority.ts';
import { connect, createWorld, entry, leaseOf, type Person, type World } from './support/world.ts';

let authority: Authority;
let world: World;
let ann: Person;

beforeEach(async () => {
  authority = await startAuthority();
  world = await createWorld({ entries: [entry('s', authority.url())] });
  ann = await world.person('ann');
});
afterEach(async () => {
  await world.close();
  await authority.close();
});

const plan = () => world.connections.plan(world.entry('s'), ann.person);
const wellKnown = () => authority.heard.map(({ path }) => path).filter(path => path.includes('well-known'));
const nowhere = (response: { writeHead(status: number): { end(text: string): unknown } }) =>
  void response.writeHead(404).end('<html>Not here</html>');
const document = (value: () => Json) => (response: Parameters<typeof sendJson>[0]) =>
  sendJson(response, 200, value());

const RESOURCE = '/.well-known/oauth-protected-resource';
const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const metadataOf = (issuer: string): Json => ({
  issuer,
  authorization_endpoint: `${authority.origin}/authorize`,
  token_endpoint: `${authority.origin}/token`,
  registration_endpoint: `${authority.origin}/register`,
  code_challenge_methods_supported: ['S256'],
});

describe('where a server says who gives its tokens', () => {
  it('is asked for with its challenge, and without a token or a session', async () => {
    await plan();
    const [probe] = authority.asked('/mcp');
    expect(probe?.headers.authorization).toBeUndefined();
    expect(JSON.parse(probe?.body ?? '')).toMatchObject({ method: 'tools/list' });
  });

  it('is asked for in older words too, where the newer ones are refused before the token is looked for', async () => {
    authority.become({
      answers: {
        '/mcp': (response, { headers }) => {
          if (headers['mcp-method']) return void response.writeHead(400).end();
          response.writeHead(401, { 'www-authenticate': 'Bearer scope="older"' }).end();
        },
      },
    });
    expect((await plan()).scopes).toEqual(['older']);
  });

  it('is the address in the challenge, and no other', async () => {
    authority.become({
      challenge: origin => `Bearer error="invalid_token", resource_metadata="${origin}/custom"`,
      answers: {
        '/custom': document(() => ({ resource: authority.url(), authorization_servers: [authority.issuer] })),
      },
    });
    expect(await plan()).toMatchObject({ issuer: authority.issuer });
    expect(wellKnown()).toEqual([OAUTH]);
  });

  it.for([
    'Basic realm="x", Bearer resource_metadata="URL"',
    'bearer RESOURCE_METADATA="URL"',
    'Negotiate abc==, Bearer realm="a, b=\\"c\\"", resource_metadata="URL", scope="a b"',
    'Bearer scope=x,resource_metadata="URL"',
  ])('in %s', async challenge => {
    authority.become({
      challenge: origin => challenge.replace('URL', `${origin}/custom`),
      answers: {
        '/custom': document(() => ({ resource: authority.url(), authorization_servers: [authority.issuer] })),
      },
    });
    await plan();
    expect(authority.asked('/custom')).toHaveLength(1);
  });

  it.for([
    'Bearer resource_metadata="',
    'Basic resource_metadata="URL"',
    '=,"\\',
    'Bearer',
    ','.repeat(20_000),
  ])('is looked for where the challenge says nothing: %j', async challenge => {
    authority.become({ challenge: origin => challenge.slice(0, 8000).replace('URL', `${origin}/custom`) });
    await plan();
    expect(wellKnown()).toEqual([`${RESOURCE}/mcp`, OAUTH]);
  });

  it('is not looked for elsewhere when the challenge leads nowhere', async () => {
    authority.become({ challenge: origin => `Bearer resource_metadata="${origin}/gone"` });
    await expect(plan()).rejects.toThrow(/metadata/);
  });

  it('is the root after the path', async () => {
    authority.become({
      answers: {
        [`${RESOURCE}/mcp`]: nowhere,
        [RESOURCE]: document(() => ({
          resource: authority.origin,
          authorization_servers: [authority.issuer],
        })),
      },
    });
    await plan();
    const url = await world.connections.begin(world.entry('s'), ann);
    expect(wellKnown()).toEqual([`${RESOURCE}/mcp`, RESOURCE, OAUTH]);
    expect(url.searchParams.get('resource')).toBe(authority.origin);
  });
});

describe('the metadata of an authorization server', () => {
  it.for<[string, readonly string[]]>([
    ['', [OAUTH, OPENID]],
    ['/t1', [`${OAUTH}/t1`, `${OPENID}/t1`, `/t1${OPENID}`]],
  ])('of issuer path %j is looked for in the order of the specification', async ([path, order]) => {
    const all = Object.fromEntries(order.map(one => [one, nowhere]));
    const options = (answers: AuthorityOptions['answers']): AuthorityOptions => ({
      resource: { authorization_servers: [authority.origin + path] },
      answers: { ...all, ...answers },
    });
    authority.become(options({}));
    await expect(plan()).rejects.toThrow(/metadata/);
    expect(wellKnown()).toEqual([`${RESOURCE}/mcp`, ...order]);
    for (const found of order) {
      authority.become(options({ [found]: document(() => metadataOf(authority.origin + path)) }));
      expect(await plan()).toMatchObject({ issuer: authority.origin + path });
    }
  });

  it('of a server of 2025-03-26 lies at the root', async () => {
    authority.become({ answers: { [`${RESOURCE}/mcp`]: nowhere } });
    expect((await connect(world, 's', ann, authority.visit)).finished).toMatchObject({ kind: 'connected' });
    expect(wellKnown().slice(0, 3)).toEqual([`${RESOURCE}/mcp`, RESOURCE, OAUTH]);
  });

  it('of one that publishes nothing is what 2025-03-26 says', async () => {
    authority.become({ answers: { [`${RESOURCE}/mcp`]: nowhere, [OAUTH]: nowhere }, metadata: {} });
    const url = await world.connections.begin(world.entry('s'), ann);
    expect(url.href).toMatch(new RegExp(`^${authority.origin}/authorize\\?`));
    expect(authority.asked('/register')).toHaveLength(1);
    expect(url.searchParams.get('resource')).toBe(authority.url());
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  });
});

describe('the scopes that are asked for', () => {
  const scopes = async () => (await plan()).scopes;
  it('are those of the challenge', async () => {
    authority.become({ challenge: () => 'Bearer scope="a b"', resource: { scopes_supported: ['c'] } });
    expect(await scopes()).toEqual(['a', 'b']);
  });

  it('else all that the server names', async () => {
    authority.become({ resource: { scopes_supported: ['c', 'd'] } });
    expect(await scopes()).toEqual(['c', 'd']);
  });

  it('else none, and the parameter is left out', async () => {
    authority.become({ metadata: { scopes_supported: ['offline_access', 'x'] } });
    expect(await scopes()).toEqual([]);
    expect((await world.connections.begin(world.entry('s'), ann)).searchParams.has('scope')).toBe(false);
  });

  it('offline_access too where the authorization server lists it', async () => {
    authority.become({
      resource: { scopes_supported: ['c'] },
      metadata: { scopes_supported: ['c', 'offline_access'] },
    });
    expect(await scopes()).toEqual(['c', 'offline_access']);
    authority.become({ resource: { scopes_supported: ['c'] }, metadata: { scopes_supported: ['c'] } });
    expect(await scopes()).toEqual(['c']);
  });

  it('are the operator’s where there are some', async () => {
    await world.setEntries([entry('s', authority.url(), { scopes: ['mine'] })]);
    authority.become({ challenge: () => 'Bearer scope="a"' });
    expect(await scopes()).toEqual(['mine']);
  });
});

describe('a server that wants more', () => {
  const insufficient = async (scope: string, who = ann, error = 'insufficient_scope') =>
    world.connections.refused(world.entry('s'), who.person, {
      status: 403,
      challenge: `Bearer error="${error}", scope="${scope}"`,
      authorization: await leaseOf(world, 's', who),
    });

  beforeEach(async () => {
    authority.become({ challenge: () => 'Bearer scope="basic"' });
    await connect(world, 's', ann, authority.visit);
  });

  it('is asked again for what was asked before and what it wants, and what was granted stays good', async () => {
    const before = await leaseOf(world, 's', ann);
    const all = await Promise.all([insufficient('write'), insufficient('write'), insufficient('write')]);
    expect(all).toEqual(Array(3).fill({ kind: 'unconnected', why: 'scope' }));
    expect(await leaseOf(world, 's', ann)).toBe(before);
    const { plan: agreed, url } = await connect(world, 's', ann, authority.visit);
    expect(agreed.scopes).toEqual(['basic', 'write']);
    expect(url.searchParams.get('scope')).toBe('basic write');
    expect(await leaseOf(world, 's', ann)).not.toBe(before);
  });

  it('is asked three times, and once where nothing new is wanted', async () => {
    for (const scope of ['one', 'two', 'three']) {
      expect(await insufficient(scope)).toMatchObject({ why: 'scope' });
      await connect(world, 's', ann, authority.visit);
    }
    await expect(insufficient('four')).rejects.toThrow(/again and again/);
    const ben = await world.person('ben');
    await connect(world, 's', ben, authority.visit);
    expect(await insufficient('basic', ben)).toMatchObject({ why: 'scope' });
    await connect(world, 's', ben, authority.visit);
    await expect(insufficient('basic', ben)).rejects.toThrow(/again and again/);
  });

  it('means only a real challenge', async () => {
    await expect(insufficient('write', ann, 'other')).rejects.toMatchObject({ fault: 'upstream_refused' });
    expect((await plan()).scopes).toEqual(['basic']);
  });
});

describe('what the person agreed to', () => {
  it('is what is asked for, or nothing', async () => {
    const seen = await plan();
    await world.connections.begin(world.entry('s'), ann, seen);
    const other = { ...seen, scopes: ['everything'] };
    await expect(world.connections.begin(world.entry('s'), ann, other)).rejects.toThrow(/has changed/);
  });
});
