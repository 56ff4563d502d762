import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient, post, type RpcAnswer } from '../../support/mcp.ts';
import { sendBytes } from '../../support/raw-http.ts';
import { listOf } from '../support/answers.ts';

let echo: Echo2025;
let gateway: GatewayHere;
let other: string;

beforeAll(async () => {
  echo = await startEcho2025({ pageSize: 3 });
  gateway = await startGatewayHere({
    servers: { echo: echo.url, spare: echo.url },
    settings: { pageSize: 4 },
  });
  other = await gateway.userToken('other', ['echo']);
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
beforeEach(() => echo.journal.clear());
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const ask = (body: unknown, headers: Readonly<Record<string, string>> = {}, path = '/mcp') =>
  post(gateway.url(path), body, { token: gateway.adminToken, headers });

/** A request in raw HTTP, `lines` besides those that every request has. */
function raw(lines: readonly string[], { path = '/mcp', method = 'POST', body = PING, host = true } = {}) {
  const all = [
    `${method} ${path} HTTP/1.1`,
    ...(host ? [`Host: localhost:${gateway.port}`] : []),
    'Connection: close',
    'Content-Type: application/json',
    ...(lines.some(line => /^content-length:/i.test(line)) ? [] : [`Content-Length: ${body.length}`]),
    ...lines,
  ];
  return sendBytes(gateway.port, `${all.join('\r\n')}\r\n\r\n${body}`);
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('T3: a header given twice', () => {
  it.for([
    ['Authorization: Bearer x'],
    ['Host: localhost'],
    ['Origin: http://localhost', 'Origin: http://localhost'],
    ['Mcp-Session-Id: a', 'mcp-session-id: b'],
    ['Mcp-Method: ping', 'MCP-METHOD: ping'],
    ['Mcp-Name: a', 'Mcp-Name: b'],
    ['MCP-Protocol-Version: 2025-11-25', 'Mcp-Protocol-Version: 2025-11-25'],
    ['Content-Length: 40', 'Content-Length: 40'],
    ['Content-Length: 40', 'Transfer-Encoding: chunked'],
  ])('%j is 400', async lines => {
    const answer = await raw([`Authorization: Bearer ${gateway.adminToken}`, ...lines]);
    expect(statusOf(answer)).toBe(400);
    expect(answer).not.toContain('"result"');
  });
});

describe('T7: path tricks', () => {
  it.for([
    '//mcp',
    '/mcp//echo',
    '/mcp/%65cho',
    '/mcp/echo;x=1',
    '/mcp/../mcp',
    '/mcp/./echo',
    '/mcp/%2e%2e/mcp',
    '/x/..%2fmcp',
    '/mcp\\echo',
    '/%6dcp',
    '/MCP',
    '/mcp/Echo',
    '/mcp/echo/../spare',
    '/mcp/echo%00',
    'http://localhost/mcp',
    '/mcp/echo/x',
    '*',
  ])('%s answers nobody, with or without a token', async path => {
    for (const lines of [[], [`Authorization: Bearer ${gateway.adminToken}`]]) {
      const answer = await raw(lines, { path });
      expect([400, 401, 404, 405]).toContain(statusOf(answer));
      expect(answer).not.toContain('"result"');
    }
  });

  it('a closing slash is the same path, with the same lock', async () => {
    expect(statusOf(await raw([], { path: '/mcp/' }))).toBe(401);
    const answer = await raw([`Authorization: Bearer ${gateway.adminToken}`], { path: '/mcp/echo/?x=1' });
    expect(statusOf(answer)).toBe(200);
  });
});

describe('T1, T2: a Host or an Origin of somebody else', () => {
  const PATHS = [
    '/',
    '/mcp',
    '/mcp/echo',
    '/setup',
    '/login',
    '/admin',
    '/auth/login',
    '/metrics',
    '/health',
    '/.well-known/oauth-protected-resource/mcp',
  ];

  it.for(PATHS)('is 421 or 403 on %s', async path => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const hosts = ['evil.example', `localhost.evil.example:${gateway.port}`, '169.254.169.254'];
      for (const host of hosts) {
        const answer = await raw([`Host: ${host}`], { path, method, host: false });
        expect(statusOf(answer), `${method} ${host}`).toBe(421);
        expect(answer).not.toContain('evil.example');
      }
      for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
        const answer = await raw([`Origin: ${origin}`], { path, method });
        expect(statusOf(answer), `${method} ${origin}`).toBe(403);
        expect(answer.toLowerCase()).not.toContain('access-control-allow-origin');
      }
    }
  });

  it('stands in no link, challenge or document: those come from the configuration', async () => {
    const answer = await raw(['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example']);
    expect(statusOf(answer)).toBe(401);
    expect(answer).toContain(
      `resource_metadata="${gateway.origin}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(answer).not.toContain('evil');
  });

  it('leaves liveness alone, which an orchestrator asks by address', async () => {
    expect(statusOf(await raw(['Host: 10.0.0.7'], { path: '/livez', method: 'GET', host: false }))).toBe(200);
  });
});

describe('T46: a session', () => {
  const withSession = (id: string, token: string, path = '/mcp') =>
    post(gateway.url(path), PING, { token, headers: { 'mcp-session-id': id } });

  it('that is forged, cut, of another person or of another endpoint is 404, by every method', async () => {
    const mine = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    const id = String(mine.sessionId);
    expect(id.length).toBeLessThanOrEqual(900);
    const flipped = `${id.slice(0, -5)}${id.at(-5) === 'A' ? 'B' : 'A'}${id.slice(-4)}`;
    const tries: [string, string, string][] = [
      ['forged', gateway.adminToken, '/mcp'],
      ['', gateway.adminToken, '/mcp'],
      [id.slice(0, -1), gateway.adminToken, '/mcp'],
      [flipped, gateway.adminToken, '/mcp'],
      [id, other, '/mcp'],
      [id, gateway.adminToken, '/mcp/echo'],
    ];
    for (const [bad, token, path] of tries) {
      expect((await withSession(bad, token, path)).status).toBe(404);
      for (const method of ['GET', 'DELETE']) {
        const headers = {
          authorization: `Bearer ${token}`,
          'mcp-session-id': bad,
          accept: 'text/event-stream',
        };
        expect((await fetch(gateway.url(path), { method, headers })).status).toBe(404);
      }
    }
    expect((await withSession(id, gateway.adminToken)).status).toBe(200);
  });

  it('is no credential', async () => {
    const mine = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    const answer = await post(gateway.url('/mcp'), PING, {
      headers: { 'mcp-session-id': String(mine.sessionId) },
    });
    expect(answer.status).toBe(401);
  });

  it('that was ended is 404 from then on, and its end cannot be asked for without it', async () => {
    const mine = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    expect(await mine.end()).toBe(200);
    expect((await mine.request('ping')).status).toBe(404);
    expect(await mine.end()).toBe(404);
    const headers = { authorization: `Bearer ${gateway.adminToken}` };
    expect((await fetch(gateway.url('/mcp'), { method: 'DELETE', headers })).status).toBe(400);
  });
});

describe('T46: a cursor', () => {
  const page = async (cursor?: string, token = gateway.adminToken, path = '/mcp', method = 'tools/list') =>
    (await post(gateway.url(path), { jsonrpc: '2.0', id: 1, method, params: { cursor } }, { token })).message;

  it('leads through every page once, and no other is taken', async () => {
    const names: unknown[] = [];
    let cursor: string | undefined;
    do {
      const message = await page(cursor, gateway.adminToken, '/mcp/echo');
      names.push(...listOf({ message }, 'tools').map(tool => tool.name));
      cursor = message.result?.nextCursor && String(message.result.nextCursor);
    } while (cursor !== undefined);
    expect(names).toHaveLength(11);
    expect(new Set(names).size).toBe(11);
  });

  it.for(['forged', 'NA', Buffer.from('4').toString('base64url'), 'x'.repeat(10_000)])(
    '%.20s is -32602',
    async bad => {
      expect((await page(bad)).error?.code).toBe(-32602);
    },
  );

  it('of another person, endpoint or list is -32602', async () => {
    const good = String((await page()).result?.nextCursor);
    expect((await page(good)).result).toBeDefined();
    expect((await page(good, other)).error?.code).toBe(-32602);
    expect((await page(good, gateway.adminToken, '/mcp/echo')).error?.code).toBe(-32602);
    expect((await page(good, gateway.adminToken, '/mcp', 'prompts/list')).error?.code).toBe(-32602);
  });
});

describe('unknown and denied', () => {
  const masked = ({ status, text }: RpcAnswer) => ({ status, text: text.replace(/"requestId":"[^"]+"/, '') });

  it('servers are told apart by nothing', async () => {
    const denied = await post(gateway.url('/mcp/spare'), PING, { token: other });
    const unknown = await post(gateway.url('/mcp/no-such'), PING, { token: other });
    expect(denied.status).toBe(404);
    expect(masked(denied)).toEqual(masked(unknown));
    expect((await ask(PING, {}, '/mcp/spare')).status).toBe(200);
  });

  it('tools are told apart by nothing but the name that was asked', async () => {
    const call = (name: string) =>
      post(
        gateway.url('/mcp'),
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } },
        { token: other },
      );
    const [denied, unknown] = [await call('spare_read'), await call('spire_read')];
    expect(denied.message.error?.code).toBe(-32602);
    expect(masked(denied).text).toBe(masked(unknown).text.replace('spire', 'spare'));
    const modern = modernClient({ url: gateway.url('/mcp'), token: other });
    expect((await modern.request('tools/call', { name: 'spare_read' })).message.error?.code).toBe(-32602);
  });
});
