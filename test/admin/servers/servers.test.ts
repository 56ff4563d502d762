import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { modernClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const SERVERS = '/admin/api/mcp-servers';
let callers: Callers;
let old: Echo2025;
let modern: Echo2026;

beforeAll(async () => {
  [old, modern] = await Promise.all([startEcho2025({ mode: 'sse' }), startEcho2026()]);
  callers = await startCallers({ servers: { filed: old.url } });
});
afterAll(async () => {
  await callers.close();
  await old.close();
  await modern.close();
});

const add = (body: object, who: Parameters<Callers['ask']>[0] = 'key:admin') =>
  callers.ask(who, `POST ${SERVERS}`, body);
const list = async () =>
  ((await callers.ask('auditor', `GET ${SERVERS}`)).body as unknown as readonly Json[]).map(one => one.name);
/** The names that an administrator sees on `/mcp`. */
const tools = async (): Promise<string> =>
  (await modernClient({ url: callers.url('/mcp'), token: callers.adminToken }).request('tools/list')).text;

describe('a server that is added', () => {
  it('as version 1 did it, by an API key, is called at once with its token', async () => {
    const made = await add({
      name: 'GitHub MCP',
      url: old.url,
      backend_token: 'tok-1234567890-abcdefgh-wxyz',
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: 'github-mcp',
        title: 'GitHub MCP',
        auth: { kind: 'bearer', hint: '••••wxyz' },
        status: { state: 'ready' },
        endpoint: callers.url('/mcp/github-mcp'),
      },
    });
    await expect.poll(tools, { timeout: 5_000 }).toContain('github-mcp_echo');
    expect(JSON.stringify(old.journal.entries())).toContain('Bearer tok-1234567890-abcdefgh-wxyz');
    expect((await callers.store.listAudit(1))[0]).toMatchObject({
      actor: 'key:admin/api',
      action: 'server.add',
    });
  });

  it('shows no secret anywhere, neither in answers nor in the audit log', async () => {
    const secrets = ['hidden-bearer-0001', 'hidden-header-0002', 'hidden-basic-0003', 'hidden-query-0004'];
    await add({ name: 'b', url: old.url, auth: { bearer: secrets[0] }, headers: { 'X-Key': secrets[1] } });
    await add({ name: 'c', url: `${old.url}?key=${secrets[3]}`, auth: { basic: `me:${secrets[2]}` } });
    const said = [
      ...(await Promise.all(
        [SERVERS, `${SERVERS}/b`, `${SERVERS}/b/tools`].map(path => callers.ask('admin', `GET ${path}`)),
      )),
    ].map(answer => JSON.stringify(answer.body));
    const kept = JSON.stringify([await callers.store.listAudit(50), await callers.store.listEvents(50)]);
    for (const secret of secrets.slice(0, 3)) expect([...said, kept].join()).not.toContain(secret);
    expect(kept).not.toContain(secrets[3]);
  });

  it('that cannot be reached is kept, and said to be down', async () => {
    const made = await add({ name: 'gone', url: 'http://127.0.0.1:1/mcp' });
    expect(made).toMatchObject({ status: 201, body: { id: 'gone', status: { state: 'down' } } });
    expect(await list()).toContain('gone');
  });

  it('is found under the spelling of version 1, unless two could be meant', async () => {
    await add({ name: 'Home Assistant', url: old.url });
    const ask = (path: string) =>
      modernClient({ url: callers.url(path), token: callers.adminToken }).request('tools/list');
    expect((await ask('/mcp/homeassistant')).text).toContain('"echo"');
    expect((await ask('/mcp/home-assistant')).text).toContain('"echo"');
    await add({ name: 'Ho-me Assistant', url: old.url });
    expect((await ask('/mcp/homeassistant')).status).toBe(404);
  });

  it.each([
    ['no place', { name: 'x' }, 'url'],
    ['two places', { name: 'x', url: 'http://h/', command: 'y' }, 'url'],
    ['a url that is none', { name: 'x', url: 'ftp://h/' }, 'url'],
    ['a password in the url', { name: 'x', url: 'http://a:b@h/' }, 'url'],
    ['a metadata address', { name: 'x', url: 'http://169.254.169.254/mcp' }, 'url'],
    ['an address of nobody', { name: 'x', url: 'http://0.0.0.0/mcp' }, 'url'],
    ['a number as name', { name: 7, url: 'http://h/' }, 'name'],
    ['a name without a letter', { name: '!!!', url: 'http://h/' }, 'name'],
    ['a reserved name', { name: 'sse', url: 'http://h/' }, 'name'],
    ['a name of 201 letters', { name: 'x'.repeat(201), url: 'http://h/' }, 'name'],
    ['a name that is taken', { name: 'Filed', url: 'http://h/' }, 'name'],
    [
      'the gateway’s environment in a header',
      { name: 'x', url: 'http://h/', headers: { A: '${JWT_SECRET_KEY}' } },
      'auth',
    ],
    [
      'the gateway’s environment in a token',
      { name: 'x', url: 'http://h/', backend_token: '${env:HOME}' },
      'auth',
    ],
    ['a header of the gateway', { name: 'x', url: 'http://h/', headers: { Host: 'evil' } }, 'headers'],
    ['a line break in a header', { name: 'x', url: 'http://h/', headers: { A: 'b\r\nC: d' } }, 'headers'],
    ['an unknown kind of credential', { name: 'x', url: 'http://h/', auth: { magic: 'x' } }, 'auth'],
    ['an empty token', { name: 'x', url: 'http://h/', auth: { bearer: '' } }, 'auth'],
    ['a timeout of nothing', { name: 'x', url: 'http://h/', timeout: 0 }, 'timeout'],
    ['a wrong prefix', { name: 'x', url: 'http://h/', prefix: 'a b' }, 'prefix'],
    ['half a character in its name', { name: 'x\ud800', url: 'http://h/' }, 'name'],
    ['a name that turns the line', { name: 'x\u202e', url: 'http://h/' }, 'name'],
    ['NUL in what is said of it', { name: 'x', url: 'http://h/', description: 'a\0' }, 'description'],
    ['two minds', { name: 'x', url: 'http://h/', stateless: true, stateful: true }, 'stateful'],
    ['a field that is none', { name: 'x', url: 'http://h/', addressClass: 'private' }, 'addressClass'],
    ['the source', { name: 'x', url: 'http://h/', source: 'file' }, 'source'],
  ])('with %s is refused by the name of the field, and nothing is kept', async (_, body, field) => {
    const before = await list();
    const answer = await add(body);
    expect([400, 409]).toContain(answer.status);
    expect(answer.body).toMatchObject({ field });
    expect(await list()).toEqual(before);
  });

  it('that moves elsewhere takes no credential along: it is said anew or taken away', async () => {
    const there = { name: 'moves', url: 'http://127.0.0.1:9/mcp' };
    for (const [credential, field] of [
      [{ auth: { bearer: 'SECRET-1' } }, 'auth'],
      [{ auth: { basic: 'me:SECRET-1' } }, 'auth'],
      [
        {
          auth: { oauth: { per: 'gateway', grant: 'client_credentials', clientId: 'c', clientSecret: 's' } },
        },
        'auth',
      ],
      [{ headers: { 'X-Secret': 'SECRET-2' } }, 'headers'],
    ] as const) {
      expect((await add({ ...there, ...credential })).status).toBe(201);
      const patch = (body: object) => callers.ask('key:admin', `PATCH ${SERVERS}/moves`, body);
      for (const url of ['http://127.0.0.1:7/mcp', 'https://127.0.0.1:9/mcp', 'http://localhost:9/mcp'])
        expect(await patch({ url })).toMatchObject({ status: 400, body: { field } });
      expect((await patch({ url: 'http://127.0.0.1:9/other' })).status).toBe(200);
      expect((await patch({ url: 'http://127.0.0.1:7/mcp', ...credential })).status).toBe(200);
      expect((await patch({ url: 'http://127.0.0.1:9/mcp', auth: { none: true }, headers: {} })).status).toBe(
        200,
      );
      await callers.ask('admin', `DELETE ${SERVERS}/moves`);
    }
  });

  it('by two at once under one name is added once', async () => {
    const both = await Promise.all([1, 2, 3, 4].map(() => add({ name: 'twice', url: old.url })));
    expect(both.map(one => one.status).sort()).toEqual([201, 409, 409, 409]);
  });
});

