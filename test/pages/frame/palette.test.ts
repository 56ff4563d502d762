import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../support/mcp.ts';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { change, fill, dialog, table, api } = handOf(() => seen);

const HOSTILE = `<img src=x onerror=alert(1)>\u202e${'w'.repeat(60)}`;

beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', []);
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
  seen = await world.signIn();
  await seen.go('/admin');
  await change('POST', 'groups', { name: 'night-shift', description: 'Who watches at night' });
  const redirect_uris = ['https://client.example/back'];
  await change('POST', 'oauth-clients', { client_name: 'Notebook', redirect_uris });
  await change('POST', 'oauth-clients', { client_name: HOSTILE, redirect_uris });
  const people = (await api('users')) as readonly { username: string; id: string }[];
  const alice = people.find(({ username }) => username === 'alice')?.id;
  await change('POST', 'keys', { user: alice, name: 'lorry-key' });
}, 60_000);
afterAll(() => world?.close());

const at = () => {
  const { pathname, search } = new URL(seen.page.url());
  return decodeURIComponent(pathname + search);
};
const option = (text: string) => seen.page.getByRole('option').filter({ hasText: text });
/** What was to be drawn is drawn. */
const frames = () =>
  seen.page.evaluate(
    'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  );
async function open(from = '/admin/people') {
  await seen.go(from);
  await seen.page.keyboard.press('Control+k');
  await seen.control('palette.type').waitFor();
}

describe('the palette finds', () => {
  it.each([
    ['a setting by its key', 'ledger.daysToKeep', 'ledger.daysToKeep', '/admin/settings?q=ledger.daysToKeep'],
    [
      'a setting by what it does',
      'characters that a password',
      'passwordPolicy.minLength',
      '/admin/settings?q=',
    ],
    ['an OAuth client', 'noteb', 'Notebook', '/admin/clients?open='],
    ['an API key', 'lorry', 'lorry-key', '/admin/clients?tab=keys&q='],
    ['an API key by whose it is', 'of alice', 'lorry-key', '/admin/clients?tab=keys&q='],
    ['a group', 'night', 'night-shift', '/admin/people?tab=groups&group='],
    ['a group by what it is for', 'watches at', 'night-shift', '/admin/people?tab=groups&group='],
    ['a person', 'ali', 'alice', '/admin/people/'],
    ['a tab', 'retention', 'Retention', '/admin/settings?tab=retention'],
    ['a tab by another word', 'collisions', 'Names of tools', '/admin/servers?tab=mappings'],
    [
      'a tool by two words in any order',
      'sum web',
      'web_get-sum',
      '/admin/servers/web?tab=offers&open=get-sum',
    ],
  ])('%s', async (_, typed, shown, to) => {
    await open();
    await fill('palette.type', typed);
    await option(shown).first().waitFor();
    await seen.page.keyboard.press('Enter');
    await expect.poll(at).toContain(to);
    expect(await seen.control('palette.type').count()).toBe(0);
  });

  it.each([
    ['add a server', '/admin/servers?add=1', 'Put a server behind the gateway'],
    ['add a person', '/admin/people?add=person', 'Add a person'],
    ['invite', '/admin/people?add=link', 'Invite'],
    ['make a group', '/admin/people?tab=groups&group=new', 'Make a group'],
    ['create a key', '/admin/clients?tab=keys&add=key', 'Make an API key'],
    ['register a client', '/admin/clients?add=client', 'Register'],
    ['add a rule', '/admin/access?tab=rules&add=rule', ''],
  ])('what opens the dialog of "%s"', async (typed, to, title) => {
    await open();
    await fill('palette.type', typed);
    await seen.page.keyboard.press('Enter');
    await expect.poll(at).toBe(to);
    await seen.page.getByRole('dialog', { name: title }).first().waitFor();
    await seen.page.keyboard.press('Escape');
  });

  it('the scans, the keys of the keyboard, colours and how close rows stand', async () => {
    await open();
    await fill('palette.type', 'run a scan');
    await seen.page.keyboard.press('Enter');
    await expect.poll(at).toBe('/admin/security?tab=scans');
    const chosen = () => seen.control('theme.choose').inputValue();
    for (const [typed, theme] of [
      ['dark', 'dark'],
      ['colours of the system', ''],
    ] as const) {
      await open();
      await fill('palette.type', typed);
      await seen.page.keyboard.press('Enter');
      await expect.poll(chosen).toBe(theme);
      await expect
        .poll(() => seen.page.evaluate<string>('document.documentElement.dataset.theme ?? ""'))
        .toBe(theme);
    }
    await open();
    await fill('palette.type', 'compact');
    await seen.page.keyboard.press('Enter');
    const density = () => seen.page.evaluate<string>('document.documentElement.dataset.density');
    await expect.poll(density).toBe('compact');
    await open();
    await fill('palette.type', 'comfortable');
    await seen.page.keyboard.press('Enter');
    await expect.poll(density).toBe('comfortable');
  });

  it('the way out', async () => {
    const other = await world.signIn();
    await other.page.keyboard.press('Control+k');
    await other.control('palette.type').fill('log out');
    await other.page.keyboard.press('Enter');
    await expect.poll(() => new URL(other.page.url()).pathname).toBe('/login');
    await other.close();
  });
});

describe('what is found', () => {
  it('is inert, bounded and in sight', async () => {
    await open();
    await fill('palette.type', 'onerror');
    await option('onerror').first().waitFor();
    expect(await option('onerror').first().textContent()).toContain('<img src=x onerror=alert(1)>·www');
    expect(await seen.page.locator('img').count()).toBe(0);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
    await fill('palette.type', 'e');
    await expect.poll(() => seen.control('palette.take').count()).toBeGreaterThan(15);
    expect(await seen.control('palette.take').count()).toBeLessThanOrEqual(41);
    for (let step = 0; step < 15; step++) await seen.page.keyboard.press('ArrowDown');
    const chosen = seen.page.locator('[role=option][aria-selected=true]');
    await expect.poll(() => chosen.getAttribute('id')).toMatch(/-15$/);
    const [list, one] = [await seen.page.getByRole('listbox').boundingBox(), await chosen.boundingBox()];
    expect((one?.y ?? 0) + (one?.height ?? 0)).toBeLessThanOrEqual((list?.y ?? 0) + (list?.height ?? 0) + 1);
    await seen.picture('palette-found');
    expect(await seen.violations()).toEqual([]);
    await fill('palette.type', 'w'.repeat(10_000));
    await dialog().getByText('Nothing has this name.').waitFor();
    await seen.page.keyboard.press('Escape');
  });

  it('has first what is called so, however many others hold the word', async () => {
    const user = ((await api('users')) as readonly object[])[0];
    const many = Array.from({ length: 900 }, (_, at) => ({
      ...user,
      id: `u${at}`,
      username: `lorry-key-${at}`,
    }));
    await seen.page.route('**/admin/api/users', route => route.fulfill({ json: many }));
    await open();
    await fill('palette.type', 'lorry-key');
    await option('lorry-key-1').first().waitFor();
    await expect.poll(() => option('lorry-key').first().textContent()).toMatch(/^Keylorry-key/);
    await seen.page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('follows the letters: what came late for other letters is not shown', async () => {
    await open();
    const tools = '**/admin/api/tools?q=web_echo';
    let letGo = () => {};
    const held = new Promise<void>(resolve => {
      letGo = resolve;
    });
    await seen.page.route(tools, async route => {
      await held;
      await route.continue().catch(() => {});
    });
    const asked = seen.page.waitForRequest(tools);
    await fill('palette.type', 'web_echo');
    const request = await asked;
    await fill('palette.type', 'alice');
    await option('alice').first().waitFor();
    letGo();
    // Nobody waits for it any more: it is taken back, or it comes and is not shown.
    await request.response().catch(() => null);
    await frames();
    expect(await option('web_echo').count()).toBe(0);
    await seen.page.keyboard.press('Enter');
    await expect.poll(at).toContain('/admin/people/');
    await seen.page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});

it('shows an auditor no action that they cannot do', async () => {
  await change('POST', 'users', { username: 'ada', password: 'Lantern-otter-31', role: 'auditor' });
  const auditor = await world.signIn('ada', { password: 'Lantern-otter-31' });
  await auditor.go('/admin/servers');
  await auditor.page.keyboard.press('Control+k');
  await auditor.control('palette.type').fill('add');
  await expect
    .poll(() => auditor.page.getByRole('option').filter({ hasText: 'Add a server' }).count())
    .toBe(0);
  await auditor.control('palette.type').fill('dark');
  await auditor.page.getByRole('option').filter({ hasText: 'Dark colours' }).waitFor();
  await auditor.close();
});

it('leads to a row of its list', async () => {
  await open('/admin');
  await fill('palette.type', 'lorry');
  await option('lorry-key').waitFor();
  await seen.page.keyboard.press('Enter');
  await expect.poll(() => table('keys').getByRole('row').count()).toBe(2);
});

it('complained of nothing', () =>
  expect(seen.complaints.filter(text => !text.includes('status of 409'))).toEqual([]));
