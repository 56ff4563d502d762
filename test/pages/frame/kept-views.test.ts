import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, fill, choose, change, dialog, wrong, says } = handOf(() => seen);

const HOSTILE = '<img src=x onerror=alert(1)>';

beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const at = () => {
  const { pathname, search } = new URL(seen.page.url());
  return pathname + search;
};
const kept = async () =>
  seen.page.evaluate<readonly { name: string; address: string }[]>(
    async () => (await fetch('/account/api/views')).json() as Promise<never>,
  );
const chip = (name: string) => seen.control('views.open').filter({ hasText: name });

async function keep(name: string): Promise<void> {
  await click('views.keep');
  await fill('views.name', name);
  await click('views.keep-send');
}

describe('a view', () => {
  it.each([
    ['/admin/activity?server=web&window=24h', 'Web today'],
    ['/admin/security?severity=high', 'Grave ones'],
    ['/admin/audit-log?tab=sign-ins&success=false', 'Not let in'],
    ['/admin/servers?state=down', 'Down'],
    ['/admin/people?role=admin&q=a', 'Rulers'],
    ['/admin/clients?tab=keys&q=%26x%3D1', 'Odd keys'],
  ])('of %s is kept by a name, stands there, and is opened again', async (address, name) => {
    await seen.go(address);
    await keep(name);
    await chip(name).waitFor();
    expect((await kept()).find(one => one.name === name)?.address).toBe(address);
    await seen.go(address.split('?')[0] ?? '');
    await chip(name).click();
    await expect.poll(at).toBe(address);
    await expect.poll(() => chip(name).locator('[aria-current=true]').count()).toBe(1);
    await seen.page.goBack();
    await expect.poll(at).toBe(address.split('?')[0]);
  });

  it('is the filters and the time, and not what is open at the moment', async () => {
    await seen.go('/admin/people');
    await choose('people.role', 'user');
    await click('people.add');
    await dialog().waitFor();
    await seen.page.keyboard.press('Escape');
    await seen.page.goBack();
    await expect.poll(at).toContain('add=person');
    await seen.page.keyboard.press('Escape');
    await keep('Users');
    await chip('Users').waitFor();
    expect((await kept()).find(one => one.name === 'Users')?.address).toBe('/admin/people?role=user');
  });

  it('is found in the search from every page, as it was kept', async () => {
    await seen.go('/admin?window=7d');
    await seen.page.keyboard.press('Control+k');
    await fill('palette.type', 'web today');
    await seen.page.getByRole('option').filter({ hasText: 'ViewWeb today' }).waitFor();
    await seen.page.keyboard.press('Enter');
    await expect.poll(at).toBe('/admin/activity?server=web&window=24h');
  });

  it('is opened, renamed and removed in the dialog', async () => {
    await seen.go('/admin/activity');
    await click('views.keep');
    await seen.picture('kept-views');
    expect(await seen.violations()).toEqual([]);
    await click('views.open-kept');
    await expect.poll(at).toBe('/admin/activity?server=web&window=24h');
    expect(await dialog().count()).toBe(0);
    await click('views.keep');
    await click('views.rename');
    await fill('views.new-name', 'Web yesterday');
    await click('views.rename-send');
    await chip('Web yesterday').waitFor();
    await click('views.rename');
    await click('views.rename-send.not');
    await click('views.remove');
    await expect.poll(() => chip('Web').count()).toBe(0);
    await click('views.keep-send.not');
    expect((await kept()).some(({ name }) => name.startsWith('Web'))).toBe(false);
  });

  it('has a name that is free, short and without what cannot be seen; what was typed stays', async () => {
    await seen.go('/admin/servers?state=online');
    await click('views.keep');
    expect(await seen.control('views.keep-send').isDisabled()).toBe(true);
    for (const name of ['Down', 'w'.repeat(61), 'a\u202eb']) {
      await fill('views.name', name);
      await click('views.keep-send');
      await wrong('Name');
      expect(await seen.control('views.name').inputValue()).toBe(name);
    }
    await seen.page.keyboard.press('Escape');
    expect((await kept()).filter(({ address }) => address.startsWith('/admin/servers'))).toHaveLength(1);
  });

  it('with a hostile name is inert', async () => {
    await seen.go('/admin/clients');
    await keep(HOSTILE);
    await chip('onerror').waitFor();
    expect(await chip('onerror').textContent()).toBe(HOSTILE);
    expect(await seen.page.locator('img').count()).toBe(0);
    await seen.picture('kept-views-chips');
    expect(await seen.violations()).toEqual([]);
  });

  it('is nobody else’s', async () => {
    await change('POST', 'users', { username: 'ada', password: 'Lantern-otter-31', role: 'auditor' });
    const other = await world.signIn('ada', { password: 'Lantern-otter-31' });
    const read = other.page.waitForResponse('**/account/api/views');
    await other.go('/admin/servers');
    expect(await (await read).json()).toEqual([]);
    await other.control('views.keep').waitFor();
    expect(await other.control('views.open').count()).toBe(0);
    await other.close();
  });

  it('is kept on a phone as well, where nothing is wider than the page', async () => {
    const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
    await phone.go('/admin/servers');
    await phone.control('views.open').first().waitFor();
    expect(await phone.width()).toBeLessThanOrEqual(375);
    await phone.control('views.keep').click();
    await phone.control('views.name').waitFor();
    expect(await phone.width()).toBeLessThanOrEqual(375);
    expect(await phone.violations()).toEqual([]);
    await phone.picture('kept-views-phone');
    await phone.close();
  });

  it('says what the gateway says when nothing more can be kept', async () => {
    await seen.go('/admin/servers');
    await seen.page.route('**/account/api/views', async route => {
      if (route.request().method() !== 'POST') return route.continue();
      return route.fulfill({ status: 503, json: { error: 'overloaded', message: 'Later, please' } });
    });
    await keep('Never');
    await says('Later, please');
    expect(await seen.control('views.name').inputValue()).toBe('Never');
    await seen.page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text) && !/status of 503/.test(text))).toEqual([]));
