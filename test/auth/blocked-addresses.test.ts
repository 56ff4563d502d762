import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Callers, PASSWORD, startCallers } from '../admin/api/support/callers.ts';
import { beside } from '../cli/support/beside.ts';

const PATH = '/admin/api/blocked-addresses';
const MINUTE_MS = 60_000;
const SOON = { timeout: 3000, interval: 20 };

let now = Date.now();
let callers: Callers;
let run: ReturnType<typeof beside>;
/** Each test has addresses of its own. */
let count = 0;
let address = '';
beforeAll(async () => {
  callers = await startCallers({
    servers: {},
    settings: {
      trustedProxies: ['127.0.0.1', '::1'],
      rateLimit: { login: { max: 2, window: 60 } },
      detectors: { brute_force: 'block' },
    },
    clock: { now: () => now },
  });
  run = beside(callers);
});
afterAll(() => callers.close());
beforeEach(() => {
  address = `203.0.113.${++count}`;
});

const login = async (from: string, password = PASSWORD, username = 'user'): Promise<number> => {
  const headers = { 'x-forwarded-for': from, 'content-type': 'application/json' };
  const body = JSON.stringify({ username, password });
  const answer = await fetch(callers.url('/auth/login'), { method: 'POST', headers, body });
  await answer.body?.cancel();
  return answer.status;
};
const block = (body: object, more?: object) => callers.ask('admin', `POST ${PATH}`, body, more);
const unblock = (text: string) => callers.ask('admin', `DELETE ${PATH}/${encodeURIComponent(text)}`);
const listed = async () =>
  (await callers.ask('admin', `GET ${PATH}`)).body as unknown as readonly {
    readonly address: string;
    readonly by: string;
    readonly since: string;
    readonly until: string;
  }[];

describe('an address that an administrator blocks', () => {
  it('signs in nowhere for so long, and again when the time is over', async () => {
    expect(await login(address)).toBe(200);
    const { status, body } = await block({ address, minutes: 30 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      address,
      by: 'user:admin',
      until: new Date(now + 30 * MINUTE_MS).toISOString(),
    });
    expect(await login(address)).toBe(429);
    expect(await login('203.0.113.250')).toBe(200);
    expect(await listed()).toMatchObject([{ address, by: 'user:admin' }]);
    now += 30 * MINUTE_MS;
    expect(await login(address)).toBe(200);
    expect(await listed()).toEqual([]);
  });

  it('is blocked as long as the setting says where no time is given', async () => {
    expect((await block({ address })).body.until).toBe(new Date(now + 15 * MINUTE_MS).toISOString());
    await unblock(address);
  });

  it('is let in again by whoever changes their mind, and both stand in the audit log', async () => {
    await block({ address, minutes: 60 });
    expect((await unblock(address)).status).toBe(204);
    expect(await login(address)).toBe(200);
    const [second, first] = await callers.store.listAudit(2);
    expect(first).toMatchObject({
      actor: 'user:admin',
      action: 'address.block',
      target: address,
      after: '{"minutes":60}',
    });
    expect(second).toMatchObject({ actor: 'user:admin', action: 'address.unblock', target: address });
    expect((await unblock(address)).status).toBe(404);
  });

  it('is one with its network, in each spelling', async () => {
    await block({ address: '2001:DB8:1:2::9', minutes: 5 });
    expect(await login('2001:db8:1:2:ffff::1')).toBe(429);
    expect(await login('2001:db8:1:3::1')).toBe(200);
    expect((await unblock('2001:db8:1:2::77')).status).toBe(204);
    await block({ address: `::ffff:${address}`, minutes: 5 });
    expect(await login(address)).toBe(429);
    expect((await unblock(address)).status).toBe(204);
  });

  it('is never one’s own', async () => {
    const headers = { 'x-forwarded-for': address };
    for (const own of [address, `::ffff:${address}`]) {
      const answer = await block({ address: own }, { headers });
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ field: 'address' });
    }
    expect(await listed()).toEqual([]);
  });

  it.each([
    [{ address: 'localhost' }, 'address'],
    [{ address: '203.0.113.0/24' }, 'address'],
    [{ address: '' }, 'address'],
    [{ address: '7' }, 'address'],
    [{ address: '203.0.113.9', minutes: 0 }, 'minutes'],
    [{ address: '203.0.113.9', minutes: 43_201 }, 'minutes'],
    [{ address: '203.0.113.9', minutes: 1.5 }, 'minutes'],
    [{ minutes: 5 }, 'address'],
    [{ address: '203.0.113.9', forever: true }, 'forever'],
  ])('%j is refused, with the field', async (body, field) => {
    const answer = await block(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ field });
    expect(await listed()).toEqual([]);
  });

  it('who guessed stands among them, and is let in again as well', async () => {
    for (let tries = 0; tries < 4; tries++) await login(address, 'Wrong-lantern-47');
    expect(await login('203.0.113.251')).toBe(200);
    expect(await login(address)).toBe(429);
    expect(await listed()).toMatchObject([{ address, by: 'detector:brute_force' }]);
    expect((await unblock(address)).status).toBe(204);
    expect(await listed()).toEqual([]);
    // The tries that were wrong still count: it waits its turn, and is in.
    now += 10 * MINUTE_MS;
    expect(await login(address)).toBe(200);
  });
});

describe('on the command line, beside a gateway that runs', () => {
  it('an address is blocked, listed and let in again', async () => {
    const blocked = await run(['address', 'block', address, '--for', '12h']);
    expect(blocked.out).toContain(`nobody signs in from ${address} until `);
    await expect.poll(() => login(address), SOON).toBe(429);
    expect((await run(['address', 'list'])).out).toMatch(new RegExp(`${address} +cli:`));
    expect((await run(['address', 'unblock', address])).out).toBe(`people may sign in from ${address} again`);
    await expect.poll(() => login(address), SOON).toBe(200);
    const byHand = (await callers.store.listAudit(20)).filter(({ actor }) => actor.startsWith('cli:'));
    expect(byHand[0]).toMatchObject({
      action: 'address.unblock',
      target: address,
    });
  });

  it.each([
    [['block', 'nowhere'], 'nowhere is no IP address.'],
    [['block', '203.0.113.9', '--for', 'ever'], '--for takes a time like 30m or 12h'],
    [['block', '203.0.113.9', '--for', '10s'], '--for takes a time like 30m or 12h'],
    [['block', '203.0.113.9', '--for', '31d'], '--for takes a time like 30m or 12h'],
    [['unblock', '203.0.113.9'], '203.0.113.9 is not blocked.'],
  ])('%j is refused in one sentence', async (args, says) => {
    const ran = await run(['address', ...args]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(says);
    expect(ran.err.split('\n')).toHaveLength(1);
  });
});
