import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import {
  createAddressReader,
  createFrontDoor,
  type Listener,
  listen,
  sendText,
} from '../../src/http/index.ts';
import { sendBytes } from '../support/raw-http.ts';

let listener: Listener;
let seen: string[] = [];
let refused: string[] = [];

beforeAll(async () => {
  const onRequest = createFrontDoor({
    rules: {
      isHostAllowed: host => host === 'gateway.test',
      isOriginAllowed: origin => origin === 'https://app.test',
      wrongHostSays: () => 'wrong host',
    },
    clock: systemClock,
    readAddress: createAddressReader([]),
    onRefused: (_, { fault }) => refused.push(fault),
    routes: [
      exchange => {
        seen.push(exchange.query === '' ? exchange.path : `${exchange.path} ? ${exchange.query}`);
        if (exchange.path === '/defect') throw new Error('a secret of the inside');
        if (exchange.path === '/nobody') return false;
        sendText(exchange, 200, 'text/plain', 'reached');
        return true;
      },
    ],
  });
  listener = await listen({ hosts: ['127.0.0.1'], port: 0, headersMs: 15_000, onRequest });
});
afterAll(() => listener.close());
beforeEach(() => {
  seen = [];
  refused = [];
});

async function ask(path: string, headers: readonly string[] = [], method = 'GET') {
  const lines = headers.some(line => /^host:/i.test(line)) ? headers : ['Host: gateway.test', ...headers];
  const answer = await sendBytes(
    listener.port,
    [`${method} ${path} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n'),
  );
  return { status: Number(answer.split(' ')[1]), answer };
}

describe('a method', () => {
  const UNKNOWN = ['TRACE', 'PROPFIND', 'LINK', 'M-SEARCH'];
  it.each(UNKNOWN)(
    '%s, which nothing here answers, is refused with 405 and a body that says so',
    async method => {
      const { status: given, answer } = await ask('/login', ['Authorization: Bearer amg_secret'], method);
      expect(given).toBe(405);
      expect(answer).toMatch(/\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/i);
      expect(answer).toContain(`"message":"${method} is not answered here"`);
      expect(answer).not.toContain('amg_secret');
      expect(seen).toEqual([]);
      expect(refused).toEqual(['method_not_allowed']);
    },
  );

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s reaches its route', async method => {
    expect((await ask('/login', ['Content-Length: 0'], method)).status).toBe(200);
    expect(seen).toEqual(['/login']);
  });
});

describe('a path', () => {
  it.each([
    ['/mcp', '/mcp'],
    ['/mcp/', '/mcp'],
    ['/', '/'],
    ['/mcp/home?x=//..;%2e', '/mcp/home ? x=//..;%2e'],
    ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource'],
    ['/a.b/..c', '/a.b/..c'],
  ])('%s reaches a route as %s', async (path, expected) => {
    expect((await ask(path)).status).toBe(200);
    expect(seen).toEqual([expected]);
  });

  it.each([
    '//mcp',
    '/mcp//home',
    '/mcp/../admin',
    '/mcp/./home',
    '/mcp/..',
    '/mcp/%2e%2e/admin',
    '/mcp/%2E./admin',
    '/mcp%2fhome',
    '/mcp%2Fhome',
    '/mcp%5chome',
    '/mcp\\home',
    '/mcp;x=1',
    '/mcp/..;/admin',
    '/mcp/%252e%252e/admin',
    '/mcp%00',
    '/mcp/\x01',
    '/mcp/\xe9',
    'mcp',
    'http://gateway.test/mcp',
    'http://evil.test/mcp',
    '*',
  ])('T7: %j is refused before a route could read it in its own way', async path => {
    const { status } = await ask(path);
    expect(status).toBe(400);
    expect(seen).toEqual([]);
  });

  it('T7: letters count: /MCP is not /mcp', async () => {
    await ask('/MCP');
    expect(seen).toEqual(['/MCP']);
  });
});

describe('a header given twice', () => {
  it.each([
    ['Authorization', 'Bearer a', 'Bearer b'],
    ['Host', 'gateway.test', 'evil.test'],
    ['Host', 'gateway.test', 'gateway.test'],
    ['Origin', 'https://app.test', 'https://app.test'],
    ['Content-Type', 'application/json', 'text/plain'],
    ['Mcp-Session-Id', 'a', 'b'],
    ['Mcp-Method', 'tools/list', 'tools/call'],
    ['Mcp-Name', 'a', 'b'],
    ['MCP-Protocol-Version', '2025-11-25', '2026-07-28'],
    ['Last-Event-ID', '1', '2'],
  ])('is refused, as two readers would disagree: %s [T3]', async (name, first, second) => {
    const { status } = await ask('/mcp', [`${name}: ${first}`, `${name.toUpperCase()}: ${second}`]);
    expect(status).toBe(400);
    expect(seen).toEqual([]);
  });

  it('is let through where it is a list', async () => {
    const accept = ['Accept: application/json', 'Accept: text/event-stream'];
    expect((await ask('/mcp', [...accept, 'X-Own: 1', 'X-Own: 2'])).status).toBe(200);
  });
});

describe('Host and Origin', () => {
  it.each([
    ['another Host', ['Host: evil.test'], 421],
    ['the right Host with a port', ['Host: gateway.test:81'], 421],
    ['a Host that only begins well', ['Host: gateway.test.evil.test'], 421],
    ['an empty Host', ['Host:'], 421],
    ['another Origin', ['Origin: https://evil.test'], 403],
    ['an Origin that only begins well', ['Origin: https://app.test.evil.test'], 403],
    ['the Origin null', ['Origin: null'], 403],
    ['an empty Origin', ['Origin:'], 403],
  ])('%s is refused on every path [T1, T2]', async (_, headers, status) => {
    for (const path of ['/mcp', '/', '/metrics', '/auth/login'])
      expect((await ask(path, headers)).status, path).toBe(status);
    expect(seen).toEqual([]);
    expect(new Set(refused).size).toBe(1);
  });

  it('without a Host nothing is answered', async () => {
    expect(await sendBytes(listener.port, 'GET /mcp HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 4/,
    );
    expect(await sendBytes(listener.port, 'GET /mcp HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
    expect(seen).toEqual([]);
  });

  it('of any name may ask whether it lives, from no foreign page', async () => {
    for (const path of ['/livez', '/readyz'])
      expect((await ask(path, ['Host: 10.1.2.3:80'])).status).toBe(200);
    expect((await ask('/livez/x', ['Host: 10.1.2.3'])).status).toBe(421);
  });
});

describe('a page of an allowed origin', () => {
  const ORIGIN = 'Origin: https://app.test';

  it('may read answers, and never sends cookies along [T9]', async () => {
    const { answer } = await ask('/mcp', [ORIGIN]);
    expect(answer).toMatch(/access-control-allow-origin: https:\/\/app\.test\r\n/i);
    expect(answer).toMatch(/vary: Origin/i);
    expect(answer).not.toMatch(/allow-credentials|allow-origin: \*/i);
  });

  it('asks first and is told what it may send, mirrored parameters included', async () => {
    const asked = 'Access-Control-Request-Headers: authorization, Mcp-Param-Region, X-Evil, mcp-param-a\tb';
    const { status, answer } = await ask('/mcp', [ORIGIN, asked], 'OPTIONS');
    expect(status).toBe(204);
    expect(answer).toMatch(/access-control-allow-headers: [^\r]*authorization[^\r]*, mcp-param-region\r/);
    expect(answer).not.toContain('evil');
    expect(seen).toEqual([]);
  });
});

it('a defect says nothing of the inside [T8]', async () => {
  for (const path of ['/defect', '/nobody']) {
    const { status, answer } = await ask(path);
    expect(status).toBe(500);
    expect(answer).not.toMatch(/secret|Error:|at .*\.ts/);
    expect(answer).toMatch(/"requestId":"[0-9a-f-]{36}"/);
  }
});

it('what is no HTTP is refused and closed', async () => {
  for (const bytes of [
    '\x16\x03\x01\x02\x00',
    'hello\r\n\r\n',
    `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
  ])
    expect(await sendBytes(listener.port, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(seen).toEqual([]);
});
