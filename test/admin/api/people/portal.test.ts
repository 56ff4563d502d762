import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../../fixtures/echo-2025.ts';
import { type Callers, type Json, startCallers } from '../support/callers.ts';

let callers: Callers;
let echo: Echo2025;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({
    servers: { home: { url: echo.url, grants: ['user'] }, other: 'http://127.0.0.1:9/mcp' },
  });
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const get = async (path: string, who: 'user' | 'admin' | 'auditor' = 'user') =>
  (await callers.ask(who, `GET /account/api/${path}`)).body;

describe('what one sees and changes of oneself', () => {
  it('is a profile, without what others decide', async () => {
    expect(await get('profile')).toMatchObject({ username: 'user', role: 'user', email: null, groups: [] });
    const edited = await callers.ask('user', 'PATCH /account/api/profile', {
      email: 'me@example.com',
      full_name: 'Me Myself',
    });
    expect(edited.body).toMatchObject({ email: 'me@example.com', full_name: 'Me Myself', username: 'user' });
    expect((await callers.store.listAudit(1))[0]).toMatchObject({ actor: 'user:user', action: 'user.edit' });
    expect((await callers.ask('user', 'PATCH /account/api/profile', { full_name: null })).body).toMatchObject(
      {
        email: 'me@example.com',
        full_name: null,
      },
    );
  });

  it('tells nobody whose an address is, and keeps it from nobody', async () => {
    await callers.ask('admin', 'POST /admin/api/users', { username: 'owner', email: 'owner@example.com' });
    const claimed = await callers.ask('user', 'PATCH /account/api/profile', { email: 'owner@example.com' });
    expect(claimed.status).toBe(200);
    await callers.ask('user', 'PATCH /account/api/profile', { email: 'free@example.com' });
    const made = { username: 'late', email: 'free@example.com' };
    expect((await callers.ask('admin', 'POST /admin/api/users', made)).status).toBe(201);
  });

  it.each(['username', 'name', 'role', 'is_superuser', 'is_active', 'groups', 'password', 'id', '__proto__'])(
    'is not its %s',
    async field => {
      const before = await callers.store.userByName('user');
      const text = `{"full_name":"x","${field}":"admin"}`;
      const answer = await callers.ask('user', 'PATCH /account/api/profile', undefined, { text });
      expect(answer).toMatchObject({ status: 400, body: { field } });
      expect(await callers.store.userByName('user')).toEqual(before);
    },
  );
});

describe('what one can reach', () => {
  it('are the servers that one was given, with their addresses', async () => {
    const { origin } = callers;
    expect(await get('servers')).toEqual({
      url: `${origin}/mcp`,
      servers: [{ name: 'home', title: 'home', url: `${origin}/mcp/home`, enabled: true, answers: true }],
    });
    expect((await get('servers', 'auditor')).servers).toEqual([]);
    expect(((await get('servers', 'admin')).servers as readonly Json[]).map(one => one.name)).toEqual([
      'home',
      'other',
    ]);
  });

  it('are clients with lines to copy, for all servers or one of one’s own', async () => {
    const all = (await get('clients')) as unknown as readonly Json[];
    const codex = all.find(one => one.id === 'codex');
    expect(JSON.stringify(codex)).toContain(`codex mcp add authmcp --url ${callers.origin}/mcp`);
    expect(all.find(one => one.id === 'chatgpt')).toMatchObject({
      needs_public_https: true,
      is_possible: false,
    });
    const one = (await get('clients?server=home')) as unknown as readonly Json[];
    expect(JSON.stringify(one)).toContain(`${callers.origin}/mcp/home`);
    for (const server of ['other', 'nowhere', '__proto__', '%00'])
      expect([400, 404]).toContain(
        (await callers.ask('user', `GET /account/api/clients?server=${server}`)).status,
      );
  });
});

describe('programs that one let in', () => {
  const consent = (id: string, userId: string, clientId: string) =>
    callers.store.oauth.putConsent({
      id,
      userId: userId as never,
      clientId,
      key: id,
      scopes: 'mcp openid',
      resource: `${callers.origin}/mcp`,
      redirectUri: 'http://127.0.0.1/callback',
      createdAt: Date.now(),
      usedAt: Date.now(),
    });

  it('are listed and withdrawn, by nobody but oneself [IDOR]', async () => {
    const { user, admin } = callers.users;
    await consent('one', user.id, 'https://client.example/metadata');
    await consent('two', admin.id, 'https://other.example/metadata');
    const listed = (await get('consents')) as unknown as readonly Json[];
    expect(listed).toEqual([
      expect.objectContaining({
        client_id: 'https://client.example/metadata',
        scopes: ['mcp', 'openid'],
        redirect_uris: ['http://127.0.0.1/callback'],
        sign_ins: 0,
      }),
    ]);
    const withdraw = (who: 'user' | 'admin', id: string) =>
      callers.ask(who, `DELETE /account/api/consents?client_id=${encodeURIComponent(id)}`);
    for (const id of ['https://other.example/metadata', 'nobody', '__proto__', 'a\0b', 'two'])
      expect([id, (await withdraw('user', id)).status]).toEqual([id, 404]);
    expect((await withdraw('user', 'https://client.example/metadata')).body).toMatchObject({
      withdrawn: true,
    });
    expect(await get('consents')).toEqual([]);
    expect(((await get('consents', 'admin')) as unknown as readonly Json[]).length).toBe(1);
  });
});

describe('the first steps', () => {
  it('are done one after the other: administrator, server, client, call', async () => {
    const state = async () => (await callers.ask('auditor', 'GET /admin/api/setup')).body;
    const done = async () => ((await state()).steps as readonly Json[]).map(one => [one.id, one.is_done]);
    expect(await done()).toEqual([
      ['admin', true],
      ['server', true],
      ['client', false],
      ['call', false],
    ]);
    const { key } = await callers.keyOf(callers.users.user, ['mcp']);
    const ask = (method: string, params: Json, token = key) =>
      fetch(callers.url('/mcp/home'), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'my-agent/1',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
    // The page’s own playground is no client that came.
    const { token } = (await callers.ask('user', 'POST /account/api/playground-token')).body as {
      token: string;
    };
    const tried = await ask('tools/call', { name: 'echo', arguments: { text: 'hi' } }, token);
    expect(tried.status).toBe(200);
    await tried.text();
    await expect
      .poll(async () => (await callers.store.listActivity(5)).map(({ client }) => client))
      .toContain('authmcp-playground');
    expect((await done())[2]).toEqual(['client', false]);
    await ask('tools/list', {});
    await expect.poll(async () => (await done())[2], { timeout: 5000 }).toEqual(['client', true]);
    expect((await done())[3]).toEqual(['call', false]);
    await ask('tools/call', { name: 'echo', arguments: { text: 'hi' } });
    await expect.poll(async () => (await state()).is_done, { timeout: 5000 }).toBe(true);
    const [, , client, call] = (await state()).steps as readonly Json[];
    expect(client?.says).toBe('my-agent/1 as user');
    expect(call?.says).toMatch(/^echo, \d+ ms$/);
  });
});
