import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

const PASSWORD = 'Correct-horse-7';

let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  world = await startPagesWorld({ servers: { mail: 'http://127.0.0.1:1/mcp' } });
  await world.addPerson('alice', ['web', 'mail']);
  seen = await world.signIn('alice');
}, 60_000);
afterAll(() => world?.close());

const press = (action: string) => seen.control(action).first().click();
const says = (text: string | RegExp) => seen.page.getByText(text).first().waitFor();

describe('the portal', () => {
  it('shows what a person may use, and nothing of the others', async () => {
    expect(new URL(seen.page.url()).pathname).toBe('/account');
    await says('Hello, alice');
    const cards = seen.page.getByRole('region', { name: 'Your servers' }).getByRole('heading', { level: 3 });
    await expect.poll(() => cards.allInnerTexts()).toEqual(['web', 'mail']);
    const card = (name: string) =>
      seen.page.locator('li').filter({ has: seen.page.getByRole('heading', { name, exact: true }) });
    await card('web').getByText('Ready to use', { exact: true }).waitFor();
    await card('mail').getByText('Does not answer at the moment', { exact: true }).waitFor();
    await press('portal.copy-address');
    expect(await seen.copied()).toBe(world.gateway.url('/mcp/web'));
    await press('portal.copy-all');
    expect(await seen.copied()).toBe(world.gateway.url('/mcp'));
    await seen.picture('portal');
    expect(await seen.violations()).toEqual([]);
    expect(await seen.page.getByRole('navigation', { name: 'Pages' }).textContent()).not.toMatch(
      /Servers|Activity|Administration/,
    );
  });

  it('makes a key that works and is shown once, and ends it', async () => {
    await seen.control('key.name').fill('<b>laptop</b>');
    await press('key.make');
    await says('This is the key. It is shown this once.');
    await press('key.copy');
    const key = await seen.copied();
    const ask = () =>
      post(
        world.gateway.url('/mcp'),
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'web_echo', arguments: { message: 'hi' } },
        },
        { token: key },
      );
    expect((await ask()).status).toBe(200);
    await seen.go('/account');
    expect(await seen.page.content()).not.toContain(key);
    await says('<b>laptop</b>');
    await press('key.revoke-ask');
    expect(await seen.violations()).toEqual([]);
    await press('key.revoke');
    await says('The key has ended.');
    expect((await ask()).status).toBe(401);
  });

  it('signs other browsers out, and refuses a wrong password beside its field', async () => {
    const other = await world.signIn('alice');
    await seen.go('/account');
    await press('session.end');
    await says('That browser is signed out.');
    await other.page.reload();
    await expect.poll(() => new URL(other.page.url()).pathname).toBe('/login');
    await other.close();
    const third = await world.signIn('alice');
    await seen.go('/account');
    await press('session.end-others');
    await says('1 browser signed out.');
    await third.close();
    await seen.control('own-password.current').fill('wrong');
    await seen.control('own-password.next').fill('Another-horse-8');
    await press('own-password.change');
    await seen.page.getByRole('alert').first().waitFor();
    expect(await seen.control('own-password.next').inputValue()).toBe('Another-horse-8');
    await seen.control('own-password.current').fill(PASSWORD);
    await press('own-password.change');
    await expect.poll(() => seen.control('own-password.next').inputValue()).toBe('');
    await says('Hello, alice');
  });

  it('connects clients: one line each, deep links, and what cannot reach this machine says why', async () => {
    await seen.go('/account');
    await press('portal.connect-client');
    await says('Connect a client');
    await seen.control('connect.client').first().waitFor();
    const names = await seen.control('connect.client').allInnerTexts();
    for (const name of [
      'Claude Code',
      'Codex',
      'Cursor',
      'VS Code',
      'Copilot CLI',
      'Windsurf',
      'Gemini CLI',
      'ChatGPT',
    ])
      expect(
        names.some(one => one.includes(name)),
        name,
      ).toBe(true);
    await press('connect.copy');
    expect(await seen.copied()).toContain(
      `claude mcp add --transport http authmcp ${world.gateway.url('/mcp')}`,
    );
    await seen.control('connect.server').selectOption('web');
    await seen.page.getByText(world.gateway.url('/mcp/web'), { exact: false }).first().waitFor();
    await seen.picture('connect');
    expect(await seen.violations()).toEqual([]);
    await seen.control('connect.client').filter({ hasText: 'Cursor' }).click();
    expect(await seen.control('connect.link').getAttribute('href')).toMatch(/^cursor:\/\//);
    await seen.control('connect.client').filter({ hasText: 'ChatGPT' }).click();
    await says(/needs a public https address/);
    await seen.control('connect.client').filter({ hasText: 'curl' }).click();
    await press('connect.make-key');
    await says('It is shown this once.');
    await press('connect.copy');
    const [key = ''] = /amg_\w+/.exec(await seen.copied()) ?? [];
    expect(key).not.toBe('');
    await says('Waiting for your client');
    await post(world.gateway.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'ping' }, { token: key });
    await seen.page.getByText(/from the connect page .* seen/).waitFor({ timeout: 20_000 });
    await seen.control('connect.client').filter({ hasText: 'VS Code' }).click();
    await press('connect.link');
    await press('connect.keys');
    await says('Hello, alice');
  });

  it('tells who may see the pages of administration not that they may not', async () => {
    const admin = await world.signIn();
    await admin.go('/account?not=admin');
    expect(await admin.page.getByText('is neither').count()).toBe(0);
    await admin.close();
    await seen.go('/account?not=admin');
    await says('and alice is neither');
  });

  it('on a phone nothing is wider than the page', async () => {
    const phone = await world.signIn('alice', { width: 375, theme: 'dark', password: 'Another-horse-8' });
    for (const path of ['/account', '/account/connect', '/account/playground']) {
      await phone.go(path);
      expect(await phone.width()).toBeLessThanOrEqual(375);
      expect(await phone.violations()).toEqual([]);
    }
    await phone.picture('portal-phone');
    await phone.control('rail.show').click();
    await phone.control('rail.account').click();
    await phone.close();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !/status of 4\d\d/.test(text))).toEqual([]));
