import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;

const HOSTILE = `<img src=x onerror=alert(1)>\u202egnp.exe\u200b${'w'.repeat(400)}`;

function callTool(name: string, args: object, agent = 'tests/1.0') {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
  return post(world.gateway.url('/mcp'), message, {
    token: world.gateway.adminToken,
    headers: { 'user-agent': agent },
  });
}

/** A client of 2026-07-28 says with each request what it calls itself. */
function callAs(client: string) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: client, version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name: 'web_echo', arguments: { message: 'hi' }, _meta };
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'web_echo',
  };
  return post(
    world.gateway.url('/mcp'),
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
    { token: world.gateway.adminToken, headers },
  );
}

beforeAll(async () => {
  world = await startPagesWorld();
  for (let at = 0; at < 6; at++) await callTool('web_echo', { message: 'hi' });
  for (let at = 0; at < 3; at++) await callTool('pipe_get-sum', { a: at, b: 1 });
  await callTool('web_get-sum', { a: 'no number' });
  await callAs(HOSTILE);
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const rows = () => seen.page.getByRole('table', { name: 'activity' }).getByRole('row');
const titles = async () => (await rows().allInnerTexts()).slice(1).map(text => text.replaceAll(/\s+/g, ' '));

describe('the activity', () => {
  it('lists what clients did, by its parts', async () => {
    await seen.go('/admin/activity');
    await expect.poll(async () => (await titles()).length).toBe(11);
    await seen.control('latency.show').click();
    await seen.picture('activity');
    expect(await seen.violations()).toEqual([]);
    const facets = seen.page.getByRole('complementary', { name: 'Filters' });
    await facets.getByRole('button', { name: /^pipe/ }).click();
    await expect.poll(async () => (await titles()).length).toBe(3);
    expect(new URL(seen.page.url()).searchParams.get('server')).toBe('pipe');
    await seen.control('filter.remove').click();
    await expect.poll(async () => (await titles()).length).toBe(11);
    await facets.getByRole('button', { name: 'All but web', exact: true }).click();
    await expect.poll(async () => (await titles()).every(text => !text.includes(' web '))).toBe(true);
    await seen.control('filter.clear').click();
    await expect.poll(async () => (await titles()).length).toBe(11);
  });

  it('shows hostile names inert and whole', async () => {
    await seen.go('/admin/activity?era=modern');
    const name = seen.page.locator('bdi.name', { hasText: 'onerror' }).first();
    await name.waitFor();
    const text = await name.textContent();
    expect(text).toContain('<img src=x onerror=alert(1)>·gnp.exe·www');
    expect(text).not.toMatch(/[\u202e\u200b]/);
    expect(await seen.page.locator('img').count()).toBe(0);
  });

  it('opens one with its story, and goes on by j and k', async () => {
    await seen.go('/admin/activity?server=web');
    await rows().nth(2).click();
    const drawer = seen.page.getByRole('dialog');
    await drawer.getByText('in all', { exact: false }).waitFor();
    expect(await drawer.textContent()).toMatch(
      /admin by .*called .*get-sum; web took [\d.]+ m?s; it failed/s,
    );
    const path = drawer.getByRole('region', { name: 'Where the time went' });
    const parts = await path.getByRole('listitem').allTextContents();
    expect(parts.map(text => text.replace(/[\d.]+ m?s.*/, ''))).toEqual([
      'Who asks',
      'Where to, and whether',
      'Connect',
      'Server',
      'Relay',
    ]);
    await seen.picture('activity-drawer');
    expect(await seen.violations()).toEqual([]);
    const first = new URL(seen.page.url()).searchParams.get('open');
    await rows().nth(2).focus();
    await seen.page.keyboard.press('j');
    await expect.poll(() => new URL(seen.page.url()).searchParams.get('open')).not.toBe(first);
    await expect.poll(() => drawer.textContent()).toContain('it went well');
    await seen.control('call.curl').click();
    const curl = await seen.copied();
    expect(curl).toContain('"name":"');
    expect(curl).not.toContain(world.gateway.adminToken);
    await seen.control('call.link').click();
    await seen.page.keyboard.press('Escape');
    await expect.poll(() => drawer.count()).toBe(0);
  });

  it('shows both wires of a call side by side, and marks what was changed on the way', async () => {
    // By a client of 2026, at a server of 2025, over the endpoint of all servers.
    await seen.go('/admin/activity?era=modern');
    await rows().nth(1).click();
    const wires = seen.page.getByRole('group', { name: 'Both wires' });
    const line = (title: string) =>
      wires.getByRole('row').filter({ has: seen.page.getByRole('rowheader', { name: title, exact: true }) });
    await expect.poll(() => line('Name').locator('mark').allTextContents()).toEqual(['web_echo', 'echo']);
    expect(await line('Protocol').locator('mark').allTextContents()).toEqual([
      '2026-07-28',
      '2025 and before',
    ]);
    expect(await line('Method').locator('mark').count()).toBe(0);
    expect(await line('To').textContent()).toMatch(/\/mcp.*http:\/\/127\.0\.0\.1.* as it is set now$/);
    expect(await line('Name').textContent()).toBe('Nameweb_echo as it is set nowecho');
    expect(await wires.textContent()).not.toContain('one of this person');
    expect(await wires.textContent()).not.toContain(world.gateway.adminToken);
    expect(await seen.violations()).toEqual([]);
    await seen.picture('activity-wires');
    await seen.control('dialog.close').click();
  });

  it('says of both wires what is not known of a call: the name of what is no more', async () => {
    await seen.page.route('**/admin/api/tools?q=*', route => route.fulfill({ json: [] }));
    await seen.go('/admin/activity?era=modern');
    await rows().nth(1).click();
    const name = seen.page
      .getByRole('group', { name: 'Both wires' })
      .getByRole('row')
      .filter({ has: seen.page.getByRole('rowheader', { name: 'Name', exact: true }) });
    await expect.poll(() => name.textContent()).toBe('Namenot knownecho');
    expect(await name.locator('mark').count()).toBe(0);
    await seen.page.unrouteAll({ behavior: 'ignoreErrors' });
    await seen.control('dialog.close').click();
  });

  it('announces new ones and never moves the list by itself', async () => {
    await seen.go('/admin/activity');
    await seen.page.getByText('announced as they come', { exact: false }).waitFor();
    await callTool('web_echo', { message: 'new' });
    await seen.control('activity.show-new').waitFor();
    expect(await titles()).toHaveLength(11);
    await seen.control('activity.show-new').click();
    await expect.poll(async () => (await titles()).length).toBe(12);
  });

  it('finds a call by its request id: the palette and one paste', async () => {
    const { message } = await callTool('pipe_nothing', {});
    const id = String((message.error?.data as { requestId?: string } | undefined)?.requestId);
    await seen.go('/admin');
    await seen.page.keyboard.press('Control+k');
    await seen.control('palette.type').fill(id);
    await seen.page.keyboard.press('Enter');
    await seen.page.getByRole('dialog').getByText(id).waitFor();
  });

  it('can be taken along, with the filters', async () => {
    await seen.go('/admin/activity?server=pipe&not_target=echo');
    const href = await seen.control('activity.jsonl').getAttribute('href');
    const text = await seen.page.evaluate(async to => (await fetch(to)).text(), href ?? '');
    const lines = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(({ server, target }) => `${server} ${target}`)).toEqual(Array(3).fill('pipe get-sum'));
    expect(await seen.control('activity.csv').getAttribute('href')).toContain('format=csv');
  });

  it('on a phone nothing is wider than the page', async () => {
    const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
    for (const path of ['/admin', '/admin/activity']) {
      await phone.go(path);
      const wide = await phone.width();
      expect(wide).toBeLessThanOrEqual(375);
      expect(await phone.violations()).toEqual([]);
    }
    await phone.control('facets.show').click();
    await phone.control('facet.choose').first().waitFor();
    expect(await phone.violations()).toEqual([]);
    await phone.picture('activity-phone');
    await phone.close();
  });

  it('says that the gateway is lost, keeps what is shown, and goes on by itself', async () => {
    await seen.go('/admin/activity');
    await expect.poll(async () => (await titles()).length).toBeGreaterThan(5);
    await seen.page.context().setOffline(true);
    await seen.control('facet.choose').first().click();
    await seen.page.getByText('has not answered for', { exact: false }).waitFor();
    await seen.page.context().setOffline(false);
    await expect
      .poll(() => seen.page.getByText('has not answered for', { exact: false }).count(), { timeout: 10_000 })
      .toBe(0);
  });
});

it('complained of nothing but the lost connection', () =>
  expect(seen.complaints.filter(text => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]));
