import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Callers, type Json, startCallers } from '../../admin/api/support/callers.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { readBody, sendJson, sendRpcError, serve } from '../../fixtures/serve.ts';
import { legacyClient, type ModernClient, modernClient, post } from '../../support/mcp.ts';

/** What the server takes, and what its person takes to answer. */
const MS = 120;
const THINKS_MS = 600;
/** What the slowest server takes for each request, that for a session too. */
const OPENS_MS = 500;
/** A timer of the server may fire a little before its time. */
const LEAST = MS - 5;
const ALL = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };
const ANSWER = { action: 'accept', content: { name: 'Ada' } };

let older: Echo2025;
let sluggish: Echo2025;
let hesitant: Awaited<ReturnType<typeof startHesitant>>;
let newer: Echo2026;
let callers: Callers;
beforeAll(async () => {
  older = await startEcho2025({ mode: 'sse', acts: true });
  newer = await startEcho2026();
  sluggish = await startEcho2025({ delayMs: OPENS_MS, acts: true });
  hesitant = await startHesitant();
  callers = await startCallers({
    servers: { older: older.url, newer: newer.url, sluggish: sluggish.url, hesitant: hesitant.url },
  });
});
afterAll(async () => {
  await callers.close();
  await older.close();
  await sluggish.close();
  await hesitant.close();
  await newer.close();
});

