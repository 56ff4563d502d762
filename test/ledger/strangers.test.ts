import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, Ledger, type SecurityEvent } from '../../src/ledger/index.ts';
import type { Store } from '../../src/store/index.ts';
import { createClock } from '../auth/support/world.ts';
import { createPlace, type Place } from '../store/support/stores.ts';

const MANY = 6_000;
const clock = createClock();
const DAY = 86_400_000;

let place: Place;
let store: Store;
let ledger: Ledger;
beforeEach(async () => {
  place = await createPlace('sqlite');
  store = await place.open();
  ledger = new Ledger({ store, clock, log: createLog('silent') });
});
afterEach(async () => {
  await ledger.stop();
  await place.remove();
});

const addressOf = (n: number) => `10.0.${n >> 8}.${n & 255}`;
let lastId = 0;
function refuse(address: string, fault: 'unauthorized' | 'limit_exceeded'): void {
  const id = `row-${String(++lastId).padStart(6, '0')}`;
  const startedAt = performance.now();
  const from = { id, at: clock.now(), startedAt, address, path: '/mcp', userAgent: 'stranger' };
  ledger.refused(Object.assign(ledger.open(from), { outcome: 'refused', fault }));
}
function flood(event: Omit<SecurityEvent, 'address'>): void {
  for (let n = 0; n < MANY; n++) ledger.event({ ...event, address: addressOf(n) });
}
const events = async () => (await store.ledger.events({ limit: 20_000 })).rows;
const sum = (rows: readonly { readonly count: number }[]) => rows.reduce((all, { count }) => all + count, 0);

describe('a flood from more addresses than are kept apart', () => {
  it('of refusals loses no count, in the table and in the figures: the others are one row of each reason', async () => {
    for (let n = 0; n < MANY; n++) refuse(addressOf(n), 'unauthorized');
    for (let n = 0; n < 3; n++) refuse('203.0.113.9', 'limit_exceeded');
    refuse(addressOf(1), 'unauthorized');
    await ledger.flush();
    const { rows } = await store.ledger.activity({ limit: 20_000 });
    expect(sum(rows)).toBe(MANY + 4);
    expect(rows.length).toBeLessThan(MANY / 2);
    const others = rows.filter(({ address }) => address === undefined);
    expect(others).toMatchObject([{ fault: 'unauthorized', outcome: 'refused' }]);
    expect(others[0]?.userAgent).toBeUndefined();
    expect(others[0]?.count).toBe(MANY + 2 - rows.length);
    expect(rows.find(({ address }) => address === addressOf(1))?.count).toBe(2);
    expect(rows.find(({ fault }) => fault === 'limit_exceeded')).toMatchObject({
      ...{ address: '203.0.113.9', count: 3 },
    });
    const now = clock.now();
    const [counted] = await store.ledger.sums({ kind: 'all', from: now - DAY, to: now + DAY, top: 1 });
    expect(counted?.refused).toBe(MANY + 4);
  });

  it('of events loses no count: the others are one row that names nobody', async () => {
    flood({ type: 'invalid_token', severity: 'low', server: 'home', detail: { at: 'door' } });
    await ledger.flush();
    const rows = await events();
    expect(sum(rows)).toBe(MANY);
    expect(rows.length).toBeLessThan(MANY / 2);
    const others = rows.filter(({ address }) => address === undefined);
    expect(others).toMatchObject([{ type: 'invalid_token', severity: 'low', detail: '{"others":true}' }]);
    expect([others[0]?.principal, others[0]?.server]).toEqual([undefined, undefined]);
  });

  it.each([
    { type: 'session_hijack', severity: 'high', address: '203.0.113.9' },
    { type: 'invalid_token', severity: 'critical', address: '203.0.113.9' },
    { type: 'brute_force', severity: 'high', address: '203.0.113.9' },
    { type: 'permission_denied', severity: 'medium', principal: 'u1' },
    { type: 'invalid_token', severity: 'low', principal: 'u1' },
  ] as const)('hides no event that matters more: %j', async event => {
    flood({ type: 'invalid_token', severity: 'low', detail: {} });
    flood({ type: 'unauthorized_access', severity: 'medium', detail: {} });
    ledger.event({ ...event, detail: { why: 'told' } });
    await ledger.flush();
    const told = (await events()).filter(({ detail }) => detail.includes('told'));
    expect(told).toMatchObject([{ ...event, count: 1 }]);
  });

  it('of failed sign-ins loses no count either, and names nobody in the row of the others', async () => {
    for (let n = 0; n < MANY; n++)
      ledger.signIn({ type: 'login', isOk: false, userName: `n${n}`, address: addressOf(n) });
    await ledger.flush();
    const { rows } = await store.ledger.signIns({ limit: 20_000 });
    expect(sum(rows)).toBe(MANY);
    const others = rows.filter(({ address }) => address === undefined);
    expect(others).toMatchObject([{ type: 'login', ok: 0, detail: 'others' }]);
    expect(others[0]?.userName).toBeUndefined();
  });
});

it('what comes after a flood was written is told of each address again', async () => {
  flood({ type: 'invalid_token', severity: 'low', detail: {} });
  await ledger.flush();
  const before = (await events()).length;
  ledger.event({ type: 'invalid_token', severity: 'low', address: '203.0.113.9', detail: {} });
  await ledger.flush();
  const rows = await events();
  expect(rows).toHaveLength(before + 1);
  expect(rows.some(({ address }) => address === '203.0.113.9')).toBe(true);
});
