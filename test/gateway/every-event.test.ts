import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingRows } from '../../src/config/index.ts';
import { EVENT_TYPES, type EventType } from '../../src/ledger/index.ts';
import { ACTS, EventWorld } from './support/event-acts.ts';
import { eventsOf } from './support/events-of.ts';

/** What the gateway promises to tell by these very names. */
const PROMISED: readonly EventType[] = [
  ...(['unauthorized_access', 'auth_failed', 'invalid_token', 'token_reuse', 'brute_force'] as const),
  ...([
    'rate_limited',
    'permission_denied',
    'suspicious_payload',
    'tool_changed',
    'origin_rejected',
  ] as const),
  ...(['ssrf_blocked', 'session_hijack', 'admin_action', 'key_rotated'] as const),
];

/** Types that take a world of their own, and the tests that produce them end to end. */
const ELSEWHERE: Readonly<Partial<Record<EventType, string>>> = {
  name_collision: 'test/gateway/security-events.test.ts',
  definition_suspicious: 'test/gateway/definitions.test.ts',
  elicitation_url: 'test/e2e/bridge/asking.test.ts',
  elicitation_secret: 'test/e2e/bridge/asking.test.ts',
  insecure_setting: 'test/gateway/security-events.test.ts',
  token_refresh: 'test/upstream/oauth/refresh.test.ts',
  connected: 'test/admin/servers/connections.test.ts',
  disconnected: 'test/upstream/oauth/flow.test.ts',
  connect_refused: 'test/upstream/oauth/hostile.test.ts',
  connect_hijack: 'test/e2e/accounts/connecting.test.ts',
  server_health: 'test/gateway/metrics.test.ts',
  credential_expiry: 'test/admin/health/credentials.test.ts',
  ledger_gap: 'test/e2e/faults/ledger-faults.test.ts',
};

const ROOT = new URL('../../', import.meta.url);
const DONE_HERE = Object.keys(ACTS) as readonly (keyof typeof ACTS)[];
const KEYS: ReadonlySet<string> = new Set(settingRows.map(({ key }) => key));
/** What can be switched off. A suspicious payload is so by its kinds, of which each has a setting. */
const SWITCHED = DONE_HERE.filter(type => KEYS.has(`detectors.${type}`));

const all = (attitude: string) => Object.fromEntries(SWITCHED.map(type => [type, attitude]));

describe('every type of event of this build', () => {
  it.each(EVENT_TYPES)('%s is produced end to end by a test', type => {
    if (Object.hasOwn(ACTS, type)) return expect(ELSEWHERE[type]).toBeUndefined();
    const source = readFileSync(fileURLToPath(new URL(ELSEWHERE[type] ?? 'missing', ROOT)), 'utf8');
    expect(source).toMatch(new RegExp(`['"]${type}['"]`));
  });

  it('is there by the name that was promised, and can be switched off', () => {
    expect(PROMISED.filter(type => !EVENT_TYPES.includes(type))).toEqual([]);
    const fixed = PROMISED.filter(type => !(SWITCHED as readonly string[]).includes(type));
    expect(fixed).toEqual(['suspicious_payload']);
  });
});

describe.each(['log', 'block'] as const)('%s', attitude => {
  const world = new EventWorld();
  beforeAll(() => world.open(attitude === 'log' ? {} : all(attitude)), 30_000);
  afterAll(() => world.close());

  it.each(DONE_HERE)('%s is told', async type => {
    await ACTS[type](world);
    const [event] = await eventsOf(world.gateway, world.clock, type);
    expect(event?.type).toBe(type);
  });
});

describe('off', () => {
  const world = new EventWorld();
  beforeAll(() => world.open(all('off')), 30_000);
  afterAll(() => world.close());

  it('nothing of what is switched off is told, and what is refused is refused as before', async () => {
    for (const type of SWITCHED) await ACTS[type](world);
    expect(await world.guess('203.0.113.7')).toEqual([401, 401, 401, 401, 401, 429, 429]);
    // Written after all that came before it.
    world.clock.pass(10_000);
    await ACTS.suspicious_payload(world);
    await eventsOf(world.gateway, world.clock, 'suspicious_payload');
    const told = new Set((await world.gateway.store.listEvents(500)).map(({ type }) => type));
    expect(SWITCHED.filter(type => told.has(type))).toEqual([]);
  });
});

describe('brute force that is blocked', () => {
  const world = new EventWorld();
  const GUESSER = '203.0.113.8';
  const PASSWORD = 'Correct-Horse-7';
  beforeAll(() => world.open({ brute_force: 'block' }), 30_000);
  afterAll(() => world.close());

  it('keeps the address out for a while, at each account and door, and nobody else', async () => {
    expect((await world.guess(GUESSER)).at(-1)).toBe(429);
    // The wait after these guesses alone would have ended.
    world.clock.pass(300_000);
    const refused = await world.login(PASSWORD, GUESSER);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await world.login('x', GUESSER, 'somebody')).status).toBe(429);
    expect((await world.login(PASSWORD, '203.0.113.9')).status).toBe(200);
    expect((await world.ask('/mcp', undefined, { token: world.alice, from: GUESSER })).status).toBe(200);
    world.clock.pass(600_000);
    expect((await world.login(PASSWORD, GUESSER)).status).toBe(200);
  });
});

describe('brute force of an address of IPv6 that is blocked', () => {
  const world = new EventWorld();
  beforeAll(() => world.open({ brute_force: 'block' }), 30_000);
  afterAll(() => world.close());

  it('keeps its network out', async () => {
    expect((await world.guess('2001:db8:1:2::5')).at(-1)).toBe(429);
    world.clock.pass(300_000);
    expect((await world.login('x', '2001:db8:1:2:ffff::6', 'somebody')).status).toBe(429);
    expect((await world.login('x', '2001:db8:1:3::5', 'somebody')).status).toBe(401);
  });
});

describe('brute force that is told', () => {
  const world = new EventWorld();
  beforeAll(() => world.open({}), 30_000);
  afterAll(() => world.close());

  it('keeps nobody out for longer than the wait', async () => {
    expect((await world.guess('203.0.113.10')).at(-1)).toBe(429);
    world.clock.pass(300_000);
    expect((await world.login('Correct-Horse-7', '203.0.113.10')).status).toBe(200);
  });
});

describe('a hijack that is blocked', () => {
  const world = new EventWorld();
  beforeAll(() => world.open({ session_hijack: 'block' }), 30_000);
  afterAll(() => world.close());

  it('ends the session for its owner, who begins a new one', async () => {
    const id = await world.open2025(world.alice);
    const headers = { 'mcp-session-id': id };
    const ping = (token: string) => world.ask('/mcp', undefined, { token, headers });
    expect((await ping(world.alice)).status).toBe(200);
    expect((await ping(world.bob)).status).toBe(404);
    expect((await ping(world.alice)).status).toBe(404);
    const [event] = await eventsOf(world.gateway, world.clock, 'session_hijack');
    expect(event?.read).toMatchObject({ action: 'blocked' });
    expect(await world.open2025(world.alice)).not.toBe(id);
  });
});
