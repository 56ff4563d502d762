import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Everything, startEverything } from '../../support/everything.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { sendBytes } from '../../support/raw-http.ts';
import { type SseClient, sseClient } from '../support/sse-client.ts';

let echo: Echo2025;
let everything: Everything;
let gateway: GatewayHere;
const open: SseClient[] = [];

beforeAll(async () => {
  [echo, everything] = await Promise.all([startEcho2025({ mode: 'sse' }), startEverything()]);
  gateway = await startGatewayHere({ servers: { echo: echo.url, things: everything.url } });
});
beforeEach(() => echo.journal.clear());
afterAll(async () => {
  for (const one of open) one.close();
  await gateway.close();
  await Promise.all([echo.close(), everything.close()]);
});

const connect = async (path = '/sse', token = gateway.adminToken): Promise<SseClient> => {
  const client = await sseClient(gateway.url(path), token);
  open.push(client);
  return client;
};
const ready = async (path?: string, token?: string, revision?: string, capabilities = {}) => {
  const client = await connect(path, token);
  await client.initialize(revision, capabilities);
  return client;
};
const call = (client: SseClient, name: string, args: object = {}, more: object = {}) =>
  client.ask('tools/call', { name, arguments: args, ...more });
const textOf = (message: { result?: unknown }) =>
  (message.result as { content: [{ text: string }] }).content[0].text;

describe('the official client of HTTP+SSE', () => {
  it.for(['/sse', '/sse/echo', '/mcp'])(
    'calls, answers questions and hears progress and changes at %s',
    async path => {
      const client = new Client(
        { name: 'v1', version: '1' },
        { capabilities: { elicitation: {}, sampling: {}, roots: {} } },
      );
      client.setRequestHandler(ElicitRequestSchema, async () => ({
        action: 'accept' as const,
        content: { word: 'asked' },
      }));
      client.setRequestHandler(CreateMessageRequestSchema, async () => ({
        model: 'none',
        role: 'assistant' as const,
        content: { type: 'text' as const, text: 'sampled words' },
      }));
      const transport = new SSEClientTransport(new URL(gateway.url(path)), {
        requestInit: { headers: { authorization: `Bearer ${gateway.adminToken}` } },
      });
      await client.connect(transport as Parameters<Client['connect']>[0]);
      const prefix = path === '/sse/echo' ? '' : 'echo_';
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain(`${prefix}ask`);
      expect(JSON.stringify(await client.callTool({ name: `${prefix}ask`, arguments: {} }))).toContain(
        'asked',
      );
      const progress: number[] = [];
      await client.callTool({ name: `${prefix}slow`, arguments: { ms: 30 } }, undefined, {
        onprogress: ({ progress: done }) => progress.push(done),
      });
      expect(progress).toEqual([1, 2, 3]);
      await client.ping();
      if (path === '/sse') {
        const name = 'things_trigger-sampling-request';
        const sampled = await client.callTool({ name, arguments: { prompt: 'say' } });
        expect(JSON.stringify(sampled)).toContain('sampled words');
      }
      await client.close();
    },
  );
});

