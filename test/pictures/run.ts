// node test/pictures/run.ts: makes the pictures of docs/pictures anew, from the real pages before real servers.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Page } from 'playwright-core';
import type { Clock } from '../../src/base/index.ts';
import { launchChromium } from '../support/chromium.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { tempDir } from '../support/temp.ts';
import { historyOf, type PersonOf } from './history.ts';
import { HOUSEHOLD, startServer } from './household.ts';

const OUT = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const PASSWORD = 'Correct-horse-7';
const AWAY_MS = 47 * 60_000;
const PEOPLE = [
  { name: 'alice', client: 'Claude Code', grants: ['github', 'home', 'wiki', 'calendar', 'mail'] },
  { name: 'ben', client: 'Codex', grants: ['github', 'wiki', 'files'] },
  { name: 'carla', client: 'Claude', grants: ['home', 'calendar', 'mail'] },
  { name: 'build', client: 'VS Code', grants: ['github', 'files'] },
] as const;

const servers = await Promise.all(HOUSEHOLD.map(async of => ({ of, running: await startServer(of) })));
const { path: dir, remove } = await tempDir('authmcp-pictures-');
const open = (clock?: Clock) =>
  startGatewayHere({
    dir,
    ...(clock && { clock }),
    servers: Object.fromEntries(servers.map(({ of, running }) => [of.name, running.url])),
    env: { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: PASSWORD },
  });
const tokens = new Map<string, string>();
// What it finds of the mail server, it finds then.
await servers.find(({ of }) => of.name === 'mail')?.running.close();
const before = await open({ now: () => Date.now() - AWAY_MS });
await remember(before);
await before.close();
const gateway = await open();
const browser = await launchChromium();
try {
  for (const { name, client } of PEOPLE) await call(tokens.get(name) ?? '', client);
  await pictures();
} finally {
  await browser.close();
  await gateway.close();
  await Promise.all(servers.map(({ running }) => running.close()));
  await remove();
}

/** Who there is, and the day that was. */
async function remember({ store, userToken }: GatewayHere): Promise<void> {
  const people: PersonOf[] = [];
  for (const { name, client, grants } of PEOPLE) {
    tokens.set(name, await userToken(name, grants));
    const user = await store.userByName(name);
    if (user) people.push({ id: user.id, name, client });
  }
  const now = Date.now();
  const rows = historyOf(people, { now, awaySince: now - AWAY_MS });
  for (let from = 0; from < rows.length; from += 2_000)
    await store.writeLedger({ activity: rows.slice(from, from + 2_000), events: [] });
}

async function call(token: string, name: string): Promise<void> {
  const client = new Client({ name, version: '2.4.0' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url('/mcp')), { requestInit }));
  const { tools } = await client.listTools();
  for (const tool of tools.slice(0, 9))
    await client.callTool({ name: tool.name, arguments: { query: 'mcp' } }).catch(() => {});
  await client.close();
}

async function signIn(name: string): Promise<Page> {
  const viewport = { width: 1360, height: 850 };
  const page = await (await browser.newContext({ viewport, colorScheme: 'light' })).newPage();
  await page.goto(gateway.url('/login'));
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.frame main').waitFor();
  return page;
}

async function pictures(): Promise<void> {
  await mkdir(OUT, { recursive: true });
  const page = await signIn('admin');
  await take(page, 'home', '/admin?window=24h');
  await take(page, 'activity', '/admin/activity', () =>
    page.getByRole('row').filter({ hasText: 'github' }).first().click(),
  );
  await take(page, 'access', '/admin/access?user=ben&tool=mail_send_mail');
  await take(page, 'playground', '/admin/playground?server=github&tool=search_code', async () => {
    await page.locator('[data-action="play.field"][name="query"]').fill('rate limit');
    await page.locator('[data-action="play.call"]').click();
    await page.getByRole('region', { name: 'What came of it' }).waitFor();
  });
  await take(page, 'connect', '/account/connect');
}

/** A page when it has come to rest, after what somebody does there. */
async function take(page: Page, name: string, path: string, act?: () => Promise<unknown>): Promise<void> {
  await page.goto(gateway.url(path));
  await page.locator('main h1').first().waitFor();
  await page.waitForLoadState('load');
  await sleep(2_500);
  await act?.();
  await sleep(1_000);
  await page.screenshot({ path: join(OUT, `${name}.png`) });
}
