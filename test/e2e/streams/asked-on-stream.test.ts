import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBody, type Served, serve } from '../../fixtures/serve.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient } from '../../support/mcp.ts';
import { openStream } from '../support/open-stream.ts';

const MINUTE_MS = 60_000;
const RESULTS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'chatty', version: '1.0.0' },
  },
  'tools/list': { tools: [{ name: 'any', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [] },
};

let streams: readonly ServerResponse[] = [];
/** Answers to the server's questions, by their id. */
const answers = new Map<unknown, string>();
let served: Served;
let gateway: GatewayHere;
let now = Date.now();

beforeAll(async () => {
  served = await serve(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      streams = [...streams, response];
      return;
    }
    const text = await readBody(request);
    const { id, method } = text === '' ? {} : JSON.parse(text);
    if (method === undefined && id !== undefined) answers.set(id, text);
    if (method === undefined || id === undefined) return void response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: RESULTS[method] ?? {} }));
  });
  gateway = await startGatewayHere({ servers: { chatty: served.origin }, clock: { now: () => now } });
});
afterAll(async () => {
  await gateway.close();
  await served.close();
});

it('a server that speaks to a client all day is answered all day, but drains it at no time (T45)', async () => {
  const to = { url: gateway.url('/mcp/chatty'), token: gateway.adminToken, capabilities: { roots: {} } };
  const client = await legacyClient(to);
  const heard = await openStream(client);
  await client.request('tools/call', { name: 'any', arguments: {} });
  await expect.poll(() => streams.length).toBeGreaterThan(0);
  const say = (id: string, method: string) => {
    for (const stream of streams) stream.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, method })}\n\n`);
  };
  const asked = () => heard.methods().filter(method => method === 'roots/list').length;

  for (let n = 0; n < 40; n++) say(`roots-${n}`, 'roots/list');
  await expect.poll(() => answers.has('roots-39')).toBe(true);
  expect(asked()).toBe(32);

  now += 11 * MINUTE_MS;
  say('late-ping', 'ping');
  say('late-roots', 'roots/list');
  await expect.poll(() => String(answers.get('late-ping'))).toContain('"result":{}');
  await expect.poll(asked).toBe(33);
  heard.close();
});
