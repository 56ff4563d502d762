import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, post } from '../../support/mcp.ts';

let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  echo = await startEcho2025();
  gateway = await startGatewayHere({ servers: { echo: echo.url } });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

const head = (length: number) =>
  [
    'POST /mcp HTTP/1.1',
    `Host: localhost:${gateway.port}`,
    `Authorization: Bearer ${gateway.adminToken}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Content-Length: ${length}`,
    '\r\n',
  ].join('\r\n');

type Ended = { readonly ms: number; readonly answer: string };

/** Runs until the other side closes; `use` does with the socket what the test is about. */
function until(use: (socket: Socket) => () => void): Promise<Ended> {
  const from = performance.now();
  return new Promise(resolve => {
    let answer = '';
    const socket = connect(gateway.port, '127.0.0.1');
    const stop = use(socket);
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer = (answer + text).slice(0, 1000);
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      stop();
      resolve({ ms: performance.now() - from, answer });
    });
  });
}

/** One byte a second of these. */
const drip = (bytes: string) => (socket: Socket) => {
  let at = 0;
  const timer = setInterval(() => socket.write(bytes[at++] ?? ' '), 1000);
  return () => clearInterval(timer);
};

const pingMs = async () => {
  const from = performance.now();
  await post(gateway.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'ping' }, { token: gateway.adminToken });
  return performance.now() - from;
};

describe('T6: slow peers', () => {
  it.concurrent('that send a byte of their headers a second are cut off', { timeout: 40_000 }, async () => {
    const { ms } = await until(drip(head(10)));
    expect(ms).toBeLessThan(25_000);
  });

  it.concurrent('that send a byte of their body a second are cut off with 408', {
    timeout: 40_000,
  }, async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    const { ms, answer } = await until(socket => {
      socket.write(head(body.length));
      return drip(body)(socket);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
    expect(ms).toBeGreaterThan(10_000);
    expect(ms).toBeLessThan(25_000);
  });

  it.concurrent('that read nothing of a large answer are cut off, while others are served', {
    timeout: 90_000,
  }, async () => {
    const params = '{"name":"echo_large","arguments":{"bytes":60000000}}';
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
    const stalled = until(socket => {
      socket.write(head(body.length) + body);
      socket.once('data', () => socket.pause());
      return () => {};
    });
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    for (let n = 0; n < 20; n++) expect(await pingMs()).toBeLessThan(1000);
    await expect
      .poll(() => gateway.built.store.listActivity(50), { timeout: 80_000, interval: 1000 })
      .toContainEqual(expect.objectContaining({ method: 'tools/call', target: 'large' }));
    void stalled;
  });
});
