import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient } from '../../support/mcp.ts';
import { openStream } from '../support/open-stream.ts';

let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  echo = await startEcho2025({ mode: 'sse', acts: true });
  gateway = await startGatewayHere({ servers: { echo: echo.url } });
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

it('T45: a server that says thousands of times that its list changed is read a few times, and tells a few', async () => {
  const client = await legacyClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken });
  const stream = await openStream(client);
  await client.request('tools/call', { name: 'progress', arguments: {} });
  await expect
    .poll(() => echo.announce('notifications/message', { level: 'info', data: 'there' }))
    .toBeGreaterThan(1);
  echo.journal.clear();
  for (let at = 0; at < 5_000; at++) echo.announce('notifications/tools/list_changed');
  const started = performance.now();
  await expect
    .poll(() => stream.methods().includes('notifications/tools/list_changed'), { timeout: 10_000 })
    .toBe(true);
  const health = performance.now();
  expect((await fetch(gateway.url('/livez'))).status).toBe(200);
  expect(performance.now() - health).toBeLessThan(1_000);
  const seconds = Math.max(1, (performance.now() - started) / 1_000);
  expect(echo.journal.of('tools/list').length).toBeLessThan(30 * seconds);
  const told = stream.methods().filter(one => one === 'notifications/tools/list_changed').length;
  expect(told).toBeLessThan(15 * seconds);
  stream.close();
});
