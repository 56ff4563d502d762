import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const PARTS = '**/assets/part-*';
const API = '**/admin/api/**';
const UNFETCHED = 'This page could not be fetched';

let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  world = await startPagesWorld();
}, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  seen = await world.signIn();
});
afterEach(() => seen.close());

const heading = (text: string) => seen.page.getByRole('heading', { level: 1, name: text }).waitFor();
const standing = () => seen.page.locator('header.top .state');
const icon = () => seen.page.locator('link[rel=icon]').getAttribute('href');
const GREEN = '%231a7f4b';
const railStands = () => seen.page.getByRole('navigation', { name: 'Pages' }).waitFor();
const refuseParts = (page: Page) => page.route(PARTS, route => route.abort());

describe('a page whose file does not come', () => {
  it('says so within the frame, and comes by Try again when it can be fetched', async () => {
    await refuseParts(seen.page);
    await seen.control('rail.people').click();
    await heading(UNFETCHED);
    await railStands();
    await seen.picture('unfetched');
    expect(await seen.violations()).toEqual([]);
    await seen.control('page.again').click();
    await heading(UNFETCHED);
    await seen.page.unroute(PARTS);
    await seen.control('page.again').click();
    await heading('People');
    expect(await seen.page.getByText(UNFETCHED).count()).toBe(0);
  });

  it('offers to load all anew where the gateway answers and the file is gone', async () => {
    await seen.page.route(PARTS, route => route.fulfill({ status: 404, body: 'not found' }));
    await seen.control('rail.security').click();
    await heading(UNFETCHED);
    await seen.control('page.load-anew').waitFor();
    await seen.page.unroute(PARTS);
    await seen.control('page.load-anew').click();
    await heading('Security');
  });

  it('comes by itself when the connection is back, with nothing to load anew meanwhile', async () => {
    await seen.page.context().setOffline(true);
    await seen.control('rail.audit-log').click();
    await heading(UNFETCHED);
    expect(await seen.control('page.load-anew').count()).toBe(0);
    await seen.page.context().setOffline(false);
    await heading('Audit log');
  });

  it('leaves the other pages as they are', async () => {
    await seen.control('rail.servers').click();
    await heading('Servers');
    await refuseParts(seen.page);
    await seen.control('rail.settings').click();
    await heading(UNFETCHED);
    await seen.control('rail.servers').click();
    await heading('Servers');
  });
});

describe('the first load', () => {
  const unloaded = () => seen.page.getByRole('heading', { name: 'These pages could not be fetched' });

  it.each([
    ['the script', '**/assets/app-*.js'],
    ['a part that the script imports', PARTS],
    ['any file', '**/assets/**'],
  ])('says so where %s does not come, and loads again', async (_, files) => {
    await seen.page.route(files, route => route.abort());
    await seen.page.goto(world.gateway.url('/admin/people'));
    await unloaded().waitFor();
    expect(await seen.page.locator('#root').textContent()).toBe('');
    await seen.picture('unloaded');
    expect(await seen.violations()).toEqual([]);
    await seen.page.unroute(files);
    await seen.page.getByRole('link', { name: 'Load again' }).click();
    await heading('People');
    expect(await unloaded().count()).toBe(0);
    expect(seen.complaints.filter(text => /security policy/i.test(text))).toEqual([]);
  });

  it('says nothing of the kind where only the looks do not come, or something failed before the pages stood', async () => {
    const main = () => seen.page.getByRole('main');
    await seen.page.route('**/assets/*.css', route => route.abort());
    await seen.page.goto(world.gateway.url('/admin/people'));
    await heading('People');
    expect([await unloaded().count(), await main().count()]).toEqual([0, 1]);
    await seen.page.unroute('**/assets/*.css');
    // As where the script of an extension does not come, before those of the pages do.
    await seen.page.addInitScript(`new MutationObserver((_, all) => {
      const said = document.getElementById('unloaded');
      if (!said) return;
      all.disconnect();
      said.hidden = false;
    }).observe(document, { childList: true, subtree: true })`);
    await seen.page.goto(world.gateway.url('/admin/people'));
    await heading('People');
    expect([await unloaded().count(), await main().count()]).toEqual([0, 1]);
  });
});

describe('a page that fails', () => {
  it('says so within the frame, and comes when what it was told is right again', async () => {
    const people = '**/admin/api/users*';
    await seen.page.route(people, route => route.fulfill({ json: { not: 'a list' } }));
    await seen.control('rail.people').click();
    await heading('This page failed');
    await railStands();
    expect(await seen.violations()).toEqual([]);
    await seen.page.unroute(people);
    await seen.control('page.load-anew').click();
    await heading('People');
  });
});

describe('while nothing is known of the servers', () => {
  it.each([
    ['everything is answered by 500', 500],
    ['nothing is answered', 0],
  ])('and %s, nothing is said to be well', async (_, status) => {
    await seen.page.route(API, route =>
      status === 0 ? route.abort() : route.fulfill({ status, json: { error: 'internal' } }),
    );
    await seen.page.goto(world.gateway.url('/admin'));
    await expect.poll(() => standing().textContent()).toBe('Not known');
    expect(await standing().getAttribute('class')).toContain('unknown');
    expect(await icon()).not.toContain(GREEN);
    await seen.page.locator('main').getByRole('alert').waitFor();
    await seen.picture(`not-known-${status}`);
    expect(await seen.violations()).toEqual([]);
    const asked = seen.page.waitForRequest(API);
    await seen.control('read.again').click();
    await asked;
    // From here on it may come by itself as well.
    await seen.page.unroute(API);
    // It is read again each ten seconds.
    await expect.poll(() => standing().textContent(), { timeout: 20_000 }).toBe('All well');
    await expect.poll(icon).toContain(GREEN);
    await expect.poll(() => seen.page.locator('main h1').textContent()).toContain('All 2 servers answer.');
  });

  it('and they are being read, nothing is green', async () => {
    let goOn = () => {};
    const held = new Promise<void>(resolve => {
      goOn = resolve;
    });
    await seen.page.route('**/admin/api/mcp-servers', async route => {
      await held;
      await route.continue();
    });
    await seen.page.goto(world.gateway.url('/admin'));
    await expect.poll(() => standing().textContent()).toBe('Not known yet');
    expect(await icon()).not.toContain(GREEN);
    goOn();
    await expect.poll(() => standing().textContent()).toBe('All well');
  });
});
