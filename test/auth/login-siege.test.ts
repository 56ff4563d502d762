import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/auth/index.ts';
import { Secret } from '../../src/base/index.ts';
import { createBrowser } from '../support/browser.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

const PASSWORD = 'Otter-lantern-47';
/** Tries of one address at one account; the account has twenty times as many from everywhere. */
const MAX = 2;

let passwordHash: string;
let gateway: GatewayHere;
let now = Date.now();
beforeAll(async () => {
  passwordHash = await createPasswords().hash(new Secret(PASSWORD));
});
beforeEach(async () => {
  now = Date.now();
  gateway = await startGatewayHere({
    servers: {},
    settings: { trustedProxies: ['127.0.0.1'], rateLimit: { login: { max: MAX, window: 60 } } },
    clock: { now: () => now },
  });
  for (const name of ['alice', 'mallory'])
    await gateway.store.createUser({ name, role: 'user', passwordHash }, now);
});
afterEach(() => gateway.close());

type Tried = { readonly status: number; readonly after: number };

const login = async (username: string, password: string, address: string): Promise<Tried> => {
  const headers = { 'x-forwarded-for': address, 'content-type': 'application/json' };
  const body = JSON.stringify({ username, password });
  const answer = await fetch(gateway.url('/auth/login'), { method: 'POST', headers, body });
  await answer.body?.cancel();
  return { status: answer.status, after: Number(answer.headers.get('retry-after') ?? 0) };
};
const guess = (username: string, address: string) => login(username, 'Wrong-lantern-47', address);

/** Strangers at many addresses, until nothing is left of the tries at the account. */
const besiege = async (account: string) => {
  let counted = 0;
  for (let at = 0; at < 40; at++) {
    const tries = await Promise.all(Array.from({ length: MAX }, () => guess(account, `203.0.113.${at}`)));
    counted += tries.filter(one => one.status === 401).length;
  }
  return counted;
};

/** A browser at an address of its own, which has signed in or not. */
const formOf = async (cookies: string, address: string) => {
  const page = await fetch(gateway.url('/login'), {
    headers: { cookie: cookies, 'x-forwarded-for': address },
  });
  const [form = ''] = page.headers.getSetCookie().map(cookie => cookie.split(';')[0] ?? '');
  const field = /name="form" value="([^"]*)"/.exec(await page.text())?.[1] ?? '';
  return { cookie: `${cookies}; ${form}`, field };
};
const submit = async (cookies: string, address: string, fill: { name: string; password: string }) => {
  const { cookie, field } = await formOf(cookies, address);
  const answer = await fetch(gateway.url('/login'), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: gateway.origin, 'x-forwarded-for': address },
    body: new URLSearchParams({ ...fill, form: field }),
  });
  await answer.body?.cancel();
  return answer.status;
};
/** What a browser keeps of having signed in once, without the session. */
const knownBrowser = async (name: string) => {
  const browser = createBrowser({
    fill: { name, password: PASSWORD },
    stopAt: to => /^\/(admin|account)$/.test(to.pathname),
  });
  await browser.signIn(gateway.url('/login'));
  const all = browser.cookies(gateway.url('/')).split('; ');
  return all.find(cookie => cookie.startsWith('amg_browser=')) ?? 'none';
};

describe('strangers who try one account from everywhere', () => {
  it('lock its owner out nowhere: neither in a browser of theirs nor at an address where nobody tried [T20]', async () => {
    const known = await knownBrowser('alice');
    // Twenty times as many as one address has, and one more for each address that comes after.
    expect(await besiege('alice')).toBe(20 * MAX + 20);
    expect((await guess('alice', '203.0.113.1')).status).toBe(429);
    expect((await login('alice', PASSWORD, '198.51.100.7')).status).toBe(200);
    for (const address of ['203.0.113.1', '198.51.100.8'])
      expect(await submit(known, address, { name: 'alice', password: PASSWORD })).toBe(303);
  });

  it('have one try each from then on, and wait for five minutes after it', async () => {
    await besiege('alice');
    expect((await guess('alice', '198.51.100.9')).status).toBe(401);
    const second = await guess('alice', '198.51.100.9');
    expect(second).toMatchObject({ status: 429 });
    expect(second.after).toBeGreaterThan(250);
    // Nobody else is any slower for it.
    expect((await login('mallory', PASSWORD, '198.51.100.9')).status).toBe(200);
  });

  it('gain nothing by other spellings of the name', async () => {
    const spellings = ['alice', 'ALICE', 'ａlice', 'ａｌice', 'ａｌｉce', 'ALIＣE'];
    const tries: number[] = [];
    for (const name of spellings) tries.push((await guess(name, '198.51.100.1')).status);
    expect(tries).toEqual([401, 401, 429, 429, 429, 429]);
  });

  it('gain nothing by the addresses of one network of IPv6', async () => {
    const tries: number[] = [];
    for (let at = 1; at < 5; at++) tries.push((await guess('alice', `2001:db8::${at}`)).status);
    expect(tries).toEqual([401, 401, 429, 429]);
  });

  it('gain nothing by asking at once', async () => {
    const tries = await Promise.all(Array.from({ length: 20 }, () => guess('alice', '198.51.100.2')));
    expect(tries.filter(one => one.status === 401)).toHaveLength(MAX);
  });

  it('gain nothing by signing in as themselves in between', async () => {
    const tries: number[] = [];
    for (let at = 0; at < 4; at++) {
      tries.push((await guess('alice', '198.51.100.3')).status);
      expect((await login('mallory', PASSWORD, '198.51.100.3')).status).toBe(200);
    }
    expect(tries).toEqual([401, 401, 429, 429]);
  });
});

