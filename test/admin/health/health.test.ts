import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readBody, serve } from '../../fixtures/serve.ts';
import { legacyClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';
import { type Fragile, startFragile } from './fragile.ts';

const SERVERS = '/admin/api/mcp-servers';
const TIMEOUT = { timeout: 15_000 };
let callers: Callers;
let server: Fragile;

afterEach(async () => {
  await callers.close();
  await server.close();
});

/** A gateway that asks each second. */
async function start(settings: Json = {}, announces = false): Promise<void> {
  server = await startFragile(0, announces);
  callers = await startCallers({
    servers: { home: { url: server.url, auth: { bearer: 'tok' } } },
    settings: { health: { intervalSeconds: 1, timeoutSeconds: 1, ...settings } },
  });
  await expect.poll(stateNow, TIMEOUT).toBe('online');
}

const health = async () => (await callers.ask('auditor', `GET ${SERVERS}/home/health`)).body;
const stateNow = async () => (await health()).state;
const history = async () => ((await health()).history as readonly Json[]).map(({ state }) => state);
const events = async () => {
  const { body } = await callers.ask('auditor', 'GET /admin/api/security-events?event_type=server_health');
  return (body as unknown as readonly Json[]).map(({ severity, details }) => [severity, details]);
};

describe('the health of a server', () => {
  it('follows it down and up again without a single call, and each change is kept and told', {
    timeout: 40_000,
  }, async () => {
    await start();
    const { port } = server;
    await server.close();
    await expect.poll(stateNow, TIMEOUT).toBe('down');
    expect(await health()).toMatchObject({
      server: 'home',
      reason: 'unreachable',
      says: 'The server cannot be reached',
      last_error: { reason: 'unreachable', says: 'The server cannot be reached' },
    });
    server = await startFragile(port);
    await expect.poll(stateNow, TIMEOUT).toBe('online');
    const { since, checked_at, latency_ms } = await health();
    expect([since, checked_at, latency_ms].map(one => typeof one)).toEqual(['number', 'number', 'number']);
    await expect.poll(history, TIMEOUT).toEqual(['online', 'down', 'online']);
    // Equal events within ten seconds are one: they are written after that.
    await expect.poll(events, { timeout: 20_000 }).toEqual([
      ['low', { state: 'online', was: 'down' }],
      ['high', { state: 'down', reason: 'unreachable', was: 'online' }],
    ]);
    const listed = (await callers.ask('auditor', `GET ${SERVERS}/home`)).body;
    expect(listed).toMatchObject({
      health: { state: 'online' },
      last_error: 'The server cannot be reached',
      last_health_check: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('is degraded where it answers slowly', async () => {
    await start({ slowMs: 50 });
    server.delayMs = 120;
    await expect.poll(stateNow, TIMEOUT).toBe('degraded');
    expect(await health()).toMatchObject({ reason: 'slow', says: 'The server answers slowly' });
    server.delayMs = 0;
    await expect.poll(stateNow, TIMEOUT).toBe('online');
  });

  it('is degraded where a part of what it is asked ends in trouble', async () => {
    await start();
    server.mood = 'trouble';
    await expect.poll(stateNow, TIMEOUT).toBe('degraded');
    expect(await health()).toMatchObject({ reason: 'failing', last_error: { reason: 'error' } });
  });

  it('is down where only what stands before it answers', async () => {
    await start();
    server.mood = 'away';
    await expect.poll(stateNow, TIMEOUT).toBe('down');
  });

  it('is parked where it refuses the credential, which is not sent again and again', async () => {
    await start();
    server.mood = 'refuses';
    await expect.poll(stateNow, TIMEOUT).toBe('parked');
    expect(await health()).toMatchObject({ reason: 'refused', last_error: { reason: 'refused' } });
    const before = server.heard.length;
    await new Promise(resolve => setTimeout(resolve, 3_000));
    expect(server.heard.length).toBe(before);
  });

  it('is learnt beside the one session that a server has, which lives on', async () => {
    await start();
    const client = await legacyClient({
      url: callers.url('/mcp/home'),
      token: await callers.userToken('ann', ['home']),
    });
    const call = async () =>
      JSON.stringify((await client.request('tools/call', { name: 'who', arguments: {} })).message.result);
    const session = await call();
    const opened = server.heard.filter(one => one === 'initialize').length;
    server.heard.length = 0;
    await expect
      .poll(() => server.heard.filter(one => one.startsWith('ping')).length, TIMEOUT)
      .toBeGreaterThan(2);
    expect(server.heard.filter(one => !one.startsWith('ping'))).toEqual([]);
    expect(server.heard).toContain('ping');
    expect(await call()).toBe(session);
    expect(server.heard).not.toContain('initialize');
    expect(opened).toBe(2);
    expect(await stateNow()).toBe('online');
  });
});

describe('a server of one session', () => {
  it('keeps that of who calls while the gateway would like to hear of changed lists', async () => {
    await start({}, true);
    await expect.poll(() => server.heard, TIMEOUT).toContain('GET in session');
    const client = await legacyClient({
      url: callers.url('/mcp/home'),
      token: await callers.userToken('ann', ['home']),
    });
    const call = async () =>
      JSON.stringify((await client.request('tools/call', { name: 'who', arguments: {} })).message.result);
    const session = await call();
    server.heard.length = 0;
    // Its own stream ended with its session: it tries again, and finds the other one alive.
    const others = () => server.heard.filter(one => one === 'ping in session').length;
    await expect.poll(others, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(server.heard).not.toContain('initialize');
    expect(await call()).toBe(session);
  });

  it('is read anew, lists and all, when it was started anew and knows nobody', async () => {
    await start({}, true);
    const { port } = server;
    await server.close();
    await expect.poll(stateNow, TIMEOUT).toBe('down');
    server = await startFragile(port, true);
    await expect.poll(() => server.heard, { timeout: 30_000 }).toContain('initialize');
    await expect.poll(stateNow, TIMEOUT).toBe('online');
  });
});

describe('a server that is a program', () => {
  it('is not started to see how it is, and is online by what its calls told', async () => {
    const told: string[] = [];
    const reports = await serve(async (request, response) => {
      told.push(String(JSON.parse(await readBody(request)).method));
      response.end();
    });
    const echo = fileURLToPath(new URL('../../fixtures/stdio/echo.ts', import.meta.url));
    server = await startFragile();
    callers = await startCallers({
      servers: {
        home: { command: process.execPath, args: [echo, '2025', reports.origin] },
        beside: server.url,
      },
      settings: { health: { intervalSeconds: 1 } },
    });
    await expect.poll(stateNow, { timeout: 30_000 }).toBe('online');
    const asked = () => server.heard.filter(one => one.startsWith('ping')).length;
    await expect.poll(() => told, { timeout: 30_000 }).toContain('tools/list');
    await expect.poll(asked, TIMEOUT).toBeGreaterThan(0);
    const before = [told.filter(one => one === 'initialize').length, asked()];
    await expect.poll(asked, TIMEOUT).toBeGreaterThan((before[1] ?? 0) + 2);
    expect(told.filter(one => one === 'initialize')).toHaveLength(before[0] ?? 0);
    expect(told).not.toContain('ping');
    await reports.close();
  });
});

describe('who asks about health', () => {
  it('finds none of a server that is not there, and no more changes than wanted', async () => {
    await start();
    expect((await callers.ask('auditor', `GET ${SERVERS}/nobody/health`)).status).toBe(404);
    for (const limit of ['0', '-1', 'x', '1e9', ''])
      expect((await callers.ask('auditor', `GET ${SERVERS}/home/health?limit=${limit}`)).status).toBe(400);
    const { body } = await callers.ask('auditor', `GET ${SERVERS}/home/health?limit=1`);
    expect(body.history).toHaveLength(1);
  });
});
