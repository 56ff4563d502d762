import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../oauth/support/world.ts';
import { type Callers, type Json, PASSWORD, startCallers } from '../api/support/callers.ts';

type Page = { readonly entries: readonly Json[] };

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({ settings: { ledger: { maxRows: 1000 } } });
});
afterAll(() => callers.close());

const send = (path: string, body: unknown) =>
  fetch(callers.url(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'test-agent/1' },
    body: JSON.stringify(body),
  });

const log = async (query: string) =>
  (await callers.ask('auditor', `GET /admin/api/auth-log?${query}`)).body as unknown as Page;

const FLOOD_MS = 14_000;
const shows = (query: string, rows: readonly object[]) =>
  expect.poll(async () => (await log(query)).entries, { timeout: FLOOD_MS }).toMatchObject(rows);

describe('the log of authentication', () => {
  it('has logins by the API, refreshes and logouts, and those that were refused', async () => {
    const person = await callers.addPerson('dora');
    const login = await send('/auth/login', { username: 'dora', password: PASSWORD });
    const tokens = (await login.json()) as Record<string, string>;
    await send('/auth/login', { username: 'dora', password: 'wrong' });
    await send('/auth/refresh', { refresh_token: tokens.refresh_token });
    await send('/auth/refresh', { refresh_token: 'none' });
    await send('/auth/logout', { access_token: tokens.access_token });
    await shows(`user_id=${person.id}`, [
      { event_type: 'logout', success: true, username: 'dora', user_agent: 'test-agent/1' },
      { event_type: 'token_refresh', success: true, ip_address: '127.0.0.1' },
      { event_type: 'login', success: false, details: 'api: wrong password' },
      { event_type: 'login', success: true, details: 'api', user_agent: 'test-agent/1' },
    ]);
    await shows('event_type=token_refresh&success=false', [{ details: 'unknown' }]);
  }, 30_000);

  it('has people who sign in on the page and out again, administrators by their own name', async () => {
    await callers.addPerson('boss', 'admin');
    const session = await callers.signIn('boss');
    const form = new URLSearchParams({ form: session.csrf });
    const out = await fetch(callers.url('/logout'), {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: session.cookie, origin: callers.origin },
      body: form,
    });
    expect(out.status).toBe(303);
    const boss = await callers.store.userByName('boss');
    await shows(`user_id=${boss?.id}`, [
      { event_type: 'logout', success: true, details: 'page' },
      { event_type: 'admin_login', success: true, details: 'page' },
    ]);
  });

  it('holds no password, not even one that was typed as a name [T53]', async () => {
    await send('/auth/login', { username: 'MySecretPassw0rd!', password: 'another-Secret-1' });
    await expect
      .poll(async () => JSON.stringify(await log('success=false&limit=50')), { timeout: FLOOD_MS })
      .toContain('My...');
    const all = JSON.stringify(await log('limit=500'));
    expect(all).not.toMatch(/MySecret|another-Secret|Otter-lantern/);
  }, 30_000);

  it('counts a flood of equal failures in one row', async () => {
    const login = { username: 'user', password: 'wrong-again' };
    for (let n = 0; n < 4; n++) await send('/auth/login', login);
    await expect
      .poll(
        async () => {
          const rows = (await log(`user_id=${callers.users.user.id}&success=false`)).entries;
          return rows.reduce((sum, row) => sum + Number(row.count), 0);
        },
        { timeout: FLOOD_MS },
      )
      .toBe(4);
    expect((await log(`user_id=${callers.users.user.id}&success=false`)).entries.length).toBeLessThanOrEqual(
      2,
    );
  }, 30_000);

  it('is there under the addresses of version 1, with pages and a total', async () => {
    const get = async (query: string) => (await callers.ask('auditor', `GET /admin/api/${query}`)).body;
    const all = await get('logs?days=1&limit=3&event_type=login');
    expect(all).toMatchObject({ limit: 3, offset: 0 });
    expect(all.logs).toHaveLength(3);
    const rest = await get(`logs?days=1&limit=1000&offset=3&event_type=login`);
    expect((rest.logs as unknown as Json[]).length).toBe(Number(all.total) - 3);
    expect(await get('mcp-auth-events?last_seconds=60')).toEqual({ events: [] });
    const logins = (await callers.store.ledger.signIns({ limit: 1000, ok: 1 })).rows;
    expect(await get('stats')).toMatchObject({
      logins_24h: logins.filter(({ type }) => type.endsWith('login')).length,
      total_users: (await callers.store.listUsers()).length,
      jwt_algorithm: 'ES256',
    });
  });

  it.each([
    ['auth-log?success=1', 'success'],
    ['auth-log?event_type=', 'event_type'],
    ['logs?offset=-1', 'offset'],
    ['logs?days=0', 'days'],
    ['mcp-auth-events?limit=0', 'limit'],
  ])('refuses %s with its field', async (query, field) => {
    const { status, body } = await callers.ask('admin', `GET /admin/api/${query}`);
    expect([status, body.field]).toEqual([400, field]);
  });
});

describe('an MCP client that is let in', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ clock: { now: () => Date.now() } });
    await world.addPerson('alice');
  });
  afterAll(() => world.close());

  it('leaves its registration, the consent, its code, its tokens and what was refused it', async () => {
    const clientId = await world.clientId();
    const { body } = await world.tokensFor(world.browserOf('alice'), clientId);
    const token = (refresh: unknown) =>
      world.post('/oauth/token', {
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: String(refresh),
      });
    await token(body.refresh_token);
    await token('not-one');
    await world.post('/oauth/revoke', { client_id: clientId, token: String(body.refresh_token) });
    const rows = async () => (await world.store.ledger.signIns({ limit: 100 })).rows;
    const types = async () => [...new Set((await rows()).map(row => `${row.type} ${row.ok}`))].sort();
    await expect
      .poll(types, { timeout: FLOOD_MS })
      .toEqual(
        expect.arrayContaining([
          'dcr_register 1',
          'login 1',
          'mcp_oauth_authorize 1',
          'mcp_oauth_consent 1',
          'mcp_oauth_error 0',
          'mcp_oauth_refresh 1',
          'mcp_oauth_revoke 1',
          'mcp_oauth_token 1',
        ]),
      );
    const found = (await rows()).find(({ type }) => type === 'mcp_oauth_token');
    expect(found).toMatchObject({ userName: 'alice', client: clientId, detail: 'authorization_code' });
    const all = JSON.stringify(await rows());
    expect(all).not.toContain(String(body.refresh_token));
    expect(all).not.toContain(String(body.access_token));
  }, 40_000);
});
