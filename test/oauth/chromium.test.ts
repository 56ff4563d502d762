import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { startSite } from './support/documents.ts';
import { makePkce, PASSWORD, startWorld, type World } from './support/world.ts';

let world: World;
let browser: Browser;
let client: Server;
let redirect = '';

beforeAll(async () => {
  if (!hasChromium) return;
  world = await startWorld({ servers: { notes: 'http://127.0.0.1:1/mcp', mail: 'http://127.0.0.1:1/mcp' } });
  await world.addPerson('alice', ['notes', 'mail']);
  client = createServer((_request, response) => response.end('<title>client</title><p>You may go back.</p>'));
  await new Promise<void>(resolve => client.listen(0, '127.0.0.1', resolve));
  redirect = `http://localhost:${(client.address() as AddressInfo).port}/callback`;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
  client?.close();
});

async function urlFor(metadata: object = {}, callback = redirect): Promise<string> {
  const client_id = await world.clientId({ redirect_uris: [callback], ...metadata });
  const asked = { client_id, redirect_uri: callback, code_challenge: makePkce().challenge };
  return world.authorizeUrl({ response_type: 'code', code_challenge_method: 'S256', state: 's', ...asked });
}

/** A page of its own profile, what its console complained of, and every host that it asked. */
async function newPage(options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', request => void hosts.add(new URL(request.url()).host));
  return { page, complaints, hosts, close: () => context.close() };
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('alice');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return found.map(one => `${one.id}: ${one.nodes.map(node => node.html).join(' ')}`);
}

describe.skipIf(!hasChromium)('in a real browser', () => {
  it.each([320, 390])('a name of sixty letters is no wider than a page of %i pixels', async width => {
    const { page, close } = await newPage({ viewport: { width, height: 800 } });
    await page.goto(await urlFor({ client_name: 'W'.repeat(60) }));
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    expect(await page.getByRole('heading').first().textContent()).toContain('W'.repeat(59));
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await close();
  });

  it.each([
    ['with scripts', { javaScriptEnabled: true }],
    ['without scripts', { javaScriptEnabled: false }],
  ])('a person signs in, agrees, and arrives at the program on this machine, %s', async (_how, options) => {
    const { page, complaints, hosts, close } = await newPage(options);
    await page.goto(await urlFor({ client_name: 'Browser program' }));
    await signIn(page);
    await expect.poll(() => page.getByRole('heading').first().textContent()).toContain('Browser program');
    expect(await page.content()).toContain('2 of your 2 servers');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${redirect}?**`);
    expect(new URL(page.url()).searchParams.get('code')).toBeTruthy();
    expect(complaints).toEqual([]);
    expect([...hosts].every(host => host.startsWith('localhost:'))).toBe(true);
    await close();
  });

  // Chromium holds the policy of the page against every redirect that follows its form (CSP 3, form-action).
  it('a program may send the browser on to another host after it', async () => {
    const site = await startSite();
    site.put('/connected', '<title>connected</title>', { 'content-type': 'text/html' });
    const ended = site.url('/connected');
    const program = createServer((_request, response) => response.writeHead(302, { location: ended }).end());
    await new Promise<void>(resolve => program.listen(0, '127.0.0.1', resolve));
    const callback = `http://localhost:${(program.address() as AddressInfo).port}/callback`;
    const { page, complaints, close } = await newPage({ ignoreHTTPSErrors: true });
    await page.goto(await urlFor({ redirect_uris: [callback] }, callback));
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(ended);
    expect(complaints.filter(text => text.includes('Content Security Policy'))).toEqual([]);
    await close();
    program.close();
    await site.close();
  });

  it('by the keyboard alone', async () => {
    const { page, close } = await newPage();
    await page.goto(await urlFor());
    await page.getByLabel('User name').focus();
    await page.keyboard.type('alice');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=wants to use this gateway');
    await page.getByRole('button', { name: 'Deny' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${redirect}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    await close();
  });

  it.each(['light', 'dark'] as const)(
    'every page is accessible in %s, on a phone too',
    async colorScheme => {
      for (const width of [375, 1440]) {
        const { page, close } = await newPage({ colorScheme, viewport: { width, height: 800 } });
        await page.goto(
          await urlFor({ client_name: 'A program with a rather long name that has to wrap somewhere' }),
        );
        expect(await violations(page)).toEqual([]);
        await signIn(page);
        await page.waitForSelector('text=wants to use this gateway');
        expect(await violations(page)).toEqual([]);
        const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        expect(isWide).toBe(false);
        for (const path of ['/device', '/account/programs', '/authorize?client_id=unknown']) {
          await page.goto(world.url(path));
          expect(await violations(page), path).toEqual([]);
        }
        await close();
      }
    },
    120_000,
  );

  it('a hostile name of a client is shown inert [T26]', async () => {
    const { page, complaints, close } = await newPage();
    const client_name = '<img src=x onerror=alert(1)>\u202egnp.exe\u200b Claude';
    let isAlerted = false;
    page.on('dialog', dialog => {
      isAlerted = true;
      void dialog.dismiss();
    });
    await page.goto(await urlFor({ client_name }));
    await signIn(page);
    const heading = await page.getByRole('heading').first().textContent();
    expect(heading).toBe('<img src=x onerror=alert(1)>gnp.exe Claude');
    expect(isAlerted).toBe(false);
    expect(complaints).toEqual([]);
    await close();
  });

  it('no page of it can be framed by another site', async () => {
    const { page, close } = await newPage();
    const url = await urlFor();
    await page.route('http://localhost:1/**', route =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${url}"></iframe>` }),
    );
    // Loaded, with what is in its frame.
    await page.goto('http://localhost:1/', { waitUntil: 'load' });
    const framed = page.frames().find(frame => frame !== page.mainFrame());
    expect((await framed?.content()) ?? '').not.toContain('Sign in');
    await close();
  });
});
