import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, post } from '../support/mcp.ts';
import { sendBytes } from '../support/raw-http.ts';
import { tempDir } from '../support/temp.ts';

/** Stands in the name of a server, of a person, and of a tool. */
const SECRET = 'zirconium';
const HOST = 'gateway.example.com';

let echo: Echo2025;
let served: GatewayHere;

beforeAll(async () => {
  echo = await startEcho2025({ tools: [`{"name":"${SECRET}_tool","inputSchema":{"type":"object"}}`] });
  served = await startGatewayHere({
    servers: { [`${SECRET}-server`]: { url: echo.url, grants: [`${SECRET}-person`] } },
    env: { MCP_PUBLIC_URL: `https://${HOST}` },
  });
  await served.userToken(`${SECRET}-person`, []);
});
afterAll(async () => {
  await served?.close();
  await echo?.close();
});

async function ask(path: string, lines: readonly string[] = [], method = 'GET', body = '') {
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${HOST}`, ...lines, 'Connection: close'];
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const answer = await sendBytes(served.port, [...head, ...length, '', body].join('\r\n'));
  return { status: Number(answer.split(' ')[1]), answer };
}

const PATHS = [
  ...[
    '/livez',
    '/readyz',
    '/health',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/admin',
    '/',
    '/login',
    '/setup',
  ],
  ...['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'],
  ...['/.well-known/oauth-authorization-server', '/.well-known/jwks.json', '/auth/me', '/nothing/here'],
  ...['/mcp', '/mcp/unknown', `/mcp/${SECRET.slice(0, 4)}`],
];

describe('T8: a stranger', () => {
  it.each(PATHS)('learns no name and nothing of the machine at %s', async path => {
    const { answer } = await ask(path);
    expect(answer).not.toMatch(new RegExp(SECRET));
    expect(answer).not.toContain(served.dataDir);
    expect(answer).not.toContain(new URL(echo.url).port);
    expect(answer).not.toMatch(/node_modules|\.ts:\d|\bat \w+ \(/);
    expect(answer).not.toMatch(/^(server|x-powered-by):/im);
  });

  it('reads no metrics, and neither does a token without that scope', async () => {
    expect((await ask('/metrics')).status).toBe(401);
    const { status } = await ask('/metrics', [`Authorization: Bearer ${served.adminToken}`]);
    expect(status).toBe(403);
  });

  it('cannot tell a server that is there from one that is not', async () => {
    const answers = await Promise.all(
      [`/mcp/${SECRET}-server`, '/mcp/no-such-server'].map(path =>
        ask(path, ['Content-Type: application/json'], 'POST', '{}'),
      ),
    );
    const plain = answers.map(({ status, answer }) => ({
      status,
      body: answer.split('\r\n\r\n')[1]?.replace(/"requestId":"[^"]*"/, ''),
    }));
    expect(plain[0]?.status).toBe(401);
    expect(plain[0]).toEqual(plain[1]);
  });

  it('with an account but no grant cannot either', async () => {
    const token = await served.userToken('guest', []);
    const answers = await Promise.all(
      [`/mcp/${SECRET}-server`, '/mcp/no-such-server'].map(path =>
        ask(
          path,
          [`Authorization: Bearer ${token}`, 'Content-Type: application/json', 'Accept: text/event-stream'],
          'POST',
          '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    const bodies = answers.map(({ answer }) =>
      answer.split('\r\n\r\n')[1]?.replace(/"requestId":"[^"]*"/, ''),
    );
    expect(bodies[0]).toBe(bodies[1]);
  });
});

describe('T7: a path', () => {
  it.each([
    '/MCP',
    '/Mcp/',
    '/mcp/../metrics',
    '/mcp/%2e%2e/metrics',
    '//metrics',
    '/metrics;x',
    '/mcp/..;/metrics',
    '/%6dcp',
    '/metrics%00',
    '/METRICS',
    '/auth//login',
    `/mcp/${SECRET.toUpperCase()}-SERVER`,
    '/mcp/all',
    '/mcp/sse',
    '/mcp/messages',
  ])('%s opens nothing that its plain form guards', async path => {
    const token = await served.userToken(`p${Math.random().toString(36).slice(2)}`, []);
    const { status, answer } = await ask(path, [`Authorization: Bearer ${token}`]);
    expect([400, 404, 410]).toContain(status);
    expect(answer).not.toContain('authmcp_requests_total');
  });
});

describe('T35: a server that is a command', () => {
  it('gets nothing of the gateway’s environment but what a program needs', async () => {
    await using dir = await tempDir();
    const mark = join(dir.path, 'started');
    const gateway = await startGatewayHere({
      servers: {
        child: { command: '/bin/sh', args: ['-c', `env > ${mark}`] },
        echo: echo.url,
      },
      env: { JWT_SECRET_KEY: 'a secret of the environment, long enough to be one' },
    });
    const client = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    const listed = await client.request('tools/list');
    expect(listed.text).toContain('echo_read');
    const call = await post(
      gateway.url('/mcp/child'),
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } },
      { token: gateway.adminToken },
    );
    expect(call.message.error).toMatchObject({ data: { server: 'child', mayHaveRun: false } });
    await gateway.close();
    const said = await readFile(mark, 'utf8');
    expect(said).toContain('PWD=');
    expect(said).not.toMatch(/JWT_SECRET_KEY|long enough to be one/);
  });
});
