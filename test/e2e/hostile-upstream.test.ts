import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Hostile, startHostile } from '../fixtures/hostile.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient, post, type RpcAnswer } from '../support/mcp.ts';

/** Every mode does its worst on calls alone, so that the server is listed and a client gets that far. */
const ON_CALL = [
  'html',
  'cookies',
  'redirect',
  'unauthorized',
  'forbidden',
  'error-500',
  'gzip-bomb',
  'big-header',
];
const SLOW = ['hang', 'drop', 'endless-line', 'endless-json', 'wrong-id', 'no-id', 'others-id', 'not-json'];
const MORE = ['not-utf8', 'asks-back', 'drip'];
const MODES = [...ON_CALL, ...SLOW, ...MORE];

let hostile: Hostile;
let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  hostile = await startHostile();
  echo = await startEcho2025();
  const servers = Object.fromEntries(
    MODES.map(mode => [mode, { url: hostile.url(mode, ['tools/call']), timeout: 1 }]),
  );
  gateway = await startGatewayHere({
    servers: { echo: echo.url, ...servers, silent: { url: hostile.url('hang'), timeout: 1 } },
  });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([hostile.close(), echo.close()]);
});

function call(server: string, headers: Readonly<Record<string, string>> = {}): Promise<RpcAnswer> {
  const params = { name: 'bait', arguments: {} };
  const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params };
  return post(gateway.url(`/mcp/${server}`), body, { token: gateway.adminToken, headers });
}

const FORBIDDEN = [
  'set-cookie',
  'location',
  'www-authenticate',
  'clear-site-data',
  'strict-transport-security',
  'access-control-allow-origin',
  'refresh',
  'link',
  'x-big',
  'content-encoding',
];

/** Nothing that the server said outside of JSON-RPC may act at the gateway's origin. */
function expectHarmless({ status, headers, text }: RpcAnswer): void {
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^(application\/json|text\/event-stream)$/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(FORBIDDEN.filter(name => headers.has(name))).toEqual([]);
  expect(text).not.toMatch(/<script|evil\.example|169\.254|127\.0\.0\.1/);
}

