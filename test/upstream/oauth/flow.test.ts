import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type World as Gateway, PASSWORD, startWorld } from '../../oauth/support/world.ts';
import { createBrowser } from '../../support/browser.ts';
import { connect, createWorld, entry, leaseOf, ORIGIN, type World } from './support/world.ts';

let authority: Gateway;
let world: World;

beforeAll(async () => {
  authority = await startWorld();
  for (const name of ['alice', 'bob']) await authority.addPerson(name);
});
afterAll(() => authority.close());

/** The person's browser at the other gateway: signs in, agrees, and stops at our callback. */
const visitAs = (name: string) => async (url: URL) => {
  const browser = createBrowser({
    fill: { name, password: PASSWORD },
    stopAt: one => one.href.startsWith(ORIGIN),
  });
  return new URL((await browser.signIn(url.href)).url).searchParams;
};

describe('a person’s account at a real authorization server', () => {
  beforeAll(async () => {
    world = await createWorld({ entries: [entry('other', authority.url('/mcp'))] });
  });
  afterAll(() => world.close());

  it('is connected, serves calls of that person alone, is refreshed, and ends', async () => {
    const ann = await world.person('ann');
    const ben = await world.person('ben');
    expect(await leaseOf(world, 'other', ann)).toBe('never');
    const { plan, url, finished } = await connect(world, 'other', ann, visitAs('alice'));
    expect(plan.issuer).toBe(authority.origin);
    expect(url.searchParams.get('resource')).toBe(authority.url('/mcp'));
    expect(finished).toMatchObject({ kind: 'connected', server: 'other' });
    const first = await leaseOf(world, 'other', ann);
    expect(await authority.call(first.replace('Bearer ', ''))).toMatchObject({ status: 200 });
    expect(await leaseOf(world, 'other', ben)).toBe('never');

    const lease = await world.connections.refreshNow(world.entry('other'), ann.person);
    expect(lease.kind).toBe('ready');
    const second = await leaseOf(world, 'other', ann);
    expect(second).not.toBe(first);
    expect(await authority.call(second.replace('Bearer ', ''))).toMatchObject({ status: 200 });

    expect(await world.connections.disconnect(world.entry('other'), ann.person)).toBe(true);
    expect(await leaseOf(world, 'other', ann)).toBe('never');
    expect(await authority.call(second.replace('Bearer ', ''))).toMatchObject({ status: 401 });
    expect(await world.events('disconnected')).toMatchObject([{ server: 'other', principal: ann.person }]);
  });
});
