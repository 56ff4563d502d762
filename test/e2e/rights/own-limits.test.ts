import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPasswords, makeApiKey } from '../../../src/auth/index.ts';
import { type KeyId, Secret, type UserId } from '../../../src/base/index.ts';
import type { Limit, LimitSubject } from '../../../src/store/index.ts';
import { createClock, type TestClock } from '../../auth/support/world.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { post, type RpcAnswer } from '../../support/mcp.ts';

let clock: TestClock;
let echo: Echo2025;
let gateway: GatewayHere;
let alice: { readonly id: UserId; readonly token: string; readonly key: KeyId };
let other: string;
beforeEach(async () => {
  clock = createClock(Date.now());
  echo = await startEcho2025();
  gateway = await startGatewayHere({ servers: { echo: echo.url, calm: echo.url }, clock });
  alice = await addPerson('alice');
  other = (await addPerson('other')).token;
});
afterEach(async () => {
  await gateway.close();
  await echo.close();
});

async function addKey(userId: UserId) {
  const { id, key, secretHash } = makeApiKey();
  const rest = { name: 'test', scopes: ['mcp'], createdAt: clock.now(), expiresAt: undefined };
  await gateway.store.createKey({ id, userId, secretHash, ...rest });
  return { token: key.reveal(), key: id };
}

async function addPerson(name: string) {
  const user = await gateway.store.createUser({ name, role: 'user', passwordHash: undefined }, clock.now());
  if (typeof user === 'string') throw new Error(user);
  for (const server of ['echo', 'calm'])
    await gateway.store.addGrant({ userId: user.id, server: server as never });
  return { id: user.id, ...(await addKey(user.id)) };
}

/** A token of the client `authmcp-login`. */
async function loginToken(id: UserId): Promise<string> {
  const password = 'Otter-lantern-47';
  await gateway.store.setPassword(id, await createPasswords().hash(new Secret(password)));
  const body = JSON.stringify({ username: 'alice', password });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url('/auth/login'), { method: 'POST', headers, body });
  const { access_token } = (await response.json()) as { readonly access_token: string };
  return access_token;
}

const NONE = { requests: undefined, concurrent: undefined, bytesIn: undefined, bytesOut: undefined };

/** A limit that is in force when it resolves. */
async function limit(subject: LimitSubject, more: Partial<Limit>): Promise<void> {
  const rest = { windowS: 60, changedAt: clock.now(), changedBy: 'test' };
  await gateway.store.access.putLimit({ ...NONE, ...rest, subject, ...more });
  const { token } = await addKey(alice.id);
  await fetch(gateway.url('/auth/me'), { headers: { authorization: `Bearer ${token}` } });
}

const call = (token: string, args: object = {}, name = 'echo_echo'): Promise<RpcAnswer> => {
  const params = { name, arguments: args };
  return post(gateway.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, { token });
};

/** How many calls one after another go through before one is refused, and that one. */
async function until(
  work: () => Promise<RpcAnswer>,
  most = 12,
): Promise<{ passed: number; refused?: RpcAnswer }> {
  for (let passed = 0; passed < most; passed++) {
    const answer = await work();
    if (answer.status !== 200) return { passed, refused: answer };
  }
  return { passed: most };
}

async function events(): Promise<readonly Record<string, unknown>[]> {
  const found = async () =>
    (await gateway.store.listEvents(50)).filter(({ type }) => type === 'rate_limited');
  // A flood is told once, when it has ended.
  clock.pass(20_000);
  await expect.poll(async () => (await found()).length, { timeout: 8_000, interval: 100 }).toBeGreaterThan(0);
  return (await found()).map(({ detail, count }) => ({ ...JSON.parse(detail), count }));
}

type Kind = LimitSubject['kind'];

const subjectOf = (kind: Kind): LimitSubject =>
  ({
    user: { kind, id: alice.id },
    key: { kind, id: alice.key },
    client: { kind, id: 'authmcp-login' },
    server: { kind, id: 'echo' },
  })[kind] as LimitSubject;

/** What each kind of limit leaves alone. */
async function untouched(kind: Kind): Promise<RpcAnswer> {
  const second = async () => (await addKey(alice.id)).token;
  const calm = (token: string) => call(token, {}, 'calm_echo');
  switch (kind) {
    case 'user':
      return call(other);
    case 'key':
      return call(await second());
    case 'client':
      return call(alice.token);
    case 'server':
      return calm(alice.token);
  }
}

const KINDS = ['user', 'key', 'client', 'server'] as const;