describe('a client of HTTP+SSE', () => {
  it('is told where to post first, is answered on the stream alone, and by events called message', async () => {
    const client = await connect('/sse/echo');
    expect(client.names).toEqual(['endpoint']);
    expect(client.endpoint()).toMatch(/^\/sse\/echo\/messages\?stream=[\w.-]+$/);
    expect(Buffer.from(client.endpoint(), 'base64url').toString('latin1')).not.toContain('root');
    const initialized = await client.initialize();
    expect(initialized.result).toMatchObject({ protocolVersion: '2024-11-05' });
    const accepted = await client.post({ jsonrpc: '2.0', id: 'a', method: 'ping' });
    expect([accepted.status, await accepted.text(), accepted.headers.get('mcp-session-id')]).toEqual([
      202,
      '',
      null,
    ]);
    await expect.poll(() => client.messages.at(-1)).toEqual({ jsonrpc: '2.0', id: 'a', result: {} });
    expect(client.names.slice(1).every(name => name === 'message')).toBe(true);
  });

  it.for(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('agrees on %s', async revision => {
    const client = await connect();
    expect((await client.initialize(revision)).result).toMatchObject({ protocolVersion: revision });
    expect(textOf(await call(client, 'echo_read', { n: 1 }))).toBe('{"n":1}');
  });

  it('has many answers at once, each whole, also large ones', async () => {
    const client = await ready('/sse/echo');
    const answers = await Promise.all([
      call(client, 'large', { bytes: 1_000_000 }),
      ...[1, 2, 3].map(n => call(client, 'read', { n })),
    ]);
    expect(textOf(answers[0] ?? {})).toHaveLength(1_000_000);
    expect(answers.slice(1).map(textOf)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it('cancels its own call, and is told nothing more of it', async () => {
    const client = await ready('/sse/echo');
    await client.post({
      jsonrpc: '2.0',
      id: 'long',
      method: 'tools/call',
      params: { name: 'slow', arguments: { ms: 20_000 } },
    });
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    await client.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'long' } });
    await expect.poll(() => echo.journal.of('notifications/cancelled')).toHaveLength(1);
    await client.ask('ping');
    expect(client.messages.some(({ id }) => id === 'long')).toBe(false);
  });

  it('hears what servers say by themselves, and of changed rights', async () => {
    const token = await gateway.userToken('listener', ['echo']);
    const client = await ready('/sse', token);
    await call(client, 'echo_read');
    await expect
      .poll(() => {
        echo.announce('notifications/message', { level: 'info', data: 'said' });
        return JSON.stringify(client.messages).includes('"said"');
      })
      .toBe(true);
    const user = await gateway.store.userByName('listener');
    if (!user) throw new Error('The person was not made');
    await gateway.store.removeGrant({ userId: user.id, server: 'echo' as never });
    await expect
      .poll(() => client.messages.map(({ method }) => method))
      .toContain('notifications/tools/list_changed');
  });

  it('that goes takes its calls and its sessions with servers along', async () => {
    const client = await ready('/sse/echo');
    await client.post({
      jsonrpc: '2.0',
      id: 1000,
      method: 'tools/call',
      params: { name: 'slow', arguments: { ms: 20_000 } },
    });
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    client.close();
    await expect.poll(() => echo.journal.of('notifications/cancelled')).toHaveLength(1);
    await expect.poll(() => echo.journal.entries().some(({ http }) => http === 'DELETE')).toBe(true);
    expect((await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(404);
  });

  it('may send batches where its revision has them', async () => {
    const ping = (id: string) => ({ jsonrpc: '2.0', id, method: 'ping' });
    const able = await ready('/sse/echo', undefined, '2025-03-26');
    const wrong = { jsonrpc: '2.0', id: 'c', method: 'no/such' };
    expect((await able.post([ping('a'), ping('b'), wrong])).status).toBe(202);
    await expect
      .poll(() => able.messages.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])).sort())
      .toEqual(['a', 'b', 'c']);
    expect(able.messages.find(({ id }) => id === 'c')?.error?.code).toBe(-32601);
    const unable = await ready('/sse/echo');
    expect((await unable.post([ping('a')])).status).toBe(400);
  });

  it('stands in the ledger with method, server and outcome', async () => {
    const client = await ready('/sse/echo');
    await call(client, 'write', { marker: 1 });
    await call(client, 'read', {});
    await expect
      .poll(() => gateway.store.listActivity(20))
      .toContainEqual(
        expect.objectContaining({
          method: 'tools/call',
          server: 'echo',
          target: 'write',
          outcome: 'ok',
          clientName: 'sse-client',
        }),
      );
  });
});