describe('a command', () => {
  const command = { name: 'cmd', command: 'touch', args: ['/tmp/never; touch x', '$(id)', '--'] };

  it('is added by a person in a browser alone, and with all its words in the audit log', async () => {
    const refused = await add(command);
    expect(refused).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    expect(await list()).not.toContain('cmd');
    expect(await add({ ...command, enabled: false }, 'admin')).toMatchObject({
      status: 201,
      body: { command: ['touch', '/tmp/never; touch x', '$(id)', '--'] },
    });
    const [row] = await callers.store.listAudit(1);
    expect(row?.after).toContain('$(id)');
    expect(row?.after).toContain('sha256');
  });

  it('is not changed, tried or brought in by a key either', async () => {
    const change = await callers.ask('key:admin', `PATCH ${SERVERS}/cmd`, { args: ['-rf', '/'] });
    expect(change.status).toBe(403);
    const other = await callers.ask('key:admin', `PATCH ${SERVERS}/filed`, { command: 'id' });
    expect([403, 409]).toContain(other.status);
    await add({ name: 'wasurl', url: old.url });
    expect((await callers.ask('key:admin', `PATCH ${SERVERS}/wasurl`, { command: 'id' })).status).toBe(403);
    expect((await callers.ask('key:admin', `POST ${SERVERS}/probe`, command)).status).toBe(403);
    const pasted = { text: JSON.stringify({ mcpServers: { p: { command: 'id' } } }) };
    expect(await callers.ask('key:admin', `POST ${SERVERS}/import`, pasted)).toMatchObject({
      status: 200,
      body: { added: [], refused: [{ name: 'p' }] },
    });
  });

  it('is refused in the browser too where the operator says so', async () => {
    const strict = await startCallers({ settings: { stdio: { fromDashboard: 'false' } } });
    try {
      const answer = await strict.ask('admin', `POST ${SERVERS}`, command);
      expect(answer).toMatchObject({ status: 403 });
      expect(answer.body.message).toContain('stdio.fromDashboard');
    } finally {
      await strict.close();
    }
  });
});

