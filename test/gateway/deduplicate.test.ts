import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, post } from '../support/mcp.ts';

let echo: Echo2025;
let gateway: GatewayHere;
let [alice, bob] = ['', ''];

beforeAll(async () => {
  echo = await startEcho2025({ delayMs: 30 });
  gateway = await startGatewayHere({
    servers: { once: { url: echo.url, deduplicate: true }, plain: echo.url },
  });
  alice = await gateway.userToken('alice', ['once', 'plain']);
  bob = await gateway.userToken('bob', ['once', 'plain']);
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway?.close();
  await echo?.close();
});
beforeEach(() => echo.journal.clear());

let lastKey = 0;
const fresh = () => ({ key: ++lastKey });

type Asked = {
  readonly id?: number;
  readonly token?: string;
  readonly name?: string;
  readonly server?: string;
};

const call = (args: unknown, { id = 1, token = alice, name = 'write', server = 'once' }: Asked = {}) =>
  post(
    gateway.url(`/mcp/${server}`),
    { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } },
    { token },
  );
const arrived = () => echo.journal.of('tools/call').length;

describe('equal calls of one person', () => {
  it('run once while the first runs and after it went well, and each gets the answer under its own id', async () => {
    const args = fresh();
    const answers = await Promise.all([1, 2, 3].map(id => call(args, { id })));
    answers.push(await call(args, { id: 4 }));
    expect(answers.map(({ message }) => message.id)).toEqual([1, 2, 3, 4]);
    const results = answers.map(({ message }) => JSON.stringify(message.result));
    expect(new Set(results).size).toBe(1);
    expect(arrived()).toBe(1);
  });

  it('are equal whatever the order of their arguments', async () => {
    const { key } = fresh();
    await call({ key, a: { x: 1, y: [1, { p: 1, q: 2 }] } });
    await call({ a: { y: [1, { q: 2, p: 1 }], x: 1 }, key });
    expect(arrived()).toBe(1);
    await call({ a: { y: [{ q: 2, p: 1 }, 1], x: 1 }, key });
    expect(arrived()).toBe(2);
  });

  it('that failed are not kept: the next one runs', async () => {
    const args = fresh();
    echo.failNext('after', 1, 'tools/call');
    expect((await call(args)).message.error).toBeDefined();
    expect((await call(args)).message.error).toBeUndefined();
    expect(arrived()).toBe(2);
  });
});

describe('calls that each run', () => {
  it('are those of two people, of two tools, and with other arguments', async () => {
    const args = fresh();
    await Promise.all([
      call(args),
      call(args, { token: bob }),
      call(args, { name: 'destroy' }),
      call(fresh()),
    ]);
    expect(arrived()).toBe(4);
  });

  it('are those of tools that only read', async () => {
    const args = fresh();
    await Promise.all([call(args, { name: 'read' }), call(args, { name: 'read' })]);
    expect(arrived()).toBe(2);
  });

  it('are all where the operator did not ask for it', async () => {
    const args = fresh();
    await Promise.all([call(args, { server: 'plain' }), call(args, { server: 'plain' })]);
    expect(arrived()).toBe(2);
  });
});
