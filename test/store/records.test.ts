import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/index.ts';
import type { ActivityRow, EventRow, Store } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;

const call = (at: number, more: Partial<ActivityRow> = {}): ActivityRow => ({
  id: uuidv7(at),
  at,
  principal: 'u1',
  userName: 'alice',
  credential: 'k1',
  client: 'laptop',
  clientName: undefined,
  userAgent: 'curl/8',
  address: '127.0.0.1',
  endpoint: '/mcp',
  era: '2025',
  session: undefined,
  method: 'tools/call',
  server: 'home',
  target: 'turn_on',
  outcome: 'ok',
  fault: undefined,
  code: undefined,
  status: 200,
  durationMs: 3.25,
  upstreamMs: undefined,
  bytesIn: 99,
  bytesOut: 4_000_000_000,
  count: 1,
  serverEra: undefined,
  traceId: undefined,
  ...more,
});

const event = (at: number): EventRow => ({
  id: uuidv7(at),
  at,
  type: 'login_failed',
  severity: 'low',
  principal: undefined,
  address: '::1',
  server: undefined,
  detail: '{"name":"__proto__"}',
  count: 3,
});

describe.each(dialects)('the ledger on %s', dialect => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
  });
  afterEach(() => place.remove());

  it('gives back what was written, newest first', async () => {
    const rows = [
      call(NOW),
      call(NOW + 1, { outcome: 'refused', code: -32602, upstreamMs: 1.5 }),
      call(NOW + 2),
    ];
    await store.writeLedger({ activity: rows, events: [event(NOW)] });
    expect(await store.listActivity(10)).toEqual(rows.toReversed());
    expect(await store.listActivity(1)).toEqual([rows[2]]);
    expect(await store.listEvents(10)).toMatchObject([
      { type: 'login_failed', count: 3, principal: undefined },
    ]);
  });

  it('takes a batch of thousands, and an empty one', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => call(NOW + at));
    await store.writeLedger({ activity: rows, events: [] });
    await store.writeLedger({ activity: [], events: [] });
    expect(await store.listActivity(5000)).toHaveLength(3000);
  });

  it('keeps a row once when its batch is written again', async () => {
    const batch = { activity: [call(NOW)], events: [event(NOW)] };
    await store.writeLedger(batch);
    await store.writeLedger(batch);
    expect([await store.listActivity(9), await store.listEvents(9)].map(rows => rows.length)).toEqual([1, 1]);
  });

  it('does not lose a batch to one odd name in it', async () => {
    const odd = ['a\0b', 'half \ud800 pair', `'); drop table activity; --`, '\\u0000'];
    await store.writeLedger({ activity: odd.map((target, at) => call(NOW + at, { target })), events: [] });
    const kept = (await store.listActivity(9)).toReversed().map(row => row.target);
    expect(kept).toHaveLength(4);
    expect(kept.slice(2)).toEqual(odd.slice(2));
  });

  it('writes batches side by side with everything else', async () => {
    const writes = Array.from({ length: 20 }, (_, at) =>
      store.writeLedger({ activity: [call(NOW + at)], events: [] }),
    );
    const users = Array.from({ length: 5 }, (_, at) =>
      store.createUser({ name: `u${at}`, passwordHash: undefined, role: 'user' }, NOW),
    );
    await Promise.all([...writes, ...users]);
    expect(await store.listActivity(99)).toHaveLength(20);
    expect(await store.listUsers()).toHaveLength(5);
  });

  it('keeps the record of changes', async () => {
    const row = { actor: 'cli:root', action: 'user.create', target: 'alice', before: undefined, after: '{}' };
    await store.addAudit({ id: uuidv7(NOW), at: NOW, ...row });
    await store.addAudit({ id: uuidv7(NOW + 1), at: NOW + 1, ...row, actor: 'file' });
    expect(await store.listAudit(9)).toMatchObject([{ actor: 'file' }, row]);
  });

  it('takes over the record of a former version, which knew no addresses', async () => {
    const row = { actor: 'user:root', action: 'user.create', before: undefined, after: '{}' };
    await store.addAudit({ id: uuidv7(NOW), at: NOW, ...row, target: 'before' });
    await place.exec(
      `alter table audit drop column address; delete from schema_migrations where name = '0072-audit-address'`,
    );
    const next = await place.open();
    await next.addAudit({
      id: uuidv7(NOW + 1),
      at: NOW + 1,
      ...row,
      target: 'after',
      address: '203.0.113.9',
    });
    const { rows } = await next.ledger.audit({ limit: 9 });
    expect(rows.map(({ target, address }) => [target, address])).toEqual([
      ['after', '203.0.113.9'],
      ['before', undefined],
    ]);
    expect((await next.ledger.audit({ limit: 9, address: '203.0.113.9' })).rows).toHaveLength(1);
  });
});

it('a command waits for the file of the ledger as long as for others', async () => {
  const place = await createPlace('sqlite');
  const store = await place.open();
  const holder = new DatabaseSync(join(place.deps.dataDir, 'ledger.db'));
  holder.exec('begin immediate');
  setTimeout(() => holder.exec('rollback'), 700);
  await store.writeLedger({ activity: [], events: [event(NOW)] });
  expect(await store.listEvents(9)).toHaveLength(1);
  holder.close();
  await place.remove();
});
