import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  world = await startPagesWorld({ servers: { mail: 'http://127.0.0.1:1/mcp' } });
  for (let at = 0; at < 12; at++)
    await callTool(at % 3 ? 'web_echo' : 'pipe_get-sum', at % 3 ? { message: 'hi' } : { a: at, b: 1 });
  await callTool('web_get-sum', { a: 'no number' });
  await callTool('mail_send', {});
  await callTool('send', {}, '/mcp/mail');
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const callTool = (name: string, args: object, at = '/mcp') =>
  post(
    world.gateway.url(at),
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    { token: world.gateway.adminToken },
  );

describe('the home page', () => {
  it('says what is wrong, whose fault it is and what to do', async () => {
    await seen.go('/admin');
    const { page } = seen;
    await expect
      .poll(() => page.locator('h1').textContent())
      .toMatch(/^ ?mail is down; the other 2 answer\./);
    await page.locator('.needs').getByText('mail is down').waitFor();
    await page.getByRole('table', { name: 'last' }).getByText('get-sum').first().waitFor();
    const lane = page.getByRole('table', { name: 'lane' }).getByRole('row').filter({ hasText: 'web' });
    await lane.getByText('25>25', { exact: true }).waitFor();
    await seen.picture('home');
    expect(await seen.violations()).toEqual([]);
  });

  it('shows a call the moment it was made', async () => {
    await callTool('web_echo', { message: 'now' });
    await expect
      .poll(() => seen.page.getByRole('table', { name: 'last' }).getByRole('row').nth(1).textContent())
      .toContain('echo');
  });

  it('leads from a server that is down to its cause in two clicks', async () => {
    await seen.go('/admin');
    await seen.control('need.open').first().click();
    await expect.poll(() => seen.page.url()).toContain('/admin/servers/mail');
  });

  it.each([
    ['verdict.server', '/admin/servers/mail'],
    ['verdict.servers', '/admin/servers'],
    ['verdict.people', '/admin/people'],
    ['verdict.clients', '/admin/clients'],
    ['need.calls', '/admin/activity?server=mail'],
    ['flow.all', '/admin/activity'],
    ['lane.calls', '/admin/activity?server=mail'],
    ['lane.failed', '/admin/activity?server=mail&outcome=error'],
  ])('has in %s a number or a name that leads to what it counts', async (action, path) => {
    await seen.go('/admin');
    await seen.control(action).first().click();
    await expect.poll(() => seen.page.url()).toBe(world.gateway.url(path));
  });

  it('leads from how many things need somebody to the things', async () => {
    await seen.go('/admin');
    await seen.control('verdict.needs').click();
    expect(await seen.page.evaluate('document.activeElement?.id')).toBe('needs');
  });

  it('is there with a slash at its end as well', async () => {
    for (const path of ['/admin/', '/account/']) {
      await seen.page.goto(world.gateway.url(path));
      await expect.poll(() => new URL(seen.page.url()).pathname).toBe(path.slice(0, -1));
      expect(await seen.page.title()).not.toContain('No such page');
    }
  });

  it('complained of nothing', () => expect(seen.complaints).toEqual([]));
});
