import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeConfig } from '../../support/gateway.ts';
import { startGatewayHere } from '../../support/gateway-here.ts';
import { tempDir } from '../../support/temp.ts';
import { type Callers, type Json, PASSWORD, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  callers = await startCallers({
    clock: { now: () => Date.now() + skew },
    env: { RATE_LIMIT_LOGIN_WINDOW: '60', DCR_INITIAL_ACCESS_TOKEN: 'a-token-that-nobody-may-read' },
    settings: { rateLimit: { login: { max: 4 } } },
  });
});
afterAll(() => callers.close());

const SETTINGS = '/admin/api/settings';
type Row = Json & { readonly key: string };
const all = async (who: 'admin' | 'auditor' = 'admin') => (await callers.ask(who, `GET ${SETTINGS}`)).body;
const row = async (key: string) => ((await all()).settings as readonly Row[]).find(one => one.key === key);
const put = (body: unknown, who: 'admin' | 'key:admin' = 'admin') =>
  callers.ask(who, `PUT ${SETTINGS}`, body);

const weak = { username: 'weakling', password: 'aaaaaaaa' };

describe('settings', () => {
  it('are each shown with value, default, meaning, and who decided', async () => {
    expect(await row('passwordPolicy.minLength')).toMatchObject({
      value: 8,
      default: 8,
      from: 'default',
      by: null,
      pinned: null,
      expects: 'a whole number from 4 to 128',
      env: ['PASSWORD_MIN_LENGTH'],
      applies: 'live',
      is_security: true,
    });
    expect(await row('rateLimit.login.window')).toMatchObject({
      from: 'environment',
      by: 'RATE_LIMIT_LOGIN_WINDOW',
      pinned: 'is set by RATE_LIMIT_LOGIN_WINDOW in the environment, which wins: change it there',
    });
    const byFile = await row('rateLimit.login.max');
    expect(byFile).toMatchObject({
      value: 4,
      from: 'file',
      pinned: expect.stringMatching(/^is set in .*authmcp\.yaml:\d+/),
    });
    expect(await row('dataDir')).toMatchObject({ from: 'flag', by: '--data-dir', applies: 'outside' });
    expect(await row('publicUrl')).toMatchObject({ pinned: expect.stringContaining('set MCP_PUBLIC_URL') });
  });

  it('are chosen by the very names under which they are shown', async () => {
    const rows = ((await all()).settings as readonly Row[]).filter(
      one => one.pinned === null && one.is_secret === false && one.is_set === true,
    );
    expect(rows.some(({ key }) => key === 'detectors.path_traversal')).toBe(true);
    for (const { key, value } of rows) {
      const { status, body } = await put({ [key]: value });
      expect([key, status, body.message]).toEqual([key, 200, undefined]);
    }
    expect((await put({ 'detectors.path_traversal': 'block' })).status).toBe(200);
    expect(await row('detectors.path_traversal')).toMatchObject({ value: 'block', from: 'stored' });
    expect((await put({ detectors: { path_traversal: null } })).status).toBe(200);
    expect(await row('detectors.path_traversal')).toMatchObject({ value: 'log', from: 'default' });
    expect((await put({ detectors: { pathTraversal: 'block' } })).status).toBe(400);
  });

  it('show no secret to anybody', async () => {
    expect(await row('dcr.initialAccessToken')).toMatchObject({ value: null, is_set: true, is_secret: true });
    expect(await row('jwt.secretKey')).toMatchObject({ value: null, is_set: false });
    expect(JSON.stringify(await all('auditor'))).not.toContain('a-token-that-nobody-may-read');
  });

  it('are taken as version 1 wrote them, and shown so again', async () => {
    const document = {
      jwt: { access_token_expire_minutes: 30, refresh_token_expire_days: 7, enforce_single_session: false },
      password_policy: { min_length: 10, require_special: true },
      rate_limit: { register_limit: 5, register_window: 600 },
      ui: { mcp_activity_window_seconds: 3600 },
    };
    const done = await put(document);
    expect(done).toMatchObject({ status: 200, body: { success: true } });
    expect(done.body.changed).toEqual([
      'jwt.accessTokenExpireMinutes',
      'jwt.refreshTokenExpireDays',
      'passwordPolicy.minLength',
      'passwordPolicy.requireSpecial',
      'rateLimit.register.max',
      'rateLimit.register.window',
      'ui.mcpActivityWindowSeconds',
    ]);
    expect(await all()).toMatchObject(document);
    expect(await row('passwordPolicy.minLength')).toMatchObject({
      value: 10,
      from: 'stored',
      by: 'user:admin',
    });
    const [audit] = await callers.store.listAudit(1);
    expect(audit).toMatchObject({ actor: 'user:admin', action: 'settings.change' });
    expect(JSON.parse(audit?.before ?? '')).toMatchObject({ 'passwordPolicy.minLength': 8 });
    expect(JSON.parse(audit?.after ?? '')).toMatchObject({ 'passwordPolicy.minLength': 10 });
    const back = { jwt: null, 'passwordPolicy.minLength': null };
    expect((await put(back)).status).toBe(400);
    const undone = {
      'jwt.accessTokenExpireMinutes': null,
      'jwt.refreshTokenExpireDays': null,
      passwordPolicy: { minLength: null, requireSpecial: null },
    };
    expect((await callers.ask('admin', `PATCH ${SETTINGS}`, undone)).status).toBe(200);
    expect(await row('passwordPolicy.minLength')).toMatchObject({ value: 8, from: 'default' });
  });

  it('count at once where they say so: password policy, life of tokens and sessions, throttle', async () => {
    const add = () => callers.ask('admin', 'POST /admin/api/users', weak);
    expect((await add()).status).toBe(400);
    const loose = { requireUppercase: false, requireDigit: false };
    await put({ passwordPolicy: loose });
    expect((await add()).status).toBe(201);
    await put({ passwordPolicy: { requireUppercase: null, requireDigit: null } });
    expect(await add()).toMatchObject({ status: 400, body: { field: 'password' } });
    const login = async () => {
      const body = JSON.stringify({ username: 'user', password: PASSWORD });
      const answer = await fetch(callers.url('/auth/login'), { method: 'POST', body });
      return (await answer.json()) as { expires_in: number };
    };
    expect((await login()).expires_in).toBeGreaterThan(3590);
    await put({ 'jwt.accessTokenExpireMinutes': 5 });
    expect((await login()).expires_in).toBeLessThanOrEqual(300);
    await put({ 'jwt.accessTokenExpireMinutes': null });
    const session = await callers.signIn('user');
    await put({ 'browserSession.idleMinutes': 1 });
    skew += 61_000;
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(401);
    skew -= 61_000;
    await put({ 'browserSession.idleMinutes': null });
  });

  it('say what becomes of the tools of the next server that is added', async () => {
    const added = async (name: string) => {
      await callers.ask('admin', 'POST /admin/api/mcp-servers', { name, url: 'http://127.0.0.1:1/mcp' });
      const { body } = await callers.ask('admin', `PATCH /admin/api/mcp-servers/${name}/tools`, {
        switches: { none: false },
      });
      return body.new_tools;
    };
    expect(await added('before')).toBe('on');
    for (const chosen of ['review', 'off']) {
      await put({ upstream: { newTools: chosen } });
      expect(await added(`with-${chosen}`)).toBe(chosen);
    }
    await put({ upstream: { newTools: null } });
    expect(await added('after')).toBe('on');
  });

  it('limit requests as they say from the next one on', async () => {
    const { key } = await callers.keyOf(callers.users.auditor, ['mcp']);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const ping = async () => (await fetch(callers.url('/mcp'), { method: 'POST', headers, body })).status;
    const many = async () => Promise.all(Array.from({ length: 5 }, ping));
    expect(await many()).toEqual([200, 200, 200, 200, 200]);
    expect((await put({ rate_limit: { mcp_limit: 3, mcp_window: 3600 } })).body.needs_restart).toEqual([]);
    expect((await many()).sort()).toEqual([200, 200, 200, 429, 429]);
    await put({ 'rateLimit.mcp.max': null, 'rateLimit.mcp.window': null });
    expect(await many()).toEqual([200, 200, 200, 200, 200]);
  });

  it('turn registration of clients off and on again', async () => {
    const { origin } = callers;
    const register = async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'], client_name: 'x' });
      return (await fetch(`${origin}/oauth/register`, { method: 'POST', headers, body })).status;
    };
    const offered = async () =>
      'registration_endpoint' in
      ((await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json()) as Json);
    expect([await register(), await offered()]).toEqual([201, true]);
    await put({ system: { allow_dcr: false } });
    expect([await register(), await offered()]).toEqual([403, false]);
    await put({ system: { allow_dcr: true } });
    expect([await register(), await offered()]).toEqual([201, true]);
  });

  it('that count from the next start on say so, and do then', async () => {
    const { path, remove } = await tempDir('authmcp-settings-');
    const first = await startCallers({ dir: path });
    const chosen = await first.ask('admin', `PUT ${SETTINGS}`, { pageSize: 7 });
    expect(chosen.body).toMatchObject({ changed: ['pageSize'], needs_restart: ['pageSize'] });
    const key = await first.keyOf(first.users.admin, ['audit']);
    const find = async (url: string) => {
      const answer = await fetch(`${url}${SETTINGS}`, { headers: { authorization: `Bearer ${key.key}` } });
      return ((await answer.json()) as { settings: readonly Row[] }).settings.find(
        one => one.key === 'pageSize',
      );
    };
    expect(await find(first.origin)).toMatchObject({ value: 7, needs_restart: true });
    await first.close();
    const second = await startGatewayHere({ servers: {}, dir: path });
    expect(await find(second.origin)).toMatchObject({ value: 7, from: 'stored', needs_restart: false });
    await second.close();
    await remove();
  });

  it('of the file win over what was chosen, from the moment that they stand there', async () => {
    await put({ 'passwordPolicy.minLength': 12 });
    const { loadConfig } = await import('../../../src/config/index.ts');
    await writeConfig(callers.configFile, { servers: {}, settings: { passwordPolicy: { minLength: 20 } } });
    const flags = { config: callers.configFile, dataDir: callers.dataDir, port: '0' };
    await callers.built.reload(loadConfig({ flags, env: {} }));
    expect(await row('passwordPolicy.minLength')).toMatchObject({ value: 20, from: 'file' });
    expect(await put({ 'passwordPolicy.minLength': 8 })).toMatchObject({ status: 409 });
    await writeConfig(callers.configFile, { servers: {}, settings: { rateLimit: { login: { max: 4 } } } });
    await callers.built.reload(loadConfig({ flags, env: { RATE_LIMIT_LOGIN_WINDOW: '60' } }));
    expect(await row('passwordPolicy.minLength')).toMatchObject({ value: 12, from: 'stored' });
    await put({ 'passwordPolicy.minLength': null });
  });
});

describe('the document of the API', () => {
  it('says of every setting that may be chosen what it means and takes', async () => {
    const { body } = await callers.ask('admin', 'GET /admin/api/openapi.json');
    const paths = body.paths as Record<string, Record<string, Json>>;
    const text = JSON.stringify(paths[SETTINGS]?.patch?.requestBody);
    expect(text).toContain('"passwordPolicy.minLength":{"description":"');
    expect(text).toContain('It takes a whole number from 4 to 128, or null.');
    expect(text).not.toContain('"dataDir"');
  });
});
