import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

/** A gateway that hangs refuses nothing: connections open, and no answer ever comes. */
let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  world = await startPagesWorld();
}, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  seen = await world.signIn();
});
afterEach(async () => {
  goOn();
  await seen.close();
});

const freeze = () => void world.gateway.process.signal('SIGSTOP');
const goOn = () => void world.gateway.process.signal('SIGCONT');
const bar = () => seen.page.getByText('The gateway has not answered for');
const frame = () => seen.page.locator('.frame').getAttribute('class');

describe('a gateway that hangs', () => {
  // Home and Settings: a page that reads again by itself, and one that does not.
  it.each(['/admin', '/admin/settings', '/account'])('is noticed on %s, and so is its return', async path => {
    await seen.go(path);
    freeze();
    await bar().waitFor({ timeout: 15_000 });
    expect(await frame()).toContain('cut-off');
    if (path.startsWith('/admin'))
      expect(await seen.page.locator('header.top .state').textContent()).toBe('Not known');
    await seen.picture(`hangs${path.replaceAll('/', '-')}`);
    expect(await seen.violations()).toEqual([]);
    goOn();
    await bar().waitFor({ state: 'hidden', timeout: 15_000 });
    expect(await frame()).not.toContain('cut-off');
  });

  it('keeps what is typed, and does it once it goes on', async () => {
    await seen.go('/admin/people?tab=groups&group=new');
    await seen.control('groups.add-name').fill('family');
    freeze();
    await bar().waitFor({ timeout: 15_000 });
    await seen.control('groups.add-send').click();
    expect(await seen.control('groups.add-name').inputValue()).toBe('family');
    goOn();
    await bar().waitFor({ state: 'hidden', timeout: 15_000 });
    await seen.page.getByRole('table', { name: 'groups' }).getByText('family').waitFor();
  });
});

describe('a browser without a network', () => {
  it('is told at once, on a page that asks for nothing', async () => {
    await seen.go('/admin/settings');
    await seen.page.context().setOffline(true);
    await bar().waitFor({ timeout: 4_000 });
    await seen.page.context().setOffline(false);
    await bar().waitFor({ state: 'hidden', timeout: 10_000 });
  });
});

describe('a gateway that only works hard', () => {
  it('is not said to be gone', async () => {
    await seen.page.route('**/livez', async route => {
      await new Promise(resolve => setTimeout(resolve, 1_500));
      await route.continue();
    });
    await seen.go('/admin/settings');
    await seen.page.evaluate(`window.wasSaid = false;
      new MutationObserver(() => {
        if (document.body.textContent.includes('The gateway has not answered for')) window.wasSaid = true;
      }).observe(document.body, { childList: true, characterData: true, subtree: true })`);
    for (let beats = 0; beats < 3; beats += 1) await seen.page.waitForResponse('**/livez');
    expect(await seen.page.evaluate('window.wasSaid')).toBe(false);
    expect(await bar().count()).toBe(0);
  });
});
