import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEcho2025 } from '../fixtures/echo-2025.ts';
import { startEcho2026 } from '../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { modernClient } from '../support/mcp.ts';

let servers: readonly { readonly url: string; readonly close: () => Promise<void> }[];
let gateway: GatewayHere;

beforeAll(async () => {
  servers = await Promise.all([
    startEcho2026({ ttlMs: 1_200, cacheScope: 'public' }),
    startEcho2026({ ttlMs: 0 }),
    startEcho2026({ ttlMs: 3_600_000, cacheScope: 'public' }),
    startEcho2025(),
  ]);
  const [short, never, long, old] = servers.map(server => server.url);
  gateway = await startGatewayHere({
    servers: { short: short ?? '', never: never ?? '', long: long ?? '', old: old ?? '' },
  });
});
afterAll(async () => {
  await gateway.close();
  for (const server of servers) await server.close();
});

it.for([
  ['/mcp/short', 1_200],
  ['/mcp/never', 0],
  ['/mcp/long', 5_000],
  ['/mcp/old', 5_000],
  ['/mcp', 0],
] as const)('a list at %s may be kept for %i ms, by its client alone', async ([path, ttlMs]) => {
  const client = modernClient({ url: gateway.url(path), token: gateway.adminToken });
  for (const method of ['tools/list', 'resources/templates/list'])
    await expect
      .poll(async () => (await client.request(method)).message.result)
      .toMatchObject({ ttlMs, cacheScope: 'private' });
});

it('what a server says of one reading goes on as it said it', async () => {
  const client = modernClient({ url: gateway.url('/mcp/short'), token: gateway.adminToken });
  const { result } = (await client.request('resources/read', { uri: 'echo://one' })).message;
  expect(result).toMatchObject({ ttlMs: 1_200, cacheScope: 'public' });
});
