import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, says, change } = handOf(() => seen);

beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
  await seen.go('/admin');
  await change('POST', 'users', { username: 'watcher', password: 'Lantern-otter-31', role: 'auditor' });
}, 60_000);
afterAll(() => world?.close());

describe('the playground', () => {
  it.each(['nowhere', '<script>alert(1)</script>', 'a'.repeat(10_000)])(
    'at a server that one may not use says so, and leads on: %.20s',
    async name => {
      await seen.go(`/admin/playground?server=${encodeURIComponent(name)}&tool=echo`);
      await says('There is no such server, or you may not use it');
      expect(await seen.violations()).toEqual([]);
      expect(await seen.width()).toBeLessThanOrEqual(1440);
      await click('play.all');
      await seen.control('play.search').waitFor();
    },
  );
});

describe('an auditor', () => {
  it('sees the first steps and how a server is set, and no control that cannot work', async () => {
    const theirs = await world.signIn('watcher', { password: 'Lantern-otter-31' });
    await theirs.go('/admin/setup');
    await theirs.page.getByText('An administrator adds servers.').waitFor();
    expect(await theirs.control('server.paste').count()).toBe(0);
    await theirs.go('/admin/servers/web?tab=settings');
    await theirs.control('server-settings.description').waitFor();
    const controls = await theirs.page.locator('main :is(input, select, textarea)').all();
    expect(controls.length).toBeGreaterThan(4);
    for (const control of controls) expect(await control.isDisabled()).toBe(true);
    expect(await theirs.violations()).toEqual([]);
    await theirs.close();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