describe('a change of a server', () => {
  it('keeps what it does not name, the credential too, and is live', async () => {
    await add({ name: 'change', url: old.url, backend_token: 'keep-me-123456789', headers: { 'X-A': 'b' } });
    old.journal.clear();
    const changed = await callers.ask('admin', `PATCH ${SERVERS}/change`, {
      name: 'Changed',
      tool_prefix: 'ch_',
      timeout: 7,
      description: 'for tests',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        id: 'change',
        title: 'Changed',
        prefix: 'ch_',
        timeout: 7,
        description: 'for tests',
        auth: { kind: 'bearer' },
      },
    });
    await expect.poll(tools, { timeout: 5_000 }).toContain('"ch_echo"');
    expect(JSON.stringify(old.journal.entries())).toContain('Bearer keep-me-123456789');
    const [row] = await callers.store.listAudit(1);
    expect(row).toMatchObject({ action: 'server.change', target: 'change' });
    expect(JSON.parse(row?.before ?? '')).toMatchObject({ prefix: 'change_' });
    expect(JSON.parse(row?.after ?? '')).toMatchObject({ prefix: 'ch_' });
  });

  it('says in the log that another credential was given, and nothing of either', async () => {
    const given = { auth: { bearer: 'another-one-987654321' }, headers: { 'X-Room': 'a-secret-value' } };
    await callers.ask('admin', `PATCH ${SERVERS}/change`, given);
    const [row] = await callers.store.listAudit(1);
    expect(JSON.parse(row?.before ?? '')).toMatchObject({ auth: 'bearer', headers: ['X-A'] });
    expect(JSON.parse(row?.after ?? '')).toMatchObject({
      ...{ auth: 'bearer', headers: ['X-Room'], replaced: ['auth', 'headers'] },
    });
    expect(JSON.stringify(row)).not.toMatch(/another-one|a-secret|keep-me/);
    await callers.ask('admin', `PATCH ${SERVERS}/change`, { timeout: 8, headers: {} });
    const [next] = await callers.store.listAudit(1);
    expect(JSON.parse(next?.after ?? '')).toMatchObject({ timeout: 8, headers: [], replaced: ['headers'] });
  });

  it('takes the credential away only where it says so', async () => {
    const gone = await callers.ask('admin', `PATCH ${SERVERS}/change`, { auth_type: 'none' });
    expect(gone).toMatchObject({ status: 200, body: { auth: { kind: 'none', hint: null } } });
  });

  it('switched off is gone from lists at once', async () => {
    await callers.ask('admin', `PATCH ${SERVERS}/change`, { enabled: false });
    expect(await tools()).not.toContain('"ch_echo"');
  });

  it('of the configuration file, of nobody, or by a path of another is refused', async () => {
    for (const id of ['filed'])
      for (const method of ['PATCH', 'DELETE'])
        expect(await callers.ask('admin', `${method} ${SERVERS}/${id}`, {})).toMatchObject({
          status: 409,
          body: { message: expect.stringContaining('authmcp.yaml') },
        });
    for (const id of ['no-such', '__proto__', 'constructor', '%2e%2e%2fusers', 'x'.repeat(5000)])
      expect((await callers.ask('admin', `PATCH ${SERVERS}/${id}`, {})).status).toBeGreaterThanOrEqual(400);
  });

  it('removed while it is called ends the call, and its name leads nowhere', async () => {
    const hanging = await startEcho2025({ hang: ['tools/call'] });
    await add({ name: 'hang', url: hanging.url });
    await expect.poll(tools, { timeout: 5_000 }).toContain('hang_echo');
    const client = modernClient({ url: callers.url('/mcp'), token: callers.adminToken });
    const call = client.request('tools/call', { name: 'hang_echo', arguments: { text: 'x' } });
    await expect.poll(() => JSON.stringify(hanging.journal.entries())).toContain('tools/call');
    const from = performance.now();
    expect((await callers.ask('admin', `DELETE ${SERVERS}/hang`)).status).toBe(200);
    await call.catch(() => undefined);
    expect(performance.now() - from).toBeLessThan(1_500);
    expect(
      (await client.request('tools/call', { name: 'hang_echo', arguments: {} })).message.error?.code,
    ).toBe(-32602);
    await hanging.close();
  });
});
