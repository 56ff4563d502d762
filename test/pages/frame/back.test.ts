import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../support/mcp.ts';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, fill, choose, row, dialog, table } = handOf(() => seen);

beforeAll(async () => {
  world = await startPagesWorld();
  for (let at = 0; at < 4; at++) {
    const params = { name: 'web_echo', arguments: { message: 'hi' } };
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
  }
  await world.addPerson('alice', []);
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

/** Path and query, as they stand in the address. */
const at = () => {
  const { pathname, search } = new URL(seen.page.url());
  return pathname + search;
};
const back = () => seen.page.goBack();

type Step = readonly [does: string, act: () => Promise<unknown>];
const [facet, exclude, day, drawer, closes]: readonly Step[] = [
  ['a facet', () => click('facet.choose')],
  ['what is left out', () => click('facet.exclude')],
  ['a window', () => choose('window.choose', '24h')],
  ['a row that is opened', () => row('activity', 'echo').first().click()],
  ['a drawer that is closed', () => click('dialog.close')],
] as const;

describe('Back', () => {
  it.each<readonly [string, string, readonly (Step | undefined)[]]>([
    ['Activity', '/admin/activity', [facet, day, exclude]],
    ['Activity with a request', '/admin/activity', [drawer, closes]],
    [
      'Servers',
      '/admin/servers',
      [
        ['a state', () => choose('servers.state', 'online')],
        ['a transport', () => choose('servers.way', 'http')],
        ['a tab', () => click('servers-tab.tokens')],
      ],
    ],
    [
      'People',
      '/admin/people',
      [
        ['a role', () => choose('people.role', 'user')],
        ['a dialog', () => click('people.add')],
      ],
    ],
    [
      'a server',
      '/admin/servers/web',
      [
        ['a tab', () => click('server-tab.offers')],
        ['a choice', () => choose('offers.only', 'destructive')],
      ],
    ],
    ['Security', '/admin/security', [['a tab', () => click('security-tab.detectors')]]],
    ['Settings', '/admin/settings', [['a tab', () => click('settings-tab.limits')]]],
    [
      'the playground',
      '/admin/playground',
      [
        ['a server', () => choose('play.endpoint', 'web')],
        ['a kind', () => click('play-kind.prompts')],
        ['an era', () => choose('play.era', 'legacy')],
      ],
    ],
  ])('undoes one step after the other on %s, and Forward does them again', async (_, from, steps) => {
    await seen.go('/admin');
    await seen.go(from);
    const passed = [at()];
    for (const step of steps) {
      await step?.[1]();
      await expect.poll(at, { message: step?.[0] ?? '' }).not.toBe(passed.at(-1));
      passed.push(at());
    }
    for (const before of passed.slice(0, -1).reverse()) {
      await back();
      await expect.poll(at).toBe(before);
    }
    for (const after of passed.slice(1)) {
      await seen.page.goForward();
      await expect.poll(at).toBe(after);
    }
  });

  it('takes what was typed as one with the step before, letter by letter and row by row', async () => {
    await seen.go('/admin/people');
    await choose('people.role', 'user');
    await seen.control('people.search').pressSequentially('alice');
    await expect.poll(at).toBe('/admin/people?role=user&q=alice');
    await back();
    await expect.poll(at).toBe('/admin/people');
    expect(await seen.control('people.search').inputValue()).toBe('');

    await seen.go('/admin/activity');
    await table('activity').waitFor();
    await seen.page.keyboard.press('j');
    await seen.page.keyboard.press('Enter');
    await dialog().waitFor();
    for (const key of ['j', 'j', 'k']) await seen.page.keyboard.press(key);
    await back();
    await expect.poll(at).toBe('/admin/activity');
    expect(await dialog().count()).toBe(0);
  });

  it('is no step where nothing was changed, and clears several filters in one', async () => {
    await seen.go('/admin');
    await seen.go('/admin/security');
    await click('security-tab.');
    await choose('incidents.severity', 'high');
    await fill('incidents.search', 'x');
    await click('incidents.clear');
    await expect.poll(at).toBe('/admin/security');
    await back();
    await expect.poll(at).toBe('/admin/security?severity=high&q=x');
    await back();
    await expect.poll(at).toBe('/admin/security');
    await back();
    await expect.poll(at).toBe('/admin');
  });
});

describe('the playground', () => {
  it('is found again by its address: what was searched for, and what was chosen', async () => {
    await seen.go('/admin/playground?server=web');
    await fill('play.search', 'get-su');
    await click('play.choose');
    await seen.control('play.call').waitFor();
    const address = at();
    expect(Object.fromEntries(new URLSearchParams(address.split('?')[1]))).toEqual({
      ...{ server: 'web', find: 'get-su', tool: 'get-sum' },
    });
    const other = await world.signIn();
    await other.go(address);
    await other.control('play.call').waitFor();
    expect(await other.control('play.search').inputValue()).toBe('get-su');
    expect(await other.control('play.choose').count()).toBe(1);
    await other.close();
  });

  it('shows a hostile address inert', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e'.repeat(100);
    await seen.go(
      `/admin/playground?find=${encodeURIComponent(hostile)}&tool=${encodeURIComponent(hostile)}`,
    );
    await seen.control('play.search').waitFor();
    await expect.poll(() => seen.control('play.search').inputValue()).toBe(hostile);
    expect(await seen.page.locator('img').count()).toBe(0);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
  });
});

it('complained of nothing', () => expect(seen.complaints).toEqual([]));
