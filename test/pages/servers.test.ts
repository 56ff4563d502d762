import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEcho2026 } from '../fixtures/echo-2026.ts';
import { type Everything, startEverything } from '../support/everything.ts';
import { handOf } from './support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
let another: Everything;
let modern: Awaited<ReturnType<typeof startEcho2026>>;
const clicks = { count: 0 };
const { api, change } = handOf(() => seen);

beforeAll(async () => {
  [another, modern] = [await startEverything(), await startEcho2026()];
  world = await startPagesWorld();
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await another?.close();
  await modern?.close();
});

const press = async (action: string) => {
  clicks.count++;
  await seen.control(action).first().click();
};
const says = (text: string | RegExp) => seen.page.getByText(text).first().waitFor();

describe('servers', () => {
  it('are added by paste in two clicks, and asked tick by tick', async () => {
    await seen.go('/admin/servers');
    clicks.count = 0;
    await press('servers.add');
    await seen.control('server.paste').fill(another.url);
    await seen.control('server.name').fill('second');
    await says('second');
    expect(await seen.violations()).toEqual([]);
    await press('server.add');
    expect(clicks.count).toBe(2);
    await says(/reached http/);
    await says(/speaks MCP/);
    await says('needs no login');
    await says(/13 tools|\d+ tools, \d+ prompts/);
    await seen.picture('servers-add');
    expect(await seen.violations()).toEqual([]);
    await press('server.ask-again');
    await says('needs no login');
    await press('dialog.close');
    await seen.page.getByRole('table', { name: 'servers' }).getByText('second').waitFor();
    await seen.picture('servers');
    expect(await seen.violations()).toEqual([]);
  });

  it.each([
    [
      'a command',
      'npx -y @modelcontextprotocol/server-files /tmp',
      'server-files',
      'npx -y @modelcontextprotocol/server-files /tmp',
    ],
    [
      'a configuration',
      '{"mcpServers":{"one":{"url":"http://127.0.0.1:9/mcp"},"two":{"command":"uvx","args":["mcp-x"]}}}',
      'two',
      'uvx mcp-x',
    ],
    [
      'a line of a client',
      'claude mcp add --transport http home http://127.0.0.1:9/mcp',
      'home',
      'http://127.0.0.1:9/mcp',
    ],
    ['TOML', '[mcp_servers.toml]\nurl = "http://127.0.0.1:9/mcp"', 'toml', 'http://127.0.0.1:9/mcp'],
  ])('say what they understood of %s before anything is added', async (_, text, name, place) => {
    await seen.go('/admin/servers?add=1');
    await seen.control('server.paste').fill(text);
    const ticks = seen.page.locator('.ticks');
    await ticks.getByText(name, { exact: true }).waitFor();
    await ticks.getByText(place, { exact: false }).waitFor();
  });

  it.each([
    ['<img src=x onerror=alert(1)> && rm', /neither a URL, a command, JSON/],
    ['{"mcpServers": {', /is no JSON/],
    ['{"mcpServers":{"Bad Name!":{"url":"http://127.0.0.1:9/mcp"}}}', /Bad Name!/],
    ['file:///etc/passwd', /neither a URL|file/],
  ])('refuse %j beside the field, and keep it', async (text, message) => {
    await seen.go('/admin/servers?add=1');
    await seen.control('server.paste').fill(text);
    await says(message);
    expect(await seen.control('server.paste').inputValue()).toBe(text);
    expect(await seen.control('server.add').isDisabled()).toBe(true);
  });

  it('that do not answer are kept, with the failing tick and why', async () => {
    await seen.go('/admin/servers?add=1');
    await seen.control('server.paste').fill('http://127.0.0.1:1/mcp');
    await seen.control('server.name').fill('gone');
    await seen.page.locator('.ticks').getByText('gone').waitFor();
    await press('server.add');
    await says(/cannot be reached/);
    await press('dialog.close');
    await seen.control('servers.state').selectOption('down');
    await says('gone');
    await seen.control('servers.state').selectOption('');
    await seen.control('servers.way').selectOption('stdio');
    await expect
      .poll(() => seen.page.getByRole('table', { name: 'servers' }).getByRole('row').count())
      .toBe(2);
    await seen.control('servers.way').selectOption('');
    await seen.control('servers.era').selectOption('25');
    await seen.control('servers.filter').fill('seco');
    await expect
      .poll(() => seen.page.getByRole('table', { name: 'servers' }).getByRole('row').count())
      .toBe(2);
  });
});

