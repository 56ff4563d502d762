import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, Provider } from '../oauth/support/sdk-person.ts';
import { REDIRECT } from '../oauth/support/world.ts';
import { launchChromium } from '../support/chromium.ts';
import { type Running, startProcess } from '../support/processes.ts';
import { tempDir } from '../support/temp.ts';
import { pictureOf } from './support/pictures.ts';
import { saveUse, watchUse } from './support/used.ts';
import { picture } from './support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PASSWORD = 'Correct-Horse-7';

let home: Awaited<ReturnType<typeof tempDir>>;
let gateway: Running;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  home = await tempDir('authmcp-first-');
  await writeFile(join(home.path, 'authmcp.yaml'), 'mcpServers: {}\n');
  const env = { ADMIN_USERNAME: '', ADMIN_PASSWORD: '' };
  gateway = startProcess(process.execPath, [MAIN, 'start', '--port', '0'], { cwd: home.path, env });
  browser = await launchChromium();
  // A page that axe may look at is one of a context of its own.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await watchUse(context);
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
});
afterAll(async () => {
  await saveUse();
  await browser?.close();
  await gateway?.stop();
  await home?.remove();
});

/** The person reads what the program may do, in a tab of the same browser, and allows it. */
async function agree(url: string): Promise<{ readonly url: string }> {
  const tab = await page.context().newPage();
  await tab.route(`${REDIRECT}**`, route => route.fulfill({ body: 'back at the program' }));
  await tab.goto(url);
  await tab.getByText('SDK program').first().waitFor();
  await tab.getByRole('button', { name: 'Allow' }).click();
  await tab.waitForURL(`${REDIRECT}**`);
  const back = tab.url();
  await tab.close();
  return { url: back };
}

it('from the link to the administrator, a server, a client that signs in by the browser, and its first call, live', async () => {
  const [, origin = '', token = ''] = await gateway.line(/(http:\/\/localhost:\d+)\/setup#(\S+)/);
  const control = (action: string) => page.locator(`[data-action="${action}"]`);
  const axe = async () => (await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id);
  await page.goto(`${origin}/setup#${token}`);
  await picture(page, pictureOf('setup'));
  expect(await axe()).toEqual([]);
  await page.getByLabel('User name').fill('root');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button').first().click();

  await page.getByRole('heading', { name: 'Put a server behind it' }).waitFor();
  await control('setup.skip').click();
  await page.getByText('No server is behind the gateway yet.').waitFor();
  await control('home.connect').click();
  await page.getByRole('heading', { name: 'Connect a client' }).waitFor();
  await page.goBack();
  await control('home.add-server').click();
  await control('dialog.close').click();
  await page.getByText('No server yet').waitFor();
  expect(await axe()).toEqual([]);
  await control('servers.add-first').click();
  await control('server.paste').waitFor();
  await page.goto(`${origin}/admin/setup`);
  await control('setup.sample').click();
  await page.getByText('sample', { exact: true }).first().waitFor();
  await control('server.add').click();
  await page.getByText(/\d+ tools, 1 prompt, 2 resources/).waitFor();
  expect(await axe()).toEqual([]);
  await page.reload();
  await page.getByText('sample', { exact: true }).first().waitFor();
  await control('setup.next').click();

  await page.getByText('Waiting for the first client').waitFor();
  expect(await axe()).toEqual([]);
  await control('setup.back').click();
  await control('setup.next').click();
  const provider = new Provider();
  const where = { url: (path: string) => `${origin}${path}`, browserOf: () => ({ signIn: agree }) };
  const { connection } = await connectAs(where as never, 'root', { sdk: 'v2', provider });
  const answer = await connection.callTool('sample_echo', { message: 'the first call' });
  expect(JSON.stringify(answer)).toContain('the first call');
  await page.getByText(/first call: echo/).waitFor();
  await connection.close();
  await control('setup.finish').click();
  const row = page.getByRole('table', { name: 'last' }).getByRole('row').nth(1);
  await expect.poll(() => row.textContent()).toContain('echo');
  expect(await axe()).toEqual([]);
}, 60_000);
