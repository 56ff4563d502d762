import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { freePort } from '../support/ports.ts';
import { tempDir } from '../support/temp.ts';
import { result, startScripted } from '../upstream/support/world.ts';
import { MAIN, type StdioChild, startStdio } from './support/stdio-child.ts';

let echo: Echo2025;
let modern: Awaited<ReturnType<typeof startConformance2026>>;
let gateway: GatewayHere;
let dir: Awaited<ReturnType<typeof tempDir>>;
let token: { readonly AUTHMCP_TOKEN: string };
const started: StdioChild[] = [];

beforeAll(async () => {
  dir = await tempDir('stdio-');
  [echo, modern] = await Promise.all([startEcho2025({ mode: 'sse' }), startConformance2026()]);
  gateway = await startGatewayHere({ servers: { echo: echo.url, modern: modern.url }, dir: dir.path });
  token = { AUTHMCP_TOKEN: gateway.adminToken };
});
beforeEach(() => {
  echo.journal.clear();
  modern.journal.clear();
});
afterAll(async () => {
  for (const one of started) one.signal('SIGKILL');
  await gateway.close();
  await Promise.all([echo.close(), modern.close()]);
  await dir.remove();
});

const start = (args: readonly string[] = [], env: Readonly<Record<string, string>> = token): StdioChild => {
  const child = startStdio(['--url', gateway.origin, ...args], env);
  started.push(child);
  return child;
};
const spawning = (...args: string[]) => ({
  command: process.execPath,
  args: [MAIN, 'stdio', '--url', gateway.origin, ...args],
  env: token,
  stderr: 'pipe' as const,
});
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'spawner', version: '1' },
};
const textOf = (message: { result?: unknown }) => JSON.stringify(message.result);

describe('the official clients over standard input and output', { timeout: 30_000 }, () => {
  it('v1: calls, answers a question, hears progress and changes, and ends it', async () => {
    const client = new ClientV1({ name: 'v1', version: '1' }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, async () => ({
      action: 'accept' as const,
      content: { word: 'asked' },
    }));
    let changes = 0;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void changes++);
    const transport = new StdioV1(spawning('--server', 'echo'));
    await client.connect(transport as Parameters<ClientV1['connect']>[0]);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('ask');
    expect(JSON.stringify(await client.callTool({ name: 'ask', arguments: {} }))).toContain('asked');
    const progress: number[] = [];
    await client.callTool({ name: 'slow', arguments: { ms: 30 } }, undefined, {
      onprogress: ({ progress: done }) => progress.push(done),
    });
    expect(progress).toEqual([1, 2, 3]);
    await expect
      .poll(() => {
        echo.announce('notifications/tools/list_changed');
        return changes;
      })
      .toBeGreaterThan(0);
    const { pid } = transport;
    await client.close();
    expect(() => process.kill(pid ?? 0, 0)).toThrow();
    await expect.poll(() => echo.journal.entries().some(({ http }) => http === 'DELETE')).toBe(true);
  });

  it.for(['auto', 'legacy'] as const)('v2, %s: lists and calls through the endpoint of all', async mode => {
    const client = new ClientV2({ name: 'v2', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StdioV2(spawning()));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('modern_test_simple_text');
    expect(JSON.stringify(await client.callTool({ name: 'echo_read', arguments: { n: 7 } }))).toContain('7');
    expect(
      JSON.stringify(await client.callTool({ name: 'modern_test_simple_text', arguments: {} })),
    ).toContain('text');
    await client.close();
  });
});

describe('a program of 2026-07-28', { timeout: 30_000 }, () => {
  it('gets the headers that HTTP wants, also for parameters that tools mirror', async () => {
    const child = start(['--server', 'modern']);
    const params = { name: 'test_x_mcp_header', arguments: { region: 'Zürich' }, _meta: META };
    expect(textOf(await child.ask('tools/call', params))).toContain('region=Zürich');
    expect((await child.ask('tools/list', { _meta: META })).result).toBeDefined();
    expect(textOf(await child.ask('tools/call', params))).toContain('region=Zürich');
    const uri = 'test://static-text';
    expect(textOf(await child.ask('resources/read', { uri, _meta: META }))).toContain(uri);
    child.endInput();
    expect(await child.exit).toBe(0);
    expect(child.stderr()).toBe('');
  });

  it('listens, and takes a request back by a notification', async () => {
    const child = start(['--server', 'modern']);
    const notifications = { toolsListChanged: true };
    child.write({
      jsonrpc: '2.0',
      id: 'sub',
      method: 'subscriptions/listen',
      params: { notifications, _meta: META },
    });
    await child.until(({ method }) => method === 'notifications/subscriptions/acknowledged');
    modern.notify.toolsChanged();
    await child.until(({ method }) => method === 'notifications/tools/list_changed');
    child.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'sub' } });
    await child.ask('tools/list', { _meta: META });
    expect(child.messages.some(({ id }) => id === 'sub')).toBe(false);
    child.endInput();
    expect(await child.exit).toBe(0);
  });
});