describe.for(KINDS)('a limit of a %s', kind => {
  const tokenOf = async () => (kind === 'client' ? loginToken(alice.id) : alice.token);

  it('in requests ends what is too much, says for how long, and lets others be', async () => {
    await limit(subjectOf(kind), { requests: 3 });
    const token = await tokenOf();
    const { passed, refused } = await until(() => call(token));
    expect(passed).toBe(3);
    expect([refused?.status, refused?.message.error]).toEqual([
      429,
      expect.objectContaining({
        code: 1005,
        data: expect.objectContaining({ limit: 'requests', of: kind, retryAfterMs: 20_000 }),
      }),
    ]);
    expect(refused?.headers.get('retry-after')).toBe('20');
    expect((await untouched(kind)).status).toBe(200);
    clock.pass(19_000);
    expect((await call(token)).status).toBe(429);
    clock.pass(1_100);
    expect((await call(token)).status).toBe(200);
    expect(await events()).toEqual([expect.objectContaining({ limit: 'requests', of: kind, count: 2 })]);
  });

  it('in bytes of requests counts them, and what never fits never passes', async () => {
    await limit(subjectOf(kind), { bytesIn: 4_000 });
    const token = await tokenOf();
    const large = () => call(token, { text: 'a'.repeat(1_500) });
    const { passed, refused } = await until(large);
    expect(passed).toBe(2);
    expect(refused?.message.error?.data).toMatchObject({ limit: 'bytesIn', of: kind });
    expect((await untouched(kind)).status).toBe(200);
    clock.pass(60_000);
    expect((await call(token, { text: 'a'.repeat(5_000) })).message.error?.data).toMatchObject({
      ...{ limit: 'bytesIn', retryAfterMs: 60_000 },
    });
    expect((await large()).status).toBe(200);
  });

  it('in bytes of answers is paid afterwards', async () => {
    await limit(subjectOf(kind), { bytesOut: 10_000 });
    const token = await tokenOf();
    const large = () => call(token, { bytes: 15_000 }, 'echo_large');
    expect((await large()).status).toBe(200);
    const refused = await large();
    expect([refused.status, refused.message.error?.data]).toEqual([
      429,
      expect.objectContaining({ limit: 'bytesOut', of: kind }),
    ]);
    expect((await untouched(kind)).status).toBe(200);
    clock.pass(29_000);
    expect((await large()).status).toBe(429);
    clock.pass(3_000);
    expect((await large()).status).toBe(200);
  });

  it('in calls at once lets the next one in when one has ended', async () => {
    await limit(subjectOf(kind), { concurrent: 2 });
    const token = await tokenOf();
    const slow = () => call(token, { ms: 400 }, 'echo_slow');
    const answers = await Promise.all([slow(), slow(), slow(), slow()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.message.error?.data).toMatchObject({
      limit: 'concurrent',
      of: kind,
      retryAfterMs: 1_000,
    });
    expect(await until(slow, 3)).toEqual({ passed: 3 });
  });

  it('of nothing lets nothing through', async () => {
    await limit(subjectOf(kind), { requests: 0 });
    expect(await until(async () => call(await tokenOf()))).toMatchObject({ passed: 0 });
    expect((await untouched(kind)).status).toBe(200);
  });
});

describe.for(['key', 'client', 'server'] as const)('the limit of the settings for each %s', kind => {
  const tokenOf = async () => (kind === 'client' ? loginToken(alice.id) : alice.token);
  const begin = async (max: number) => {
    await gateway.close();
    const settings = { rateLimit: { [kind]: { max } } };
    gateway = await startGatewayHere({ servers: { echo: echo.url, calm: echo.url }, clock, settings });
    alice = await addPerson('alice');
  };

  it('is none unless said', async () => {
    expect(await until(async () => call(await tokenOf()))).toEqual({ passed: 12 });
  });

  it('ends what is too much of one, says for how long, and lets others be', async () => {
    await begin(3);
    const token = await tokenOf();
    const { passed, refused } = await until(() => call(token));
    expect(passed).toBe(3);
    expect(refused?.status).toBe(429);
    expect(refused?.message.error?.data).toMatchObject({
      ...{ limit: 'requests', of: kind, retryAfterMs: 20_000 },
    });
    expect(refused?.headers.get('retry-after')).toBe('20');
    expect((await untouched(kind)).status).toBe(200);
    clock.pass(20_000);
    expect((await call(token)).status).toBe(200);
    expect(await events()).toEqual([expect.objectContaining({ limit: 'requests', of: kind, count: 1 })]);
  });

  it('gives way to one of its own that says otherwise, and to none that says nothing of requests', async () => {
    await begin(3);
    await limit(subjectOf(kind), { concurrent: 5 });
    const token = await tokenOf();
    expect((await until(() => call(token))).passed).toBe(3);
    await limit(subjectOf(kind), { requests: 5 });
    expect((await until(() => call(token))).passed).toBe(5);
  });
});

describe('limits', () => {
  it('that say the same as before go on where they were, and others begin anew', async () => {
    await limit(subjectOf('user'), { requests: 3 });
    expect((await until(() => call(alice.token))).passed).toBe(3);
    await limit(subjectOf('user'), { requests: 3, changedBy: 'somebody else' });
    expect((await until(() => call(alice.token))).passed).toBe(0);
    await limit(subjectOf('user'), { requests: 5 });
    expect((await until(() => call(alice.token))).passed).toBe(5);
    await gateway.store.access.deleteLimit(subjectOf('user'));
    await limit(subjectOf('key'), { requests: 100 });
    expect((await until(() => call(alice.token))).passed).toBe(12);
  });

  it('give a person more than the settings do, where they say so', async () => {
    await gateway.close();
    const settings = { rateLimit: { mcp: { max: 60, window: 60, burst: 2 } } };
    gateway = await startGatewayHere({ servers: { echo: echo.url }, clock, settings });
    alice = await addPerson('alice');
    expect((await until(() => call(alice.token))).passed).toBe(2);
    await limit(subjectOf('user'), { requests: 10 });
    expect((await until(() => call(alice.token))).passed).toBe(10);
  });

  it('count each message of a batch', async () => {
    await limit(subjectOf('key'), { requests: 4 });
    const batch = (count: number) =>
      post(
        gateway.url('/mcp'),
        Array.from({ length: count }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' })),
        { token: alice.token, headers: { 'mcp-protocol-version': '2025-03-26' } },
      );
    expect((await batch(5)).status).toBe(429);
    clock.pass(60_000);
    expect((await batch(4)).status).toBe(200);
  });
});
