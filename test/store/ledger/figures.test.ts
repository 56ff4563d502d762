import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActivityRow, quantile, type Store, type SumQuery } from '../../../src/store/index.ts';
import { createPlace, dialects, type Place } from '../support/stores.ts';
import { entryAt, randomFrom } from './support/entries.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Shortly before midnight, UTC. */
const START = Date.UTC(2026, 9, 24, 22, 17, 31, 250);

const OUTCOMES = ['ok', 'ok', 'ok', 'ok', 'error', 'cancelled', 'refused'] as const;

/** What a busy gateway writes within `span`, in the order in which requests end. */
function traffic(count: number, span: number, seed = 1): ActivityRow[] {
  const random = randomFrom(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  return Array.from({ length: count }, (_, n) => {
    const outcome = one(OUTCOMES);
    const at = Math.floor(START + (span * n) / count + random() * 1000);
    const isKnown = outcome !== 'refused';
    return entryAt(at, {
      outcome,
      principal: isKnown ? one(['u1', 'u2', 'u3']) : undefined,
      client: isKnown ? one(['laptop', 'phone']) : undefined,
      server: isKnown ? one(['home', 'work', undefined]) : undefined,
      target: one(['read', 'write']),
      fault: outcome === 'error' ? one(['upstream_timeout', undefined]) : undefined,
      method: one(['tools/call', 'tools/call', 'tools/list', 'GET']),
      durationMs: 10 ** (random() * 6 - 1),
      upstreamMs: one([undefined, 1.5]),
      count: isKnown ? 1 : 3,
    });
  });
}

const streams = ['GET', 'subscriptions/listen'];
const sum = (rows: readonly ActivityRow[]) => rows.reduce((total, row) => total + row.count, 0);

/** The same by counting one by one. */
function recount(rows: readonly ActivityRow[]) {
  const known = rows.filter(row => row.outcome !== 'refused');
  const times = known
    .filter(row => !streams.includes(row.method ?? ''))
    .map(row => row.durationMs)
    .sort((a, b) => a - b);
  const of = (outcome: ActivityRow['outcome']) => sum(rows.filter(row => row.outcome === outcome));
  return {
    ...{ requests: sum(known), ok: of('ok'), errors: of('error'), cancelled: of('cancelled') },
    ...{ refused: of('refused'), bytesIn: 10 * rows.length, timed: times.length, times },
  };
}

/** Write in batches, as the ledger does. */
async function write(store: Store, rows: readonly ActivityRow[], size = 100): Promise<void> {
  for (let from = 0; from < rows.length; from += size)
    await store.writeLedger({ activity: rows.slice(from, from + size), events: [] });
}

describe.each(dialects)('figures on %s', dialect => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
  });
  afterEach(() => place.remove());

  async function check(
    rows: readonly ActivityRow[],
    query: Partial<SumQuery> & { from: number; to: number },
  ) {
    const [found] = await store.ledger.sums({ kind: 'all', top: 10, ...query });
    const { times, ...expected } = recount(rows.filter(({ at }) => at >= query.from && at < query.to));
    expect(found ?? recount([])).toMatchObject(expected);
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = times[Math.ceil(times.length * share) - 1];
      const said = quantile(found?.histogram ?? {}, share);
      if (exact === undefined) expect(said).toBeUndefined();
      else expect(Math.abs((said ?? 0) / exact - 1)).toBeLessThanOrEqual(0.02);
    }
  }

  it('are what counting one by one gives, over minutes, hours, midnight and days', async () => {
    const rows = traffic(3000, 3 * DAY);
    await write(store, rows);
    const minute = START - (START % MINUTE);
    for (const [from, to] of [
      [0, 10 * 365 * DAY],
      [minute, minute + MINUTE],
      [minute + 7 * MINUTE, minute + 3 * HOUR + 12 * MINUTE],
      [Date.UTC(2026, 9, 24, 23, 59), Date.UTC(2026, 9, 25, 0, 1)],
      [Date.UTC(2026, 9, 25), Date.UTC(2026, 9, 26)],
      [Date.UTC(2026, 9, 24, 23, 13), Date.UTC(2026, 9, 27, 1, 44)],
      [minute + 30 * DAY, minute + 31 * DAY],
      // Midnight in a zone of three quarters of an hour.
      [Date.UTC(2026, 9, 24, 18, 15), Date.UTC(2026, 9, 25, 18, 15)],
    ] as const)
      await check(rows, { from, to });
  });

  it('are exact to the millisecond where that is asked', async () => {
    const rows = traffic(1500, 4 * HOUR, 7);
    await write(store, rows);
    const times = rows.map(({ at }) => at);
    const random = randomFrom(3);
    for (let n = 0; n < 12; n++) {
      const from = (times[Math.floor(random() * times.length)] ?? 0) + Math.floor(random() * 3) - 1;
      const length = [1, 500, 40_000, 61_000, 2 * HOUR][n % 5] ?? 1;
      await check(rows, { from, to: from + length, isExact: true });
    }
  });

  it('come by server, tool, person, client and fault', async () => {
    const rows = traffic(600, 90 * MINUTE, 11);
    await write(store, rows);
    const span = { from: START - (START % MINUTE), to: START - (START % MINUTE) + 92 * MINUTE, top: 50 };
    const counted = async (kind: SumQuery['kind'], more: Partial<SumQuery> = {}) =>
      Object.fromEntries(
        (await store.ledger.sums({ ...span, kind, ...more })).map(one => [
          one.key,
          one.requests + one.refused,
        ]),
      );
    const by = (key: (row: ActivityRow) => string | undefined) => {
      const found: Record<string, number> = {};
      for (const row of rows) {
        const name = key(row);
        if (name !== undefined) found[name] = (found[name] ?? 0) + row.count;
      }
      return found;
    };
    expect(await counted('server')).toEqual(by(row => row.server));
    expect(await counted('user')).toEqual(by(row => row.principal));
    expect(await counted('client')).toEqual(by(row => row.client));
    const tools = by(row =>
      row.method === 'tools/call' && row.server ? `${row.server} ${row.target}` : undefined,
    );
    expect(await counted('tool')).toEqual(tools);
    expect(Object.keys(await counted('tool', { keyStart: 'home ' })).sort()).toEqual([
      'home read',
      'home write',
    ]);
    const fault = (row: ActivityRow) =>
      ['error', 'refused'].includes(row.outcome)
        ? `${row.server ?? ''} ${row.fault ?? 'tool_error'}`
        : undefined;
    expect(await counted('fault')).toEqual(by(fault));
    const [most] = await store.ledger.sums({ ...span, kind: 'user', top: 1 });
    expect(most?.requests).toBe(Math.max(...Object.values(by(row => row.principal))));
  });

  it('count an entry that ends when its hour and its day are over, and once if it is written again', async () => {
    const early = entryAt(START);
    await write(store, [entryAt(START + 1), entryAt(START + 3 * DAY)]);
    await write(store, [early, entryAt(START + 3 * DAY + 1)]);
    await write(store, [early]);
    await check([early, entryAt(START + 1)], { from: Date.UTC(2026, 9, 24), to: Date.UTC(2026, 9, 25) });
    await check([early, entryAt(START + 1)], {
      from: Date.UTC(2026, 9, 24, 22),
      to: Date.UTC(2026, 9, 24, 23),
    });
  });

  it('survive a clock that jumps ahead and back, and a start anew', async () => {
    const future = START + 400 * DAY;
    const rows = [entryAt(START), entryAt(future), entryAt(START + 2 * HOUR), entryAt(START + 5 * DAY)];
    for (const row of rows) await write(store, [row]);
    store = await place.open();
    const later = [entryAt(START + 5 * DAY + 1), entryAt(START + 6 * DAY)];
    await write(store, later);
    await check([...rows, ...later], { from: 0, to: future + 2 * DAY });
    await check([...rows, ...later], { from: Date.UTC(2026, 9, 29), to: Date.UTC(2026, 9, 31) });
  });

  it('add up where several processes write at once, over the end of an hour', async () => {
    const stores = [store, await place.open(), await place.open()];
    const rows = traffic(900, 3 * HOUR, 21);
    // What the ledger does: a batch that was refused because another process writes is tried again.
    const patiently = async (one: Store, batch: readonly ActivityRow[]): Promise<void> => {
      for (let tries = 0; ; tries++) {
        try {
          return await one.writeLedger({ activity: batch, events: [] });
        } catch (error) {
          if (tries === 20) throw error;
        }
      }
    };
    await Promise.all(
      stores.map(async (one, of) => {
        const own = rows.filter((_, n) => n % 3 === of);
        for (let n = 0; n < own.length; n += 10) await patiently(one, own.slice(n, n + 10));
      }),
    );
    await check(rows, { from: START - (START % DAY), to: START + DAY - (START % MINUTE) });
    await check(rows, { from: Date.UTC(2026, 9, 24, 23), to: Date.UTC(2026, 9, 25) });
  });

  it('have steps for a chart, which add up to the window', async () => {
    const rows = traffic(900, 30 * HOUR, 5);
    await write(store, rows);
    const from = Date.UTC(2026, 9, 24, 22);
    const to = from + 32 * HOUR;
    const steps = await store.ledger.series({ kind: 'all', key: '', from, to, stepMs: 2 * HOUR });
    for (const step of steps) {
      const { times, ...expected } = recount(
        rows.filter(({ at }) => at >= step.start && at < step.start + 2 * HOUR),
      );
      expect(step).toMatchObject(expected);
    }
    const total = steps.reduce((all, step) => all + step.requests + step.refused, 0);
    expect(total).toBe(sum(rows));
  });

  it('bear with a million tool names: a thousand of a day are counted by name, the rest as others', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => entryAt(START + (n % 5), { target: `tool-${n}` }));
    await write(store, rows, 500);
    store = await place.open();
    await write(store, [
      entryAt(START + 6, { target: 'tool-1' }),
      entryAt(START + 7, { target: 'late\0 \ud800' }),
    ]);
    const minute = START - (START % MINUTE);
    const found = await store.ledger.sums({ kind: 'tool', from: minute, to: minute + MINUTE, top: 5000 });
    expect(found).toHaveLength(1001);
    expect(found[0]).toMatchObject({ key: '(other)', requests: 2001 });
    expect(found[1]).toMatchObject({ key: 'home tool-1', requests: 2 });
  });
});
