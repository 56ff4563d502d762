import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient, post } from '../../support/mcp.ts';
import { textOf } from '../support/answers.ts';
import { sseClient } from '../support/sse-client.ts';

let echo: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;
let alice: string;

beforeAll(async () => {
  echo = await startEcho2025();
  modern = await startEcho2026();
  const servers = { echo: echo.url, modern: modern.url, closed: echo.url };
  gateway = await startGatewayHere({ servers });
  alice = await gateway.userToken('alice', ['echo', 'modern']);
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
beforeEach(() => echo.journal.clear());
afterAll(async () => {
  await gateway.close();
  await Promise.all([echo.close(), modern.close()]);
});

const ask = (method: string, params?: unknown, path = '/mcp') =>
  post(gateway.url(path), { jsonrpc: '2.0', id: 7, method, params }, { token: alice });
const codeOf = async (method: string, path?: string) =>
  (await ask(method, { a: 1 }, path)).message.error?.code;

describe('K8: the name of a tool as the method', () => {
  it.for([
    ['echo_echo', '/mcp'],
    ['modern_echo', '/mcp'],
    ['echo', '/mcp/echo'],
  ] as const)('%s on %s is its call, with the parameters as arguments', async ([method, path]) => {
    const direct = await ask(method, { city: 'Ö', n: 9007199254740991 }, path);
    const usual = await ask(
      'tools/call',
      { name: method, arguments: { city: 'Ö', n: 9007199254740991 } },
      path,
    );
    expect(direct.status).toBe(200);
    expect(direct.message).toEqual(usual.message);
    expect(JSON.parse(textOf(direct))).toEqual({ city: 'Ö', n: 9007199254740991 });
  });

  it('goes through a session, without parameters, in a batch and on HTTP+SSE too', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp'), token: alice, revision: '2025-03-26' });
    expect((await client.request('echo_read')).message.result).toBeDefined();
    const headers = { 'mcp-session-id': String(client.sessionId), 'mcp-protocol-version': '2025-03-26' };
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'echo_echo', params: { in: 'a batch' } },
      { jsonrpc: '2.0', id: 2, method: 'echo_nothing' },
    ];
    const { messages } = await post(gateway.url('/mcp'), batch, { token: alice, headers });
    expect(messages[0]?.result).toBeDefined();
    expect(messages[1]?.error?.code).toBe(-32601);
    const line = await sseClient(gateway.url('/sse'), alice);
    await line.initialize();
    expect((await line.ask('echo_read')).result).toBeDefined();
    line.close();
  });

  it('keeps the number’s spelling and hands on _meta as that of the call', async () => {
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"echo_echo","params":{"x":1.50,"_meta":{"progressToken":"p"}}}';
    const answer = await post(gateway.url('/mcp'), body, { token: alice });
    expect(textOf(answer)).toBe('{"x":1.50}');
    const [call] = echo.journal.of('tools/call');
    expect(call?.params).toMatch(/"_meta":\{"progressToken":/);
  });

  it('is for tools that the caller may call, and nothing else', async () => {
    for (const method of ['closed_read', 'echo_nothing', 'nothing', 'toString', '__proto__', 'echo'])
      expect([method, await codeOf(method)]).toEqual([method, method === 'echo' ? undefined : -32601]);
    for (const method of ['tools/nothing', 'echo/read', 'tools/echo_read', 'notifications/echo_read', ''])
      expect([method, await codeOf(method)]).toEqual([method, -32601]);
    expect(await codeOf('echo_read', '/mcp/echo')).toBe(-32601);
    expect(echo.journal.of('tools/call').map(one => one.name)).toEqual(['echo']);
  });

  it('is no notification, and no method of 2026-07-28', async () => {
    const told = await post(gateway.url('/mcp'), { jsonrpc: '2.0', method: 'echo_read' }, { token: alice });
    expect([told.status, echo.journal.of('tools/call')]).toEqual([202, []]);
    const { request } = modernClient({ url: gateway.url('/mcp'), token: alice });
    const answer = await request('echo_read');
    expect([answer.status, answer.message.error?.code]).toEqual([404, -32601]);
  });

  it('stands in the ledger as the call that it is', async () => {
    await ask('modern_read');
    const found = async () =>
      (await gateway.store.listActivity(200)).filter(row => row.method === 'tools/call');
    await expect
      .poll(async () => (await found()).some(row => row.target === 'read' && row.server === 'modern'))
      .toBe(true);
    const methods = new Set((await gateway.store.listActivity(500)).map(row => row.method));
    expect(methods.has('modern_read')).toBe(false);
  });

  it('can be switched off', async () => {
    const settings = { compat: { toolNamesAsMethods: false } };
    const strict = await startGatewayHere({ servers: { echo: echo.url }, settings });
    await legacyClient({ url: strict.url('/mcp'), token: strict.adminToken });
    const body = { jsonrpc: '2.0', id: 1, method: 'echo_read' };
    const answer = await post(strict.url('/mcp'), body, { token: strict.adminToken });
    expect([answer.status, answer.message.error?.code]).toEqual([200, -32601]);
    await strict.close();
  });
});