describe('what is wrong', () => {
  it('with a message that has an id is said on the stream, with a body that is none by its status', async () => {
    const client = await ready('/sse/echo');
    expect((await client.ask('no/such')).error?.code).toBe(-32601);
    expect((await client.ask('tools/call', { name: 7 })).error?.code).toBe(-32602);
    expect((await client.ask('subscriptions/listen', { notifications: {} })).error?.code).toBe(-32601);
    for (const body of ['', '{', '[]', '"x"', '{"jsonrpc":"2.0"}', '\ufeff'])
      expect((await client.post(body)).status).toBe(400);
    expect((await client.ask('ping')).result).toEqual({});
  });

  it('with a message of a revision without this transport is said on the stream', async () => {
    const client = await ready('/sse/echo');
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    expect((await client.ask('tools/list', { _meta })).error?.code).toBeLessThan(0);
  });

  it('a token that is missing, wrong, or of somebody else finds nothing [T46, T50]', async () => {
    const refused = await fetch(gateway.url('/sse'), { headers: { accept: 'text/event-stream' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /);
    const client = await ready('/sse/echo');
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    expect((await client.post(ping, { token: 'no-token' })).status).toBe(401);
    const thief = await gateway.userToken('sse-thief', ['echo']);
    expect((await client.post(ping, { token: thief })).status).toBe(404);
    const query = client.endpoint().slice(client.endpoint().indexOf('?'));
    expect((await client.post(ping, { to: gateway.url(`/sse/messages${query}`) })).status).toBe(404);
  });

  it.for(['', '?stream=', '?stream=x', '?stream=l1.AAAA', `?stream=${'A'.repeat(300)}`, '?other=1'])(
    'an address like messages%s leads nowhere',
    async query => {
      const client = await connect('/sse/echo');
      const to = gateway.url(`/sse/echo/messages${query}`);
      expect((await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' }, { to })).status).toBe(404);
    },
  );

  it('a server that is not theirs is not there, and is gone when the right to it ends', async () => {
    const token = await gateway.userToken('sse-user', ['echo']);
    for (const path of ['/sse/things', '/sse/none', '/sse/messages/messages', '/sse/all', '/sse/sse'])
      expect((await sseClient(gateway.url(path), token)).status).toBe(404);
    const client = await ready('/sse/echo', token);
    const user = await gateway.store.userByName('sse-user');
    if (!user) throw new Error('The person was not made');
    await gateway.store.removeGrant({ userId: user.id, server: 'echo' as never });
    await client.ended;
    expect((await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(404);
  });

  it.for([
    ['POST', '/sse', 405],
    ['DELETE', '/sse/echo', 405],
    ['GET', '/sse/messages', 405],
    ['DELETE', '/sse/echo/messages', 405],
    ['GET', '/sse/echo/more', 404],
    ['GET', '/ssee', 404],
  ] as const)('%s %s is answered with %i', async ([method, path, status]) => {
    const headers = { authorization: `Bearer ${gateway.adminToken}` };
    expect((await fetch(gateway.url(path), { method, headers })).status).toBe(status);
  });

  it('a strange Host or Origin is refused here as elsewhere', async () => {
    const lines = (host: string, more = '') =>
      `GET /sse HTTP/1.1\r\nHost: ${host}\r\n${more}Authorization: Bearer ${gateway.adminToken}\r\nConnection: close\r\n\r\n`;
    expect(await sendBytes(gateway.port, lines('evil.example'))).toMatch(/^HTTP\/1\.1 421/);
    const here = `localhost:${gateway.port}`;
    expect(await sendBytes(gateway.port, lines(here, 'Origin: https://evil.example\r\n'))).toMatch(
      /^HTTP\/1\.1 403/,
    );
  });

  it('a stream that the client does not accept as such is refused', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}`, accept: 'application/json' };
    expect((await fetch(gateway.url('/sse'), { headers })).status).toBe(406);
  });
});
