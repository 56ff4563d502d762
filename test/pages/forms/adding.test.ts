import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everythingCommand } from '../../support/everything.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
/** Something that wants a login and gives none, and something that is no MCP server. */
let locked: Server;
let page: Server;

const answering = async (status: number): Promise<Server> => {
  const server = createServer((_, response) => response.writeHead(status).end('<p>Welcome</p>'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
};
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;

beforeAll(async () => {
  [world, locked, page] = await Promise.all([startPagesWorld(), answering(401), answering(200)]);
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  locked?.close();
  page?.close();
});

const { click, fill, says, dialog, api } = handOf(() => seen);
const focused = () => seen.page.evaluate<string>('document.activeElement.textContent');
const panel = (name: string) => seen.page.locator('li.panel', { hasText: name });
const path = () => new URL(seen.page.url()).pathname + new URL(seen.page.url()).search;

/** Pastes, names and adds one server, and waits for its verdict. */
async function add(text: string, name: string, verdict: RegExp): Promise<void> {
  await seen.go('/admin/servers?add=1');
  await fill('server.paste', text);
  await fill('server.name', name);
  await seen.page.locator('.ticks').getByText(name, { exact: true }).waitFor();
  await click('server.add');
  await panel(name).getByText(verdict).first().waitFor();
}

describe('adding a server', () => {
  it('asks for no password while it is typed, then once, and shows the result where one goes on', async () => {
    await seen.go('/admin/servers?add=1');
    const store = new DatabaseSync(join(world.gateway.dataDir, 'gateway.db'));
    store.exec('update browser_sessions set password_at = password_at - 3600000');
    store.close();
    await seen.control('server.paste').pressSequentially('http://127.0.0.1:1/mcp', { delay: 40 });
    await seen.page
      .locator('.ticks')
      .getByText('127-0-0-1')
      .or(seen.control('server.name'))
      .first()
      .waitFor();
    expect(await seen.control('password.type').count()).toBe(0);
    expect(await seen.control('server.paste').inputValue()).toBe('http://127.0.0.1:1/mcp');
    await seen.control('server.name').pressSequentially('late', { delay: 40 });
    await seen.page.locator('.ticks').getByText('late', { exact: true }).waitFor();
    expect(await seen.control('password.type').count()).toBe(0);
    await seen.page.keyboard.press('Enter');
    await fill('password.type', 'Correct-horse-7');
    await click('password.check');
    await expect.poll(focused).toBe('Added 1 server');
  });

  it('that does not answer says so, what may be wrong, and leads to where it is mended', async () => {
    await add('http://127.0.0.1:1/mcp', 'silent', /cannot be reached/);
    await says('It does not work yet.');
    await panel('silent').getByText('It was added, and does not answer.').waitFor();
    await panel('silent').getByText('what it offers: not asked').waitFor();
    expect(await seen.violations()).toEqual([]);
    await seen.picture('server-added-silent');
    await click('server.ask-again');
    await panel('silent')
      .getByText(/cannot be reached/)
      .waitFor();
    await click('server-added.settings');
    await expect.poll(path).toBe('/admin/servers/silent?tab=settings');
  });

  it('that is removed again at once is gone', async () => {
    await add('http://127.0.0.1:1/mcp', 'brief', /cannot be reached/);
    await click('server-added.remove');
    await click('server.remove');
    await says('Nothing of it is left.');
    expect(JSON.stringify(await api('mcp-servers'))).not.toContain('"brief"');
  });

  it('whose program ends at once leads to its log', async () => {
    await add(
      'node -e "console.error(`no such thing`);process.exit(3)"',
      'ends',
      /no such thing|cannot be reached/,
    );
    await click('server-added.log');
    await expect.poll(path).toBe('/admin/servers/ends?tab=log');
  });

  it('that wants a login leads to its credential', async () => {
    await add(urlOf(locked), 'locked', /refused the gateway’s credential/);
    await panel('locked')
      .getByText(/reached http/)
      .waitFor();
    await click('server-added.credential');
    await expect.poll(path).toBe('/admin/servers/locked?tab=credentials');
  });

  it('that is no MCP server says that the path may be wrong', async () => {
    await add(urlOf(page), 'welcome', /does not speak MCP|is not valid/);
    await panel('welcome').getByText('Often the path is missing').waitFor();
    await click('server-added.open');
    await expect.poll(path).toBe('/admin/servers/welcome');
  });

  it('ten from the configuration of a client show how far it is, each by itself, and what was not taken', async () => {
    const names = Array.from({ length: 9 }, (_, at) => `many-${at}`);
    const servers = Object.fromEntries(names.map(name => [name, { url: 'http://127.0.0.1:1/mcp' }]));
    const text = JSON.stringify({
      mcpServers: { ...servers, working: everythingCommand, 'bad one!': { url: 'file:///etc/passwd' } },
    });
    await seen.go('/admin/servers?add=1');
    await fill('server.paste', text);
    await seen.page.getByRole('button', { name: 'Add 10 servers' }).click();
    await expect.poll(focused).toBe('Added 10 servers');
    await says(/^Asked \d+ of 10\.$/);
    await says('1 of 10 answer; what the others need stands below.');
    await panel('working')
      .getByText(/\d+ tools/)
      .waitFor();
    for (const name of names)
      await panel(name)
        .getByText(/cannot be reached/)
        .waitFor();
    await dialog().getByText('was not added').waitFor();
    expect(await seen.control('server.paste').inputValue()).toBe(text);
    expect(await seen.violations()).toEqual([]);
    await seen.picture('server-added-ten');
    await seen.page.setViewportSize({ width: 375, height: 800 });
    expect(await seen.width()).toBeLessThanOrEqual(375);
    await seen.picture('server-added-phone');
    await seen.page.setViewportSize({ width: 1440, height: 900 });
  });

  it('that is asked again lets nobody else be asked twice', async () => {
    const asked: string[] = [];
    let letGo = () => {};
    const held = new Promise<void>(resolve => {
      letGo = resolve;
    });
    await seen.page.route('**/admin/api/mcp-servers/*/test', async route => {
      const url = route.request().url();
      asked.push(url);
      // The first four have been asked; those whose turn comes then wait.
      if (new Set(asked).size > 4 && asked.indexOf(url) >= 4) await held;
      await route.continue();
    });
    const names = Array.from({ length: 8 }, (_, at) => `turn-${at}`);
    await seen.go('/admin/servers?add=1');
    await fill(
      'server.paste',
      JSON.stringify({
        mcpServers: Object.fromEntries(names.map(name => [name, { url: 'http://127.0.0.1:1/mcp' }])),
      }),
    );
    await seen.page.getByRole('button', { name: 'Add 8 servers' }).click();
    await says('Asked 4 of 8.');
    await expect.poll(() => asked.length).toBe(8);
    await click('server.ask-again');
    await expect.poll(() => asked.length).toBe(9);
    await says('Asked 4 of 8.');
    expect(await panel('turn-7').getByText('Waits for its turn').count()).toBe(0);
    letGo();
    await says('0 of 8 answer; what the others need stands below.');
    expect([asked.length, new Set(asked).size]).toEqual([9, 8]);
    await seen.page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('that is removed again leaves what was pasted next', async () => {
    await add('http://127.0.0.1:1/mcp', 'fleeting', /cannot be reached/);
    await fill('server.paste', 'http://127.0.0.1:2/mcp');
    // Until the list comes, nothing is drawn anew.
    let letGo = () => {};
    const held = new Promise<void>(resolve => {
      letGo = resolve;
    });
    const isList = (url: URL) => /\/admin\/api\/(mcp-servers|setup)$/.test(url.pathname);
    await seen.page.route(isList, async route => {
      await held;
      await route.continue();
    });
    await click('server-added.remove');
    await click('server.remove');
    await says('Nothing of it is left.');
    await click('dialog.close');
    await says('Leave without saving?');
    await click('unsaved.stay');
    letGo();
    await seen.page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(await seen.control('server.paste').inputValue()).toBe('http://127.0.0.1:2/mcp');
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
