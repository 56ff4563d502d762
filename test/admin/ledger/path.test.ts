import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { entryAt } from '../../store/ledger/support/entries.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let echo: Echo2025;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { home: { url: echo.url, grants: ['user'] } } });
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const PARTS = ['auth_ms', 'route_ms', 'connect_ms', 'server_ms', 'relay_ms'] as const;

async function ask(method: string, params: Json): Promise<void> {
  const { key } = await callers.keyOf(callers.users.user, ['mcp']);
  const response = await fetch(callers.url('/mcp/home'), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  await response.text();
}

async function entryOf(query: string): Promise<Json> {
  const find = async () =>
    (await callers.ask('auditor', `GET /admin/api/activity?${query}`)).body
      .entries as unknown as readonly Json[];
  await expect.poll(async () => (await find()).length).toBeGreaterThan(0);
  return (await find())[0] as Json;
}

it('a call is told by the parts of its path, which come to all of its time', async () => {
  await ask('tools/call', { name: 'echo', arguments: { text: 'hi' } });
  const entry = await entryOf('method=tools/call');
  const parts = PARTS.map(part => Number(entry[part]));
  expect(parts.every(part => part >= 0)).toBe(true);
  const sum = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);
  expect(sum(parts)).toBeCloseTo(Number(entry.duration_ms), 1);
  const [auth = 0, , connect = 0, server = 0] = parts;
  expect(auth).toBeGreaterThan(0);
  expect(connect + server).toBeCloseTo(Number(entry.upstream_ms), 1);
  // The first call of a server opens a session there.
  expect(connect).toBeGreaterThan(0);
});

it.each([
  ['session_lost', 'a call whose session the server had forgotten', () => echo.forgetSessions(), 'whoami'],
  ['connection_failed', 'one that only reads, whose connection broke', () => echo.failNext('after'), 'read'],
])('%s stands at %s, which was sent again', async (why, _, fail, name) => {
  // A break must meet the call, not the handshake before it.
  await ask('tools/call', { name: 'echo', arguments: {} });
  fail();
  await ask('tools/call', { name, arguments: {} });
  const entry = await entryOf(`method=tools/call&target=${name}`);
  expect(entry).toMatchObject({ outcome: 'ok', sent_again: [why] });
});

it('a call that may have run is not sent again, and says so of itself', async () => {
  await ask('tools/call', { name: 'echo', arguments: {} });
  echo.failNext('after');
  await ask('tools/call', { name: 'write', arguments: {} });
  const entry = await entryOf('method=tools/call&target=write');
  expect(entry).toMatchObject({ outcome: 'error', fault: 'outcome_unknown', sent_again: [] });
});

it('one that needs no server has the first two parts alone', async () => {
  await ask('ping', {});
  const entry = await entryOf('method=ping');
  expect(Number(entry.auth_ms) + Number(entry.route_ms)).toBeCloseTo(Number(entry.duration_ms), 1);
  expect([entry.connect_ms, entry.server_ms, entry.relay_ms]).toEqual([null, null, null]);
});

it.each([
  ['was written before its parts were known', undefined],
  ['has a text there that says nothing', 'x y z'],
  ['says more than its whole time', '10 900000 0'],
])('an entry that %s has none', async (_, phases) => {
  const method = `odd/${phases?.length ?? 0}`;
  await callers.store.writeLedger({ activity: [entryAt(Date.now(), { method, phases })], events: [] });
  const entry = await entryOf(`method=${encodeURIComponent(method)}`);
  expect(PARTS.map(part => entry[part])).toEqual([null, null, null, null, null]);
  expect(entry.sent_again).toEqual([]);
});
