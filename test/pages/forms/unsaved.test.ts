import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const ids = { alice: '', group: '' };
const { click, fill, says, change, api, dialog } = handOf(() => seen);
const path = () => new URL(seen.page.url()).pathname;
const question = () => seen.page.getByRole('heading', { name: 'Leave without saving?' });

beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', ['web']);
  seen = await world.signIn();
  await seen.go('/admin');
  const people = (await api('users')) as { id: string; username: string }[];
  ids.alice = people.find(({ username }) => username === 'alice')?.id ?? '';
  ids.group = ((await change('POST', 'groups', { name: 'family' })) as { id: string }).id;
  await change('POST', 'mcp-servers', { name: 'notes', url: 'http://127.0.0.1:1/mcp' });
}, 60_000);
afterAll(() => world?.close());

/** Where something is typed, by which control. */
const PLACES: readonly (readonly [name: string, path: () => string, action: string])[] = [
  ['the settings of a server', () => '/admin/servers/notes?tab=settings', 'server-settings.description'],
  ['a credential', () => '/admin/servers/notes?tab=credentials', 'credential.secret'],
  ['a setting', () => '/admin/settings?q=dcr.unusedDays', 'settings.type'],
  ['an account', () => `/admin/people/${ids.alice}?tab=edit`, 'person.full-name'],
  ['a limit', () => '/admin/access?tab=limits&limit=user:alice', 'limit.requests'],
  ['a group in its drawer', () => `/admin/people?tab=groups&group=${ids.group}`, 'groups.description'],
  ['a server that is added', () => '/admin/servers?add=1', 'server.paste'],
  ['a server at the first steps', () => '/admin/setup', 'server.paste'],
  ['a call in the playground', () => '/admin/playground?server=web&tool=echo', 'play.field'],
  ['a scan', () => '/admin/security?tab=scans', 'scan.url'],
];

/** Ways to leave that do not go through the page itself. */
const byPalette = async () => {
  await seen.page.keyboard.press('Control+k');
  await seen.control('palette.type').fill('audit');
  await seen.page.keyboard.press('Enter');
};

describe.each(PLACES)('while %s is typed', (_, at, action) => {
  it('leaving asks once, and staying keeps it', async () => {
    await seen.go('/admin/activity');
    await seen.page.evaluate(`history.pushState(null, '', ${JSON.stringify(at())})`);
    const field = seen.control(action).first();
    await field.waitFor();
    const here = path();

    // Nothing was typed: nothing is asked.
    await byPalette();
    await expect.poll(path).toBe('/admin/audit-log');
    expect(await question().count()).toBe(0);
    await seen.page.goBack();
    await field.waitFor();

    await field.fill('12');
    await byPalette();
    await question().waitFor();
    await click('unsaved.stay');
    expect([path(), await field.inputValue()]).toEqual([here, '12']);

    await seen.page.goBack();
    await question().waitFor();
    await seen.page.keyboard.press('Escape');
    await expect.poll(() => question().count()).toBe(0);
    expect([path(), await field.inputValue()]).toEqual([here, '12']);

    await seen.page.goBack();
    await question().waitFor();
    await click('unsaved.leave');
    await expect.poll(path).toBe('/admin/activity');
    expect(await question().count()).toBe(0);
  });
});