describe('a server', () => {
  it('shows how it is, and is tested, switched off and on', async () => {
    await seen.go('/admin/servers');
    await seen.control('servers.name').filter({ hasText: 'second' }).click();
    await says('Seven days');
    await seen.page
      .getByRole('img', { name: /^Calls of second in seven days, colour .* many: (none|\d)/ })
      .waitFor();
    await press('server.copy-endpoint');
    expect(await seen.copied()).toContain('/mcp/second');
    await press('server.test');
    await says('It answers.');
    await press('server.switch');
    await says('Switched off.');
    await seen.page.getByRole('button', { name: 'Switch on' }).click();
    await says('Switched on.');
    await seen.picture('server');
    expect(await seen.violations()).toEqual([]);
  });

  it('has one tool switched off for all in three', async () => {
    clicks.count = 0;
    await seen.go('/admin/servers/web');
    await press('server-tab.offers');
    await seen.control('offers.search').fill('echo');
    const row = seen.page.getByRole('table', { name: 'offers' }).getByRole('row').nth(1);
    await row.getByRole('button', { name: /Switch off/ }).click();
    clicks.count++;
    await says('It is so for everybody now.');
    expect(clicks.count).toBeLessThanOrEqual(3);
    await row.getByText('off', { exact: true }).waitFor();
    await row.click();
    await seen.page.getByRole('dialog').getByText('"inputSchema"', { exact: false }).waitFor();
    await seen.picture('server-tool');
    expect(await seen.violations()).toEqual([]);
    await press('dialog.close');
    await row.getByRole('button', { name: /Switch on/ }).click();
    await seen.control('offers.search').fill('');
    await seen.control('offers.only').selectOption('destructive');
    await seen.control('offers.prompts').click();
    await seen.control('offers.resources').click();
    await seen.picture('server-offers');
    expect(await seen.violations()).toEqual([]);
  });

  it('say what of theirs nobody is shown, and give it back', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const prompts = { 'simple-prompt': false, [hostile]: false };
    await change('PATCH', 'mcp-servers/web/tools', { prompts, instructions: false });
    await seen.go('/admin/servers/web?tab=offers');
    await says('Nobody is shown this of the server');
    expect(await seen.control('withheld.show-prompt').count()).toBe(2);
    expect(await seen.page.locator('img').count()).toBe(0);
    await seen.picture('server-withheld');
    expect(await seen.violations()).toEqual([]);
    await press('withheld.let-speak');
    await expect.poll(() => seen.control('withheld.let-speak').count()).toBe(0);
    await press('withheld.show-prompt');
    await expect.poll(() => seen.control('withheld.show-prompt').count()).toBe(1);
    await press('withheld.show-prompt');
    await expect.poll(() => seen.page.getByText('Nobody is shown this').count()).toBe(0);
    expect(await api('mcp-servers/web/withheld')).toEqual({ prompts: [], instructions: null });
  });

  it('gets another credential in three, which nobody sees again', async () => {
    await seen.go('/admin/servers/second?tab=credentials');
    await seen.control('credential.kind').selectOption('bearer');
    await seen.control('credential.secret').fill('a-very-secret-token-1');
    await press('credential.replace');
    await says('The server is spoken to with the new credential.');
    expect(await seen.control('credential.secret').inputValue()).toBe('');
    expect(await seen.page.content()).not.toContain('a-very-secret-token-1');
    await seen.control('credential.kind').selectOption('header');
    await seen.control('credential.name').fill('bad header\u0000');
    await seen.control('credential.secret').fill('x');
    await press('credential.replace');
    await seen.page.getByRole('alert').first().waitFor();
    expect(await seen.control('credential.secret').inputValue()).toBe('x');
    expect(await seen.violations()).toEqual([]);
    await seen.control('credential.kind').selectOption('none');
    await press('credential.replace');
    await says('The server is spoken to with the new credential.');
  });

  it('over pipes shows what its program wrote', async () => {
    await seen.go('/admin/servers/pipe?tab=log');
    await seen.page
      .locator('pre.log')
      .getByText(/Starting/)
      .waitFor();
    await seen.picture('server-log');
    expect(await seen.violations()).toEqual([]);
  });

  it('is set field by field; what is refused stays typed, and a change of somebody else is said', async () => {
    await seen.go('/admin/servers/second?tab=settings');
    await seen.control('server-settings.prefix').fill('Not A Prefix\u0000');
    await press('server-settings.save');
    await seen.page.locator('.field.wrong [role=alert]').waitFor();
    expect(await seen.control('server-settings.prefix').inputValue()).toContain('Not A Prefix');
    await press('server-settings.undo');
    await seen.control('server-settings.description').fill('mine');
    const other = await world.signIn();
    await other.go('/admin/servers/second?tab=settings');
    await other.control('server-settings.description').fill('theirs <b>bold</b>');
    await other.control('server-settings.save').click();
    await other.page.getByText('It is set so now.').waitFor();
    await other.close();
    await seen.page
      .getByText('Somebody else changed description', { exact: false })
      .waitFor({ timeout: 15_000 });
    expect(await seen.control('server-settings.description').inputValue()).toBe('mine');
    expect(await seen.violations()).toEqual([]);
    await press('clash.mine');
    await seen.control('server-settings.name').fill('The second <i>server</i>');
    await seen.control('server-settings.timeout').fill('45');
    await seen.control('server-settings.url').fill(another.url);
    await seen.control('server-settings.prefix').fill('sec_');
    await seen.control('server-settings.era').selectOption('legacy');
    await press('server-settings.save');
    await says('It is set so now.');
  });

  it('says what it changed, member by member', async () => {
    await seen.go('/admin/servers/web?tab=changes');
    await says('It never changed what it offers');
    expect(await seen.violations()).toEqual([]);
  });

  it('is removed after a question that says what ends', async () => {
    await seen.go('/admin/servers/gone');
    await press('server.remove-ask');
    await says(/Its calls end now/);
    expect(await seen.violations()).toEqual([]);
    await press('server.remove');
    await says('gone is gone.');
    await seen.go('/admin/servers/gone');
    await says('There is no such server');
    await press('server.back');
  });

  it('can be reached by a name of one’s own', async () => {
    await seen.go('/admin/servers?tab=mappings');
    await seen.control('mapping.name').fill('say');
    await seen.control('mapping.server').selectOption('web');
    await seen.control('mapping.tool').fill('echo');
    await press('mapping.add');
    await says('The name leads there now.');
    expect(await seen.violations()).toEqual([]);
    await press('mapping.remove');
    await says('The name leads where it led by itself.');
    await press('servers-tab.tokens');
    await says('needs none');
    expect(await seen.violations()).toEqual([]);
  });

  it('on a phone nothing is wider than the page', async () => {
    const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
    for (const path of [
      '/admin/servers',
      '/admin/servers/web',
      '/admin/servers/web?tab=offers',
      '/admin/servers?add=1',
    ]) {
      await phone.go(path);
      expect(await phone.width()).toBeLessThanOrEqual(375);
      expect(await phone.violations()).toEqual([]);
    }
    await phone.close();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !/status of 4\d\d/.test(text))).toEqual([]));
