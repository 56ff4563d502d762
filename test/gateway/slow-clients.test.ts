import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, post } from '../support/mcp.ts';

/** More than the buffers of two sockets hold, also where the system lets one grow to 32 MB (tcp_rmem). */
const LARGE_BYTES = 57_600_000;
const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const largeLists = `[${Array.from({ length: 16 }, () => list).join(',')}]`;
const largeCall =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo_large","arguments":{"bytes":80000000}}}';
const PATIENCE = { headersMs: 600, bodyMs: 500, stallMs: 500 };

let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  const description = 'd'.repeat(40_000);
  const tools = Array.from(
    { length: 90 },
    (_, n) => `{"name":"large_${n}","description":"${description}","inputSchema":{"type":"object"}}`,
  );
  echo = await startEcho2025({ tools, pageSize: 1000 });
  gateway = await startGatewayHere({ servers: { echo: echo.url }, patience: PATIENCE });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway?.close();
  await echo?.close();
});

type Cut = { readonly answer: string; readonly ms: number };

/** Sends the start, then one byte at a time, until the gateway cuts the connection. */
function trickle(start: string): Promise<Cut> {
  const startedAt = performance.now();
  return new Promise(resolve => {
    let answer = '';
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(start));
    const drip = setInterval(() => socket.write('a'), 50);
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      clearInterval(drip);
      resolve({ answer, ms: performance.now() - startedAt });
    });
  });
}

function head(contentLength: number): string {
  return [
    'POST /mcp HTTP/1.1',
    `Host: localhost:${gateway.port}`,
    `Authorization: Bearer ${gateway.adminToken}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Content-Length: ${contentLength}`,
    '',
    '',
  ].join('\r\n');
}

/** Asks, reads nothing for `pauseMs` once the answer has begun, and then whatever is left. */
function askAndStop(body: string, pauseMs: number): Promise<number> {
  let taken = 0;
  return new Promise(resolve => {
    const socket = connect(gateway.port, '127.0.0.1', () => {
      socket.write(head(body.length) + body);
    });
    socket.once('data', () => {
      socket.pause();
      setTimeout(() => socket.resume(), pauseMs);
    });
    socket.on('data', chunk => {
      taken += chunk.length;
      if (taken >= LARGE_BYTES) socket.end();
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(taken));
  });
}

const isAnswered = async () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  return (await post(gateway.url('/mcp'), ping, { token: gateway.adminToken })).status === 200;
};

describe('T6: who is slow is cut off, and nobody else notices', () => {
  it('a sender of headers byte by byte', async () => {
    const cut = trickle('POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    expect(await isAnswered()).toBe(true);
    const { answer, ms } = await cut;
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d .*)?/);
    expect(answer).not.toContain('200 OK');
    expect(ms).toBeGreaterThan(PATIENCE.headersMs - 100);
    expect(ms).toBeLessThan(PATIENCE.headersMs + 2000);
  });

  it('a sender of a body byte by byte, who is told why', async () => {
    const cut = trickle(`${head(10_000)}{"jsonrpc":"2.0`);
    expect(await isAnswered()).toBe(true);
    const { answer, ms } = await cut;
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(ms).toBeGreaterThan(PATIENCE.bodyMs - 100);
    expect(ms).toBeLessThan(PATIENCE.bodyMs + 2000);
  });

  it.each(['/mcp', '/auth/login', '/login', '/livez'])(
    'a stranger who sends a body for %s byte by byte',
    async path => {
      const cut = trickle(
        `POST ${path} HTTP/1.1\r\nHost: localhost:${gateway.port}\r\nContent-Length: 10000\r\n\r\n`,
      );
      expect(await isAnswered()).toBe(true);
      const { answer, ms } = await cut;
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(ms).toBeLessThan(2 * PATIENCE.headersMs + 2000);
    },
    15_000,
  );

  it.each([
    ['large lists', largeLists],
    ['a large result', largeCall],
  ])('a reader of %s who stops', async (_, body) => {
    const taken = askAndStop(body, 4 * PATIENCE.stallMs);
    expect(await isAnswered()).toBe(true);
    expect(await taken).toBeLessThan(LARGE_BYTES);
  });

  it('but not a reader who stops for a shorter time', async () => {
    expect(await askAndStop(largeLists, PATIENCE.stallMs / 4)).toBeGreaterThanOrEqual(LARGE_BYTES);
    expect(await askAndStop(largeCall, PATIENCE.stallMs / 4)).toBeGreaterThanOrEqual(LARGE_BYTES);
  });
});
