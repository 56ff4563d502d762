import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/auth/index.ts';
import { Secret } from '../../src/base/index.ts';
import { startSampleServer } from '../../src/cli/sample/sample-server.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';
import { startEcho2025 } from '../fixtures/echo-2025.ts';
import type { GatewayOptions } from '../support/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient } from '../support/mcp.ts';
import { sendBytes } from '../support/raw-http.ts';
import { eventsOf } from './support/events-of.ts';

const PASSWORD = 'Correct-Horse-7';
/** Nothing listens there, and nothing needs to. */
const NOWHERE = 'http://127.0.0.1:9/mcp';

let gateway: GatewayHere;
let clock: TestClock;

async function open(
  settings: Readonly<Record<string, unknown>> = {},
  servers: GatewayOptions['servers'] = { home: NOWHERE, work: NOWHERE },
): Promise<void> {
  clock = createClock(Date.now());
  gateway = await startGatewayHere({ servers, settings, clock });
  const passwordHash = await createPasswords().hash(new Secret(PASSWORD));
  await gateway.store.createUser({ name: 'alice', role: 'user', passwordHash }, clock.now());
}

beforeEach(() => open());
afterEach(() => gateway.close());

const post = async (path: string, body: object, token?: string) => {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(gateway.url(path), { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, string>> };
};
const login = (username: string, password: string) => post('/auth/login', { username, password });
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

const typesNow = async () =>
  [...new Set((await gateway.store.listEvents(100)).map(({ type }) => type))].sort();

const events = (type: string, least?: number) => eventsOf(gateway, clock, type, least);

describe('security events', () => {
  it('a failed login of somebody known names them, one row for many', async () => {
    for (let i = 0; i < 3; i++) await login('alice', 'wrong');
    const [event, ...more] = await events('auth_failed');
    expect(more).toEqual([]);
    expect(event).toMatchObject({ severity: 'medium', address: '127.0.0.1', count: 3 });
    expect(event?.read).toEqual({ door: 'login', name: 'alice' });
    expect(event?.principal).toBeTypeOf('string');
  });

  it('T53 a name that nobody has may be a password: two letters and a keyed hash are kept', async () => {
    await login('hunter2-my-password', 'x');
    const [event] = await events('auth_failed');
    expect(event?.read).toEqual({
      door: 'login',
      nameStart: 'hu',
      nameHash: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(JSON.stringify(await gateway.store.listEvents(100))).not.toContain('hunter');
  });

  it('who guesses on is brute force', async () => {
    for (let i = 0; i < 7; i++) await login('alice', 'wrong');
    const [event] = await events('brute_force');
    expect(event).toMatchObject({ severity: 'high', address: '127.0.0.1', count: 2 });
  });

  it('a refresh token that is used twice ends its login and is said', async () => {
    const { refresh_token } = (await login('alice', PASSWORD)).body;
    await post('/auth/refresh', { refresh_token });
    clock.pass(11_000);
    expect((await post('/auth/refresh', { refresh_token })).status).toBe(401);
    const [event] = await events('token_reuse');
    expect(event).toMatchObject({ severity: 'high', count: 1 });
    expect(JSON.stringify(event)).not.toContain(refresh_token);
  });

  it('a bearer that is not valid is said without a letter of it, its absence is not', async () => {
    await post('/mcp', ping);
    await post('/mcp', ping, 'amg_00000000_nobody-has-this-one');
    const found = await events('invalid_token');
    expect(found.map(event => event.read)).toEqual([{ path: '/mcp', says: 'The API key is not valid' }]);
    expect(JSON.stringify(found)).not.toContain('nobody-has');
    expect(await typesNow()).not.toContain('unauthorized_access');
  });

  it('so is one at the API of administrators, where its absence is how the login page begins', async () => {
    const list = (headers: Record<string, string>) => fetch(gateway.url('/admin/api/users'), { headers });
    expect((await list({})).status).toBe(401);
    expect((await list({ authorization: 'Bearer amg_00000000_nobody-has-this-one' })).status).toBe(401);
    const [event, ...more] = await events('invalid_token');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      ...{ severity: 'medium', address: '127.0.0.1' },
      read: { at: 'api', says: 'The API key is not valid' },
    });
  });

  it('what is no bearer, stands in the address or comes twice is no way in', async () => {
    const ask = (path: string, headers: Record<string, string>) =>
      fetch(gateway.url(path), { method: 'POST', body: JSON.stringify(ping), headers });
    await ask('/mcp', { authorization: 'Basic YWxpY2U6d29yZA==' });
    await ask('/mcp?access_token=secret-in-the-address', {});
    const twice = `POST /mcp HTTP/1.1\r\nHost: localhost:${gateway.port}\r\nConnection: close\r\n${'Authorization: Bearer x\r\n'.repeat(2)}\r\n`;
    await sendBytes(gateway.port, twice);
    const found = await events('unauthorized_access', 3);
    expect(found.map(event => event.read)).toEqual(
      expect.arrayContaining([
        { path: '/mcp', says: 'Authentication required' },
        { path: '/mcp', says: 'A token stood in the address' },
        { says: 'The header authorization stands twice' },
      ]),
    );
    expect(JSON.stringify(found)).not.toMatch(/YWxpY2U6|secret-in/);
  });

  it('who asks for a server of others hears that there is none, and is noted', async () => {
    const token = await gateway.userToken('bob', ['home']);
    expect((await post('/mcp/work', ping, token)).status).toBe(404);
    expect((await post('/mcp/none', ping, token)).status).toBe(404);
    const found = await events('permission_denied');
    expect(found.map(({ server, read }) => [server, read])).toEqual([
      ['work', { path: '/mcp/work', why: 'not_found' }],
    ]);
  });

  it('who calls a tool of a server of others hears that it is unknown, and is noted', async () => {
    const sample = await startSampleServer();
    await gateway.close();
    await open({}, { home: NOWHERE, work: { url: sample.url, private: 'allow' } });
    const token = await gateway.userToken('bob', ['home']);
    const call = (name: string) =>
      post('/mcp', { ...ping, method: 'tools/call', params: { name, arguments: {} } }, token);
    await expect
      .poll(() => gateway.built.servers().find(({ name }) => name === 'work')?.status.state)
      .toBe('ready');
    await expect.poll(async () => JSON.stringify(await gateway.store.loadNames())).toContain('work_echo');
    const [denied, unknown] = [await call('work_echo'), await call('work_none')];
    const plain = (text: unknown) => JSON.stringify(text).replace(/work_\w+|"requestId":"[^"]+"/g, '');
    expect(plain(denied)).toBe(plain(unknown));
    const found = await events('permission_denied');
    expect(found.map(({ server, read }) => [server, read])).toEqual([
      ['work', { path: '/mcp', why: 'unknown_target', target: 'echo' }],
    ]);
    await sample.close();
  });

  it('a name that a second server cannot have is said', async () => {
    const echo = await startEcho2025();
    await gateway.close();
    await open({}, { home: echo.url, work: echo.url });
    await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    const [event] = await events('name_collision');
    expect(event).toMatchObject({ severity: 'medium', read: { wanted: expect.any(String) } });
    expect(['home', 'work']).toContain(event?.server);
    await echo.close();
  });

  it('a setting that opens a door is said at each start', async () => {
    await gateway.close();
    await open({ system: { authRequired: false } });
    const found = await events('insecure_setting');
    expect(found.map(({ severity, read }) => [severity, read])).toEqual([
      ['high', { setting: 'system.authRequired' }],
    ]);
  });
});
