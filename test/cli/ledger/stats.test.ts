import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { legacyClient } from '../../support/mcp.ts';

let echo: Echo2025;
let gateway: Gateway;
beforeAll(async () => {
  echo = await startEcho2025();
  gateway = await startGateway({ servers: { echo: echo.url } });
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

const figures = async (...flags: readonly string[]) => {
  const { stdout } = await gateway.cli('stats', '--json', ...flags);
  return JSON.parse(stdout) as { readonly now: { readonly requests: number } };
};

describe('stats', () => {
  it('counts what somebody has just tried, and does not wait for the minute to end', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken });
    for (let i = 0; i < 3; i++)
      await client.request('tools/call', { name: 'echo', arguments: { text: String(i) } });
    const calls = async () => (await figures('--server', 'echo')).now.requests;
    await expect.poll(calls, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    const { stdout } = await gateway.cli('stats', '--last', '15m', '--server', 'echo');
    expect(stdout).toMatch(/^last 15m +[3-9] +100\.00 %/m);
    expect(stdout).toMatch(/^echo echo +3 /m);
  });

  it.each([
    ['a span that is none', ['--last', 'yesterday'], /--last is a span as 15m, 24h or 7d/],
    ['two scopes at once', ['--server', 'echo', '--user', 'admin'], /Say one of --server and --user/],
    ['a server that is none', ['--server', 'nowhere'], /nowhere/],
    ['a person who is none', ['--user', 'nobody'], /nobody/],
  ])('refuses %s', async (_, flags, says) => {
    const { code, stderr } = await gateway.cli('stats', ...flags);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
  });
});
