import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.ts';
import { everythingCommand, startEverything } from '../../support/everything.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../support/gateway.ts';
import { runToEnd } from '../../support/processes.ts';
import { SCREENS, THEMES } from './pictures.ts';
import { saveUse, watchUse } from './used.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const PASSWORD = 'Correct-horse-7';

export type PagesWorld = {
  readonly gateway: Gateway;
  readonly browser: Browser;
  /** Signs in by the form, in a profile of its own. */
  readonly signIn: (name?: string, options?: PageOptions) => Promise<Seen>;
  /** Somebody with the password of the administrator, who may use these servers. */
  readonly addPerson: (name: string, servers: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

type PageOptions = { readonly width?: number; readonly theme?: 'light' | 'dark'; readonly password?: string };

/** A page, and what went wrong on it. */
export type Seen = {
  readonly page: Page;
  /** What the console complained of, the policy for content among it. */
  readonly complaints: string[];
  readonly go: (path: string) => Promise<void>;
  readonly control: (action: string) => ReturnType<Page['locator']>;
  /** What axe finds, with no rule switched off; or by these rules alone. */
  readonly violations: (rules?: readonly string[]) => Promise<readonly string[]>;
  /** What was copied last. */
  readonly copied: () => Promise<string>;
  /** How wide the document is, in pixels. */
  readonly width: () => Promise<number>;
  /** A picture in both themes. */
  readonly picture: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The real gateway as its own process, with the official server behind it over HTTP and over stdio, and a browser. */
export async function startPagesWorld(
  options: Partial<GatewayOptions> = {},
  browserArgs: readonly string[] = [],
): Promise<PagesWorld> {
  const [everything, browser] = await Promise.all([startEverything(), launchChromium(browserArgs)]);
  const gateway = await startGateway({
    ...options,
    servers: { web: everything.url, pipe: everythingCommand, ...options.servers },
    env: { ADMIN_PASSWORD: PASSWORD, ...options.env },
  });
  return {
    gateway,
    browser,
    signIn: (name = 'admin', given = {}) => signIn(browser, gateway, name, given),
    addPerson: async (name, servers) => {
      const granted = servers.flatMap(server => ['--grant', server]);
      const data = ['--data-dir', gateway.dataDir, '--config', gateway.configFile];
      const args = [MAIN, 'user', 'add', name, '--password-stdin', ...granted, ...data];
      const added = await runToEnd(process.execPath, args, { input: `${PASSWORD}\n` });
      if (added.code !== 0) throw new Error(added.stderr);
    },
    close: async () => {
      await saveUse();
      await browser.close();
      await gateway.close();
      await everything.close();
    },
  };
}

async function signIn(browser: Browser, gateway: Gateway, name: string, given: PageOptions): Promise<Seen> {
  const { width = 1440, theme = 'light', password = PASSWORD } = given;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
  await watchUse(context);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  await page.goto(gateway.url('/login'));
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.frame main').waitFor();
  return {
    page,
    complaints,
    go: async path => {
      await page.goto(gateway.url(path));
      await page.locator('main h1').first().waitFor();
    },
    control: action => page.locator(`[data-action="${action}"]`),
    violations: rules => violations(page, rules),
    copied: () => page.evaluate<string>('navigator.clipboard.readText()'),
    width: () => page.evaluate<number>('document.documentElement.scrollWidth'),
    picture: title => picture(page, title),
    close: () => context.close(),
  };
}

async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page });
  const { violations: found } = await (rules ? axe.withRules([...rules]) : axe).analyze();
  return found.map(
    one =>
      `${one.id}: ${one.nodes
        .map(node => node.html)
        .join(' ')
        .slice(0, 600)}`,
  );
}

/** Pictures of one page in both themes, whichever it is in. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(SCREENS, `${name}-${theme}.png`) });
  }
  await page.emulateMedia({ colorScheme: null });
}
