import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';
import { type Broken, startTwoEras, type TwoEras } from './two-eras.ts';

const TIMEOUT = { timeout: 10_000 };
let callers: Callers;
let server: TwoEras;
let clients: Readonly<Record<'2025' | '2026', { request(method: string, params: object): Promise<unknown> }>>;
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  server = await startTwoEras();
  callers = await startCallers({
    servers: { both: server.url },
    clock: { now: () => Date.now() + ahead },
  });
  const to = { url: callers.url('/mcp/both'), token: callers.adminToken };
  clients = { '2025': await legacyClient(to), '2026': modernClient(to) };
  await ask('2025', 'tools/call');
  await ask('2026', 'tools/call');
  await expect.poll(state, TIMEOUT).toBe('online');
});
afterEach(async () => {
  await callers.close();
  await server.close();
});

const NAMES: Readonly<Record<string, object>> = {
  'tools/call': { name: 'do' },
  'prompts/get': { name: 'say' },
};
const ask = (era: '2025' | '2026', method: string) => clients[era].request(method, { ...NAMES[method] });
/** What clients of both eras do, in turns. */
async function work(rounds: number, methods = ['tools/call', 'prompts/get']): Promise<void> {
  for (let n = 0; n < rounds; n++)
    for (const method of methods) for (const era of ['2025', '2026'] as const) await ask(era, method);
}
const health = async () => (await callers.ask('auditor', 'GET /admin/api/mcp-servers/both/health')).body;
const state = async () => (await health()).state;
const last = async () => ((await health()).history as readonly Json[]).at(0) ?? {};
const degraded = async () => {
  await expect.poll(state, TIMEOUT).toBe('degraded');
  const { state: _, ...found } = await health();
  return found;
};

describe('a server of which a part fails each time', () => {
  it.each<[string, Broken, string, RegExp]>([
    [
      'one era',
      (era, method) => era === '2026' && method !== 'server/discover',
      'failing-2026',
      /2026-07-28/,
    ],
    ['the other', era => era === '2025', 'failing-2025', /2025 revisions/],
    ['calls of one era', (era, method) => era === '2025' && method === 'tools/call', 'failing-2025', /2025/],
    ['calls of tools', (_, method) => method === 'tools/call', 'failing-calls', /Calls of tools/],
    ['prompts', (_, method) => method === 'prompts/get', 'failing-prompts', /prompts/],
  ])('is degraded by it, and says so: %s', async (_, broken, reason, says) => {
    server.broken = broken;
    await work(4);
    expect(await degraded()).toMatchObject({ reason, says: expect.stringMatching(says) });
    await expect.poll(last, TIMEOUT).toMatchObject({ state: 'degraded', reason });
  });

  it('is so too where that part is asked for seldom', async () => {
    await work(20, ['tools/call']);
    server.broken = (_, method) => method === 'prompts/get';
    for (let n = 0; n < 3; n++) {
      await work(8, ['tools/call']);
      await ask('2025', 'prompts/get');
    }
    await ask('2025', 'tools/call');
    expect(await degraded()).toMatchObject({ reason: 'failing-prompts' });
  });

  it('says which part it is once that is known, and since when it is degraded', async () => {
    server.broken = (_, method) => method === 'tools/call';
    await work(2, ['tools/call']);
    await expect.poll(last, TIMEOUT).toMatchObject({ state: 'degraded', reason: 'failing' });
    const { since } = await health();
    await work(2);
    await expect.poll(last, TIMEOUT).toMatchObject({ state: 'degraded', reason: 'failing-calls' });
    expect(await health()).toMatchObject({ reason: 'failing-calls', since });
  });

  it('is well again at the first answer, which is kept', async () => {
    server.broken = (_, method) => method === 'prompts/get';
    await work(3);
    await degraded();
    server.broken = () => false;
    await work(12);
    await expect.poll(state, TIMEOUT).toBe('online');
    await expect.poll(last, TIMEOUT).toMatchObject({ state: 'online' });
  });

  it('is well again where nobody asked for that part lately', async () => {
    await work(20, ['tools/call']);
    server.broken = (_, method) => method === 'prompts/get';
    for (let n = 0; n < 3; n++) await ask('2025', 'prompts/get');
    await work(3, ['tools/call']);
    await degraded();
    ahead += 6 * 60_000;
    await work(1, ['tools/call']);
    await expect.poll(state, TIMEOUT).toBe('online');
  });
});

describe('it is no part', () => {
  it.each([undefined, ['tools/call']])('where all fails: that is said as before (%j)', async methods => {
    server.broken = () => true;
    await work(4, methods);
    expect(await degraded()).toMatchObject({ reason: 'failing' });
  });

  it('where some of its requests are answered', async () => {
    await work(20, ['tools/call']);
    let asked = 0;
    server.broken = (_, method) => method === 'prompts/get' && asked++ % 3 !== 2;
    for (let n = 0; n < 6; n++) {
      await ask('2025', 'prompts/get');
      await work(4, ['tools/call']);
    }
    expect(await state()).toBe('online');
  });

  it('where the server refuses what it is asked, in its own words', async () => {
    for (let n = 0; n < 5; n++) {
      await clients['2025'].request('prompts/get', { name: 'unknown' });
      await ask('2026', 'tools/call');
    }
    expect(await state()).toBe('online');
  });
});
