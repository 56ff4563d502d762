import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, fill, says, wrong, api } = handOf(() => seen);
const PASSWORD = 'Correct-horse-7';
const path = () => new URL(seen.page.url()).pathname;

beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', ['web']);
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

/** What another tab of the same browser does to this one: the sign-in of somebody takes the place of one's own. */
async function signInAs(name: string): Promise<void> {
  const theirs = await world.signIn(name);
  await seen.page.context().addCookies(await theirs.page.context().cookies());
  await theirs.close();
}

/** The password was given an hour ago. */
function agePassword(): void {
  const store = new DatabaseSync(join(world.gateway.dataDir, 'gateway.db'));
  store.exec('update browser_sessions set password_at = password_at - 3600000');
  store.close();
}

describe('an address without a page', () => {
  it.each([
    '/admin/nowhere',
    '/admin/people/a/b',
    `/admin/${'a'.repeat(9_000)}`,
    '/admin/servers/x/<script>alert(1)</script>',
  ])('%.40s says so, with the search and the way back', async address => {
    const answer = await seen.page.goto(world.gateway.url(encodeURI(address)));
    expect(answer?.status()).toBe(404);
    await says('There is no such page');
    expect(await seen.width()).toBeLessThanOrEqual(1440);
    expect(await seen.violations()).toEqual([]);
    await seen.page.keyboard.press('Control+k');
    await seen.control('palette.type').waitFor();
    await seen.page.keyboard.press('Escape');
    await seen.picture('no-such-page');
    await click('page.home');
    await expect.poll(path).toBe('/admin');
  });

  it('is said to programs, and to whoever is not signed in, as before', async () => {
    const json = await fetch(world.gateway.url('/admin/nowhere'), {
      headers: { accept: 'application/json' },
    });
    expect([json.status, ((await json.json()) as { error: string }).error]).toEqual([404, 'not_found']);
    const page = await fetch(world.gateway.url('/admin/nowhere'), { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('Nothing is here')]);
  });
});

describe('who one is', () => {
  it('somebody who is no administrator is told why the account is shown', async () => {
    const theirs = await world.signIn('alice');
    await theirs.page.goto(world.gateway.url('/admin/servers'));
    await theirs.page.getByText('The pages of administration are for administrators and auditors').waitFor();
    expect(await theirs.violations()).toEqual([]);
    await theirs.close();
  });

  it('somebody else in another tab is named, nothing is sent as them, and what was typed is sent when one is back', async () => {
    await seen.go('/admin/people?add=person');
    await fill('people.add-name', 'dora');
    await signInAs('alice');
    await click('people.add-send');
    await says('Somebody else is signed in now');
    await seen.page.getByText('in another tab, and this page is of admin').waitFor();
    expect(await seen.violations()).toEqual([]);
    await seen.picture('somebody-else');
    await click('signin.look');
    await says('This browser is still signed in as alice.');
    expect(await seen.control('people.add-name').inputValue()).toBe('dora');
    await signInAs('admin');
    await seen.page.evaluate("window.dispatchEvent(new Event('focus'))");
    await says('dora is added');
    expect(JSON.stringify(await api('users'))).toContain('dora');
  });

  it('somebody else is noticed when the tab comes to the front, and may take the page over', async () => {
    await seen.go('/admin/people');
    await signInAs('alice');
    await seen.page.evaluate("window.dispatchEvent(new Event('focus'))");
    await says('Somebody else is signed in now');
    await click('signin.load');
    await seen.page.getByText('The pages of administration are for').waitFor();
    await signInAs('admin');
    await seen.go('/admin');
  });

  it('a sign-in of oneself in another tab is no obstacle', async () => {
    await seen.go('/admin/people?add=person');
    await fill('people.add-name', 'elsa');
    await signInAs('admin');
    await click('people.add-send');
    await says('elsa is added');
  });

  it.each(['nobody', 'somebody else'])(
    'while the password is asked for and %s is in, the sign-in comes first',
    async who => {
      const name = who === 'nobody' ? 'fritz' : 'greta';
      await seen.go('/admin/people?add=person');
      await fill('people.add-name', name);
      agePassword();
      await click('people.add-send');
      await says('Your password, please');
      const own = await seen.page.context().cookies();
      if (who === 'nobody') await seen.page.context().clearCookies();
      else await signInAs('alice');
      await fill('password.type', PASSWORD);
      await click('password.check');
      await says(who === 'nobody' ? 'Your sign-in has ended' : 'Somebody else is signed in now');
      expect(await seen.violations()).toEqual([]);
      await seen.picture(`password-of-${who.replace(' ', '-')}`);
      // Given up, the question below says why it was not answered, and can be answered later.
      await seen.page.keyboard.press('Escape');
      await wrong('Password of admin');
      await click('password.check');
      await click('signin.look');
      if (who === 'nobody') await seen.page.context().addCookies(own);
      else await signInAs('admin');
      await click('signin.look');
      await says(`${name} is added`);
      expect(JSON.stringify(await api('users'))).toContain(name);
    },
  );
});

describe('what cannot be read', () => {
  it('speaks of nothing that was typed', async () => {
    const isIt = (url: URL) => url.pathname === '/admin/api/mcp-servers';
    await seen.page.route(isIt, route => route.fulfill({ status: 502, body: '<html>Bad Gateway</html>' }));
    await seen.go('/admin/servers');
    await says('The gateway failed: it answered 502.');
    expect(await seen.page.getByText('What you typed').count()).toBe(0);
    await seen.page.unroute(isIt);
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text) && !/status of 502/.test(text))).toEqual([]));
