import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutOn } from '../support/cut.ts';
import { OPENED, PLACES } from '../support/places.ts';
import { startTown, type Town } from '../support/town.ts';
import type { Seen } from '../support/world.ts';

const WIDTHS = [375, 390, 768, 1024, 1440, 1920];

let town: Town;
let seen: Seen;
beforeAll(async () => {
  town = await startTown();
  seen = await town.signIn();
}, 120_000);
afterAll(() => town?.close());

async function arrive(path: string): Promise<void> {
  await seen.go(path.replace('{person}', town.person));
  await expect.poll(() => seen.page.locator('.skeleton').count()).toBe(0);
}

/** What does not fit, with the width at which it does not. */
async function unfit(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await seen.page.setViewportSize({ width, height: 900 });
    // What follows the width of its place has followed after two frames.
    await seen.page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
    for (const one of await cutOn(seen.page)) found.push(`${width} ${one}`);
  }
  return found;
}

describe('from a phone to a wide screen, each word and control has its room, or an ellipsis', () => {
  it.each(PLACES)('on %s', async (_, path) => {
    await arrive(path);
    expect(await unfit()).toEqual([]);
  });

  it.each(OPENED.filter(([name]) => !['group', 'client'].includes(name)))(
    'on %s, which is opened',
    async (_, path, ...actions) => {
      await seen.page.setViewportSize({ width: 1440, height: 900 });
      await arrive(path);
      for (const action of actions) await seen.control(action).first().click();
      await seen.page.getByRole('dialog').waitFor();
      expect(await unfit()).toEqual([]);
    },
  );
});

it('text that is cut is whole where the pointer rests on it', async () => {
  await seen.page.setViewportSize({ width: 768, height: 900 });
  await arrive('/admin/activity?window=24h&server=atlassian-jira-cloud');
  const cell = seen.page.locator('.tr:not(.head) .td', { hasText: 'atlassian' }).first();
  const name = cell.locator('.name');
  await name.hover();
  const text = (await name.textContent()) ?? '';
  expect(text).toBe('atlassian-jira-cloud');
  expect(await name.getAttribute('title')).toBe(text);
  await name.evaluate(one => {
    one.textContent = 'atlassian-that-was-named-anew';
  });
  await seen.page.locator('main h1').hover();
  expect(await name.getAttribute('title')).toBe(null);
  await name.hover();
  expect(await name.getAttribute('title')).toBe('atlassian-that-was-named-anew');
});
