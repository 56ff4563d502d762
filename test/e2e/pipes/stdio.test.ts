import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { marked } from '../../support/marked.ts';
import { legacyClient, modernClient, type RpcMessage } from '../../support/mcp.ts';
import { readSse } from '../../support/sse.ts';
import { call, habits, namesOf, textOf } from './support/habits.ts';

let gateway: GatewayHere;
const tools = join(mkdtempSync(join(tmpdir(), 'authmcp-tools-')), 'tools');

beforeAll(async () => {
  writeFileSync(tools, '');
  gateway = await startGatewayHere({
    servers: {
      habits: habits(),
      modern: habits('--modern'),
      changing: habits('--tools', tools),
      crashing: habits(),
    },
    env: { PATH: process.env.PATH ?? '' },
  });
});
afterAll(() => gateway?.close());

const ELICITATION = { elicitation: {} };
const connect = async (server: string, more: { token?: string; capabilities?: object } = {}) => {
  const { token = gateway.adminToken, capabilities = {} } = more;
  const url = gateway.url(`/mcp/${server}`);
  return legacyClient({ url, token, capabilities: { ...capabilities } });
};

/** Says when it has begun, and has no end. */
const endless = { name: 'slow', arguments: { ms: 1e9, log: 'begun' } };

describe('a call to a command', () => {
  it('brings its progress and its logs on its own stream', async () => {
    const client = await connect('habits');
    const { messages } = await call(client, 'progress', {}, { _meta: { progressToken: 'mine' } });
    expect(messages.map(({ method, params }) => [method, params?.progressToken])).toEqual([
      ['notifications/progress', 'mine'],
      ['notifications/progress', 'mine'],
      [undefined, undefined],
    ]);
    await client.request('logging/setLevel', { level: 'debug' });
    const logged = await call(client, 'log', { data: 'hello' });
    expect(logged.messages[0]).toMatchObject({ method: 'notifications/message', params: { data: 'hello' } });
  });

  it('may ask the person, who answers', async () => {
    const client = await connect('habits', { capabilities: ELICITATION });
    const params = { name: 'ask', arguments: { message: 'Who?' } };
    const { message } = await client.request('tools/call', params, {
      onMessage: async ({ id, method, params: asked }) => {
        if (method !== 'elicitation/create' || id === undefined || id === null) return;
        expect(asked?.message).toBe('Who?');
        await client.respond(id, { action: 'accept', content: { name: 'Ada' } });
      },
    });
    expect(textOf(message)).toEqual({ action: 'accept', content: { name: 'Ada' } });
  });

  it('may take its question back, on the stream where it was asked', async () => {
    const client = await connect('habits', { capabilities: ELICITATION });
    const { messages } = await call(client, 'ask-in-vain');
    expect(messages.map(({ method }) => method)).toEqual([
      'elicitation/create',
      'notifications/cancelled',
      undefined,
    ]);
    expect(messages[1]?.params?.requestId).toBe(messages[0]?.id);
  });

  it('that pings is answered by the gateway, and one that asks who cannot be asked gets an error', async () => {
    const client = await connect('habits');
    expect(textOf((await call(client, 'ping')).message)).toEqual({});
    expect(textOf((await call(client, 'ask')).message)).toMatchObject({ code: -32601 });
  });

  it('is taken back where the client takes it back', async () => {
    const client = await connect('habits');
    await client.request('logging/setLevel', { level: 'debug' });
    await client.request('tools/call', endless, {
      onMessage: async () => {
        await client.notify('notifications/cancelled', { requestId: 3, reason: 'enough' });
      },
    });
    const ids = textOf((await call(client, 'cancelled')).message) as readonly string[];
    expect(ids).toHaveLength(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{24}-\d+$/);
  });

  it('of a 2026 client is taken back where it goes away, by a notification', async () => {
    const client = modernClient({ url: gateway.url('/mcp/modern'), token: gateway.adminToken });
    const gone = new AbortController();
    const _meta = { 'io.modelcontextprotocol/logLevel': 'debug' };
    const options = { signal: gone.signal, onMessage: () => gone.abort() };
    await expect(client.request('tools/call', { ...endless, _meta }, options)).rejects.toThrow();
    await expect
      .poll(async () => textOf((await call(client, 'cancelled')).message) as readonly string[])
      .toHaveLength(1);
  });

  it('is one line for the server, however the client spells it', async () => {
    const client = await connect('habits');
    const params = { name: 'echo', arguments: { text: 'a\nb' } };
    const pretty = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }, null, '\r\n\t');
    const headers = {
      authorization: `Bearer ${gateway.adminToken}`,
      'content-type': 'application/json',
      'mcp-session-id': client.sessionId ?? '',
    };
    const answer = await fetch(gateway.url('/mcp/habits'), { method: 'POST', headers, body: pretty });
    expect(textOf((await answer.json()) as RpcMessage)).toEqual({ text: 'a\nb' });
  });

  it('that broke off may have run, says so with its server, and the next one works in the same session', async () => {
    const client = await connect('crashing');
    const { error } = (await call(client, 'exit')).message;
    expect(error).toMatchObject({ code: 1008, data: { server: 'crashing', mayHaveRun: true } });
    expect(textOf((await call(client, 'echo', { a: 1 })).message)).toEqual({ a: 1 });
  });

  it('to one that ends again and again is refused with the reason and the time', async () => {
    const client = await connect('crashing');
    for (let n = 0; n < 8; n++) await call(client, 'exit');
    await expect
      .poll(async () => (await call(client, 'exit')).message.error)
      .toMatchObject({
        code: 1001,
        data: { server: 'crashing', mayHaveRun: false, reason: 'crashed', since: expect.any(Number) },
      });
  });
});

