import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../test/support/chromium.ts';
import { type Gateway, startGateway } from '../../test/support/gateway.ts';
import { post } from '../../test/support/mcp.ts';
import { startProcess } from '../../test/support/processes.ts';
import { tempDir } from '../../test/support/temp.ts';
import { fillLedger } from '../fill.ts';
import { fixed, median, printTable } from '../measure.ts';
import { INTERACTIONS } from '../pages/interactions.ts';
import { timed, WORDS } from '../pages/timed.ts';
import type { Verdict } from '../verdict.ts';

const [TOOLS, ROWS, DAYS, PEOPLE, GROUPS, TIMES, BAR_MS] = [5_000, 100_000, 7, 50, 5, 20, 100];
const PASSWORD = 'Correct-horse-7';

/** Those who have rules: what a change of one does is computed for all of them. */
async function addPeople(gateway: Gateway): Promise<void> {
  const made = await gateway.cli('token', 'create', '--user', 'admin', '--name', 'bench', '--scope', 'admin');
  const token = made.stdout.trim();
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(gateway.url(`/admin/api/${path}`), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
    return response.status === 204 ? { id: '' } : ((await response.json()) as { id: string });
  };
  const groups = [];
  for (let n = 0; n < GROUPS; n++) groups.push(await send('POST', 'groups', { name: `group-${n}` }));
  for (let n = 0; n < PEOPLE; n++) {
    const { id } = await send('POST', 'users', { username: `person-${n}` });
    await send('PUT', `groups/${groups[n % GROUPS]?.id}/members/${id}`);
  }
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  await post(gateway.url('/mcp'), list, { token: gateway.adminToken });
}

async function signIn(browser: Browser, gateway: Gateway): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(WORDS);
  await page.goto(gateway.url('/login'));
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.frame main').waitFor();
  return page;
}

async function measure(page: Page, only: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const lines: string[][] = [];
  for (const one of INTERACTIONS.filter(({ name }) => name.includes(only))) {
    const all = [...(await timed(page, one, TIMES))].sort((a, b) => a - b);
    const [middle, p98] = [median(all), all[Math.ceil(all.length * 0.98) - 1] ?? 0];
    console.log(`  ${one.name}: ${fixed(middle, 0)} ms`);
    lines.push([one.name, fixed(all[0] ?? 0, 0), fixed(middle, 0), fixed(p98, 0)]);
    const value = `${fixed(middle, 0)} ms`;
    verdicts.push({ what: `${one.name}, median`, value, bar: `${BAR_MS} ms`, isMet: middle <= BAR_MS });
  }
  printTable(['interaction, ms', 'least', 'median', 'p98'], lines);
  return verdicts;
}

/** How soon the pages show what a person did, with many tools and a long ledger. A browser has to be there. */
export async function pages(only: string): Promise<Verdict[]> {
  const { path: dir, remove } = await tempDir('authmcp-bench-');
  const server = fileURLToPath(new URL('../tools-server.ts', import.meta.url));
  const tools = startProcess(process.execPath, [server, '--tools', String(TOOLS)]);
  console.log(`\nThe pages with ${TOOLS} tools, ${ROWS} entries in ${DAYS} days, ${PEOPLE} people:`);
  const port = (await tools.line(/"port":(\d+)/))[1];
  await fillLedger(dir, { rows: ROWS, days: DAYS });
  const servers = { many: `http://127.0.0.1:${port}/mcp` };
  const gateway = await startGateway({ dir, servers, env: { ADMIN_PASSWORD: PASSWORD } });
  const browser = await launchChromium();
  try {
    await addPeople(gateway);
    return await measure(await signIn(browser, gateway), only);
  } finally {
    await browser.close();
    await gateway.close();
    await tools.stop();
    await remove();
  }
}
