import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { readBody, sendJson, serve } from '../../fixtures/serve.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { type LegacyClient, legacyClient, modernClient } from '../../support/mcp.ts';

/** A server of 2026-07-28 that lets whoever asks whether it knows an older revision wait. */
async function startHesitant() {
  const said: string[] = [];
  const asked: (() => void)[] = [];
  const served = await serve(async (request, response) => {
    const { id, method } = JSON.parse((await readBody(request)) || '{}');
    said.push(method);
    const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    const say = (result: object) =>
      sendJson(response, 200, { jsonrpc: '2.0', id, result: { ...complete, ...result } });
    if (method === 'server/discover')
      return say({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    if (method === 'tools/list') return say({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] });
    if (method === 'tools/call') return say({ content: [] });
    const error = { code: -32601, message: 'Method not found' };
    asked.push(() => sendJson(response, 404, { jsonrpc: '2.0', id, error }));
  });
  const answer = () => {
    for (const one of asked.splice(0)) one();
  };
  return { url: `${served.origin}/mcp`, said, asked, answer, close: served.close };
}

let server: Awaited<ReturnType<typeof startHesitant>>;
let gateway: GatewayHere;
let client: LegacyClient;

/** A client of 2025 whose call waits until it is known what the server speaks. */
beforeEach(async () => {
  server = await startHesitant();
  gateway = await startGatewayHere({ servers: { late: server.url } });
  await modernClient({ url: gateway.url('/mcp'), token: gateway.adminToken }).request('tools/list');
  const token = await gateway.userToken('alice', ['late']);
  client = await legacyClient({ url: gateway.url('/mcp'), token });
  await expect.poll(() => server.asked.length).toBeGreaterThan(0);
});
afterEach(async () => {
  server.answer();
  await gateway.close();
  await server.close();
});

const CALL = { name: 'late_echo', arguments: {} };
const calls = () => server.said.filter(method => method === 'tools/call').length;

/** What waited has been decided: a later call went through. */
async function goOn() {
  server.answer();
  const other = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  const { message } = await other.request('tools/call', CALL);
  expect(message.result).toMatchObject({ content: [] });
}

const ENDINGS: Readonly<Record<string, () => Promise<unknown>>> = {
  'the grant is withdrawn': async () => {
    const user = await gateway.store.userByName('alice');
    if (user) await gateway.store.removeGrant({ userId: user.id, server: 'late' as ServerName });
  },
  'the person is disabled': async () => {
    const user = await gateway.store.userByName('alice');
    if (user) await gateway.store.setDisabled(user.id, true);
  },
};

describe('a call that waits to hear what its server speaks', () => {
  it('goes on when that is known', async () => {
    const running = client.request('tools/call', CALL);
    server.answer();
    expect((await running).message.result).toMatchObject({ content: [] });
    expect(calls()).toBe(1);
  });

  it.for(Object.keys(ENDINGS))('is answered at once and never sent when %s', async how => {
    const running = client.request('tools/call', CALL);
    await expect.poll(() => gateway.built.calls()).toBe(1);
    await ENDINGS[how]?.();
    const { message } = await running;
    expect(message.error).toMatchObject({ code: 1010, data: { server: 'late', mayHaveRun: false } });
    await goOn();
    expect(calls()).toBe(1);
  });

  it('is never sent when its client takes it back', async () => {
    const running = client.request('tools/call', CALL);
    await expect.poll(() => gateway.built.calls()).toBe(1);
    await client.notify('notifications/cancelled', { requestId: 2 });
    expect((await running).messages).toEqual([]);
    await goOn();
    expect(calls()).toBe(1);
  });
});