describe('the lists of a command', () => {
  it('are read once it is known, and no process waits for the next time', async () => {
    const one = await startGatewayHere({ servers: { habits: habits() } });
    const tag = createHash('sha256').update(one.dataDir).digest('hex').slice(0, 16);
    const state = () => one.built.servers()[0]?.status.state;
    await expect.poll(state, { timeout: 10_000 }).toBe('ready');
    const client = await legacyClient({ url: one.url('/mcp'), token: one.adminToken });
    expect(await namesOf(client)).toContain('habits_echo');
    await expect.poll(() => marked(tag)).toEqual([]);
    await call(client, 'habits_echo');
    expect(marked(tag)).toHaveLength(1);
    await one.close();
  });

  it('are read again when it says that they changed, and clients hear of it', async () => {
    const [client, other] = [await connect('habits'), await connect('habits')];
    const stop = new AbortController();
    const stream = await other.listen(stop.signal);
    const heard: string[] = [];
    const reading = (async () => {
      for await (const { data } of readSse(stream.body)) if (data !== '') heard.push(JSON.parse(data).method);
    })().catch(() => {});
    await call(client, 'grow', { tool: 'grown' });
    // The lists are read by the gateway's own process, which did not grow.
    await expect.poll(() => heard).toContain('notifications/tools/list_changed');
    stop.abort();
    await reading;
  });

  it('of the newer era are watched while it runs', async () => {
    const client = modernClient({ url: gateway.url('/mcp/modern'), token: gateway.adminToken });
    await call(client, 'grow', { tool: 'grown' });
    await expect.poll(() => namesOf(client)).toContain('grown');
  });

  it('are read again when it runs again', async () => {
    const client = await connect('changing');
    expect(await namesOf(client)).not.toContain('new');
    writeFileSync(tools, 'new\n');
    await call(client, 'exit');
    await call(client, 'echo');
    // The process that reads lists for the gateway is another one: it ends too, and is started again.
    await expect.poll(() => namesOf(client), { timeout: 5_000 }).toContain('new');
  });
});
