import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { legacyClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const SERVERS = '/admin/api/mcp-servers';
let callers: Callers;
let old: Echo2025;
let modern: Echo2026;

beforeAll(async () => {
  [old, modern] = await Promise.all([startEcho2025({ mode: 'sse' }), startEcho2026()]);
  callers = await startCallers({ servers: { old: old.url, modern: modern.url } });
});
afterAll(async () => {
  await callers.close();
  await old.close();
  await modern.close();
});

const probe = (body: object) => callers.ask('key:admin', `POST ${SERVERS}/probe`, body);
const bring = (text: string, more: object = {}) =>
  callers.ask('admin', `POST ${SERVERS}/import`, { text, ...more });
const names = async () =>
  ((await callers.ask('admin', `GET ${SERVERS}`)).body as unknown as readonly Json[]).map(one => one.id);

describe('a probe', () => {
  it('says what the server speaks and offers, and keeps nothing', async () => {
    const before = await names();
    expect(await probe({ name: 'p', url: modern.url })).toMatchObject({
      status: 200,
      body: {
        status: 'online',
        protocols: ['2026-07-28'],
        error: null,
        tools: expect.arrayContaining(['echo']),
      },
    });
    expect(await probe({ name: 'p', url: old.url })).toMatchObject({ body: { protocols: ['2025'] } });
    expect(await names()).toEqual(before);
  });

  it('T48: never repeats what answered', async () => {
    const words = 'secret-of-the-inner-network';
    const inner = createServer((_, response) => {
      response.writeHead(500, { 'x-inner': words, 'content-type': 'text/html' }).end(`<h1>${words}</h1>`);
    });
    await new Promise<void>(resolve => inner.listen(0, '127.0.0.1', resolve));
    const { port } = inner.address() as AddressInfo;
    const answer = await probe({ name: 'p', url: `http://127.0.0.1:${port}/mcp` });
    expect(answer).toMatchObject({ status: 200, body: { status: 'offline', tools: [] } });
    expect(JSON.stringify([answer.body, ...answer.headers])).not.toContain(words);
    inner.close();
  });

  it('finds no server where something answers that is none', async () => {
    const answers: readonly [number, string, string][] = [
      [200, 'text/html', '<html>Welcome</html>'],
      [200, 'application/json', '{"hello":"world"}'],
      [200, 'text/event-stream', 'data: hello\n\n'],
      [204, 'text/plain', ''],
      [404, 'text/html', 'Not here'],
      [302, 'text/html', ''],
    ];
    let at = 0;
    const page = createServer((_, response) => {
      const [status, type, body] = answers[at] ?? [500, '', ''];
      response.writeHead(status, { 'content-type': type, location: '/elsewhere' }).end(body);
    });
    await new Promise<void>(resolve => page.listen(0, '127.0.0.1', resolve));
    const { port } = page.address() as AddressInfo;
    const place = { name: 'page', url: `http://127.0.0.1:${port}/mcp` };
    await callers.ask('admin', `POST ${SERVERS}`, place);
    for (; at < answers.length; at++)
      for (const { body } of [await probe(place), await callers.ask('admin', `POST ${SERVERS}/page/test`)])
        expect([answers[at], body]).toEqual([
          answers[at],
          expect.objectContaining({ status: 'offline', protocols: [], error: expect.stringMatching(/\.$/) }),
        ]);
    at = 0;
    await callers.ask('admin', `PATCH ${SERVERS}/page`, { timeout: 7 });
    const state = async () => (await callers.ask('admin', `GET ${SERVERS}/page`)).body.status;
    await expect.poll(state, { timeout: 5_000 }).toMatchObject({ state: 'down', reason: expect.any(String) });
    await callers.ask('admin', `DELETE ${SERVERS}/page`);
    page.close();
  });

  it('of an address that is never called is refused before anything is sent', async () => {
    for (const url of ['http://169.254.169.254/', 'http://[fe80::1]/', 'http://224.0.0.1/'])
      expect(await probe({ name: 'p', url })).toMatchObject({ status: 400, body: { field: 'url' } });
  });
});

describe('a test of a server', () => {
  it('answers as version 1 did, and does not touch the sessions of callers', async () => {
    const client = await legacyClient({ url: callers.url('/mcp'), token: callers.adminToken });
    const call = async () => {
      old.journal.clear();
      await client.request('tools/call', { name: 'old_echo', arguments: { text: 'x' } });
      return old.journal.entries().at(-1)?.headers['mcp-session-id'];
    };
    await expect.poll(call, { timeout: 5_000 }).toBeDefined();
    const session = await call();
    expect(await callers.ask('admin', `POST ${SERVERS}/old/test`)).toMatchObject({
      status: 200,
      body: {
        server_id: 'old',
        server_name: 'old',
        status: 'online',
        tools_count: expect.any(Number),
        error: null,
      },
    });
    expect(await call()).toBe(session);
    expect(await callers.ask('admin', `POST ${SERVERS}/none/test`)).toMatchObject({ status: 404 });
  });
});

describe('what a server offers', () => {
  it('is listed with its own definition and the name on /mcp', async () => {
    await expect
      .poll(async () => (await callers.ask('admin', `GET ${SERVERS}/old`)).body.tools_count, {
        timeout: 5_000,
      })
      .toBeGreaterThan(0);
    const tools = (await callers.ask('auditor', `GET ${SERVERS}/old/tools`))
      .body as unknown as readonly Json[];
    expect(tools).toContainEqual({
      name: 'echo',
      exposed: 'old_echo',
      definition: expect.objectContaining({ name: 'echo', inputSchema: expect.anything() }),
      ...{ tier: expect.stringMatching(/^(read|write|destructive)$/), state: 'on', why: null },
      suspicious: [],
    });
    for (const list of ['prompts', 'resources', 'resource-templates'])
      expect((await callers.ask('auditor', `GET ${SERVERS}/old/${list}`)).status).toBe(200);
  });
});

describe('a pasted configuration', () => {
  it.each([
    ['Claude', 'a1', '{"mcpServers":{"a1":{"url":"http://127.0.0.1:1/mcp","disabled":true}}}'],
    ['VS Code', 'a2', '{"servers":{"a2":{"type":"http","url":"http://127.0.0.1:1/mcp"}}}'],
    ['Windsurf', 'a3', '{"mcpServers":{"a3":{"serverUrl":"http://127.0.0.1:1/mcp"}}}'],
    ['Gemini', 'a4', '{"mcpServers":{"a4":{"httpUrl":"http://127.0.0.1:1/mcp"}}}'],
    ['a map alone', 'a5', '{"a5":{"url":"http://127.0.0.1:1/mcp"}}'],
    ['Codex', 'a6', '[mcp_servers.a6]\nurl = "http://127.0.0.1:1/mcp"\nhttp_headers = { "X-A" = "b" }'],
    ['a URL', 'b1', 'http://b1.localhost:1/mcp'],
    ['npx', 'server-b2', 'npx -y @scope/server-b2@latest --root "/srv/my files"'],
    ['docker', 'b3', 'docker run -i --rm mcp/b3:1.2'],
    ['a path', 'b4', '/opt/tools/b4.sh --stdio'],
    [
      'a line for claude',
      'a7',
      'claude mcp add --transport http a7 http://127.0.0.1:1/mcp --header "X-Api-Key: it is"',
    ],
    [
      'a line for claude, in rows',
      'a8',
      'claude mcp add --transport=sse \\\n  a8 \\\n  http://127.0.0.1:1/sse',
    ],
    ['a line for codex', 'a9', 'codex mcp add a9 --url http://127.0.0.1:1/mcp'],
    ['one server alone', 'example', '{"url":"https://mcp.example.com/mcp","private":"allow"}'],
  ])('of %s is taken over', async (_, id, text) => {
    expect(await bring(text)).toMatchObject({ status: 200, body: { added: [{ id }], refused: [] } });
    expect(await names()).toContain(id);
  });

  it.each([
    '--header "Authorization: Bearer it-is" h1 http://127.0.0.1:1/mcp -H "X-Api-Key: a"',
    'h1 http://127.0.0.1:1/mcp --header "Authorization: Bearer it-is" -H "X-Api-Key: a"',
    '--transport http h1 --header="Authorization: Bearer it-is" http://127.0.0.1:1/mcp -H "X-Api-Key: a" -s user',
  ])('of a line with headers takes them all, wherever they stand: %s', async words => {
    const { body } = await bring(`claude mcp add ${words}`, { preview: true });
    expect((body.added as readonly Json[])[0]).toMatchObject({
      url: 'http://127.0.0.1:1/mcp',
      header_names: ['Authorization', 'X-Api-Key'],
    });
    expect(JSON.stringify(body)).not.toContain('it-is');
  });

  it('of a command keeps its words as they are', async () => {
    const line = `claude mcp add cmd -e KEY=va=lue -- npx -y 'a b' "c \\"d\\"" -H x $(id) \`id\``;
    expect(await bring(line, { preview: true })).toMatchObject({
      body: {
        added: [{ command: ['npx', '-y', 'a b', 'c "d"', '-H', 'x', '$(id)', '`id`'], env_names: ['KEY'] }],
      },
    });
    expect(await names()).not.toContain('cmd');
  });

  it('takes what can be taken, and says of the rest why not', async () => {
    const text = JSON.stringify({
      mcpServers: {
        good: { url: 'http://127.0.0.1:1/mcp' },
        old: { url: 'http://127.0.0.1:1/mcp' },
        bad: { url: 'file:///etc/passwd' },
        leak: { url: 'http://127.0.0.1:1/', headers: { A: '${JWT_SECRET_KEY}' } },
        meta: { url: 'http://169.254.169.254/' },
      },
    });
    const { body } = await bring(text);
    expect((body.added as readonly Json[]).map(one => one.id)).toEqual(['good']);
    expect((body.refused as readonly Json[]).map(one => [one.name, one.field])).toEqual([
      ['old', 'name'],
      ['bad', 'url'],
      ['leak', 'auth'],
      ['meta', 'url'],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['no text of these', 'hello there'],
    ['half a JSON', '{"mcpServers":{'],
    ['an empty map', '{"mcpServers":{}}'],
    ['a list', '{"mcpServers":[1]}'],
    ['a quote that stays open', `claude mcp add x "http://h`],
    ['an option that is none', 'claude mcp add --evil x http://h/'],
    ['an option that is none, after the URL', 'claude mcp add x http://h/ --evil'],
    ['more than a URL', 'claude mcp add x http://h/ http://evil/'],
    ['a line without a name', 'claude mcp add --transport http'],
    ['a variable of somebody’s shell', '[mcp_servers.a]\nurl = "http://h/"\nbearer_token_env_var = "TOKEN"'],
    ['a prototype', '{"mcpServers":{"__proto__":7}}'],
  ])('of %s is refused on its field', async (_, text) => {
    expect(await bring(text)).toMatchObject({ status: 400, body: { field: 'text' } });
  });
});
