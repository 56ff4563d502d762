import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient } from '../support/mcp.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Message = { readonly id?: unknown; readonly method?: string };

/** A server of 2025 that leaves what needs no answer unanswered, and pings `pings` times within a call. */
async function startDeaf(pings: number): Promise<string> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return;
      const { id, method }: Message = JSON.parse(Buffer.concat(chunks).toString());
      if (id === undefined || method === undefined) return;
      const results: Readonly<Record<string, object>> = {
        initialize: {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'deaf', version: '1' },
        },
        'tools/list': { tools: [{ name: 'call', inputSchema: { type: 'object' } }] },
        'tools/call': { content: [] },
      };
      response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 'one' });
      if (method === 'tools/call')
        for (let at = 0; at < pings; at++)
          response.write(`data: {"jsonrpc":"2.0","id":"p${at}","method":"ping"}\n\n`);
      const said = results[method] ? { result: results[method] } : { error: { code: -32601, message: 'no' } };
      response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, ...said })}\n\n`);
    });
  });
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`;
}

const descriptors = () => readdirSync('/proc/self/fd').length;

it('a server that takes no reply keeps neither its callers nor the descriptors of the gateway (T45)', {
  timeout: 60_000,
}, async () => {
  const gateway = await startGatewayHere({ servers: { deaf: await startDeaf(5_000) } });
  const before = descriptors();
  const client = await legacyClient({ url: gateway.url('/mcp/deaf'), token: gateway.adminToken });
  const started = performance.now();
  const { message } = await client.request('tools/call', { name: 'call', arguments: {} });
  expect(message.result, JSON.stringify(message)).toBeDefined();
  // The handshake waited for its notification to be taken, but not for ever.
  expect(performance.now() - started).toBeLessThan(10_000);
  // Both ends of each connection are in this process.
  expect(descriptors() - before).toBeLessThan(2 * 300);
  await gateway.close();
});
