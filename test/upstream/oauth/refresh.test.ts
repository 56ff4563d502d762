import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlace, dialects } from '../../store/support/stores.ts';
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
  for (const other of opened.splice(0)) await other.close();
  await world.close();
  await authority.close();
});

const refreshes = () =>
  authority.asked('/token').filter(({ form }) => form.get('grant_type') === 'refresh_token');
const opened: World[] = [];
/** Another process with the same store. */
const reopened = async (): Promise<World> => {
  const other = await createWorld({ place: world.place, entries: [entry('s', authority.url())] });
  opened.push(other);
  return other;
};
const refuse = (authorization: string, who = ann) =>
  world.connections.refused(world.entry('s'), who.person, {
    status: 401,
    challenge: 'Bearer',
    authorization,
  });
const until = async (isSo: () => boolean | Promise<boolean>) => {
  for (let left = 200; left > 0 && !(await isSo()); left--)
    await new Promise(resolve => setTimeout(resolve, 10));
  expect(await isSo()).toBe(true);
};

describe('a token', () => {
  it('is used until it is about to expire, and then one successor is fetched while it is still used', async () => {
    const first = await leaseOf(world, 's', ann);
    world.clock.pass(HOUR - 6 * MINUTE);
    expect(await leaseOf(world, 's', ann)).toBe(first);
    expect(refreshes()).toEqual([]);
    world.clock.pass(2 * MINUTE);
    expect(await Promise.all([1, 2, 3, 4].map(() => leaseOf(world, 's', ann)))).toEqual([
      first,
      first,
      first,
      first,
    ]);
    await until(async () => (await leaseOf(world, 's', ann)) !== first);
    expect(refreshes()).toHaveLength(1);
    expect(refreshes()[0]?.form.get('resource')).toBe(authority.url());
  });

  it('that has expired is replaced once, however many want it', async () => {
    const first = await leaseOf(world, 's', ann);
    world.clock.pass(2 * HOUR);
    const leases = await Promise.all(Array.from({ length: 20 }, () => leaseOf(world, 's', ann)));
    expect(new Set(leases).size).toBe(1);
    expect(leases[0]).not.toBe(first);
    expect(refreshes()).toHaveLength(1);
  });

  it('that is refused is replaced once, and a refresh token is never spent twice', async () => {
    const first = await leaseOf(world, 's', ann);
    const leases = await Promise.all(Array.from({ length: 10 }, () => refuse(first)));
    const late = await refuse(first);
    expect(new Set([...leases, late].map(lease => JSON.stringify(lease))).size).toBe(1);
    expect(refreshes()).toHaveLength(1);
    world.clock.pass(HOUR);
    const second = await leaseOf(world, 's', ann);
    expect(second).not.toBe(first);
    const spent = refreshes().map(({ form }) => form.get('refresh_token'));
    expect(new Set(spent).size).toBe(spent.length);
  });

  it('that is refused right after it was made is replaced once more, and not again and again', async () => {
    let authorization = await leaseOf(world, 's', ann);
    for (let time = 0; time < 2; time++) {
      const next = await refuse(authorization);
      authorization = next.kind === 'ready' ? String(next.headers.authorization) : '';
    }
    await expect(refuse(authorization)).rejects.toThrow(/just made/);
    await expect(refuse(authorization)).rejects.toThrow(/just made/);
    expect(refreshes()).toHaveLength(2);
    world.clock.pass(11_000);
    expect(await refuse(authorization)).toMatchObject({ kind: 'ready' });
    expect(refreshes()).toHaveLength(3);
  });

  it('that lives shorter than the threshold is not fetched with every call', async () => {
    authority.become({ expiresIn: 60 });
    await world.connections.refreshNow(world.entry('s'), ann.person);
    const short = await leaseOf(world, 's', ann);
    for (let call = 0; call < 5; call++) expect(await leaseOf(world, 's', ann)).toBe(short);
    world.clock.pass(20_000);
    expect(await leaseOf(world, 's', ann)).toBe(short);
    await world.connections.close();
    expect(refreshes()).toHaveLength(1);
  });

  it('that is on its way when the gateway ends is written down first', async () => {
    const other = await createWorld({ place: world.place, entries: [entry('s', authority.url())] });
    authority.state.delayMs = 200;
    const refreshing = other.connections.refreshNow(other.entry('s'), ann.person);
    await until(() => refreshes().length > 0);
    await other.close();
    const next = await refreshing;
    authority.state.delayMs = 0;
    await world.live.refresh();
    expect(next).toMatchObject({ headers: { authorization: await leaseOf(await reopened(), 's', ann) } });
    expect(refreshes()).toHaveLength(1);
  });

  it('survives a restart', async () => {
    const first = await leaseOf(world, 's', ann);
    expect(await leaseOf(await reopened(), 's', ann)).toBe(first);
  });
});

