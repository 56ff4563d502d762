import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendJson } from '../../fixtures/serve.ts';
import { type Authority, type AuthorityOptions, startAuthority } from './support/authority.ts';
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

const spoilt = (back: URLSearchParams, name: string, value: string): URLSearchParams => {
  back.set(name, value);
  return back;
};

const plan = () => world.connections.plan(world.entry('s'), ann.person);

describe('metadata that lies', () => {
  it('the honest ones are taken', async () => {
    expect(await plan()).toEqual({ issuer: authority.issuer, scopes: [] });
  });

  it.for<[string, AuthorityOptions, RegExp]>([
    [
      'T43 the resource of another host',
      { resource: { resource: 'https://evil.example/mcp' } },
      /another server/,
    ],
    ['a resource beside it', { resource: { resource: 'http://localhost/mcp' } }, /another server/],
    ['T43 another issuer', { metadata: { issuer: 'https://honest.example' } }, /another issuer/],
    ['no PKCE', { metadata: { code_challenge_methods_supported: null } }, /PKCE/],
    ['plain PKCE', { metadata: { code_challenge_methods_supported: ['plain'] } }, /PKCE/],
    ['no token endpoint', { metadata: { token_endpoint: null } }, /metadata/],
    [
      'a script to send people to',
      { metadata: { authorization_endpoint: 'javascript:alert(1)' } },
      /not allowed/,
    ],
    [
      'a page without https to send people to',
      { metadata: { authorization_endpoint: 'http://as.example/a' } },
      /https/,
    ],
    ['a token endpoint without https', { metadata: { token_endpoint: 'http://as.example/t' } }, /https/],
    ['no texts', { resource: { resource: 7 } }, /metadata/],
  ])('%s', async ([, options, says]) => {
    authority.become(options);
    await expect(plan()).rejects.toThrow(says);
    expect(authority.asked('/register')).toEqual([]);
    expect(await leaseOf(world, 's', ann)).toBe('never');
  });

  it('an issuer that differs by a slash alone', async () => {
    authority.become({ metadata: { issuer: `${authority.issuer}/` } });
    await expect(plan()).rejects.toThrow(/another issuer/);
  });

  it('T48 nothing of an answer is said', async () => {
    const shout = 's3cret of the inside';
    authority.become({
      answers: { '/.well-known/oauth-authorization-server': r => void r.writeHead(500).end(shout) },
    });
    await expect(plan()).rejects.toThrow(/cannot be reached/);
    await expect(plan()).rejects.not.toThrow(/s3cret/);
  });
});

describe('an answer that does not fit', () => {
  const begin = async () => {
    await plan();
    const url = await world.connections.begin(world.entry('s'), ann);
    return { url, back: await authority.visit(url) };
  };

  it.for<[string, (back: URLSearchParams) => void, string]>([
    ['T43 from another issuer', back => back.set('iss', 'https://evil.example'), 'wrong_issuer'],
    ['the issuer with a slash', back => back.set('iss', `${back.get('iss')}/`), 'wrong_issuer'],
    [
      'the issuer in other letters',
      back => back.set('iss', String(back.get('iss')).toUpperCase()),
      'wrong_issuer',
    ],
    ['no issuer, which was promised', back => back.delete('iss'), 'wrong_issuer'],
    ['two issuers', back => back.append('iss', 'x'), 'wrong_issuer'],
    ['two codes', back => back.append('code', 'x'), 'wrong_issuer'],
    ['at the redirect URI of another issuer', back => back.set('as', 'other'), 'wrong_issuer'],
    ['at the redirect URI of none', back => back.delete('as'), 'wrong_issuer'],
    [
      'an error from another issuer',
      back => spoilt(back, 'error', 'access_denied').set('iss', 'x'),
      'wrong_issuer',
    ],
    ['the person said no', back => spoilt(back, 'error', 'access_denied').delete('code'), 'denied'],
    ['another error', back => spoilt(back, 'error', '<b>x</b>').delete('code'), 'failed'],
    ['no code', back => back.delete('code'), 'failed'],
    ['another code', back => back.set('code', 'stolen'), 'failed'],
    ['another state', back => back.set('state', 'x'), 'unknown'],
    ['no state', back => back.delete('state'), 'unknown'],
    ['two states', back => back.append('state', 'x'), 'unknown'],
  ])('%s', async ([, spoil, why]) => {
    const { back } = await begin();
    spoil(back);
    const finished = await world.connections.finish(back, ann);
    expect(finished).toMatchObject({ kind: 'refused', why });
    expect(JSON.stringify(finished)).not.toContain('<b>');
    expect(authority.asked('/token')).toHaveLength(back.get('code') === 'stolen' ? 1 : 0);
    expect(await leaseOf(world, 's', ann)).toBe('never');
    const told = await world.events('connect_refused');
    if (back.get('code') === 'stolen') expect(told).toMatchObject([{ severity: 'medium', server: 's' }]);
  });

  it('is good once', async () => {
    const { back } = await begin();
    expect(await world.connections.finish(back, ann)).toMatchObject({ kind: 'connected' });
    expect(await world.connections.finish(back, ann)).toMatchObject({ why: 'unknown' });
  });

  it('is good for ten minutes', async () => {
    const { back } = await begin();
    world.clock.pass(10 * 60_000 + 1);
    expect(await world.connections.finish(back, ann)).toMatchObject({ why: 'unknown' });
  });

  it('T42 is good for whom it was begun by, in that browser', async () => {
    const eve = await world.person('eve');
    for (const who of [eve, { ...ann, session: 'another browser' }]) {
      const { back } = await begin();
      expect(await world.connections.finish(back, who)).toMatchObject({ why: 'other_person' });
      expect(await world.connections.finish(back, ann)).toMatchObject({ why: 'unknown' });
    }
    expect(await world.connections.list(ann.person)).toEqual([]);
    expect(await world.connections.list(eve.person)).toEqual([]);
    expect(authority.asked('/token')).toEqual([]);
    expect((await world.events('connect_hijack')).length).toBeGreaterThan(0);
  });

  it('is not good for a server that became another one meanwhile', async () => {
    const { back } = await begin();
    await world.setEntries([entry('s', 'https://elsewhere.example/mcp')]);
    expect(await world.connections.finish(back, ann)).toMatchObject({ why: 'changed' });
    expect(authority.asked('/token')).toEqual([]);
  });

  it.for<[string, unknown]>([
    ['no token', {}],
    ['a token that is no text', { access_token: 7, token_type: 'Bearer' }],
    ['a token that breaks a header', { access_token: 'a\r\nHost: x', token_type: 'Bearer' }],
    ['another kind of token', { access_token: 'a', token_type: 'DPoP' }],
    ['no object', []],
  ])('%s', async ([, body]) => {
    const { back } = await begin();
    authority.become({ answers: { '/token': response => sendJson(response, 200, body) } });
    expect(await world.connections.finish(back, ann)).toMatchObject({ why: 'failed' });
  });
});

describe('tokens go nowhere else', () => {
  it('a server that moves gets none of those that its former address had', async () => {
    await connect(world, 's', ann, authority.visit);
    expect(await leaseOf(world, 's', ann)).toMatch(/^Bearer /);
    const thief = await startAuthority();
    await world.setEntries([entry('s', thief.url())]);
    expect(await leaseOf(world, 's', ann)).toBe('never');
    await thief.close();
  });
});
