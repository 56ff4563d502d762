import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type Entry, Ledger } from '../../src/ledger/index.ts';
import type { ActivityRow, EventRow, Store } from '../../src/store/index.ts';
import { createClock } from '../auth/support/world.ts';
import { createPlace, type Place } from '../store/support/stores.ts';

const clock = createClock();
const log = createLog('silent');

let place: Place;
let store: Store;
let ledger: Ledger;
beforeEach(async () => {
  place = await createPlace('sqlite');
  store = await place.open();
  ledger = new Ledger({ store, clock, log });
});
afterEach(async () => {
  await ledger.stop();
  await place.remove();
});

let lastId = 0;
const open = (more: Partial<Entry> = {}, into = ledger): Entry =>
  Object.assign(
    into.open({
      id: `row-${String(++lastId).padStart(6, '0')}`,
      at: clock.now(),
      startedAt: performance.now(),
      address: '203.0.113.9',
      path: '/mcp',
      userAgent: 'test',
    }),
    more,
  );

describe('a request', () => {
  it('is in the store after a flush, with everything that was learnt of it', async () => {
    const entry = open({ method: 'tools/call', server: 'home', target: 'read', bytesIn: 12, status: 200 });
    ledger.close(entry);
    await ledger.flush();
    const [row] = await store.listActivity(9);
    expect(row).toMatchObject({
      id: entry.id,
      method: 'tools/call',
      server: 'home',
      target: 'read',
      bytesIn: 12,
    });
    expect(row?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('is in the store soon, without a flush', async () => {
    ledger.close(open());
    await expect.poll(async () => (await store.listActivity(9)).length).toBe(1);
  });

  it('is heard of at once by who listens, until they stop', () => {
    const heard: string[] = [];
    const stop = ledger.onEntry(({ id }) => heard.push(id));
    const first = open();
    ledger.close(first);
    stop();
    ledger.close(open());
    expect(heard).toEqual([first.id]);
  });
});

describe('a flood', () => {
  it('of refusals is one row for each address and reason, with a count [T6]', async () => {
    for (let n = 0; n < 1000; n++) ledger.refused(open({ outcome: 'refused', fault: 'unauthorized' }));
    ledger.refused(open({ outcome: 'refused', fault: 'unauthorized', address: '203.0.113.10' }));
    ledger.refused(open({ outcome: 'refused', fault: 'limit_exceeded' }));
    await ledger.flush();
    const rows = await store.listActivity(99);
    expect(rows.map(({ address, fault, count }) => [address, fault, count]).sort()).toEqual([
      ['203.0.113.10', 'unauthorized', 1],
      ['203.0.113.9', 'limit_exceeded', 1],
      ['203.0.113.9', 'unauthorized', 1000],
    ]);
  });

  it('of equal events is one row; events that differ are not put together', async () => {
    const event = {
      type: 'auth_failed',
      severity: 'low',
      address: '203.0.113.9',
      detail: { why: 'key' },
    } as const;
    for (let n = 0; n < 50; n++) ledger.event(event);
    ledger.event({ ...event, detail: { why: 'expired' } });
    ledger.event({ ...event, principal: 'alice' });
    await ledger.flush();
    const counts = (await store.listEvents(99)).map(({ count }) => count).sort((a, b) => a - b);
    expect(counts).toEqual([1, 1, 50]);
  });

  it('from many addresses fills no memory: what is beyond the limit is one row', async () => {
    const batches: { activity: readonly ActivityRow[] }[] = [];
    const kept = new Ledger({ store: { writeLedger: async batch => void batches.push(batch) }, clock, log });
    for (let n = 0; n < 5000; n++)
      kept.refused(
        open({ outcome: 'refused', fault: 'unauthorized', address: `10.0.${n >> 8}.${n & 255}` }, kept),
      );
    await kept.stop();
    expect(batches.flatMap(({ activity }) => activity)).toHaveLength(2001);
  });

  it('of failed logins from everywhere costs no login that went well', async () => {
    const rows: string[] = [];
    const kept = new Ledger({
      store: {
        writeLedger: async ({ signIns = [] }) =>
          void rows.push(...signIns.map(row => `${row.type} ${row.ok}`)),
      },
      clock,
      log,
    });
    for (let n = 0; n < 5000; n++)
      kept.signIn({ type: 'login', isOk: false, address: `10.0.${n >> 8}.${n & 255}` });
    for (let n = 0; n < 3; n++) kept.signIn({ type: 'login', isOk: true, principal: 'u1' });
    await kept.stop();
    expect(rows.filter(row => row === 'login 1')).toHaveLength(3);
    expect(rows.filter(row => row === 'login 0')).toHaveLength(2001);
  });

  it('ends after ten seconds: what comes later is another row', async () => {
    const rows: EventRow[] = [];
    const slow = new Ledger({
      store: { writeLedger: async ({ events }) => void rows.push(...events) },
      clock,
      log,
    });
    const event = { type: 'rate_limited', severity: 'low', detail: {} } as const;
    slow.event(event);
    clock.pass(10_000);
    // The next batch of rows takes along what is due.
    for (let n = 0; n < 64; n++) slow.close(open({}, slow));
    await expect.poll(() => rows.length).toBe(1);
    slow.event(event);
    await slow.stop();
    expect(rows.map(({ count }) => count)).toEqual([1, 1]);
  });
});

describe('a store that is slow or full', () => {
  /** A store that takes one batch and then none, until `release`. */
  function stalled(said: EventRow[] = []) {
    const written: ActivityRow[] = [];
    let release: () => void = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    const writeLedger: Store['writeLedger'] = async ({ activity, events }) => {
      await gate;
      written.push(...activity);
      said.push(...events);
    };
    return { written, release: () => release(), ledger: new Ledger({ store: { writeLedger }, clock, log }) };
  }

  it('makes the ledger drop the oldest rows of calls that went well, and none that did not; it says how many', async () => {
    const { ledger: full, written, release } = stalled();
    for (let n = 0; n < 64; n++) full.close(open({}, full));
    const failed = Array.from({ length: 100 }, () => open({ outcome: 'error', fault: 'internal' }, full));
    for (const entry of failed) full.close(entry);
    const good = Array.from({ length: 60_000 }, () => open({}, full));
    for (const entry of good) full.close(entry);
    release();
    await full.stop();
    const ids = new Set(written.map(({ id }) => id));
    expect(failed.every(({ id }) => ids.has(id))).toBe(true);
    expect(ids.has(good.at(-1)?.id ?? '')).toBe(true);
    expect(ids.has(good[0]?.id ?? '')).toBe(false);
    expect(written.length).toBeLessThanOrEqual(50_064);
    expect(full.dropped).toBe(64 + 100 + 60_000 - written.length);
  });

  it('says what it dropped, from when to when, as an event of its own', async () => {
    const events: EventRow[] = [];
    const { ledger: full, release, written } = stalled(events);
    const first = clock.now();
    full.close(open({}, full));
    void full.flush();
    for (let n = 0; n < 60_000; n++) full.close(open({}, full));
    clock.pass(5_000);
    release();
    await full.stop();
    const said = events
      .filter(({ type }) => type === 'ledger_dropped')
      .map(({ detail }) => JSON.parse(detail));
    const rows = said.reduce((sum, one) => sum + one.rows, 0);
    expect(rows).toBe(60_001 - written.length);
    expect(said[0]).toMatchObject({ from: new Date(first).toISOString(), to: new Date(first).toISOString() });
  });

  it('holds no more than so many bytes, however long the names are', async () => {
    const { ledger: full, release, written } = stalled();
    full.close(open({}, full));
    void full.flush();
    const target = 'x'.repeat(100_000);
    for (let n = 0; n < 40_000; n++) full.close(open({ target, clientName: 'y'.repeat(64) }, full));
    release();
    await full.stop();
    expect(written.at(-1)?.target).toHaveLength(512);
    expect(written.length * 1000).toBeLessThan(40 * 1024 * 1024);
    expect(written.length).toBeGreaterThan(10_000);
  });

  it('keeps what it did not take, which is written when it takes it again', async () => {
    let isBroken = true;
    const written: string[] = [];
    const writeLedger: Store['writeLedger'] = async ({ activity, events }) => {
      if (isBroken) throw new Error('disk full');
      written.push(...activity.map(({ id }) => id), ...events.map(({ type }) => type));
    };
    const broken = new Ledger({ store: { writeLedger }, clock, log });
    const rows = Array.from({ length: 10 }, () => open({}, broken));
    for (const row of rows) broken.close(row);
    broken.event({ type: 'rate_limited', severity: 'low', detail: {} });
    for (let n = 0; n < 7; n++) expect(await broken.flush()).toBe(false);
    isBroken = false;
    // By itself: nothing comes any more that would set it off.
    await expect.poll(() => written.length, { timeout: 10_000 }).toBe(11);
    expect(written.slice(0, 10)).toEqual(rows.map(({ id }) => id));
    await broken.stop();
    expect(broken.dropped).toBe(0);
  });

  it('loses the one row that it never takes, and none beside it', async () => {
    const written: ActivityRow[] = [];
    const events: EventRow[] = [];
    const writeLedger: Store['writeLedger'] = async batch => {
      if (batch.activity.some(({ target }) => target === 'poison')) throw new Error('no such number');
      written.push(...batch.activity);
      events.push(...batch.events);
    };
    const sieve = new Ledger({ store: { writeLedger }, clock, log });
    for (const target of ['poison', 'a', 'b', 'poison', 'c', 'poison']) sieve.close(open({ target }, sieve));
    await expect
      .poll(async () => {
        await sieve.flush();
        return written.map(({ target }) => target);
      })
      .toEqual(['a', 'b', 'c']);
    await sieve.stop();
    expect(events.map(({ detail }) => JSON.parse(detail).rows).reduce((a, b) => a + b, 0)).toBe(3);
  });

  it('is not waited for at the end for ever: what is left is said to be lost', async () => {
    const lines: string[] = [];
    const writeLedger: Store['writeLedger'] = async () => {
      throw new Error('disk full');
    };
    const told = createLog('error', { write: line => void lines.push(line) });
    const broken = new Ledger({ store: { writeLedger }, clock, log: told });
    for (let n = 0; n < 5; n++) broken.close(open({}, broken));
    expect(await broken.stop()).toBe(false);
    expect(lines.join('')).toContain('"rows":5');
  });

  it('loses nothing at the end: stop waits for what is being written', async () => {
    for (let n = 0; n < 500; n++) ledger.close(open());
    await ledger.stop();
    expect(await store.listActivity(1000)).toHaveLength(500);
  });
});

it('no secret reaches the log, wherever it stands [T52]', async () => {
  const lines: string[] = [];
  const spoken = createLog('info', { write: line => void lines.push(line) });
  spoken.info(
    { authorization: 'Bearer s3cret', headers: { cookie: 's3cret' }, err: { token: 's3cret' } },
    'one\nline',
  );
  expect(lines.join('')).not.toContain('s3cret');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toContain('\n');
});
