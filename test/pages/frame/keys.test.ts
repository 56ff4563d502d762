import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../support/mcp.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { table, click, dialog, change } = handOf(() => seen);

const HOSTILE = '"><script>alert(1)</script>\u202e';

beforeAll(async () => {
  world = await startPagesWorld();
  const call = (name: string) => {
    const params = { name, arguments: { message: 'hi' } };
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    return post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
  };
  for (const name of ['web_echo', 'web_echo', 'web_echo', 'pipe_echo', HOSTILE]) await call(name);
  for (const name of ['alice', 'ben', 'carol']) await world.addPerson(name, []);
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const press = async (...keys: readonly string[]) => {
  for (const key of keys) await seen.page.keyboard.press(key);
};
const param = (name: string) => new URL(seen.page.url()).searchParams.get(name);
/** Which row of a list has the focus, counted from 0. */
const rowAt = (name: string) =>
  table(name).evaluate(list => {
    const { activeElement } = list.ownerDocument;
    return list.contains(activeElement) ? Number(activeElement?.getAttribute('data-index') ?? -1) : -1;
  });
const focused = () => seen.page.evaluate<string>('document.activeElement.dataset.action ?? ""');

describe('without a mouse', () => {
  it('one comes from Home to what a call was, and on to the next ones', async () => {
    await seen.go('/admin');
    await press('Control+k');
    await seen.page.keyboard.type('Activity');
    await press('Enter');
    await table('activity').waitFor();
    await press('j');
    await expect.poll(() => rowAt('activity')).toBe(0);
    await press('j', 'j', 'k', 'Enter');
    await dialog().getByText('Request id').waitFor();
    const first = param('open');
    await press('j');
    await expect.poll(() => param('open')).not.toBe(first);
    expect(await dialog().textContent()).toContain(param('open'));
    await seen.control('dialog.close').focus();
    await press('Escape');
    await expect.poll(() => dialog().count()).toBe(0);
    await expect.poll(() => rowAt('activity')).toBe(2);
  });

  it('the first row is the first, whatever had the focus, and the ends are ends', async () => {
    await seen.go('/admin/activity');
    await table('activity').waitFor();
    await seen.control('live.switch').focus();
    await press('k');
    await expect.poll(() => rowAt('activity')).toBe(0);
    await press('ArrowUp', 'k');
    expect(await rowAt('activity')).toBe(0);
    for (let at = 0; at < 9; at++) await press('ArrowDown');
    await expect.poll(() => rowAt('activity')).toBe((await table('activity').getByRole('row').count()) - 2);
  });

  it.each([
    ['/admin/people', 'people', '/admin/people/'],
    ['/admin/servers', 'servers', '/admin/servers/'],
  ])('a row of %s is opened', async (from, name, to) => {
    await seen.go(from);
    await table(name).waitFor();
    await press('j', 'j');
    await expect.poll(() => rowAt(name)).toBe(1);
    await press('Enter');
    await expect.poll(() => new URL(seen.page.url()).pathname).toContain(to);
  });

  it('a row of Home that has nothing to open leads where its link does', async () => {
    await seen.go('/admin');
    await table('lane').waitFor();
    await press('j', 'Enter');
    await expect.poll(() => new URL(seen.page.url()).pathname).toMatch(/^\/admin\/servers\/(web|pipe)$/);
  });

  it('a drawer that is made anew for each row gives the focus back to the one that was shown last', async () => {
    await seen.go('/admin/audit-log');
    await table('audit').waitFor();
    await press('j', 'Enter');
    await dialog().waitFor();
    const first = param('open');
    await press('j');
    await expect.poll(() => param('open')).not.toBe(first);
    const second = param('open');
    await press('j');
    await expect.poll(() => param('open')).not.toBe(second);
    await press('Escape');
    await expect.poll(() => dialog().count()).toBe(0);
    await expect.poll(() => rowAt('audit')).toBe(2);
  });

  it('what was typed in a drawer is not lost by going on to the next row', async () => {
    await seen.go('/admin');
    for (const name of ['day', 'night']) await change('POST', 'groups', { name });
    await seen.go('/admin/people?tab=groups');
    await table('groups').waitFor();
    await press('j', 'Enter');
    await seen.control('groups.description').fill('Half a sentence');
    await seen.control('dialog.close').focus();
    const before = param('group');
    await press('j');
    await seen.control('unsaved.stay').click();
    expect(param('group')).toBe(before);
    expect(await seen.control('groups.description').inputValue()).toBe('Half a sentence');
    await seen.control('dialog.close').focus();
    await press('j');
    await seen.control('unsaved.leave').click();
    await expect.poll(() => param('group')).not.toBe(before);
  });

  it('x leaves out the server of the row, and the value of a facet', async () => {
    await seen.go('/admin/activity?server=pipe');
    await table('activity').waitFor();
    await press('x');
    expect(param('not_server')).toBe(null);
    await press('j', 'x');
    await expect.poll(() => param('not_server')).toBe('pipe');
    expect(param('server')).toBe(null);
    await seen.page.getByRole('button', { name: /^echo/ }).first().focus();
    await press('x');
    await expect.poll(() => param('not_target')).toBe('echo');
  });

  it('a search box of the page takes letters, and no key of the list', async () => {
    await seen.go('/admin/people');
    await table('people').waitFor();
    await press('/');
    await seen.page.keyboard.type('j/k?x');
    expect(param('q')).toBe('j/k?x');
    expect(await dialog().count()).toBe(0);
  });
});

describe('the search of the page', () => {
  it.each([
    ['/admin/activity', 'facet.search'],
    ['/admin/servers', 'servers.filter'],
    ['/admin/servers/web?tab=offers', 'offers.search'],
    ['/admin/playground', 'play.search'],
    ['/admin/people', 'people.search'],
    ['/admin/clients', 'clients.search'],
    ['/admin/clients?tab=keys', 'keys.search'],
    ['/admin/security', 'incidents.search'],
    ['/admin/audit-log', 'audit.by-actor'],
    ['/admin/audit-log?tab=sign-ins', 'audit.by-address'],
    ['/admin/settings', 'settings.search'],
  ])('has the focus after / on %s', async (path, action) => {
    await seen.go(path);
    await seen.control(action).waitFor();
    await press('/');
    await expect.poll(focused).toBe(action);
  });

  it('is none that is not seen: on a tab without one, / does nothing', async () => {
    await seen.go('/admin/settings?tab=system');
    const isTaken = () =>
      seen.page.evaluate<boolean>(
        "!window.dispatchEvent(new KeyboardEvent('keydown', { key: '/', cancelable: true }))",
      );
    expect(await isTaken()).toBe(false);
    await seen.go('/admin/settings');
    await seen.control('settings.search').first().waitFor();
    expect(await isTaken()).toBe(true);
  });

  it('of Activity finds a value by part of its name, and Enter leaves only its requests', async () => {
    await seen.go('/admin/activity');
    await seen.control('facet.search').waitFor();
    await press('/');
    await seen.page.keyboard.type('server pip');
    const facets = seen.page.getByRole('complementary', { name: 'Filters' });
    await expect.poll(() => facets.getByRole('button', { name: /^web/ }).count()).toBe(0);
    await press('Enter');
    await expect.poll(() => param('server')).toBe('pipe');
    expect(await seen.control('facet.search').inputValue()).toBe('');
    await press('Enter');
    expect(param('outcome')).toBe(null);
    await seen.control('facet.search').fill('<script>');
    await facets.getByText('None of the values', { exact: false }).waitFor();
    await press('Enter');
    expect(await seen.control('facet.search').inputValue()).toBe('<script>');
  });

  it('of Security and of the keys leaves what holds the text', async () => {
    await seen.go('/admin/security');
    await seen.control('incidents.search').fill('no such thing');
    await seen.page.getByText(/No incident holds that|Nothing happened/).waitFor();
    await seen.go('/admin/clients?tab=keys');
    const rows = table('keys').getByRole('row');
    await rows.nth(1).waitFor();
    await seen.control('keys.search').fill('no such thing');
    await seen.page.getByText('No key fits').waitFor();
    await seen.control('keys.search').fill('ADMIN');
    await rows.nth(1).waitFor();
  });
});

describe('the list of the keys', () => {
  it('opens by ?, has the page alone, and closes', async () => {
    await seen.go('/admin/activity');
    await table('activity').waitFor();
    await press('?');
    await dialog().getByText('The next row of the list', { exact: false }).waitFor();
    await seen.picture('keys');
    expect(await seen.violations()).toEqual([]);
    await press('j', '/', '?');
    expect(await rowAt('activity')).toBe(-1);
    expect(await dialog().count()).toBe(1);
    await press('Escape');
    await expect.poll(() => dialog().count()).toBe(0);
  });

  it('opens from the palette, on a phone as well', async () => {
    const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
    await phone.go('/admin/people');
    await phone.page.keyboard.press('Control+k');
    await phone.control('palette.type').fill('shortcuts');
    await phone.page.keyboard.press('Enter');
    await phone.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await phone.width()).toBeLessThanOrEqual(375);
    expect(await phone.violations()).toEqual([]);
    await phone.picture('keys-phone');
    await phone.close();
  });

  it('names in the portal what there is in the portal', async () => {
    await seen.go('/account');
    await press('?');
    await dialog().getByText('To the search of the page').waitFor();
    expect(await dialog().getByText('Ctrl K').count()).toBe(0);
    await press('Escape', 'Control+k');
    await expect.poll(() => dialog().count()).toBe(0);
  });

  it('closes by its button', async () => {
    await seen.go('/admin/people');
    await press('?');
    await click('dialog.close');
    await expect.poll(() => dialog().count()).toBe(0);
  });
});

it('complained of nothing', () => expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