describe('looking ahead', () => {
  it('refreshes what nobody uses, and each refresh is a row and an event without a token', async () => {
    world.clock.pass(HOUR - 4 * MINUTE);
    await world.connections.sweep();
    await world.connections.sweep();
    expect(refreshes()).toHaveLength(1);
    world.clock.pass(MINUTE);
    await refuse(await leaseOf(world, 's', ann));
    world.clock.pass(MINUTE);
    await world.connections.refreshNow(world.entry('s'), ann.person);
    const rows = await world.store.connections.listRefreshes(world.entry('s').name, 10);
    expect(rows.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'manual refreshed',
      'reactive refreshed',
      'proactive refreshed',
    ]);
    const told = JSON.stringify([rows, await world.events()]);
    for (const token of [...authority.state.access, ...authority.state.refresh])
      expect(told).not.toContain(token);
    expect((await world.events('token_refresh')).map(({ detail }) => JSON.parse(detail).kind).sort()).toEqual(
      ['manual', 'proactive', 'reactive'],
    );
  });

  it('is done by the clock', async () => {
    const other = await createWorld({
      place: world.place,
      entries: [entry('s', authority.url())],
      times: { intervalMs: 20, thresholdMs: 2 * HOUR },
    });
    // Half of its life is over.
    other.clock.pass(HOUR);
    await until(() => refreshes().length > 0);
    await other.close();
  });
});

describe('people and servers that go', () => {
  it('for a person who lost the server nothing is refreshed, until it is given back', async () => {
    await world.setEntries([{ ...entry('s', authority.url()), grants: [] }]);
    world.clock.pass(2 * HOUR);
    await world.connections.sweep();
    expect(refreshes()).toEqual([]);
    await world.setEntries([{ ...entry('s', authority.url()), grants: ['ann'] }]);
    await world.connections.sweep();
    expect(refreshes()).toHaveLength(1);
  });

  it('a person who was switched off has no token', async () => {
    await leaseOf(world, 's', ann);
    await world.store.setDisabled(ann.person, true);
    await world.live.refresh();
    expect(await leaseOf(world, 's', ann)).toBe('ended');
    expect(await refuse('Bearer x')).toMatchObject({ kind: 'unconnected' });
    world.clock.pass(2 * HOUR);
    await world.connections.sweep();
    expect(refreshes()).toEqual([]);
    await expect(world.connections.plan(world.entry('s'), ann.person)).rejects.toThrow();
  });

  it('a person who was deleted leaves no token', async () => {
    await world.store.deleteUser(ann.person);
    await world.live.refresh();
    expect(await leaseOf(world, 's', ann)).toBe('ended');
    expect(await world.store.connections.listConnections(ann.person)).toEqual([]);
  });

  it('a token that comes for an account which is gone is given back', async () => {
    authority.state.delayMs = 200;
    const refreshing = world.connections.refreshNow(world.entry('s'), ann.person);
    await until(() => refreshes().length > 0);
    await world.connections.disconnect(world.entry('s'), ann.person);
    expect(await refreshing).toMatchObject({ why: 'never' });
    const given = authority.asked('/revoke').map(({ form }) => form.get('token'));
    expect(given).toEqual(expect.arrayContaining([...authority.state.access, ...authority.state.refresh]));
    expect(await leaseOf(world, 's', ann)).toBe('never');
  });

  it('what one process disconnects no other uses', async () => {
    const other = await reopened();
    expect(await leaseOf(other, 's', ann)).toMatch(/^Bearer /);
    await world.connections.disconnect(world.entry('s'), ann.person);
    await until(async () => (await leaseOf(other, 's', ann)) === 'never');
  });
});

describe.each(dialects)('two processes with one %s', dialect => {
  it('never spend one refresh token twice', async () => {
    const place = await createPlace(dialect);
    const entries = [entry('s', authority.url())];
    const [one, two] = [await createWorld({ place, entries }), await createWorld({ place, entries })];
    const ben = await one.person('ben');
    await two.live.refresh();
    await connect(one, 's', ben, authority.visit);
    const first = await leaseOf(two, 's', ben);
    authority.state.delayMs = 150;
    for (const each of [one, two]) each.clock.pass(2 * HOUR);
    const leases = await Promise.all([one, two, one, two].map(each => leaseOf(each, 's', ben)));
    expect(new Set(leases).size).toBe(1);
    expect(leases[0]).not.toBe(first);
    expect(refreshes()).toHaveLength(1);
    await two.close();
    await one.close();
    await place.remove();
  });

  it('take over from one that went away while it refreshed', async () => {
    const place = await createPlace(dialect);
    const one = await createWorld({
      place,
      entries: [entry('s', authority.url())],
      times: { timeoutMs: 200 },
    });
    const ben = await one.person('ben');
    await connect(one, 's', ben, authority.visit);
    one.clock.pass(2 * HOUR);
    const key = { server: one.entry('s').name, userId: ben.person };
    const kept = await one.store.connections.connection(key);
    const now = one.clock.now();
    expect(kept && (await one.store.connections.lockConnection(kept, now + 1000, now))).toBe(true);
    const waiting = leaseOf(one, 's', ben);
    one.clock.pass(1001);
    expect(await waiting).toMatch(/^Bearer /);
    await one.close();
    await place.remove();
  });
});
