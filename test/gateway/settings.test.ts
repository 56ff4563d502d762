import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/auth/index.ts';
import { Secret } from '../../src/base/index.ts';
import { createClock } from '../auth/support/world.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

const PASSWORD = 'Correct-Horse-7';
const MINUTE = 60_000;
const DAY = 86_400_000;

let open: GatewayHere | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A gateway with these settings, on its own clock, and alice who may sign in. */
async function start(settings: Readonly<Record<string, unknown>>) {
  const clock = createClock(Date.now());
  const gateway = await startGatewayHere({ servers: {}, settings, clock });
  open = gateway;
  const passwordHash = await createPasswords().hash(new Secret(PASSWORD));
  await gateway.store.createUser({ name: 'alice', role: 'user', passwordHash }, clock.now());
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(gateway.url(path), { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, string>> };
  };
  const login = (password = PASSWORD) => post('/auth/login', { username: 'alice', password });
  const refresh = (refresh_token: string | undefined) => post('/auth/refresh', { refresh_token });
  return { ...gateway, clock, login, refresh };
}

describe('settings take effect in the running gateway', () => {
  it('jwt.refreshTokenExpireDays ends a login that rests, jwt.refreshTokenMaxDays one that does not', async () => {
    const jwt = { refreshTokenExpireDays: 2, refreshTokenMaxDays: 3 };
    const { login, refresh, clock } = await start({ jwt });
    const rested = (await login()).body.refresh_token;
    let used = (await login()).body.refresh_token;
    clock.pass(2 * DAY - MINUTE);
    used = (await refresh(used)).body.refresh_token;
    clock.pass(MINUTE);
    expect((await refresh(rested)).status).toBe(401);
    clock.pass(DAY - MINUTE);
    const last = await refresh(used);
    expect(last.status).toBe(200);
    clock.pass(MINUTE);
    expect((await refresh(last.body.refresh_token)).status).toBe(401);
  });

  it('jwt.enforceSingleSession lets a new login end the former one, which otherwise goes on', async () => {
    const strict = await start({ jwt: { enforceSingleSession: true } });
    const former = (await strict.login()).body;
    const next = (await strict.login()).body;
    expect((await strict.refresh(former.refresh_token)).status).toBe(401);
    const me = (token: string | undefined) =>
      fetch(strict.url('/auth/me'), { headers: { authorization: `Bearer ${token}` } });
    expect((await me(former.access_token)).status).toBe(401);
    expect((await me(next.access_token)).status).toBe(200);
    expect((await strict.refresh(next.refresh_token)).status).toBe(200);
    await strict.close();
    const loose = await start({});
    const first = (await loose.login()).body;
    await loose.login();
    expect((await loose.refresh(first.refresh_token)).status).toBe(200);
  });

  it('browserSession.idleMinutes and maxMinutes end a signed-in browser', async () => {
    const { url, clock, origin } = await start({ browserSession: { idleMinutes: 10, maxMinutes: 25 } });
    const signIn = async () => {
      const page = await fetch(url('/login'));
      const cookie = page.headers
        .getSetCookie()
        .map(line => line.split(';')[0])
        .join('; ');
      const form = /name="form" value="([^"]*)"/.exec(await page.text())?.[1] ?? 'none';
      const body = new URLSearchParams({ name: 'alice', password: PASSWORD, form });
      const headers = { origin, cookie };
      const done = await fetch(url('/login'), { method: 'POST', headers, body, redirect: 'manual' });
      return done.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    };
    const visit = async (cookie: string) =>
      (await fetch(url('/account'), { headers: { cookie }, redirect: 'manual' })).status;
    const [resting, active] = [await signIn(), await signIn()];
    clock.pass(9 * MINUTE);
    expect(await visit(active)).toBe(200);
    clock.pass(9 * MINUTE);
    expect([await visit(resting), await visit(active)]).toEqual([303, 200]);
    clock.pass(7 * MINUTE);
    expect(await visit(active)).toBe(303);
  });

  it('rateLimit.login counts wrong passwords, rateLimit.enabled: false counts none', async () => {
    const tight = await start({ rateLimit: { login: { max: 2, window: 600 } } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await tight.login('wrong')).status);
    expect(statuses).toEqual([401, 401, 429]);
    tight.clock.pass(5 * MINUTE);
    expect((await tight.login()).status).toBe(200);
    await tight.close();
    const off = await start({ rateLimit: { enabled: false, login: { max: 1 } } });
    for (let i = 0; i < 4; i++) expect((await off.login('wrong')).status).toBe(401);
  });

  it('ledger.enabled: false keeps no request, and still counts', async () => {
    const { url, adminToken, built, store } = await start({ ledger: { enabled: false } });
    const seen: string[] = [];
    built.onActivity(row => seen.push(row.method ?? ''));
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
    const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    expect((await fetch(url('/mcp'), { method: 'POST', headers, body })).status).toBe(200);
    await expect.poll(() => seen).toEqual(['ping']);
    expect(await (await fetch(url('/metrics'))).text()).toMatch(/requests_total\{method="ping".*\} 1/);
    // Twice the time after which rows are written at the latest.
    await sleep(500);
    expect(await store.listActivity(10)).toEqual([]);
  });
});
