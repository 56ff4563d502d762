import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEcho2026 } from '../../fixtures/echo-2026.ts';
import { legacyClient, post } from '../../support/mcp.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
let echo: Awaited<ReturnType<typeof startEcho2026>>;
const { row, dialog, click, says, api, change } = handOf(() => seen);

const SHADY = '{"name":"shady","description":"Adds, \u202eand more.","inputSchema":{"type":"object"}}';
/** More than the lanes of Home show at once. */
const MANY = Array.from({ length: 13 }, (_, at) => `s${at}`);

beforeAll(async () => {
  echo = await startEcho2026({ tools: [SHADY] });
  const many = Object.fromEntries(MANY.map(name => [name, echo.url]));
  world = await startPagesWorld({ servers: { mail: 'http://127.0.0.1:1/mcp', ...many } });
  const client = await legacyClient({ url: world.gateway.url('/mcp'), token: world.gateway.adminToken });
  await client.request('tools/list');
  for (const message of ['one', 'two'])
    await client.request('tools/call', { name: 'web_echo', arguments: { message } });
  await client.request('tools/call', { name: 'mail_send', arguments: {} });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await echo?.close();
});

const here = () => seen.page.url();
const leads = async (action: string, to: string) => {
  await click(action);
  await expect.poll(here).toContain(to);
};

describe('every number and name leads to what is behind it', () => {
  it.each([
    ['/admin', 'verdict.people', '/admin/people'],
    ['/admin', 'verdict.clients', '/admin/clients'],
    ['/admin', 'hero.calls', '/admin/activity'],
    ['/admin', 'hero.ours', '/admin/activity?fault=internal'],
    ['/admin', 'hero.added', '/admin/activity?method=tools%2Fcall'],
    ['/admin', 'hero.bridged', '/admin/activity?bridged=1'],
    ['/admin', 'lane.open', '/admin/servers/mail'],
    ['/admin', 'flow.cell', '/admin/activity?client='],
    ['/admin', 'last.open', '/admin/activity?id='],
    ['/admin', 'need.look', 'tab=offers&only=suspicious'],
    ['/admin', 'palette.open', '/admin'],
    ['/admin/servers/web', 'server.calls', '/admin/activity?server=web'],
    ['/admin/servers/web', 'server.tool-calls', '/admin/activity?server=web&target=echo'],
    ['/admin/servers/web', 'server.play', '/admin/playground?server=web'],
    ['/admin/servers/web', 'server.scan', '/admin/security?tab=scans&server=web'],
    ['/admin/servers/web?tab=offers&open=echo', 'tool.play', '/admin/playground?server=web&tool=echo'],
    ['/admin/servers/web?tab=offers&open=echo', 'tool.who', '/admin/access?server=web&tool=echo'],
    ['/admin/servers/web?tab=offers&open=echo', 'tool.calls', '/admin/activity?server=web&target=echo'],
    ['/admin/servers?tab=tokens', 'tokens.server', 'tab=credentials'],
    ['/admin/security?tab=definitions', 'definitions.suspicious', 'tab=offers&only=suspicious'],
  ])('on %s, by %s to %s', async (from, action, to) => {
    await seen.go(from);
    await leads(action, to);
  });

  it('a call leads to why it was allowed, to another try, and to the others of its session', async () => {
    await seen.go('/admin/activity?server=web&method=tools%2Fcall');
    await seen.page.getByRole('table', { name: 'activity' }).getByRole('row').nth(1).click();
    await leads('call.explain', '/admin/access?user=admin&server=web&tool=echo');
    await seen.page.locator('.explained', { hasText: 'Yes.' }).waitFor();
    await seen.page.goBack();
    await leads('call.replay', '/admin/playground?server=web&tool=echo&replay=1');
    await seen.control('play.call').waitFor();
    await seen.go('/admin/servers/web?tab=offers&open=echo');
    await click('tool.play');
    await seen.control('play.call').waitFor();
    await seen.go('/admin/activity?server=web&method=tools%2Fcall');
    await seen.page.getByRole('table', { name: 'activity' }).getByRole('row').nth(1).click();
    await click('call.curl');
    const [, url = '', body = ''] = /^curl -s (\S+) .* -d '(.*)'$/.exec(await seen.copied()) ?? [];
    const { message } = await post(url, body, { token: world.gateway.adminToken });
    // The tool itself says what it lacks: it was found by the name that the line has.
    expect(message.result).toMatchObject({ isError: true });
    const id = async () => dialog().locator('dd code').first().textContent();
    const before = await id();
    await click('call.neighbour');
    await expect.poll(id).not.toBe(before);
  });

  it('a row leads to its page, and a member of a group to the person', async () => {
    await seen.go('/admin/servers?q=pipe');
    await row('servers', 'pipe').getByRole('cell').nth(3).click();
    await expect.poll(here).toContain('/admin/servers/pipe');
    await seen.go('/admin/people');
    await row('people', 'admin').getByRole('cell').nth(2).click();
    await expect.poll(here).toMatch(/\/admin\/people\/[\w-]{36}/);
    await leads('person.groups', '/admin/people?tab=groups');
    await change('POST', 'groups', { name: 'team' });
    const [group] = (await api('groups')) as readonly { readonly id: string }[];
    const [admin] = (await api('users')) as readonly { readonly id: string }[];
    await change('PUT', `groups/${group?.id}/members/${admin?.id}`);
    await seen.go('/admin/people?tab=groups');
    await row('groups', 'team').click();
    await leads('groups.person', `/admin/people/${admin?.id}`);
  });

  it('a server that is down is asked again, and those that are well are shown when asked for', async () => {
    await seen.go('/admin');
    await click('need.retry');
    await says('It still does not answer.');
    await click('toast.close');
    await expect.poll(() => seen.page.locator('.toast').count()).toBe(0);
    const lanes = seen.page.getByRole('table', { name: 'lane' }).getByRole('row');
    await expect.poll(() => lanes.count()).toBe(13);
    await click('lane.all');
    await expect.poll(() => lanes.count()).toBe(17);
  });
});

describe('the tabs', () => {
  it.each([
    ['/admin/access?tab=rules', 'access-tab', ['catalogue', 'matrix', 'limits', 'rules']],
    ['/admin/people?tab=groups', 'people-tab', ['people', 'groups']],
    ['/admin/security?tab=scans', 'security-tab', ['detectors', 'blocked', 'definitions', 'scans', '']],
    [
      '/admin/servers/pipe?tab=log',
      'server-tab',
      ['changes', 'credentials', 'settings', 'offers', 'log', ''],
    ],
    ['/admin/servers?tab=tokens', 'servers-tab', ['mappings', 'tokens', '']],
  ])('of %s are each a page of their own, kept in the address', async (from, name, tabs) => {
    await seen.go(from);
    for (const tab of tabs) {
      await click(`${name}.${tab}`);
      const chosen = seen.control(`${name}.${tab}`);
      await expect.poll(() => chosen.getAttribute('aria-current')).toBe('page');
      await seen.page.reload();
      await expect.poll(() => chosen.getAttribute('aria-current')).toBe('page');
    }
  });

  it('of a person as well', async () => {
    const [admin] = (await api('users')) as readonly { readonly id: string }[];
    await seen.go(`/admin/people/${admin?.id}`);
    for (const [tab, sign] of [
      ['holds', 'Browsers'],
      ['edit', 'Save'],
      ['can', 'Explain'],
    ]) {
      await click(`person-tab.${tab}`);
      await says(new RegExp(sign ?? ''));
    }
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
