import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
