import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { runToEnd } from '../support/processes.ts';

const PASSWORD = 'Correct-horse-7-battery';
let echo: Echo2025;
let gateway: Gateway;
let granted: Readonly<Record<'access_token' | 'refresh_token', string>>;

beforeAll(async () => {
  echo = await startEcho2025();
  gateway = await startGateway({
    servers: { echo: echo.url },
    env: { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: PASSWORD },
  });
  const { head, json } = await login(PASSWORD);
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(json).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) });
  granted = json;
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

/** Runs a line of the README in a shell as a reader pastes it; `-i` shows status and headers too. */
async function paste(line: string, env: Readonly<Record<string, string>> = {}) {
  const shown = line.replace('curl ', 'curl -s -i ').replace('http://localhost:8000', gateway.origin);
  const { stdout } = await runToEnd('bash', ['-c', shown], { env });
  const [head = '', ...body] = stdout.split('\r\n\r\n');
  return { head, body: body.join('\r\n\r\n'), json: JSON.parse(body.join('') || 'null') };
}

const login = (password: string) =>
  paste(`curl -X POST http://localhost:8000/auth/login \\
  -H "Content-Type: application/json" \\
  -d '{"username":"admin","password":"${password}"}'`);

const CALLS = [
  ['tools/list', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', 'tools'],
  [
    'tools/call',
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo_read","arguments":{"path":"/x"}}}',
    'content',
  ],
  ['resources/list', '{"jsonrpc":"2.0","id":3,"method":"resources/list"}', 'resources'],
  ['prompts/list', '{"jsonrpc":"2.0","id":4,"method":"prompts/list"}', 'prompts'],
] as const;

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const ofAdministrators = [...README.matchAll(/^curl [\s\S]*?(?<!\\)$/gm)]
  .map(([command]) => command)
  .filter(command => command.includes('/admin/api/'));

describe('the curls of the README for administrators', () => {
  let key: string;
  let limited: string;
  beforeAll(async () => {
    const made = async (name: string, ...scope: readonly string[]) => {
      const args = ['token', 'create', '--user', 'admin', '--name', name, ...scope, '--json'];
      return String(JSON.parse((await gateway.cli(...args)).stdout).token);
    };
    [key, limited] = [await made('ci', '--scope', 'admin'), await made('mcp')];
  });
  const withKey = (line: string, token: string) => line.replace('YOUR_ADMIN_KEY', token);
  const [add = '', statuses = ''] = ofAdministrators;

  it('add "GitHub MCP" with its token, which is called with it, and tell how credentials stand', async () => {
    expect(ofAdministrators).toHaveLength(2);
    const line = add.replace('https://api.githubcopilot.com/mcp/', echo.url);
    const added = await paste(withKey(line, key));
    expect(added.head).toMatch(/^HTTP\/1\.1 201 /);
    expect(added.json).toMatchObject({ id: 'github-mcp', title: 'GitHub MCP', auth_type: 'bearer' });
    expect(added.body).not.toContain('YOUR_GITHUB_TOKEN');
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}';
    const called = await paste(
      `curl -X POST http://localhost:8000/mcp/githubmcp -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '${body}'`,
      { TOKEN: granted.access_token },
    );
    expect(called.body).toContain('Bearer YOUR_GITHUB_TOKEN');
    const told = await paste(withKey(statuses, key));
    expect(told.head).toMatch(/^HTTP\/1\.1 200 /);
    expect(told.json).toContainEqual(
      expect.objectContaining({ server_id: 'github-mcp', auth_type: 'bearer', status: 'unknown' }),
    );
  });

  it('are refused with another key, and a second server of the name is a conflict', async () => {
    for (const line of [add, statuses]) {
      expect((await paste(withKey(line, limited))).head).toMatch(/^HTTP\/1\.1 403 /);
      expect((await paste(withKey(line, granted.access_token))).head).toMatch(/^HTTP\/1\.1 403 /);
      expect((await paste(withKey(line, 'nobody'))).head).toMatch(/^HTTP\/1\.1 401 /);
    }
    expect((await paste(withKey(add, key))).head).toMatch(/^HTTP\/1\.1 409 /);
  });
});

describe('the curls of the README', () => {
  it.for(CALLS)('log in, then %s with Authorization and Content-Type alone', async ([, body, member]) => {
    for (const path of ['/mcp', '/mcp/echo']) {
      const sent = path === '/mcp' ? body : body.replace('echo_', '');
      const answer = await paste(
        `curl -X POST http://localhost:8000${path} \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '${sent}'`,
        { TOKEN: granted.access_token },
      );
      expect(answer.head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer.head).toMatch(/^content-type: application\/json\r?$/im);
      expect(answer.head).not.toMatch(/^mcp-session-id:/im);
      expect(answer.json).toMatchObject({ jsonrpc: '2.0', id: JSON.parse(body).id });
      expect(answer.json.result[member].length).toBeGreaterThan(0);
    }
  });

  it('with a wrong password give no token, and say no more than that', async () => {
    const { head, body, json } = await login('wrong');
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    expect(json).toMatchObject({ error_code: 'INVALID_CREDENTIALS' });
    expect(body).not.toContain('access_token');
  });

  it.for(['', 'x', 'Bearer', 'amg_0_0'])('with the token %j are 401 with the way to get one', async token => {
    const answer = await paste(
      `curl -X POST http://localhost:8000/mcp -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '${CALLS[0][1]}'`,
      { TOKEN: token },
    );
    expect(answer.head).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.head).toMatch(/^www-authenticate: Bearer .*resource_metadata="/im);
    expect(answer.json).toMatchObject({ requestId: expect.any(String) });
  });

  it('with a refresh token in place of an access token are 401', async () => {
    const line = `curl http://localhost:8000/mcp -H "Authorization: Bearer $TOKEN" -d '${CALLS[0][1]}'`;
    expect((await paste(line, { TOKEN: granted.refresh_token })).head).toMatch(/^HTTP\/1\.1 401 /);
  });
});
