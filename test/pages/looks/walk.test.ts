import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf } from '../support/hand.ts';
import { pictureOf } from '../support/pictures.ts';
import { OPENED, PLACES } from '../support/places.ts';
import { startTown, type Town } from '../support/town.ts';
import { picture, type Seen } from '../support/world.ts';

/** There is no network but the gateway: no other name is known, and no address is reached. */
const CUT_OFF = ['host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'];

let town: Town;
let seen: Seen;
/** What was asked of another host. */
const elsewhere: string[] = [];
beforeAll(async () => {
  town = await startTown({ people: 6, args: CUT_OFF });
  seen = await town.signIn();
  seen.page.context().on('request', request => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== town.gateway.origin) elsewhere.push(request.url());
  });
  const { change } = handOf(() => seen);
  await change('POST', 'groups', { name: 'warehouses', description: 'By shift' });
  await change('POST', 'oauth-clients', {
    client_name: 'Expense reports of the accounting department',
    redirect_uris: ['https://expenses.example/oauth/callback'],
  });
}, 120_000);
afterAll(() => town?.close());

/** Everything that is read is there, and nothing could not be read. */
async function arrive(path: string): Promise<void> {
  seen.complaints.length = 0;
  await seen.go(path.replace('{person}', town.person));
  await expect.poll(() => seen.page.locator('.skeleton').count()).toBe(0);
  expect(await seen.page.locator('main .problem').allTextContents()).toEqual([]);
}

/** By which the themes differ. */
const OF_THEMES = ['color-contrast', 'link-in-text-block'];

/** What axe finds on a phone and on a desk: each in one theme by every rule, in the other by those of colours. */
async function violations(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [width, colorScheme, rules] of [
    [375, 'light', undefined],
    [375, 'dark', OF_THEMES],
    [1440, 'light', OF_THEMES],
    [1440, 'dark', undefined],
  ] as const) {
    await seen.page.setViewportSize({ width, height: 900 });
    await seen.page.emulateMedia({ colorScheme });
    for (const one of await seen.violations(rules)) found.push(`${width} ${colorScheme} ${one}`);
  }
  await seen.page.emulateMedia({ colorScheme: null });
  return found;
}

async function isWell(name: string): Promise<void> {
  await seen.picture(pictureOf(name));
  expect(await violations()).toEqual([]);
  expect(elsewhere).toEqual([]);
  expect(seen.complaints).toEqual([]);
}

describe('without a network, with nothing for axe at 375 and 1440 pixels in both themes, stands', () => {
  it.each(PLACES)('%s', async (name, path) => {
    await arrive(path);
    expect((await seen.page.locator('main').textContent())?.length).toBeGreaterThan(40);
    await isWell(name);
  });

  it.each(OPENED)('%s, which is opened', async (name, path, ...actions) => {
    await arrive(path);
    for (const action of actions) await seen.control(action).first().click();
    await seen.page.getByRole('dialog').waitFor();
    await expect.poll(() => seen.page.locator('.skeleton').count()).toBe(0);
    await isWell(name);
  });
});

it('so does the page to sign in', async () => {
  const page = await (await town.browser.newContext()).newPage();
  await page.goto(town.gateway.url('/login'));
  await picture(page, pictureOf('login'));
  for (const width of [375, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  await page.context().close();
});

/** The page, which may be that of any server or person, with its tab. */
function tabAt(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://x');
  const page = pathname.replace(/^(\/admin\/(?:servers|people)\/).*/, '$1');
  return `${page} ${searchParams.get('tab') ?? ''} ${searchParams.get('kind') ?? ''}`;
}

it('leads to each tab of each page', async () => {
  const known = PLACES.map(([, path]) => path.replace('{person}', town.person));
  const missed: string[] = [];
  for (const path of new Set(known.map(address => address.split('?')[0] ?? ''))) {
    await arrive(path);
    const tabs = seen.page.locator('main > .tabs, main > * > .tabs, main > * > * > .tabs');
    for (const tab of await tabs.getByRole('button').all()) {
      await tab.click();
      if (!known.map(tabAt).includes(tabAt(seen.page.url()))) missed.push(seen.page.url());
    }
  }
  expect(missed).toEqual([]);
});
