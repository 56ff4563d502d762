import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, dialog, fill, change } = handOf(() => seen);

beforeAll(async () => {
  world = await startPagesWorld();
  for (const name of ['alice', 'ben']) await world.addPerson(name, []);
  seen = await world.signIn();
  await seen.go('/admin');
  await change('POST', 'groups', { name: 'team' });
}, 60_000);
afterAll(() => world?.close());

const press = async (...keys: readonly string[]) => {
  for (const key of keys) await seen.page.keyboard.press(key);
};
const focused = () => seen.page.evaluate<string>('document.activeElement.dataset.cell ?? ""');
const stops = () => seen.page.locator('.matrix button[tabindex="0"]').count();

describe('the matrix of access by the keyboard', () => {
  it('is one stop, in which the arrows, Home and End move', async () => {
    await seen.go('/admin/access');
    await seen.page.getByRole('grid', { name: 'Who may use what' }).waitFor();
    await seen.control('access.search').focus();
    await press('Tab');
    await expect.poll(focused).toBe('everybody *');
    await press('ArrowLeft', 'ArrowUp');
    expect(await focused()).toBe('everybody *');
    await press('ArrowRight', 'ArrowDown');
    expect(await focused()).toMatch(/^group:team (web|pipe)$/);
    expect(await stops()).toBe(1);
    await press('End', 'ArrowRight');
    const last = (await focused()).split(' ').at(-1);
    expect(last).not.toBe('*');
    await press('Control+End');
    expect(await focused()).toBe(`user:ben ${last}`);
    await press('ArrowDown', 'PageDown', 'Home');
    expect(await focused()).toBe('user:ben *');
    await press('Control+Home');
    expect(await focused()).toBe('everybody *');
    await press('Shift+Tab');
    await expect
      .poll(() => seen.page.evaluate<string>('document.activeElement.dataset.action'))
      .toBe('access.search');
    await press('Tab');
    await expect.poll(focused).toBe('everybody *');
    await press('Tab');
    await expect.poll(focused).toBe('');
    await seen.picture('access-grid');
    expect(await seen.violations()).toEqual([]);
  });

  it.each(['Enter', 'Space'])('opens a cell by %s, and Escape leads back to it', async key => {
    await seen.go('/admin/access');
    await seen.control('access.search').focus();
    await press('Tab', 'ArrowDown', 'ArrowRight');
    const at = await focused();
    await press(key);
    await dialog().waitFor();
    await press('Escape');
    await expect.poll(() => dialog().count()).toBe(0);
    await expect.poll(focused).toBe(at);
  });

  it('stops at a cell that is there, whatever is searched for', async () => {
    await seen.go('/admin/access');
    await seen.page.locator('[data-cell="user:alice *"]').click();
    await click('dialog.close');
    await expect.poll(focused).toBe('user:alice *');
    await fill('access.search', 'ben');
    await expect.poll(() => seen.page.locator('.matrix tbody tr').count()).toBe(1);
    await press('Tab');
    await expect.poll(focused).toBe('user:ben *');
    expect(await stops()).toBe(1);
  });
});

it('complained of nothing', () => expect(seen.complaints).toEqual([]));