describe('one address at one account', () => {
  it('waits twice as long each time, five minutes at most, until a try is right', async () => {
    const waits: number[] = [];
    for (let at = 0; at < MAX - 1; at++) await guess('alice', '198.51.100.4');
    for (let at = 0; at < 6; at++) {
      expect((await guess('alice', '198.51.100.4')).status).toBe(401);
      const { status, after } = await guess('alice', '198.51.100.4');
      expect(status).toBe(429);
      waits.push(after);
      now += after * 1000;
    }
    expect(waits).toEqual([30, 60, 120, 240, 300, 300]);
    expect((await login('alice', PASSWORD, '198.51.100.4')).status).toBe(200);
    expect((await guess('alice', '198.51.100.4')).status).toBe(401);
    expect((await guess('alice', '198.51.100.4')).status).toBe(401);
  });

  it('is free again an hour after the last try', async () => {
    for (let at = 0; at < 3; at++) await guess('alice', '198.51.100.5');
    now += 3_600_000;
    for (let at = 0; at < MAX; at++) expect((await guess('alice', '198.51.100.5')).status).toBe(401);
    expect((await guess('alice', '198.51.100.5')).after).toBe(30);
  });
});

describe('the mark of a known browser', () => {
  const wrong = { name: 'alice', password: 'Wrong-lantern-47' };

  it('opens nothing, and its own tries are counted too', async () => {
    const known = await knownBrowser('alice');
    const me = await fetch(gateway.url('/account/api/me'), { headers: { cookie: known } });
    expect(me.status).toBe(401);
    const tries: number[] = [];
    for (let at = 0; at < 4; at++) tries.push(await submit(known, '198.51.100.6', wrong));
    expect(tries).toEqual([401, 401, 429, 429]);
  });

  it('is good for its own account, as it was given, and for half a year', async () => {
    const known = await knownBrowser('mallory');
    const alices = await knownBrowser('alice');
    await besiege('alice');
    await guess('alice', '198.51.100.10');
    const [name = '', value = ''] = alices.split('=');
    const forged = [
      known,
      `${name}=${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`,
      `${name}=${value.replace(/\.[0-9a-z]+\./, '.zzzzzzzz.')}`,
      `${name}=`,
      `${name}=${'x'.repeat(4000)}`,
      `${alices}; ${known}`,
      `__Host-${alices}`,
    ];
    for (const cookie of forged)
      expect([cookie, await submit(cookie, '198.51.100.10', { ...wrong, password: PASSWORD })]).toEqual([
        cookie,
        429,
      ]);
    expect(await submit(alices, '198.51.100.10', { ...wrong, password: PASSWORD })).toBe(303);
    now += 181 * 86_400_000;
    await besiege('alice');
    await guess('alice', '198.51.100.10');
    expect(await submit(alices, '198.51.100.10', { ...wrong, password: PASSWORD })).toBe(429);
  });
});

describe('guessing is told', () => {
  type Told = { readonly address: string | undefined; readonly count: number; readonly of: unknown };
  const told = async (): Promise<readonly Told[]> => {
    now += 10_000;
    const rows = async () =>
      (await gateway.store.listEvents(500)).filter(({ type }) => type === 'brute_force');
    await expect.poll(async () => (await rows()).length, { timeout: 5000 }).toBeGreaterThan(0);
    return (await rows()).map(({ address, count, detail }) => ({
      address,
      count,
      of: JSON.parse(detail).of,
    }));
  };

  it('of an account, where each of many addresses tries too seldom to be kept waiting', async () => {
    for (let at = 0; at < 20 * MAX + 10; at++)
      expect((await guess('alice', `203.0.113.${at}`)).status).toBe(401);
    expect(await told()).toEqual([{ address: undefined, count: 10, of: 'account' }]);
  });

  it('of an address, where one password is tried at many accounts', async () => {
    for (let at = 0; at < 6 * MAX + 3; at++) await guess(`person${at}`, '198.51.100.1');
    const found = await told();
    expect(found.map(({ address, of }) => [address, of])).toEqual(
      found.map(() => ['198.51.100.1', 'address']),
    );
    expect(found.length).toBe(3);
  });
});
