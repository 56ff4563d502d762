import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient } from '../support/mcp.ts';

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

it('T24: a person who is switched off leaves no session at a server, others keep theirs', async () => {
  const tokens = {
    gone: await gateway.userToken('gone', ['echo']),
    stays: await gateway.userToken('stays', ['echo']),
  };
  for (const token of Object.values(tokens)) {
    const to = { url: gateway.url('/mcp/echo'), token };
    await (await legacyClient(to)).request('tools/call', { name: 'progress', arguments: {} });
    await modernClient(to).request('tools/call', { name: 'progress', arguments: {} });
  }
  const ended = () => echo.journal.entries().filter(one => one.http === 'DELETE').length;
  const before = ended();
  const user = (await gateway.store.listUsers()).find(one => one.name === 'gone');
  await gateway.store.setDisabled(user?.id as never, true);
  await expect.poll(ended, { timeout: 5_000 }).toBe(before + 2);
  const stays = modernClient({ url: gateway.url('/mcp/echo'), token: tokens.stays });
  const opened = echo.journal.of('initialize').length;
  expect(
    (await stays.request('tools/call', { name: 'progress', arguments: {} })).message.result,
  ).toBeDefined();
  expect(echo.journal.of('initialize').length).toBe(opened);
});
