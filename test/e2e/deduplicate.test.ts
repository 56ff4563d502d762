import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { post, type RpcAnswer } from '../support/mcp.ts';

let echo: Echo2025;
let gateway: GatewayHere;
let other: string;

beforeAll(async () => {
  echo = await startEcho2025({ delayMs: 50 });
  const servers = { once: { url: echo.url, deduplicate: true }, plain: echo.url };
  gateway = await startGatewayHere({ servers });
  other = await gateway.userToken('other', ['once']);
});
beforeEach(() => echo.journal.clear());
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

type Call = {
  readonly id?: unknown;
  readonly args?: unknown;
  readonly server?: string;
  readonly token?: string;
};
function write({ id = 1, args = {}, server = 'once', token = gateway.adminToken }: Call): Promise<RpcAnswer> {
  const body = { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'write', arguments: args } };
  return post(gateway.url(`/mcp/${server}`), body, { token });
}
const arrived = () => echo.journal.of('tools/call').length;

describe('equal calls to a server that asks for it', () => {
  it('run once, and each gets the answer under its own id', async () => {
    const answers = await Promise.all([
      write({ id: 'a', args: { x: 1, y: 2 } }),
      write({ id: 7, args: { y: 2, x: 1 } }),
    ]);
    const later = await write({ id: 'later', args: { x: 1, y: 2 } });
    expect(arrived()).toBe(1);
    expect([...answers, later].map(({ message }) => message.id)).toEqual(['a', 7, 'later']);
    for (const { message } of [...answers, later]) expect(message.result).toEqual(answers[0]?.message.result);
  });

  it('are not equal with other arguments, nor by another person', async () => {
    await Promise.all([
      write({ args: { x: 2 } }),
      write({ args: { x: 3 } }),
      write({ args: { x: 2 }, token: other }),
    ]);
    expect(arrived()).toBe(3);
  });

  it('are forgotten when the first one failed', async () => {
    echo.failNext('after', 1, 'tools/call');
    expect((await write({ args: { x: 4 } })).message.error?.code).toBe(1008);
    expect((await write({ args: { x: 4 } })).message.result).toBeDefined();
    expect(arrived()).toBe(2);
  });
});

describe('equal calls to any other server', () => {
  it('run as often as they were sent', async () => {
    await Promise.all([write({ server: 'plain' }), write({ server: 'plain' })]);
    expect(arrived()).toBe(2);
  });
});
