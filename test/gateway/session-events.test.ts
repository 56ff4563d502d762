import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClock, type TestClock } from '../auth/support/world.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { type LegacyClient, legacyClient } from '../support/mcp.ts';
import { scopedKey } from '../support/scoped-key.ts';
import { eventsOf } from './support/events-of.ts';

const DAY_MS = 24 * 3_600_000;
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

let echo: Echo2025;
let gateway: GatewayHere;
let clock: TestClock;
let alice: string;
let bob: string;
let client: LegacyClient;

beforeAll(async () => {
  echo = await startEcho2025();
});
afterAll(() => echo?.close());

beforeEach(async () => {
  clock = createClock(Date.now());
  const settings = { trustedProxies: ['127.0.0.1'] };
  gateway = await startGatewayHere({ servers: { home: echo.url, work: echo.url }, settings, clock });
  alice = await gateway.userToken('alice', ['home', 'work']);
  bob = await gateway.userToken('bob', ['home', 'work']);
  client = await legacyClient({ url: gateway.url('/mcp'), token: alice });
});
afterEach(() => gateway.close());

type Shown = {
  readonly token: string;
  readonly id: string;
  readonly path?: string;
  readonly method?: string;
};

/** The status of a request that shows this session id. */
async function show({ token, id, path = '/mcp', method = 'POST' }: Shown): Promise<number> {
  const response = await fetch(gateway.url(path), {
    method,
    headers: {
      ...{ authorization: `Bearer ${token}`, 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' },
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      'x-forwarded-for': '203.0.113.9',
    },
    ...(method === 'POST' && { body: JSON.stringify(ping) }),
  });
  await response.body?.cancel();
  return response.status;
}

const events = (type: string, least?: number) => eventsOf(gateway, clock, type, least);
const idOf = async (name: string) => (await gateway.store.userByName(name))?.id;
const sessionId = () => client.sessionId ?? '';

describe('a session id', () => {
  it.each(['POST', 'GET', 'DELETE'])('of another person is a hijack: %s', async method => {
    expect(await show({ token: bob, id: sessionId(), method })).toBe(404);
    const [event, ...more] = await events('session_hijack');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      ...{ severity: 'high', principal: await idOf('bob'), address: '203.0.113.9', server: undefined },
      read: { owner: await idOf('alice') },
    });
    expect(JSON.stringify(event)).not.toContain(sessionId());
    expect(await show({ token: alice, id: sessionId() })).toBe(200);
  });

  it('of another person is one at another endpoint too, and when it has ended', async () => {
    await client.end();
    expect(await show({ token: bob, id: sessionId() })).toBe(404);
    expect(await show({ token: bob, id: sessionId(), path: '/mcp/home' })).toBe(404);
    const found = await events('session_hijack', 2);
    expect(found.map(({ server }) => server).sort()).toEqual(['home', undefined].sort());
    expect((await gateway.store.listEvents(50)).map(({ type }) => type)).not.toContain('session_refused');
  });

  it('of its own person is no event, from wherever and by whichever credential', async () => {
    const key = await scopedKey(gateway, 'alice', ['mcp']);
    expect(await show({ token: alice, id: sessionId() })).toBe(200);
    expect(await show({ token: key, id: sessionId() })).toBe(200);
    expect((await client.request('ping')).status).toBe(200);
    await show({ token: bob, id: sessionId() });
    // What came before the hijack is written with it.
    await events('session_hijack');
    const told = (await gateway.store.listEvents(50)).filter(({ type }) => type.startsWith('session_'));
    expect(told).toMatchObject([{ type: 'session_hijack', count: 1 }]);
  });

  it.each<[string, () => Promise<Shown>]>([
    ['forged', async () => ({ token: alice, id: `${sessionId().slice(0, -2)}xx` })],
    ['forged', async () => ({ token: bob, id: '0b7e9f5c-6a43-4a2e-9d0e-0f1a2b3c4d5e' })],
    ['other_endpoint', async () => ({ token: alice, id: sessionId(), path: '/mcp/work' })],
    [
      'ended',
      async () => {
        await client.end();
        return { token: alice, id: sessionId() };
      },
    ],
    [
      'expired',
      async () => {
        clock.pass(DAY_MS);
        return { token: alice, id: sessionId() };
      },
    ],
  ])('that is %s is refused and told as that, with a low severity', async (why, shown) => {
    const { path, ...rest } = await shown();
    expect(await show({ ...rest, ...(path && { path }) })).toBe(404);
    const [event, ...more] = await events('session_refused');
    expect(more).toEqual([]);
    expect(event).toMatchObject({ severity: 'low', address: '203.0.113.9', read: { why } });
    expect(event?.server ?? undefined).toBe(path?.slice(5));
    expect(JSON.stringify(event)).not.toContain(rest.id);
  });

  it('is told to nobody as of another person: the answer is the same for a forged one', async () => {
    const ask = async (id: string) => {
      const headers = { authorization: `Bearer ${bob}`, 'mcp-session-id': id };
      const answer = await fetch(gateway.url('/mcp'), {
        method: 'POST',
        headers,
        body: JSON.stringify(ping),
      });
      return `${answer.status} ${await answer.text()}`.replace(/"requestId":"[^"]+"/, '');
    };
    expect(await ask(sessionId())).toBe(await ask('0b7e9f5c-6a43-4a2e-9d0e-0f1a2b3c4d5e'));
  });
});

describe('a page of elsewhere', () => {
  const visit = async (origin: string, path = '/mcp') =>
    (await fetch(gateway.url(path), { method: 'POST', headers: { origin }, body: '{}' })).status;

  it('is refused at every door and told with what it said of itself', async () => {
    for (const path of ['/mcp', '/auth/login', '/admin/api/users', '/oauth/token'])
      expect(await visit('https://evil.example', path)).toBe(403);
    const [event, ...more] = await events('origin_rejected');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      ...{ severity: 'medium', address: '127.0.0.1', count: 4 },
      read: { at: 'door', origin: 'https://evil.example' },
    });
  });

  it('that says another one each time is one event with a count, and what it says is short and harmless', async () => {
    for (let i = 0; i < 40; i++) await visit(`https://${i}.evil.example/\u0085${'a'.repeat(5000)}`);
    const [event, ...more] = await events('origin_rejected');
    expect(more).toEqual([]);
    expect(event?.count).toBe(40);
    const { origin } = { origin: '', ...(event?.read as object) };
    expect(origin).toMatch(/^https:\/\/0\.evil\.example\/\\u0085a+$/);
    expect(origin.length).toBeLessThanOrEqual(200);
  });

  it('that is of this gateway or of nowhere is no event', async () => {
    for (const origin of [gateway.origin, 'http://127.0.0.1:3000', 'http://[::1]:9'])
      expect(await visit(origin)).toBe(401);
    await visit('null');
    const [event] = await events('origin_rejected');
    expect(event).toMatchObject({ count: 1, read: { origin: 'null' } });
  });
});
