import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/index.ts';
import { createLog, type Pruned, Retention } from '../../src/ledger/index.ts';
import type { EventRow, SignInRow, Store } from '../../src/store/index.ts';
import { createClock } from '../auth/support/world.ts';
import { entryAt } from '../store/ledger/support/entries.ts';
import { createPlace, type Place } from '../store/support/stores.ts';

const MB = 1024 * 1024;
const DAY = 86_400_000;
const LONG = 'x'.repeat(500);
const clock = createClock(Date.UTC(2026, 11, 1));
const start = clock.now() - DAY;

const eventAt = (at: number): EventRow => ({
  ...{ id: uuidv7(at), at, type: 'invalid_token', severity: 'low', principal: undefined, address: '::1' },
  ...{ server: undefined, detail: JSON.stringify({ says: LONG }), count: 1 },
});
const signInAt = (at: number): SignInRow => ({
  ...{ id: uuidv7(at), at, type: 'login', ok: 0, principal: undefined, userName: LONG, client: undefined },
  ...{ address: undefined, userAgent: undefined, detail: undefined, count: 1 },
});

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await createPlace('sqlite');
  store = await place.open();
});
afterEach(() => place.remove());

type Written = { readonly activity?: number; readonly events?: number; readonly signIns?: number };
let nextAt = start;
async function write({ activity = 0, events = 0, signIns = 0 }: Written): Promise<void> {
  const times = (count: number) => Array.from({ length: count }, () => nextAt++);
  const rows = { activity: times(activity), events: times(events), signIns: times(signIns) };
  for (let n = 0; n < Math.max(activity, events, signIns); n += 2_000)
    await store.writeLedger({
      activity: rows.activity.slice(n, n + 2_000).map(at => entryAt(at, { target: LONG })),
      events: rows.events.slice(n, n + 2_000).map(eventAt),
      signIns: rows.signIns.slice(n, n + 2_000).map(signInAt),
    });
}
async function look(maxMb: number, maxRows = 1e9): Promise<Pruned> {
  const keeping = { days: 30, auditDays: 365, maxRows, maxMb, archive: undefined };
  const retention = new Retention({
    ...{ store: store.ledger, clock, log: createLog('silent') },
    ...{ keeping: () => keeping, everyMs: 3_600_000 },
  });
  try {
    return await retention.run();
  } finally {
    await retention.close();
  }
}

describe('what is beyond the megabytes', () => {
  it('goes of all three logs, the oldest of each', async () => {
    await write({ activity: 8_000, events: 4_000, signIns: 4_000 });
    const { bytes } = await store.ledger.size();
    const pruned = await look(bytes / MB / 2);
    const share = (gone: number, of: number) => Math.abs(gone / of - 1 / 2) < 0.05;
    expect([share(pruned.activity, 8_000), share(pruned.events, 4_000)]).toEqual([true, true]);
    expect(share(pruned.sign_ins, 4_000)).toBe(true);
    const left = await store.ledger.size();
    expect(left.bytes).toBeLessThan(bytes * 0.6);
    const [activity] = await store.ledger.oldest('activity', 1, clock.now());
    const [event] = await store.ledger.oldest('events', 1, clock.now());
    const [signIn] = await store.ledger.oldest('sign_ins', 1, clock.now());
    const first = nextAt - 16_000;
    expect(activity?.at).toBe(first + pruned.activity);
    expect(event?.at).toBe(first + 8_000 + pruned.events);
    expect(signIn?.at).toBe(first + 12_000 + pruned.sign_ins);
  }, 60_000);

  it('of a flood of events costs no activity, however long it goes on, and the events have a bound', async () => {
    await write({ activity: 2_000, signIns: 500 });
    for (let n = 0; n < 4; n++) {
      await write({ events: 12_000 });
      expect(await look(8)).toMatchObject({ activity: 0, sign_ins: 0 });
      expect((await store.ledger.size()).bytes).toBeLessThan(9 * MB);
    }
    expect(await store.ledger.size()).toMatchObject({ rows: 2_000, signIns: 500 });
    const { rows } = await store.ledger.events({ limit: 1 });
    expect(rows[0]?.at).toBe(nextAt - 1);
  }, 60_000);

  it('of a flood of calls costs none of a few events', async () => {
    await write({ events: 200, signIns: 200 });
    await write({ activity: 12_000 });
    const { activity, events, sign_ins } = await look(5);
    expect([activity > 0, events, sign_ins]).toEqual([true, 0, 0]);
  }, 60_000);

  it('is nothing where there is room: more rows than may be kept go of activity alone', async () => {
    await write({ activity: 300, events: 300, signIns: 300 });
    expect(await look(1e6)).toMatchObject({ activity: 0, events: 0, sign_ins: 0 });
    expect(await look(1e6, 100)).toMatchObject({ activity: 200, events: 0, sign_ins: 0 });
  });
});
