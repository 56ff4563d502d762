import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendJson } from '../../fixtures/serve.ts';
import { type Authority, startAuthority } from './support/authority.ts';
import { connect, createWorld, entry, leaseOf, type Person, type World } from './support/world.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

let authority: Authority;
let world: World;
let ann: Person;

beforeEach(async () => {
  authority = await startAuthority();
  world = await createWorld({ entries: [entry('s', authority.url())] });
  ann = await world.person('ann');
  await connect(world, 's', ann, authority.visit);
});
afterEach(async () => {
  await world.close();
  await authority.close();
});

const refreshes = () =>
  authority.asked('/token').filter(({ form }) => form.get('grant_type') === 'refresh_token');

describe('an authorization server that says no', () => {
  it.for<[string, number]>([
    ['invalid_grant', 400],
    ['invalid_client', 401],
    ['unauthorized_client', 400],
    ['bad_refresh_token', 200],
  ])('%s: is asked once, and never again', async ([code, status]) => {
    authority.become({
      answers: {
        '/token': response => sendJson(response, status, { error: code, error_description: 's3cret' }),
      },
    });
    world.clock.pass(2 * HOUR);
    expect(await leaseOf(world, 's', ann)).toBe('ended');
    for (let call = 0; call < 3; call++) expect(await leaseOf(world, 's', ann)).toBe('ended');
    await world.connections.sweep();
    expect(refreshes()).toHaveLength(1);
    expect((await world.connections.list(ann.person))[0]).toMatchObject({ state: 'ended' });
    authority.become({});
    expect((await connect(world, 's', ann, authority.visit)).finished).toMatchObject({ kind: 'connected' });
    expect(await leaseOf(world, 's', ann)).toMatch(/^Bearer /);
  });

  it('for now: the account stays, and it is not asked with every call', async () => {
    let broken = 0;
    authority.become({
      answers: {
        '/token': response => {
          broken++;
          response.writeHead(503).end('s3cret');
        },
      },
    });
    world.clock.pass(2 * HOUR);
    await expect(leaseOf(world, 's', ann)).rejects.toThrow(/cannot be (connected|reached|called)/);
    for (let call = 0; call < 5; call++)
      await expect(leaseOf(world, 's', ann)).rejects.toThrow(/^(?!.*s3cret)/);
    expect(broken).toBe(1);
    world.clock.pass(1001);
    await expect(leaseOf(world, 's', ann)).rejects.toMatchObject({ fault: 'upstream_unreachable' });
    world.clock.pass(1001);
    await expect(leaseOf(world, 's', ann)).rejects.toMatchObject({
      data: { retryAfterMs: expect.any(Number) },
    });
    expect(broken).toBe(2);
    authority.become({});
    world.clock.pass(MINUTE);
    expect(await leaseOf(world, 's', ann)).toMatch(/^Bearer /);
  });

  it.for<[number, string]>([
    [400, 'temporarily_unavailable'],
    [400, 'server_error'],
    [400, 'invalid_request'],
    [429, 'invalid_grant'],
    [500, 'invalid_grant'],
  ])('%d %s ends no account', async ([status, error]) => {
    authority.become({ answers: { '/token': response => sendJson(response, status, { error }) } });
    world.clock.pass(2 * HOUR);
    await expect(leaseOf(world, 's', ann)).rejects.toThrow();
    authority.become({});
    world.clock.pass(MINUTE);
    expect(await leaseOf(world, 's', ann)).toMatch(/^Bearer /);
  });

  it('that is in trouble does not take away a token that is still good', async () => {
    const first = await leaseOf(world, 's', ann);
    authority.become({ answers: { '/token': response => void response.destroy() } });
    world.clock.pass(HOUR - MINUTE);
    expect(await leaseOf(world, 's', ann)).toBe(first);
    await expect.poll(async () => (await world.events('token_refresh')).length).toBeGreaterThan(0);
    expect(await leaseOf(world, 's', ann)).toBe(first);
  });
});
