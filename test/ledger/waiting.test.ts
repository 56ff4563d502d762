import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, Ledger } from '../../src/ledger/index.ts';
import type { Store } from '../../src/store/index.ts';
import { createClock } from '../auth/support/world.ts';
import { createPlace, type Place } from '../store/support/stores.ts';

/** More events, and more sign-ins, than may wait for the store: 10,000 of each. */
const ROUNDS = 8;
const A_ROUND = 1_500;
const ALL = ROUNDS * A_ROUND;
const clock = createClock();

let place: Place;
let store: Store;
let isBroken: boolean;
let ledger: Ledger;
beforeEach(async () => {
  place = await createPlace('sqlite');
  store = await place.open();
  isBroken = true;
  const writeLedger: Store['writeLedger'] = async batch => {
    if (isBroken) throw new Error('disk full');
    await store.writeLedger(batch);
  };
  ledger = new Ledger({ store: { writeLedger }, clock, log: createLog('silent') });
});
afterEach(async () => {
  await ledger.stop();
  await place.remove();
});

const addressOf = (n: number) => `10.0.${n >> 8}.${n & 255}`;
async function during(outage: (n: number) => void): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < A_ROUND; n++) outage(round * A_ROUND + n);
    expect(await ledger.flush()).toBe(false);
    clock.pass(1_000);
  }
}
/** Everything that was kept, and what is said to be lost. */
async function kept() {
  isBroken = false;
  await expect.poll(() => ledger.flush()).toBe(true);
  const { rows: events } = await store.ledger.events({ limit: 50_000 });
  const { rows: signIns } = await store.ledger.signIns({ limit: 50_000 });
  const losses = events.filter(({ type }) => type === 'ledger_dropped');
  const told = losses.map(({ detail }) => JSON.parse(detail) as { rows: number; from: string; to: string });
  return { events: events.filter(({ type }) => type !== 'ledger_dropped'), signIns, told };
}
const sum = (told: readonly { readonly rows: number }[]) => told.reduce((all, { rows }) => all + rows, 0);

describe('a store that cannot be written for long', () => {
  it('costs the oldest events, and it is said how many and from when', async () => {
    const startedAt = clock.now();
    await during(n =>
      ledger.event({ type: 'auth_failed', severity: 'low', address: addressOf(n), detail: {} }),
    );
    const dropped = ledger.dropped;
    const { events, told } = await kept();
    expect(events.length).toBeLessThan(ALL);
    expect(events.some(({ address }) => address === addressOf(ALL - 1))).toBe(true);
    expect(events.some(({ address }) => address === addressOf(0))).toBe(false);
    expect(sum(told)).toBe(ALL - events.length);
    expect([dropped, ledger.dropped]).toEqual([sum(told), sum(told)]);
    expect(told[0]?.from).toBe(new Date(startedAt).toISOString());
  });

  it('costs the oldest sign-ins, and it is said how many', async () => {
    await during(n => ledger.signIn({ type: 'login', isOk: true, principal: `u${n}` }));
    const { signIns, told } = await kept();
    expect(signIns.length).toBeLessThan(ALL);
    expect(sum(told)).toBe(ALL - signIns.length);
    expect(ledger.dropped).toBe(sum(told));
  });

  it('costs nothing of what finds room to wait, and then nothing is said to be lost', async () => {
    for (let n = 0; n < 3; n++) {
      ledger.event({ type: 'auth_failed', severity: 'low', address: addressOf(n), detail: {} });
      ledger.signIn({ type: 'login', isOk: true, principal: `u${n}` });
      expect(await ledger.flush()).toBe(false);
    }
    const { events, signIns, told } = await kept();
    expect([events.length, signIns.length, told, ledger.dropped]).toEqual([3, 3, [], 0]);
  });
});
