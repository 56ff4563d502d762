import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROMPT_TEXTS, RESOURCE_TEXTS, TEMPLATE_TEXTS, TOOL_TEXTS } from '../fixtures/echo/tools.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { startTap, type Tap } from '../fixtures/tap.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { post } from '../support/mcp.ts';

const ARGUMENTS = '{ "n":1187563421998473216,"x":1.10, "e":1e400,"s":"\\u0061\\/ ✓","deep":{"a" : [1.0,-0]}}';

describe.for(['json', 'sse'] as const)('through a server that answers %s', mode => {
  let echo: Echo2025;
  let tap: Tap;
  let gateway: GatewayHere;
  beforeAll(async () => {
    echo = await startEcho2025({ mode });
    tap = await startTap(echo.url);
    gateway = await startGatewayHere({ servers: { echo: tap.url } });
    const list = () => send('/mcp', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    await vi.waitFor(async () => expect((await list()).text).toContain('echo_echo'), { timeout: 10_000 });
  });
  afterAll(async () => {
    await gateway?.close();
    await tap?.close();
    await echo?.close();
  });

  const send = (path: string, body: string) => post(gateway.url(path), body, { token: gateway.adminToken });

  it.for([
    ['/mcp/echo', 'echo'],
    ['/mcp', 'echo_echo'],
  ] as const)(
    'arguments and result of a call to %s pass as the bytes that they were',
    async ([path, name]) => {
      tap.clear();
      const body = `{"jsonrpc":"2.0","id":"my-id","method":"tools/call","params":{"arguments":${ARGUMENTS}, "name":"${name}","x-unknown": [1.0]}}`;
      const { text } = await send(path, body);
      expect(text).toContain('"result"');
      const bytes = Buffer.from(ARGUMENTS).toString('latin1');
      expect(tap.sent().join('')).toContain(`"arguments":${bytes}, "name":"echo","x-unknown": [1.0]`);
      expect(text).toContain(`"structuredContent":{"arguments":${ARGUMENTS}}`);
      expect(text).toContain('"_meta":{"example.org/n":1.10},"x-unknown":[1.0,1187563421998473216]');
      expect(text).toContain('"id":"my-id"');
    },
  );

  it('the id of the client never reaches the server', async () => {
    tap.clear();
    await send('/mcp/echo', '{"jsonrpc":"2.0","id":"my-id","method":"tools/call","params":{"name":"read"}}');
    expect(tap.sent().join('')).not.toContain('my-id');
  });

  it.for([
    ['tools/list', TOOL_TEXTS],
    ['resources/list', RESOURCE_TEXTS],
    ['resources/templates/list', TEMPLATE_TEXTS],
    ['prompts/list', PROMPT_TEXTS],
  ] as const)('definitions of %s are the server’s own text', async ([method, texts]) => {
    const { text } = await send('/mcp/echo', `{"jsonrpc":"2.0","id":1,"method":"${method}"}`);
    for (const definition of texts) {
      // What the event stream carries over a line break, the client puts together again.
      expect(text.includes(definition) || text.includes(definition.replaceAll('\n', ''))).toBe(true);
    }
  });

  it('absent arguments stay absent', async () => {
    tap.clear();
    await send('/mcp/echo', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"}}');
    expect(tap.sent().join('')).not.toContain('"arguments"');
  });
});
