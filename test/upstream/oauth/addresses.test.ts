import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendJson } from '../../fixtures/serve.ts';
import { type Authority, type AuthorityOptions, startAuthority } from './support/authority.ts';
import { createWorld, entry, type Person, type World, type WorldOptions } from './support/world.ts';

let authority: Authority;
let world: World;
let ann: Person;

const begin = async (options: AuthorityOptions = {}, more: WorldOptions = {}) => {
  authority.become(options);
  world = await createWorld({ entries: [entry('s', authority.url())], ...more });
  ann = await world.person('ann');
};
const plan = () => world.connections.plan(world.entry('s'), ann.person);

beforeEach(async () => {
  authority = await startAuthority();
});
afterEach(async () => {
  await world.close();
  await authority.close();
});

/** Addresses that nobody may lead the gateway to. */
const FORBIDDEN = [
  'http://169.254.169.254/latest/meta-data/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[fe80::1]/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://192.168.1.1/',
  'https://[::ffff:10.0.0.1]/',
  'http://10.0.0.1/',
  'http://example.com/',
  'https://user:pw@10.0.0.1/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
];

describe('T43 T48 addresses that a server names are not followed', () => {
  it.for(FORBIDDEN)('its metadata: %s', async url => {
    await begin({ challenge: () => `Bearer resource_metadata="${url}"` });
    await expect(plan()).rejects.toMatchObject({ fault: 'upstream_refused' });
  });

  it.for(FORBIDDEN)('its authorization server: %s', async url => {
    await begin({ resource: { authorization_servers: [url] } });
    await expect(plan()).rejects.toMatchObject({ fault: expect.stringMatching(/^upstream_/) });
  });

  it.for(FORBIDDEN)('the registration: %s', async url => {
    await begin({ metadata: { registration_endpoint: url } });
    await plan();
    const begun = world.connections.begin(world.entry('s'), ann);
    await expect(begun).rejects.toMatchObject({ fault: 'upstream_refused' });
  });

  it.for(FORBIDDEN)('where tokens are: %s', async url => {
    await begin({ metadata: { token_endpoint: url } });
    const finished = (async () => {
      const begun = await world.connections.begin(world.entry('s'), ann);
      return world.connections.finish(await authority.visit(begun), ann);
    })().then(
      ({ kind }) => kind,
      (error: { fault: string }) => error.fault,
    );
    expect(await finished).toMatch(/^(refused|upstream_refused)$/);
    expect(await world.connections.list(ann.person)).toEqual([]);
  });

  it('and each that would have been private is an event', async () => {
    await begin({ resource: { authorization_servers: ['https://10.0.0.1/'] } });
    await expect(plan()).rejects.toThrow(/not allowed/);
    expect(await world.events('ssrf_blocked')).toMatchObject([{ severity: 'high' }]);
  });
});

describe('this machine', () => {
  it('is allowed where the server itself is there, in each of its spellings', async () => {
    const spelt = authority.origin.replace('localhost', '127.0.0.1');
    await begin({ metadata: { issuer: spelt }, resource: { authorization_servers: [spelt] } });
    expect(await plan()).toMatchObject({ issuer: spelt });
  });

  it('is not where the operator denies it', async () => {
    await begin({}, { isPrivateAllowed: false });
    await expect(plan()).rejects.toThrow();
    await world.setEntries([{ ...entry('s', authority.url()), private: 'deny' }]);
    await expect(plan()).rejects.toThrow();
    expect(authority.heard).toEqual([]);
  });

  it('is not for a name that was public when it was added', async () => {
    await begin();
    await world.setEntries([{ ...entry('s', authority.url()), addressClass: 'public' }]);
    await expect(plan()).rejects.toThrow();
    expect(authority.heard).toEqual([]);
  });
});

describe('answers without an end', () => {
  const OAUTH = '/.well-known/oauth-authorization-server';
  it.for<[string, AuthorityOptions['answers']]>([
    ['a redirect', { [OAUTH]: response => void response.writeHead(302, { location: '/elsewhere' }).end() }],
    ['a megabyte', { [OAUTH]: response => sendJson(response, 200, { issuer: 'x'.repeat(1_000_000) }) }],
    ['silence', { [OAUTH]: () => {} }],
    [
      'one byte after the other',
      { [OAUTH]: response => void setInterval(() => response.write(' '), 20).unref() },
    ],
    ['a broken connection', { [OAUTH]: response => void response.destroy() }],
    [
      'a token endpoint that redirects',
      { '/token': r => void r.writeHead(307, { location: '/elsewhere' }).end() },
    ],
    [
      'a token of a megabyte',
      { '/token': r => sendJson(r, 200, { access_token: 'x'.repeat(1e6), token_type: 'Bearer' }) },
    ],
    ['a token endpoint that says nothing', { '/token': () => {} }],
  ])('%s', { timeout: 10_000 }, async ([, answers]) => {
    await begin({ answers: answers ?? {} }, { times: { timeoutMs: 300 } });
    const finished = (async () => {
      const begun = await world.connections.begin(world.entry('s'), ann);
      return world.connections.finish(await authority.visit(begun), ann);
    })();
    const outcome = await finished.then(
      ({ kind }) => kind,
      (error: { fault: string }) => error.fault,
    );
    expect(outcome).toMatch(/^(refused|upstream_refused|upstream_unreachable)$/);
    expect(authority.asked('/elsewhere')).toEqual([]);
  });
});
