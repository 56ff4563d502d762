import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/index.ts';
import { createLog, type Keeping, Retention } from '../../src/ledger/index.ts';
import type { EventRow, SignInRow, Store } from '../../src/store/index.ts';
import { createClock } from '../auth/support/world.ts';
import { entryAt } from '../store/ledger/support/entries.ts';
import { createPlace, dialects, type Place } from '../store/support/stores.ts';

const DAY = 86_400_000;
const clock = createClock(Date.UTC(2026, 11, 1));
const now = clock.now();
const KEEPING: Keeping = { days: 30, auditDays: 365, maxRows: 1e6, maxMb: 1e6, archive: undefined };

const roomy = (path: string) => ({ path, fileBytes: 1e9, maxBytes: 1e9 });

const eventAt = (at: number): EventRow => ({
  ...{ id: uuidv7(at), at, type: 'rate_limited', severity: 'low', principal: undefined, address: '::1' },
  ...{ server: undefined, detail: '{}', count: 1 },
});
const signInAt = (at: number): SignInRow => ({
  ...{ id: uuidv7(at), at, type: 'login', ok: 1, principal: 'u1', userName: 'alice', client: undefined },
  ...{ address: undefined, userAgent: undefined, detail: undefined, count: 1 },
});

describe.each(dialects)('on %s', dialect => {
  let place: Place;
  let store: Store;
  let retention: Retention | undefined;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
  });
  afterEach(async () => {
    await retention?.close();
    await place.remove();
  });

  const keep = (more: Partial<Keeping>) => {
    const keeping = { ...KEEPING, ...more };
    const log = createLog('silent');
    retention = new Retention({
      store: store.ledger,
      clock,
      log,
      keeping: () => keeping,
      everyMs: 3_600_000,
    });
    return retention;
  };
  const daysLeft = async () => {
    const { rows } = await store.ledger.activity({ limit: 9999 });
    return rows.map(({ at }) => (now - at) / DAY);
  };
  async function fill(days: readonly number[]) {
    const at = days.map(day => now - day * DAY);
    await store.writeLedger({
      activity: at.map(one => entryAt(one)),
      events: at.map(eventAt),
      signIns: at.map(signInAt),
    });
    for (const one of at)
      await store.addAudit({
        ...{ id: uuidv7(one), at: one, actor: 'file', action: 'a', target: 't' },
        ...{ before: undefined, after: undefined },
      });
  }

  it('what is too old goes, with its figures; changes are kept for longer', async () => {
    await fill([1, 29.9, 30.1, 90, 400]);
    expect(await keep({}).run()).toEqual({ activity: 3, events: 3, sign_ins: 3, audit: 1 });
    expect(await daysLeft()).toEqual([1, 29.9]);
    expect((await store.listEvents(9)).length).toBe(2);
    expect((await store.ledger.signIns({ limit: 9 })).rows).toHaveLength(2);
    expect((await store.listAudit(9)).length).toBe(4);
    const [counted] = await store.ledger.sums({ kind: 'all', from: 0, to: now + DAY, top: 1 });
    expect(counted?.requests).toBe(2);
  });

  it('beyond so many rows the oldest go, more than are removed at once; their figures stay', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => entryAt(now - DAY + n * 10));
    await store.writeLedger({ activity: rows, events: [] });
    expect((await keep({ maxRows: 1_000 }).run()).activity).toBe(11_000);
    const { rows: left } = await store.ledger.activity({ limit: 9999 });
    expect(left.map(({ id }) => id)).toEqual(
      rows
        .slice(-1000)
        .map(({ id }) => id)
        .reverse(),
    );
    const [counted] = await store.ledger.sums({ kind: 'all', from: 0, to: now + DAY, top: 1 });
    expect(counted?.requests).toBe(12_000);
  }, 60_000);

  it('what goes is written to the archive first, each row once, and no row goes that is not there', async () => {
    await fill([1, 31, 32, 33]);
    const archive = join(place.dir, 'archived', 'archive.jsonl');
    await keep({ archive: roomy(archive) }).run();
    const lines = (await readFile(archive, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(({ table }) => table)).toEqual(
      ['activity', 'events', 'sign_ins'].flatMap(table => [table, table, table]),
    );
    expect(lines[0].row).toMatchObject({ at: new Date(now - 33 * DAY).toISOString(), username: 'alice' });
    await fill([40]);
    await expect(keep({ archive: roomy(place.dir) }).run()).rejects.toThrow();
    expect(await daysLeft()).toEqual([1, 40]);
  });

  it('a cleanup by hand takes what is older than it says, and leaves the log of changes alone', async () => {
    await fill([1, 3, 400]);
    expect(await keep({}).run(2)).toEqual({ activity: 2, events: 2, sign_ins: 2, audit: 0 });
    expect(await daysLeft()).toEqual([1]);
  });

  it('writers are not held up meanwhile', async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => entryAt(now - 60 * DAY + n));
    for (let n = 0; n < rows.length; n += 2_000)
      await store.writeLedger({ activity: rows.slice(n, n + 2_000), events: [] });
    const cleaning = keep({}).run();
    const waits: number[] = [];
    let isOver = false;
    void cleaning.then(() => {
      isOver = true;
    });
    for (let n = 0; !isOver; n++) {
      const before = performance.now();
      await store.writeLedger({ activity: [entryAt(now + n)], events: [] });
      waits.push(performance.now() - before);
    }
    expect((await cleaning).activity).toBe(30_000);
    expect(waits.length).toBeGreaterThan(3);
    expect(Math.max(...waits)).toBeLessThan(2_000);
  }, 60_000);
});

it('the file gives back its room, and bytes above what may be kept go', async () => {
  const place = await createPlace('sqlite');
  const store = await place.open();
  const target = 'x'.repeat(500);
  const rows = Array.from({ length: 20_000 }, (_, n) => entryAt(now - DAY + n, { target }));
  for (let n = 0; n < rows.length; n += 2_000)
    await store.writeLedger({ activity: rows.slice(n, n + 2_000), events: [] });
  const full = await store.ledger.size();
  expect(full.rows).toBe(20_000);
  expect(full.bytes).toBeGreaterThan(10 * 1024 * 1024);
  const keeping = { ...KEEPING, maxMb: 5 };
  const log = createLog('silent');
  const retention = new Retention({
    store: store.ledger,
    clock,
    log,
    keeping: () => keeping,
    everyMs: 3_600_000,
  });
  await retention.run();
  const after = await store.ledger.size();
  expect(after.bytes).toBeLessThan(6 * 1024 * 1024);
  expect(after.rows).toBeGreaterThan(3_000);
  await retention.close();
  await store.close();
  const bytes = (await readFile(join(place.deps.dataDir, 'ledger.db'))).length;
  expect(bytes).toBeLessThan(9 * 1024 * 1024);
  await place.remove();
}, 60_000);
