import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../support/mcp.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, fill, choose, says, dialog } = handOf(() => seen);
const PASSWORD = 'Correct-horse-7';

beforeAll(async () => {
  world = await startPagesWorld();
  const params = { name: 'web_echo', arguments: { message: 'hi' } };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const path = () => new URL(seen.page.url()).pathname;
const param = (name: string) => new URL(seen.page.url()).searchParams.get(name);
const title = () => seen.page.locator('main h1').first().textContent();

describe('the rail', () => {
  it.each([
    ['activity', '/admin/activity', 'Activity'],
    ['servers', '/admin/servers', 'Servers'],
    ['playground', '/admin/playground', 'Playground'],
    ['people', '/admin/people', 'People'],
    ['access', '/admin/access', 'Access'],
    ['clients', '/admin/clients', 'Clients'],
    ['security', '/admin/security', 'Security'],
    ['audit-log', '/admin/audit-log', 'Audit log'],
    ['settings', '/admin/settings', 'Settings'],
    ['home', '/admin', 'servers answer'],
  ])('leads by %s to %s', async (entry, to, heading) => {
    await seen.go('/admin/people');
    await click(`rail.${entry}`);
    await expect.poll(path).toBe(to);
    await expect.poll(title).toContain(heading);
  });

  it('leads to one’s own account and back, and the first stop of the keyboard to the page', async () => {
    await seen.go('/admin');
    await click('rail.other');
    await expect.poll(path).toBe('/account');
    await click('rail.connect-a-client');
    await expect.poll(title).toContain('Connect a client');
    await click('rail.other');
    await expect.poll(path).toBe('/admin');
    await seen.go('/admin/people');
    await seen.page.keyboard.press('Tab');
    await seen.page.keyboard.press('Enter');
    await expect.poll(() => seen.page.evaluate<string>('document.activeElement.id')).toBe('main');
  });
});

describe('the header', () => {
  it('keeps the time and whether pages move in the address, on every page', async () => {
    await seen.go('/admin');
    await choose('window.choose', '24h');
    await expect.poll(title).toContain('in the last 24 hours');
    await click('rail.activity');
    await says('in the last 24 hours');
    expect(param('window')).toBe('24h');
    await says('announced as they come');
    await click('live.switch');
    await expect.poll(() => param('live')).toBe('off');
    await expect.poll(() => seen.page.getByText('announced as they come').count()).toBe(0);
    await click('live.switch');
    await says('announced as they come');
  });

  it('changes the colours, which the browser keeps', async () => {
    await seen.go('/admin');
    const ground = () => seen.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await choose('theme.choose', 'dark');
    await expect.poll(ground).not.toBe(light);
    await seen.page.reload();
    await expect.poll(ground).not.toBe(light);
    await choose('theme.choose', '');
    await expect.poll(ground).toBe(light);
  });

  it('searches by a button, and takes what is clicked', async () => {
    await seen.go('/admin');
    await click('palette.open');
    await fill('palette.type', 'audit');
    await expect
      .poll(async () => (await seen.control('palette.take').allTextContents())[0])
      .toBe('PageAudit log');
    await click('palette.take');
    await expect.poll(path).toBe('/admin/audit-log');
    await click('palette.open');
    await fill('palette.type', '<img src=x onerror=alert(1)>');
    await says('Nothing has this name.');
    expect(await seen.page.locator('img').count()).toBe(0);
    await seen.page.keyboard.press('Escape');
  });

  it.each([
    ['/admin', 'h1'],
    ['/admin/activity?window=24h', 'main'],
  ])('a part of the chart that is drawn on %s becomes the time', async (from, where) => {
    await seen.go(from);
    const draw = async () => {
      const chart = seen.page.locator('[data-action="chart.brush"] .u-over');
      await chart.hover();
      const box = await chart.boundingBox();
      if (!box) throw new Error('There is no chart.');
      await seen.page.mouse.move(box.x + 40, box.y + 20);
      await seen.page.mouse.down();
      await seen.page.mouse.move(box.x + 300, box.y + 20, { steps: 4 });
      await seen.page.mouse.up();
      return param('window');
    };
    // What comes in above the chart moves it while the page is young.
    await expect.poll(draw, { timeout: 15_000 }).toMatch(/^\d+_\d+$/);
    await expect.poll(() => seen.page.locator(where).first().textContent()).toContain('in the chosen time');
    const [since = 0, until = 0] = (param('window') ?? '').split('_').map(Number);
    expect(until).toBeGreaterThan(since);
    expect(Date.now() - since).toBeLessThan(86_400_000);
  });
});

describe('what cannot be read', () => {
  const broken = { status: 500, contentType: 'application/json', body: '{"message":"The disk is full."}' };

  it.each([
    ['/admin/servers', 'mcp-servers', 'read.again'],
    ['/admin/activity', 'activity?', 'activity.again'],
  ])('on %s says why, and is read when asked again', async (from, asked, action) => {
    const isIt = (url: URL) => url.href.includes(`/admin/api/${asked}`);
    await seen.page.route(isIt, route => route.fulfill(broken));
    await seen.go(from);
    await says('The disk is full.');
    await seen.page.unroute(isIt);
    await click(action);
    await expect.poll(() => seen.page.getByText('The disk is full.').count()).toBe(0);
  });
});

describe('who one is', () => {
  it('is asked again where the sign-in ended, and what was typed is sent then', async () => {
    await seen.go('/admin/people?add=person');
    await fill('people.add-name', 'alice');
    const { page } = seen;
    await page.context().clearCookies();
    await click('people.add-send');
    await dialog().getByText('Your sign-in has ended').waitFor();
    await click('signin.look');
    await says('Not signed in yet.');
    const opened = page.context().waitForEvent('page');
    await click('signin.again');
    const tab = await opened;
    await tab.getByLabel('User name').fill('admin');
    await tab.getByLabel('Password').fill(PASSWORD);
    await tab.getByRole('button', { name: 'Sign in' }).click();
    await tab.locator('.frame main').waitFor();
    await tab.close();
    await seen
      .control('signin.look')
      .or(page.getByRole('table', { name: 'people' }))
      .first()
      .waitFor();
    if (await seen.control('signin.look').count()) await click('signin.look');
    await page.getByRole('table', { name: 'people' }).getByText('alice').waitFor();
  });

  it('ends with the sign-out', async () => {
    const other = await world.signIn();
    await other.control('rail.sign-out').click();
    await expect.poll(() => new URL(other.page.url()).pathname).toBe('/login');
    await other.page.goto(world.gateway.url('/admin'));
    await other.page.getByLabel('Password').waitFor();
    await other.close();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text) && !/status of 500/.test(text))).toEqual([]));
