import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';

let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  echo = await startEcho2025({ mode: 'sse' });
  gateway = await startGatewayHere({ servers: { echo: echo.url } });
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

describe('the official client', () => {
  it('whose connection breaks within a call comes back by itself and has its answer', async () => {
    let cuts = 0;
    const breaking = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
      const response = await fetch(url, init);
      if (!String(init.body).includes('"slow"') || response.body === null) return response;
      const reader = response.body.getReader();
      const first = await reader.read();
      cuts++;
      const body = new ReadableStream({
        start: controller => controller.enqueue(first.value),
        // What was read before is taken first.
        pull: async controller => {
          await reader.cancel();
          controller.error(new Error('The network broke'));
        },
      });
      return new Response(body, { status: response.status, headers: response.headers });
    };
    const v1 = new Client({ name: 'v1', version: '1' });
    const requestInit = { headers: { authorization: `Bearer ${gateway.adminToken}` } };
    const transport = new StreamableHTTPClientTransport(new URL(gateway.url('/mcp/echo')), {
      requestInit,
      fetch: breaking,
    });
    await v1.connect(transport as Parameters<Client['connect']>[0]);
    const answer = await v1.callTool({ name: 'slow', arguments: { ms: 400 } });
    expect(JSON.stringify(answer)).toContain('awake');
    expect(cuts).toBe(1);
    expect(echo.journal.of('tools/call')).toHaveLength(1);
    await v1.close();
  });
});
