import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Hostile, startHostile } from '../fixtures/hostile.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, post } from '../support/mcp.ts';
import { sendBytes } from '../support/raw-http.ts';

const SPOILT = [
  ['html', 1009],
  ['redirect', 1009],
  ['unauthorized', 1003],
  ['forbidden', 1003],
  ['error-500', 1009],
  ['gzip-bomb', 1009],
  ['big-header', 1009],
  ['hang', 1002],
  ['drop', 1008],
  ['endless-line', 1009],
  ['wrong-id', 1009],
  ['no-id', 1009],
  ['not-json', 1009],
  ['not-utf8', 1009],
  ['asks-back', 1002],
] as const;

const OWN_HEADERS = [
  'set-cookie',
  'location',
  'www-authenticate',
  'clear-site-data',
  'strict-transport-security',
];

let hostile: Hostile;
let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  hostile = await startHostile();
  echo = await startEcho2025({ mode: 'json' });
  const modes = [...SPOILT.map(([mode]) => mode), 'cookies', 'others-id'];
  const spoilt = modes.map(mode => [mode, { url: hostile.url(mode, ['tools/call']), timeout: 2 }]);
  gateway = await startGatewayHere({ servers: { ...Object.fromEntries(spoilt), echo: echo.url } });
});
afterAll(async () => {
  await gateway?.close();
  await hostile?.close();
  await echo?.close();
});

const call = (server: string, name: string, id: string | number = 'c') =>
  post(
    gateway.url(`/mcp/${server}`),
    { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {} } },
    { token: gateway.adminToken, headers: { cookie: 'amg_session=mine', 'x-secret': 'mine' } },
  );

describe('a call to a server that misbehaves', () => {
  it.for(SPOILT)(
    'ends as an error of the gateway and reaches the server once: %s is %i [T10, T12, T13, T51]',
    async ([mode, code]) => {
      hostile.journal.clear();
      const { status, headers, message } = await call(mode, 'bait');
      expect({ status, id: message.id, code: message.error?.code }).toEqual({ status: 200, id: 'c', code });
      expect(headers.get('content-type')).toMatch(/^application\/json|^text\/event-stream/);
      expect(OWN_HEADERS.filter(name => headers.has(name))).toEqual([]);
      expect(hostile.journal.of('tools/call')).toHaveLength(1);
    },
  );

  it('never opens the address that it is sent to [T12]', async () => {
    const { text } = await call('redirect', 'bait');
    expect(text).not.toContain('169.254');
  });

  it('gives its good answer without the headers that would act on this origin [T10]', async () => {
    const { headers, message } = await call('cookies', 'bait');
    expect(message.result?.content?.[0]?.text).toBe('from the hostile server');
    expect(OWN_HEADERS.filter(name => headers.has(name))).toEqual([]);
  });

  it('never hears the answer of another call [T50]', async () => {
    const answers = await Promise.all(['a', 'b'].map(id => call('others-id', 'bait', id)));
    expect(answers.map(({ message }) => [message.id, message.error?.code])).toEqual([
      ['a', 1009],
      ['b', 1009],
    ]);
  });

  it('harms nobody else: the good server is answered while the other hangs', async () => {
    const hanging = call('hang', 'bait');
    const started = performance.now();
    expect((await call('echo', 'read')).message.result).toBeDefined();
    expect(performance.now() - started).toBeLessThan(1000);
    await hanging;
  });
});

describe('what a client sends', () => {
  it('reaches the server without its token, cookies and other headers [T11]', async () => {
    const { message } = await call('echo', 'whoami');
    const heard = JSON.parse(String(message.result?.content?.[0]?.text));
    expect(Object.keys(heard)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(JSON.stringify(heard)).not.toMatch(/mine|amg_/);
  });

  it.for([
    ['authorization', 'Bearer amg_x'],
    ['host', 'evil.example'],
    ['mcp-session-id', 'another'],
  ])('is refused when %s stands there twice, before the server hears of it [T3]', async ([name, second]) => {
    echo.journal.clear();
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}';
    const head = [
      'POST /mcp/echo HTTP/1.1',
      `Host: localhost:${gateway.port}`,
      `Authorization: Bearer ${gateway.adminToken}`,
      'Mcp-Session-Id: one',
      `${name}: ${second}`,
      'Content-Type: application/json',
      'Connection: close',
      `Content-Length: ${body.length}`,
    ];
    expect(await sendBytes(gateway.port, `${head.join('\r\n')}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(echo.journal.of('tools/call')).toEqual([]);
  });

  it.for([
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","name":"write"}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","n\\u0061me":"write"}}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"write"}}',
  ])('is refused when a key stands there twice: %s [T4]', async body => {
    echo.journal.clear();
    const { status } = await post(gateway.url('/mcp/echo'), body, { token: gateway.adminToken });
    expect(status).toBe(400);
    expect(echo.journal.of('tools/call')).toEqual([]);
  });
});

describe('a session', () => {
  it('is nobody else’s, and ends with its end [T46]', async () => {
    const alice = await gateway.userToken('alice', ['echo']);
    const bob = await gateway.userToken('bob', ['echo']);
    const url = gateway.url('/mcp/echo');
    const mine = await legacyClient({ url, token: alice });
    const headers = { 'mcp-session-id': mine.sessionId ?? '' };
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    expect((await post(url, ping, { token: alice, headers })).status).toBe(200);
    expect((await post(url, ping, { token: bob, headers })).status).toBe(404);
    const forged = { 'mcp-session-id': `${headers['mcp-session-id'].slice(0, -2)}AA` };
    expect((await post(url, ping, { token: alice, headers: forged })).status).toBe(404);
    await mine.end();
    expect((await post(url, ping, { token: alice, headers })).status).toBe(404);
  });
});
