import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { THEMES } from '../support/pictures.ts';
import { startTown, type Town } from '../support/town.ts';
import type { Seen } from '../support/world.ts';

let town: Town;
let seen: Seen;
beforeAll(async () => {
  town = await startTown({ people: 6 });
  seen = await town.signIn();
  await seen.page.setViewportSize({ width: 390, height: 900 });
}, 120_000);
afterAll(() => town?.close());

const numberIn = (text: string) => Number(text.replaceAll(/[^\d.]/g, ''));
const label = async (of: string) =>
  (await seen.page.getByRole('img', { name: of }).first().getAttribute('aria-label')) ?? '';

describe('on a phone, what a chart draws', () => {
  it('is opened by keyboard as a table of the same figures, in both themes', async () => {
    await seen.go('/admin/activity?window=24h');
    const table = seen.control('chart.table').first();
    await table.focus();
    await seen.page.keyboard.press('Enter');
    const figures = seen.page.getByRole('region', { name: /^Requests a minute of all/ });
    await figures.getByRole('columnheader', { name: 'well' }).waitFor();
    expect(await figures.getByRole('row').count()).toBeGreaterThan(50);
    const cells = await figures.getByRole('row').nth(40).getByRole('cell').allTextContents();
    expect(cells.every(text => /^[\d.,]+\/min$|^0$|^–$/.test(text.replaceAll(' ', '')))).toBe(true);
    await seen.page.keyboard.press('Tab');
    expect(await seen.page.evaluate('document.activeElement?.getAttribute("role")')).toBe('region');
    for (const colorScheme of THEMES) {
      await seen.page.emulateMedia({ colorScheme });
      expect(await seen.violations()).toEqual([]);
    }
    expect(await seen.width()).toBeLessThanOrEqual(390);
    await seen.picture('chart-table');
  });

  it('is said of a strip and of a line in words', async () => {
    await seen.page.setViewportSize({ width: 1440, height: 900 });
    await seen.go('/admin');
    await seen.page.getByRole('img', { name: /^Calls of github in the last 24 hours: \d/ }).waitFor();
    const strip = await label('Calls of github');
    const [, calls = '', failed = ''] =
      /: ([\d,]+), ([\d,]+) of them failed; most from .+, [\d,]+$/.exec(strip) ?? [];
    expect(numberIn(calls)).toBeGreaterThan(100);
    expect(numberIn(failed)).toBeLessThan(numberIn(calls));
    expect(await label('p95 of github')).toMatch(/: from [\d.]+ m?s to [\d.]+ m?s, [\d.]+ m?s at the end$/);
  });

  it('is said of the times of a server', async () => {
    await seen.go('/admin/activity?window=24h');
    await seen.control('latency.show').click();
    const times = seen.page.getByRole('figure').filter({ hasText: 'github' });
    expect(await times.getByRole('img').getAttribute('aria-label')).toMatch(/logarithmic axis/);
    expect(await times.textContent()).toMatch(/p50 [\d.]+ m?s, p95 [\d.]+ m?s, p99 [\d.]+ m?s/);
  });
});