describe('what is not saved', () => {
  it('is asked about by links and tabs, looks well, and is left for good', async () => {
    await seen.go('/admin/servers/notes?tab=settings');
    await fill('server-settings.description', 'kept');
    await click('server-tab.credentials');
    await question().waitFor();
    expect(await seen.violations()).toEqual([]);
    await seen.picture('unsaved');
    await click('unsaved.stay');
    await seen.page.locator('[data-action="server-tab.offers"]').click();
    await click('unsaved.leave');
    await expect.poll(() => new URL(seen.page.url()).searchParams.get('tab')).toBe('offers');
    await click('server-tab.settings');
    expect(await seen.control('server-settings.description').inputValue()).toBe('');
  });

  it.each([
    ['a drawer', () => `/admin/people?tab=groups&group=${ids.group}`, 'groups.description', 'dialog.close'],
    ['a question', () => '/admin/people?add=person', 'people.add-name', 'dialog.close'],
    ['a form that is given up', () => '/admin/people?add=person', 'people.add-name', 'people.add-send.not'],
  ])('is asked about when %s closes, and the list below stays', async (_, at, action, end) => {
    await seen.go(at());
    await fill(action, 'typed');
    await click(end);
    await question().waitFor();
    await click('unsaved.stay');
    expect(await seen.control(action).inputValue()).toBe('typed');
    await click(end);
    await click('unsaved.leave');
    await expect.poll(() => dialog().count()).toBe(0);
    await seen.go(at());
    await seen.control(action).waitFor();
    await click(end);
    await expect.poll(() => dialog().count()).toBe(0);
  });

  it('of a draft of rules stays while its tabs are looked at, and is asked about when the page is left', async () => {
    await seen.go('/admin/access?tab=rules&add=rule');
    await fill('rule.subject', 'user:alice');
    await click('rule.put');
    await says('1 change not saved.');
    await click('access-tab.limits');
    await click('access-tab.matrix');
    expect(await question().count()).toBe(0);
    await click('rail.people');
    await question().waitFor();
    await click('unsaved.stay');
    await says('1 change not saved.');
    await click('draft.clear');
    await click('rail.people');
    await expect.poll(path).toBe('/admin/people');
  });

  it('of a rule in the drawer of a cell is asked about when another cell is opened', async () => {
    await seen.go('/admin/access?subject=user:alice&server=notes');
    await click('access.rule-add');
    await fill('rule.pattern', 'send_*');
    const other = seen.page.locator('[data-cell="user:admin notes"]');
    await other.click();
    await question().waitFor();
    await click('unsaved.stay');
    expect(await seen.control('rule.pattern').inputValue()).toBe('send_*');
    await other.click();
    await click('unsaved.leave');
    await expect.poll(() => new URL(seen.page.url()).searchParams.get('subject')).toBe('user:admin');
    expect(await seen.control('rule.pattern').count()).toBe(0);
  });

  it('of settings stays while other tabs are looked at', async () => {
    await seen.go('/admin/settings?tab=oauth&q=dcr.unusedDays');
    await fill('settings.type', '12');
    await click('settings-tab.system');
    expect(await question().count()).toBe(0);
    await click('settings-tab.oauth');
    expect(await seen.control('settings.type').inputValue()).toBe('12');
    await click('settings.forget');
    await click('rail.home');
    await expect.poll(path).toBe('/admin');
  });

  it('keeps the browser from closing the tab unasked; what was saved does not', async () => {
    const asked: string[] = [];
    seen.page.on('dialog', shown => {
      asked.push(shown.type());
      void shown.accept();
    });
    await seen.go(`/admin/people/${ids.alice}?tab=edit`);
    await seen.page.reload();
    await seen.control('person.full-name').pressSequentially('Alice');
    await seen.page.reload();
    expect(asked).toEqual(['beforeunload']);
    await seen.control('person.full-name').pressSequentially('Alice');
    await click('person.save');
    await says('The account is changed');
    await seen.page.reload();
    expect(asked).toEqual(['beforeunload']);
    seen.page.removeAllListeners('dialog');
  });

  it('is no question for a server that is removed, or for what was sent', async () => {
    await seen.go('/admin/servers/notes?tab=settings');
    await fill('server-settings.description', 'kept');
    await click('server.remove-ask');
    await click('server.remove');
    await expect.poll(path).toBe('/admin/servers');
    expect(await question().count()).toBe(0);
    await seen.go('/admin/people?add=person');
    await fill('people.add-name', 'dora');
    await click('people.add-send');
    await says('dora is added');
    expect(await question().count()).toBe(0);
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
