import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { type PagesWorld, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
beforeAll(async () => {
  world = await startPagesWorld();
});
afterAll(() => world?.close());

describe('the frame of every page', () => {
  it('shows the page of the address, with nothing that the policy refuses and nothing for axe', async () => {
    const seen = await world.signIn();
    await seen.go('/admin');
    await seen.picture('home');
    expect(await seen.violations()).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await seen.page.keyboard.press('Control+k');
    await seen.control('palette.type').waitFor();
    await seen.picture('palette');
    expect(await seen.violations()).toEqual([]);
    await seen.close();
  });

  it('finds a tool that nobody called yet by its name on /mcp, and leads to what it says', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
    const seen = await world.signIn();
    await seen.page.keyboard.press('Control+k');
    await seen.control('palette.type').fill('web_get-su');
    const option = seen.page.getByRole('option').filter({ hasText: 'web_get-sum' });
    await option.waitFor();
    await seen.page.keyboard.press('Enter');
    await expect.poll(() => seen.page.url()).toContain('/admin/servers/web');
    await seen.page.getByRole('dialog', { name: 'web_get-sum' }).waitFor();
    expect(new URL(seen.page.url()).pathname).toBe('/admin/servers/web');
    await seen.close();
  });
});
