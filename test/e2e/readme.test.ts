import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/cli/sample/sample-server.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { runToEnd } from '../support/processes.ts';
import { FEATURES } from './support/features.ts';

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const PROMPT = 'introduce';
const PASSWORD = 'Correct-Horse-7';

/** The curl commands of the README, in their order, with the line breaks that the shell joins; those of the API for administrators run in readme-curls. */
const curls = [...README.matchAll(/^curl [\s\S]*?(?<!\\)$/gm)]
  .map(([command]) => command)
  .filter(command => !command.includes('/admin/api/'));

let sample: Awaited<ReturnType<typeof startSampleServer>>;
let gateway: Gateway;

beforeAll(async () => {
  sample = await startSampleServer();
  const env = { ADMIN_PASSWORD: PASSWORD };
  gateway = await startGateway({ servers: { sample: sample.url }, env }).catch(async error => {
    await sample.close();
    throw error;
  });
}, 60_000);

afterAll(async () => {
  await gateway?.close();
  await sample?.close();
});

async function shell(command: string): Promise<Record<string, unknown>> {
  const text = command
    .replaceAll('localhost:8000', `localhost:${gateway.port}`)
    .replace('your-username', 'admin')
    .replace('your-password', PASSWORD);
  const { code, stdout, stderr } = await runToEnd('/bin/sh', ['-c', text]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('the README', () => {
  it('the login curl and the four MCP curls run as printed', async () => {
    const [login, ...calls] = curls;
    const tokens = await shell(login ?? '');
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) });
    const results = [];
    for (const call of calls)
      results.push(await shell(call.replace('YOUR_ACCESS_TOKEN', String(tokens.access_token))));
    expect(results).toMatchObject([
      {
        jsonrpc: '2.0',
        id: 1,
        result: { tools: expect.arrayContaining([expect.objectContaining({ name: 'sample_add' })]) },
      },
      {
        jsonrpc: '2.0',
        id: 2,
        result: { resources: expect.arrayContaining([expect.objectContaining({ uri: expect.any(String) })]) },
      },
      {
        jsonrpc: '2.0',
        id: 3,
        result: { prompts: [expect.objectContaining({ name: expect.stringMatching(/^sample_/) })] },
      },
      { jsonrpc: '2.0', id: 4, result: {} },
    ]);
  });

  it('names every command that there is', async () => {
    const { stdout } = await gateway.cli('--help');
    const names = [...stdout.matchAll(/^ {2}([a-z-]+) .*/gm)].map(([, name]) => name ?? '');
    const listed = names.filter(name => name !== 'help' && !name.startsWith('-'));
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.filter(name => !README.includes(`\`${name}\``))).toEqual([]);
  });

  it('promises in its table what tests hold it to, and nothing else', () => {
    const promised = [...README.matchAll(/^\| \*\*(.+?)\*\* +\|/gm)].map(([, name]) => name);
    expect(promised).toEqual(Object.keys(FEATURES));
    const tests = fileURLToPath(new URL('../', import.meta.url));
    const isThere = (name: string) => existsSync(`${tests}${name}.test.ts`) || existsSync(`${tests}${name}`);
    expect(
      Object.values(FEATURES)
        .flat()
        .filter(name => !isThere(name)),
    ).toEqual([]);
  });

  it('shows pictures that are there, and comes to the first call before anything else', () => {
    const pictures = [...README.matchAll(/!\[(.+?)\]\((.+?)\)/g)];
    expect(pictures).toHaveLength(5);
    const root = new URL('../../', import.meta.url);
    for (const [, says, path] of pictures) {
      expect(says?.length).toBeGreaterThan(20);
      expect(
        readFileSync(new URL(path ?? '', root))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    const minute = README.slice(0, README.indexOf('## What it does'));
    expect(minute).toContain('npm ci && npm start');
    // A minute of reading, at the pace at which one reads what is new.
    expect(minute.split(/\s+/).length).toBeLessThan(230);
  });

  const call = (path: string, message: object): Promise<Record<string, unknown>> =>
    shell(
      `curl -s -X POST http://localhost:8000${path} -H "Authorization: Bearer ${gateway.adminToken}" -H "Content-Type: application/json" -d '${JSON.stringify({ jsonrpc: '2.0', ...message })}'`,
    );

  const initialize = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 't', version: '1' },
  };

  it('each MCP method of version 1 is answered on both endpoints', async () => {
    for (const [path, prefix] of [
      ['/mcp', 'sample_'],
      ['/mcp/sample', ''],
    ] as const) {
      const { result } = (await call(path, { id: 1, method: 'resources/list' })) as never as {
        result: { resources: readonly { uri: string }[] };
      };
      const methods = [
        ['initialize', initialize],
        ['ping', {}],
        ['tools/list', {}],
        ['tools/call', { name: `${prefix}add`, arguments: { a: 2, b: 3 } }],
        ['resources/read', { uri: result.resources[0]?.uri }],
        ['resources/templates/list', {}],
        ['prompts/list', {}],
        ['prompts/get', { name: `${prefix}${PROMPT}`, arguments: { name: 'Ada' } }],
        ['logging/setLevel', { level: 'info' }],
      ] as const;
      for (const [method, params] of methods) {
        expect(await call(path, { id: 1, method, params }), `${path} ${method}`).toHaveProperty('result');
      }
    }
  });

  it('completion/complete and notifications are answered on both endpoints', async () => {
    for (const [path, prefix] of [
      ['/mcp', 'sample_'],
      ['/mcp/sample', ''],
    ] as const) {
      const ref = { type: 'ref/prompt', name: `${prefix}${PROMPT}` };
      const params = { ref, argument: { name: 'name', value: 'A' } };
      const completed = await call(path, { id: 7, method: 'completion/complete', params });
      expect(completed).toMatchObject({ jsonrpc: '2.0', id: 7 });
      const response = await fetch(gateway.url(path), {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
      });
      expect([response.status, await response.text()]).toEqual([202, '']);
    }
  });

  it('an unknown method with a namespace is -32601 on both endpoints', async () => {
    for (const path of ['/mcp', '/mcp/sample']) {
      expect(await call(path, { id: 0, method: 'tools/none' })).toMatchObject({
        id: 0,
        error: { code: -32601 },
      });
    }
  });

  it('describes each endpoint at each of its addresses', async () => {
    const root = '/.well-known/oauth-protected-resource';
    const ofAll = [root, `${root}/mcp`, `/mcp${root}`];
    const ofOne = [`${root}/mcp/sample`, `/mcp/sample${root}`];
    for (const [paths, resource] of [
      [ofAll, '/mcp'],
      [ofOne, '/mcp/sample'],
    ] as const) {
      for (const path of paths) {
        const document = await (await fetch(gateway.url(path))).json();
        expect(document, path).toMatchObject({
          resource: gateway.url(resource),
          authorization_servers: [gateway.origin],
        });
      }
    }
  });

  it('the machines’ addresses answer without a token', async () => {
    const ask = (path: string) => fetch(`http://127.0.0.1:${gateway.port}${path}`);
    for (const path of ['/livez', '/readyz']) expect((await ask(path)).status, path).toBe(200);
    const health = await fetch(gateway.url('/health'));
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok', version: '2.0.0' }]);
    expect((await fetch(gateway.url('/mcp'))).status).toBe(401);
  });
});