describe('T10, T12, T13: a hostile server', () => {
  it.for([
    ['html', 1009],
    ['redirect', 1009],
    ['unauthorized', 1003],
    ['forbidden', 1003],
    ['error-500', 1009],
    ['gzip-bomb', 1009],
    ['big-header', 1009],
    ['hang', 1002],
    ['drop', 1008],
    ['wrong-id', 1009],
    ['no-id', 1009],
    ['not-json', 1009],
    ['not-utf8', 1009],
    ['endless-line', 1009],
    ['asks-back', 1002],
  ] as const)('that does %s costs its caller error %i and nobody anything else', async ([mode, code]) => {
    const answer = await call(mode);
    expectHarmless(answer);
    expect(answer.message).toMatchObject({ jsonrpc: '2.0', id: 7, error: { code, data: { server: mode } } });
    expect(answer.message.error?.data).toHaveProperty('requestId');
    const other = await post(
      gateway.url('/mcp/echo'),
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read', arguments: {} } },
      { token: gateway.adminToken },
    );
    expect(other.message.error).toBeUndefined();
  });

  it('that adds cookies and a challenge to a good answer: the answer passes, they do not', async () => {
    const answer = await call('cookies');
    expectHarmless(answer);
    expect(answer.message.result).toBeDefined();
  });

  it('whose answer has no end is not kept in memory, and ends with its reader', async () => {
    const before = process.memoryUsage().rss;
    const aborted = new AbortController();
    const answer = await fetch(gateway.url('/mcp/endless-json'), {
      method: 'POST',
      signal: aborted.signal,
      headers: {
        authorization: `Bearer ${gateway.adminToken}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"bait","arguments":{}}}',
    });
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.length;
      if (size > 64 * 1024 * 1024) break;
    }
    aborted.abort();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    const isQuiet = async () => {
      const poured = hostile.poured();
      await sleep(200);
      return hostile.poured() === poured;
    };
    await expect.poll(isQuiet, { timeout: 8000 }).toBe(true);
  });

  it('whose endless answer is read by nobody who takes streams is cut off', async () => {
    const answer = await call('endless-json', { accept: 'application/json' });
    expect(answer.message.error).toMatchObject({ code: 1009 });
  });

  it('that gives one call the id of another gives each an error or its own answer', async () => {
    const answers = await Promise.all([call('others-id'), call('others-id')]);
    for (const { message } of answers) {
      expect(message.id).toBe(7);
      expect(message.error).toMatchObject({ code: 1009 });
    }
  });

  it('is followed to no other place', async () => {
    hostile.journal.clear();
    await call('redirect');
    expect(hostile.journal.of('tools/call').map(entry => entry.path)).toEqual([
      '/redirect/mcp?on=tools/call',
    ]);
  });
});

describe('a server’s own 401', () => {
  it('never reaches a client as 401, in either era, also where the handshake is refused', async () => {
    const closed = await startGatewayHere({ servers: { closed: hostile.url('unauthorized') } });
    const legacy = await legacyClient({ url: closed.url('/mcp/closed'), token: closed.adminToken });
    expect(legacy.initialized.status).toBe(200);
    const params = { name: 'bait', arguments: {} };
    for (const answer of [
      await legacy.request('tools/call', params),
      await modernClient({ url: closed.url('/mcp/closed'), token: closed.adminToken }).request(
        'tools/call',
        params,
      ),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.has('www-authenticate')).toBe(false);
      expect(answer.message.error).toMatchObject({
        code: 1003,
        data: { server: 'closed', mayHaveRun: false },
      });
    }
    await closed.close();
  });
});

describe('T11: what a client says to the gateway alone', () => {
  it('never reaches a server: token, cookies, addresses and headers of its own', async () => {
    const answer = await post(
      gateway.url('/mcp/echo'),
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } },
      {
        token: gateway.adminToken,
        headers: {
          cookie: 'amg_session=mine',
          'x-forwarded-for': '10.1.2.3',
          'x-api-key': 'mine',
          forwarded: 'for=10.1.2.3',
          origin: gateway.origin,
          referer: 'https://client.example/',
          'user-agent': 'client/1',
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        },
      },
    );
    const text = String(answer.message.result?.content?.[0]?.text);
    const heard: Record<string, string> = JSON.parse(text);
    expect(Object.keys(heard).sort()).toEqual(
      [
        'accept',
        'accept-encoding',
        'connection',
        'content-length',
        'content-type',
        'host',
        'mcp-protocol-version',
        'mcp-session-id',
        'traceparent',
        'user-agent',
      ].sort(),
    );
    expect(text).not.toContain(gateway.adminToken);
    expect(heard['user-agent']).not.toBe('client/1');
  });

  it.for(['line\r\nx-injected: 1', 'line\nx-injected: 1'])(
    'cannot break the lines of a header (%j)',
    async name => {
      const modern = modernClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken });
      const { body } = modern.draft('tools/call', { name, arguments: {} });
      const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
      const headers = {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': encoded,
      };
      echo.journal.clear();
      const answer = await post(gateway.url('/mcp/echo'), body, { token: gateway.adminToken, headers });
      expect(answer.status).toBeLessThan(500);
      expect(echo.journal.entries().filter(entry => 'x-injected' in entry.headers)).toEqual([]);
    },
  );
});

describe('a server that never answers, or late', () => {
  it('delays the first list by two seconds at most, and later ones not at all', async () => {
    const slow = await startGatewayHere({
      servers: { echo: echo.url, silent: { url: hostile.url('hang'), timeout: 30 } },
    });
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const timed = async () => {
      const from = performance.now();
      const answer = await post(slow.url('/mcp'), list, { token: slow.adminToken });
      return { ms: performance.now() - from, tools: answer.message.result?.tools as unknown as unknown[] };
    };
    const first = await timed();
    expect(first.tools.length).toBeGreaterThan(5);
    expect(first.ms).toBeLessThan(2000);
    // The second one may ask the living server what it offers to a client of this revision.
    expect((await timed()).ms).toBeLessThan(2000);
    expect((await timed()).ms).toBeLessThan(200);
    await slow.close();
  });

  it('that is slow to say what it offers is called all the same by whoever comes at once', async () => {
    const late = await startEcho2025({ delayMs: 100 });
    const fresh = await startGatewayHere({ servers: { late: late.url } });
    for (const [method, params] of [
      ['tools/call', { name: 'late_read', arguments: {} }],
      ['resources/read', { uri: 'echo://items/1' }],
    ] as const) {
      const body = { jsonrpc: '2.0', id: 1, method, params };
      expect(
        (await post(fresh.url('/mcp'), body, { token: fresh.adminToken })).message.error,
      ).toBeUndefined();
    }
    await fresh.close();
    await late.close();
  });

  it('fails fast once it is known to be dead, and says since when', async () => {
    const dead = await startGatewayHere({ servers: { dead: 'http://127.0.0.1:9/mcp' } });
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } };
    const ask = () => post(dead.url('/mcp/dead'), body, { token: dead.adminToken });
    for (let n = 0; n < 4; n++) await ask();
    const from = performance.now();
    const answer = await ask();
    expect(performance.now() - from).toBeLessThan(100);
    expect(answer.message.error).toMatchObject({ code: 1001, data: { server: 'dead', mayHaveRun: false } });
    expect(answer.message.error?.data).toHaveProperty('since', expect.any(Number));
    await dead.close();
  });

  it('is no empty list at its own endpoint, and hides nothing of the others at the endpoint of all', async () => {
    const dead = await startGatewayHere({ servers: { dead: 'http://127.0.0.1:9/mcp' } });
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const ask = (path: string) => post(dead.url(path), body, { token: dead.adminToken });
    expect((await ask('/mcp/dead')).message.error).toMatchObject({ code: 1001, data: { server: 'dead' } });
    expect((await ask('/mcp')).message.result).toEqual({ tools: [] });
    await dead.close();
  });
});