/** A server of 2026-07-28 that takes its time to say that it speaks nothing older. */
async function startHesitant() {
  const { origin, close } = await serve(async (request, response) => {
    const { id, method } = JSON.parse((await readBody(request)) || '{}');
    const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    const say = (result: object) =>
      sendJson(response, 200, { jsonrpc: '2.0', id, result: { ...complete, ...result } });
    if (method === 'server/discover')
      return say({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    if (method === 'tools/list') return say({ tools: [{ name: 'look', inputSchema: { type: 'object' } }] });
    if (method === 'tools/call') return say({ content: [] });
    await new Promise(resolve => setTimeout(resolve, OPENS_MS));
    sendRpcError(response, 404, { code: -32601, message: 'Method not found' });
  });
  return { url: `${origin}/mcp`, close };
}

/** The entries of one target, the first request first. */
async function entriesOf(server: string, target: string, count: number): Promise<readonly Json[]> {
  const read = async () => {
    const { body } = await callers.ask(
      'auditor',
      `GET /admin/api/activity?server=${server}&target=${target}`,
    );
    return (body as unknown as { readonly entries: readonly Json[] }).entries;
  };
  await expect.poll(read, { timeout: 5000 }).toHaveLength(count);
  return (await read()).toReversed();
}

const modern = (): ModernClient =>
  modernClient({ url: callers.url('/mcp/older'), token: callers.adminToken, capabilities: ALL });
const legacy = () =>
  legacyClient({ url: callers.url('/mcp/newer'), token: callers.adminToken, capabilities: ALL });

function expectTime(entry: Json | undefined, least: number): void {
  expect(entry?.upstream_ms).toEqual(expect.any(Number));
  expect(Number(entry?.upstream_ms)).toBeGreaterThanOrEqual(least);
  expect(Number(entry?.upstream_ms)).toBeLessThanOrEqual(Number(entry?.duration_ms));
  expect(Number(entry?.upstream_ms) + Number(entry?.gateway_ms)).toBeCloseTo(Number(entry?.duration_ms), 2);
}

it('of a call of a 2026 client at a 2025 server says how long the server took', async () => {
  await modern().request('tools/call', { name: 'slow', arguments: { ms: MS } });
  const [entry] = await entriesOf('older', 'slow', 1);
  expectTime(entry, LEAST);
});

it('of a call of a 2025 client at a 2026 server says how long the server took', async () => {
  await (await legacy()).request('tools/call', { name: 'slow', arguments: { ms: MS } });
  const [entry] = await entriesOf('newer', 'slow', 1);
  expectTime(entry, LEAST);
});

it('of a 2026 call that is asked in between, each request has its own part, without the time to answer', async () => {
  const client = modern();
  const params = { name: 'ask_slowly', arguments: { ms: MS } };
  const { message } = await client.request('tools/call', params);
  const { requestState, inputRequests } = (message.result ?? {}) as Json;
  const [key = ''] = Object.keys((inputRequests ?? {}) as Json);
  await new Promise(resolve => setTimeout(resolve, THINKS_MS));
  const last = await client.request('tools/call', {
    ...params,
    requestState,
    inputResponses: { [key]: ANSWER },
  });
  expect(last.message.result).toMatchObject({ resultType: 'complete' });
  const entries = await entriesOf('older', 'ask_slowly', 2);
  for (const entry of entries) expectTime(entry, LEAST);
  expect(Number(entries[1]?.upstream_ms)).toBeLessThan(THINKS_MS);
});

it('of a 2025 call that is asked in between, the rounds are added up, without the time to answer', async () => {
  const client = await legacy();
  await client.request(
    'tools/call',
    { name: 'ask_slowly', arguments: { ms: MS } },
    {
      onMessage: async ({ id, method }) => {
        if (method !== 'elicitation/create' || id === undefined || id === null) return;
        await new Promise(resolve => setTimeout(resolve, THINKS_MS));
        await client.respond(id, ANSWER);
      },
    },
  );
  const [entry] = await entriesOf('newer', 'ask_slowly', 1);
  // The 2026 server begins again in its second round.
  expectTime(entry, 3 * LEAST);
  expect(Number(entry?.gateway_ms)).toBeGreaterThanOrEqual(THINKS_MS - 5);
});

it('of a call that the server fails is told too, in both directions', async () => {
  await modern().request('tools/call', { name: 'protocol_error', arguments: {} });
  await (await legacy()).request('tools/call', { name: 'protocol_error', arguments: {} });
  for (const server of ['older', 'newer']) {
    const [entry] = await entriesOf(server, 'protocol_error', 1);
    expect(entry).toMatchObject({ outcome: 'error', code: 4242 });
    expectTime(entry, 0);
  }
});

it('of a call that never reached its server says none', async () => {
  await modern().request('tools/call', { name: 'slow', arguments: {}, requestState: 'forged' });
  const [refused] = (await entriesOf('older', 'slow', 2)).slice(1);
  expect(refused).toMatchObject({ outcome: 'error', upstream_ms: null });
});

async function untilReady(server: string): Promise<void> {
  const state = () => callers.built.servers().find(({ name }) => name === server)?.status.state;
  await expect.poll(state, { timeout: 10_000 }).toBe('ready');
}

it.each([
  ['2025', async () => legacyClient({ url: callers.url('/mcp/sluggish'), token: callers.adminToken })],
  [
    '2026',
    async () =>
      modernClient({
        url: callers.url('/mcp/sluggish'),
        token: await callers.userToken('new', ['sluggish']),
      }),
  ],
] as const)(
  'of a call of %s that waits for a new session too, the waiting is the time of the server',
  async (era, open) => {
    const client = await open();
    await untilReady('sluggish');
    const target = era === '2025' ? 'echo' : 'read';
    await client.request('tools/call', { name: target, arguments: {} });
    const [entry] = await entriesOf('sluggish', target, 1);
    expectTime(entry, 2 * OPENS_MS - 10);
    expect(Number(entry?.gateway_ms)).toBeLessThan(OPENS_MS / 2);
  },
);

it('of a call of 2025 that waits until it is known what the server speaks, the waiting is the time of the server', async () => {
  await untilReady('hesitant');
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look', arguments: {} } };
  await post(callers.url('/mcp/hesitant'), call, { token: callers.adminToken });
  const [entry] = await entriesOf('hesitant', 'look', 1);
  expectTime(entry, OPENS_MS - 5);
  expect(Number(entry?.gateway_ms)).toBeLessThan(OPENS_MS / 2);
});
