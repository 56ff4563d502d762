import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityRow, Store, SumQuery } from '../../../src/store/index.ts';
import { createPlace, type Place } from '../support/stores.ts';
import { entryAt, randomFrom } from './support/entries.ts';

const COUNT = 1_000_000;
const SPAN = 26 * 3_600_000;
const END = Date.UTC(2026, 10, 20, 9, 0);
const MOST_MS = 200;

let place: Place;
let store: Store;

function some(first: number, count: number, random: () => number): ActivityRow[] {
  return Array.from({ length: count }, (_, n) => {
    const at = Math.floor(END - SPAN + (SPAN * (first + n)) / COUNT);
    const pick = Math.floor(random() * 1_000_000);
    return entryAt(at, {
      principal: `u${pick % 20}`,
      server: first + n === 7 ? 'rare' : `s${pick % 10}`,
      target: `t${pick % 7}`,
      outcome: pick % 50 === 0 ? 'error' : 'ok',
      durationMs: 0.5 + (pick % 4999),
    });
  });
}

beforeAll(async () => {
  place = await createPlace('sqlite');
  store = await place.open();
  const random = randomFrom(9);
  let writing = Promise.resolve();
  for (let n = 0; n < COUNT; n += 5_000) {
    const activity = some(n, 5_000, random);
    await writing;
    writing = store.writeLedger({ activity, events: [] });
  }
  await writing;
}, 240_000);
afterAll(() => place.remove());

/** The second slowest of twenty: p95. */
async function p95(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 20; n++) {
    const before = performance.now();
    await ask();
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => b - a)[1] ?? 0;
}

const sums = (kind: SumQuery['kind'], ms: number) => () =>
  store.ledger.sums({ kind, from: END - ms, to: END, top: 10 });

describe('with a million entries', () => {
  it.each([
    ['all of a day', sums('all', 24 * 3_600_000)],
    ['tools of a day', sums('tool', 24 * 3_600_000)],
    ['people of a day', sums('user', 24 * 3_600_000)],
    ['failures of a day', sums('fault', 24 * 3_600_000)],
    ['tools of an odd span', sums('tool', 17 * 3_600_000 + 13 * 60_000)],
    ['servers of everything', sums('server', 30 * 86_400_000)],
    [
      'the steps of a chart',
      () => store.ledger.series({ kind: 'all', key: '', from: END - SPAN, to: END, stepMs: 900_000 }),
    ],
    ['a page', () => store.ledger.activity({ limit: 100 })],
    ['a page of what failed', () => store.ledger.activity({ limit: 100, outcome: 'error' })],
    ['a page of what is almost nowhere', () => store.ledger.activity({ limit: 100, server: 'rare' })],
    ['a page of long ago', () => store.ledger.activity({ limit: 100, until: END - 20 * 3_600_000 })],
  ])('%s answers within 200 ms, and requests do not wait for it', async (_, ask) => {
    await ask();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect(await p95(ask)).toBeLessThan(MOST_MS);
    delay.disable();
    expect(delay.percentile(90) / 1e6).toBeLessThan(40);
  });

  it('what is almost nowhere is found page by page', async () => {
    let before: string | undefined;
    const found: ActivityRow[] = [];
    let pages = 0;
    do {
      const page = await store.ledger.activity({ limit: 100, server: 'rare', before });
      found.push(...page.rows);
      before = page.next;
      pages++;
    } while (before !== undefined);
    expect(found).toHaveLength(1);
    expect(pages).toBeLessThan(25);
  });

  it('every entry is counted', async () => {
    const [all] = await sums('all', 30 * 86_400_000)();
    expect(all?.requests).toBe(COUNT);
  });
});
