import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventRow } from '../../src/store/index.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient, post } from '../support/mcp.ts';

/** One of each kind, with where it stands. */
const CASES = [
  ['control_characters', 'medium', { a: 'x\u001b[2J' }, 1],
  ['path_traversal', 'high', { a: '../../../../etc/passwd' }, 0],
  ['command_injection', 'high', { a: '8.8.8.8; cat /etc/passwd' }, 7],
  ['template_injection', 'high', { a: 'Hi {{7*7}}' }, 3],
  ['secrets', 'high', { a: `use ghp_${'a1B2'.repeat(9)}` }, 4],
  ['oversize', 'low', { a: 'a'.repeat(5000) }, 0],
] as const;

type Attitude = 'off' | 'log' | 'block';

let echo: Echo2025;
let modern: Echo2026;
let clock: TestClock;
let gateway: GatewayHere;

/** Everything is looked for as `attitude` says. */
async function open(attitude: Attitude): Promise<void> {
  const each = Object.fromEntries(CASES.map(([detector]) => [detector, attitude]));
  clock = createClock(Date.now());
  gateway = await startGatewayHere({
    servers: { echo: echo.url, modern: modern.url },
    settings: { detectors: { ...(attitude === 'log' ? {} : each), oversizeBytes: 4096 } },
    clock,
  });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
}

beforeAll(async () => {
  [echo, modern] = await Promise.all([startEcho2025(), startEcho2026()]);
});
afterAll(async () => {
  await gateway?.close();
  await Promise.all([echo?.close(), modern?.close()]);
});
beforeEach(() => {
  echo.journal.clear();
  modern.journal.clear();
});

const call = (args: unknown, method = 'tools/call', name: object = { name: 'write' }) =>
  post(
    gateway.url('/mcp/echo'),
    { jsonrpc: '2.0', id: 1, method, params: { ...name, arguments: args } },
    { token: gateway.adminToken },
  );

type Read = EventRow & { readonly read: Readonly<Record<string, unknown>> };

/** What stands in the store of suspicious payloads, the oldest first, once there are so many. */
async function events(count: number): Promise<readonly Read[]> {
  clock.pass(10_000);
  const found = async () =>
    (await gateway.store.ledger.events({ type: 'suspicious_payload', limit: 100 })).rows;
  await expect.poll(async () => (await found()).length, { timeout: 5000 }).toBe(count);
  return (await found()).map(row => ({ ...row, read: JSON.parse(row.detail) })).reverse();
}

const arrived = () => echo.journal.of('tools/call').length;

describe('log, which is how it begins', () => {
  beforeAll(() => open('log'));
  afterAll(() => gateway.close());

  it('each kind goes on to the server and is an event with its place, never with its text', async () => {
    for (const [, , args] of CASES) expect((await call(args)).message.result).toBeDefined();
    expect(arrived()).toBe(CASES.length);
    const found = await events(CASES.length);
    expect(found.map(({ severity, read }) => [severity, read.flags])).toEqual(
      CASES.map(([detector, severity]) => [severity, [detector]]),
    );
    for (const [i, [detector, , args, at]] of CASES.entries()) {
      const place = detector === 'oversize' ? '' : '/arguments/a';
      expect(found[i]?.read).toMatchObject({
        ...{ method: 'tools/call', target: 'write', action: 'logged' },
        found: [{ detector, place, at }],
      });
      expect(found[i]).toMatchObject({ server: 'echo', address: '127.0.0.1', principal: expect.any(String) });
      expect(JSON.stringify(found[i])).not.toContain(args.a);
    }
  });

  it('what an ordinary call carries is no event', async () => {
    await call({ path: 'notes/today.md', query: 'a & b; c | d', text: 'Grüße, 世界 👩‍💻\n\tcode' });
    await call({ path: '../../../../etc/passwd' });
    expect(await events(CASES.length + 1)).toHaveLength(CASES.length + 1);
  });
});

describe('off', () => {
  beforeAll(() => open('off'));
  afterAll(() => gateway.close());

  it('everything goes on, and nothing is said of it', async () => {
    for (const [, , args] of CASES) expect((await call(args)).message.result).toBeDefined();
    expect(arrived()).toBe(CASES.length);
    await gateway.store.ledger.events({ limit: 1 });
    await events(0);
  });
});

describe('block', () => {
  beforeAll(() => open('block'));
  afterAll(() => gateway.close());

  it.each(CASES)(
    '%s is refused with a fault of its own before the server is asked',
    async (detector, ...rest) => {
      const [, args, at] = rest;
      const { status, message } = await call(args);
      expect(status).toBe(200);
      expect(message.error).toMatchObject({
        code: 1011,
        data: { server: 'echo', detector, at, mayHaveRun: false },
      });
      expect(JSON.stringify(message)).not.toContain(args.a);
      expect(arrived()).toBe(0);
    },
  );

  it('says so in an event', async () => {
    const found = await events(CASES.length);
    expect(found.map(({ read }) => read.action)).toEqual(CASES.map(() => 'blocked'));
  });

  it('lets ordinary calls pass', async () => {
    expect((await call({ a: 'nothing' })).message.result).toBeDefined();
    expect(arrived()).toBe(1);
  });

  it('looks through prompts and URIs of resources as well', async () => {
    const prompt = await call({ topic: '{{7*7}}' }, 'prompts/get', { name: 'greet' });
    const read = await call(undefined, 'resources/read', { uri: 'echo://one/../../../../etc/passwd' });
    for (const { message } of [prompt, read]) expect(message.error?.code).toBe(1011);
    expect(echo.journal.of('resources/read')).toEqual([]);
    expect(echo.journal.of('prompts/get')).toEqual([]);
  });

  it('a call of 2026-07-28 alike, and each of a batch for itself', async () => {
    const client = modernClient({ url: gateway.url('/mcp/modern'), token: gateway.adminToken });
    const answer = await client.request('tools/call', { name: 'write', arguments: { a: '{{7*7}}' } });
    expect(answer.message.error?.code).toBe(1011);
    expect(modern.journal.of('tools/call')).toEqual([]);
    const one = (id: number, a: string) => ({
      ...{ jsonrpc: '2.0', id, method: 'tools/call' },
      params: { name: 'write', arguments: { a } },
    });
    const batch = await post(gateway.url('/mcp/echo'), [one(1, 'fine'), one(2, '{{7*7}}')], {
      token: gateway.adminToken,
      headers: { 'mcp-protocol-version': '2025-03-26' },
    });
    const text = batch.messages.map(({ id, error }) => [id, error?.code]);
    expect(text.sort()).toEqual([
      [1, undefined],
      [2, 1011],
    ]);
    expect(arrived()).toBe(1);
  });
});