describe('a program of the older protocol', { timeout: 30_000 }, () => {
  it('is answered what it asked before its input ended, and its session ends', async () => {
    const child = start(['--server', 'echo']);
    await child.initialize();
    child.write({
      jsonrpc: '2.0',
      id: 'last',
      method: 'tools/call',
      params: { name: 'slow', arguments: { ms: 300 } },
    });
    child.endInput();
    expect(await child.exit).toBe(0);
    expect(textOf(child.messages.find(({ id }) => id === 'last') ?? {})).toContain('awake');
  });

  it('takes its token from a file, cancels, and ends at a signal with its session', async () => {
    writeFileSync(join(dir.path, 'token'), `${gateway.adminToken}\n`);
    const child = start(['--server', 'echo', '--token-file', join(dir.path, 'token')], {});
    await child.initialize();
    const params = { name: 'slow', arguments: { ms: 20_000 } };
    child.write({ jsonrpc: '2.0', id: 'long', method: 'tools/call', params });
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    child.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'long' } });
    await expect.poll(() => echo.journal.of('notifications/cancelled')).toHaveLength(1);
    expect((await child.ask('ping')).result).toEqual({});
    child.signal('SIGTERM');
    expect(await child.exit).toBe(0);
    expect(child.messages.some(({ id }) => id === 'long')).toBe(false);
    await expect.poll(() => echo.journal.entries().some(({ http }) => http === 'DELETE')).toBe(true);
  });

  it('has a new session by itself where the gateway lost it, and the rest of a stream that broke', async () => {
    const serverInfo = { name: 'gateway', version: '1' };
    let opened = 0;
    let callId: unknown;
    const events = (response: ServerResponse, text: string) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
    const fake = await startScripted({
      initialize: (response, { id }) => {
        response.setHeader('mcp-session-id', `s-${++opened}`);
        result(response, id, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo });
      },
      ping: (response, { id }, heard) => {
        if (heard.at(-1)?.headers['mcp-session-id'] === 's-1') return void response.writeHead(404).end();
        result(response, id, {});
      },
      'tools/call': (response, { id }) => {
        callId = id;
        events(response, 'id: e-1\nretry: 20\ndata: \n\n');
      },
      GET: (response, _message, heard) => {
        if (heard.at(-1)?.headers['last-event-id'] !== 'e-1') return void response.writeHead(405).end();
        events(
          response,
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: callId, result: { rest: true } })}\n\n`,
        );
      },
    });
    const child = startStdio(['--url', fake.url], token);
    started.push(child);
    await child.initialize();
    expect((await child.ask('ping')).result).toEqual({});
    expect(fake.count('initialize')).toBe(2);
    expect((await child.ask('tools/call', { name: 'x' })).result).toEqual({ rest: true });
    expect(child.messages.filter(({ id }) => id === 1)).toHaveLength(1);
    child.endInput();
    expect(await child.exit).toBe(0);
    expect(
      fake.heard.filter(({ verb }) => verb === 'DELETE').map(({ headers }) => headers['mcp-session-id']),
    ).toEqual(['s-2']);
    await fake.close();
  });
});

describe('what is wrong', { timeout: 30_000 }, () => {
  const ping = (child: StdioChild) => child.ask('ping');

  it('a line that is no message is an error, and the next one is served', async () => {
    const child = start();
    for (const line of ['nonsense', '{', '[]', '7', '"x"', '\u0000']) child.write(line);
    expect((await ping(child)).result).toEqual({});
    expect(child.messages.filter(({ error }) => error?.code === -32700)).toHaveLength(6);
    expect((await child.ask('no/such')).error?.code).toBe(-32601);
    child.endInput();
    expect(await child.exit).toBe(0);
    expect(child.stderr().match(/is no JSON-RPC message/g)).toHaveLength(1);
  });

  it('a gateway that is away, a token that is refused and a server that is not there say what to do', async () => {
    const away = startStdio(['--url', `http://127.0.0.1:${await freePort()}`], token);
    const refused = start([], { AUTHMCP_TOKEN: 'amg_no_such' });
    const nowhere = start(['--server', 'nowhere']);
    started.push(away);
    expect((await ping(away)).error).toMatchObject({ code: 1001, data: { mayHaveRun: false } });
    expect((await ping(refused)).error).toMatchObject({ data: { status: 401 } });
    expect((await ping(nowhere)).error?.message).toContain('no such server');
    for (const child of [away, refused]) {
      child.endInput();
      expect(await child.exit).toBe(1);
    }
    expect(away.stderr()).toContain('authmcp-gateway start');
    expect(refused.stderr()).toContain('authmcp-gateway token create');
    nowhere.endInput();
    await nowhere.exit;
  });

  it('what answers as no gateway does never reaches standard output', async () => {
    const answers = ['<html>hello</html>', '{"not":"rpc"}', 'data: x\n\n'];
    const types = ['text/html', 'application/json', 'text/event-stream'];
    let at = 0;
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': types[at] ?? '' }).end(answers[at]);
      at++;
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const child = startStdio(['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`], token);
    started.push(child);
    for (const _ of answers) expect((await ping(child)).error).toBeDefined();
    child.endInput();
    expect(await child.exit).toBe(1);
    expect(child.messages).toHaveLength(3);
    server.close();
  });

  it.for([
    [['--url', 'ftp://x']],
    [['--url', 'nonsense']],
    [['--server', 'No Such']],
    [['--token-file', '/no/such/file']],
    [['--token', 'a', '--token-file', 'b']],
    [['--token', 'a b']],
  ])('%j is refused with a sentence', async ([args = []]) => {
    const said: string[] = [];
    const terminal = {
      isInteractive: false,
      out: (text: string) => void said.push(`out ${text}`),
      err: (text: string) => void said.push(text),
      readInput: async () => '',
    };
    expect(await runCli(['stdio', ...args], terminal)).toBe(1);
    expect(said).toEqual([expect.stringMatching(/^[^o].*(\.|list)$/)]);
  });
});
