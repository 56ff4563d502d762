import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBrowserSessions, createSetup, type Setup } from '../../src/auth/index.ts';
import { Secret } from '../../src/base/index.ts';
import type { SecurityEvent } from '../../src/ledger/index.ts';
import { createWorld, MASTER, ORIGIN, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('the setup link', () => {
  let setup: Setup;
  beforeEach(() => {
    setup = createSetup({ ...world, origin: () => ORIGIN });
  });

  const makeToken = async () => (await setup.newLink()).url.reveal().split('#')[1] ?? '';
  const describeUser = (name: string) => async () => ({ name, passwordHash: 'hash' });
  const create = (token: string, name = 'root', address = '10.0.0.1') =>
    setup.createAdmin(new Secret(token), describeUser(name), address);

  it('holds 26 letters in groups, in the fragment', async () => {
    const { url, expiresAt } = await setup.newLink();
    expect(url.reveal()).toMatch(
      /^http:\/\/localhost:8000\/setup#([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/,
    );
    expect(expiresAt - world.clock.now()).toBe(1_800_000);
  });

  it('makes one administrator and then none', async () => {
    const token = await makeToken();
    expect(await setup.isWaiting()).toBe(true);
    expect(await create(token)).toMatchObject({ name: 'root', role: 'admin' });
    expect(await setup.isWaiting()).toBe(false);
    expect(await create(token, 'second')).toBe('wrong_token');
    expect(await create(await makeToken(), 'second')).toBe('exists');
  });

  it('makes one when it is used twice at once [T17]', async () => {
    const token = await makeToken();
    const outcomes = await Promise.all(['a1', 'b2', 'c3'].map(name => create(token, name)));
    expect(outcomes.filter(outcome => typeof outcome !== 'string')).toHaveLength(1);
    expect(await world.store.listUsers()).toHaveLength(1);
  });

  it('tells the ledger of wrong tokens, of guessing on, and of the administrator', async () => {
    const heard: SecurityEvent[] = [];
    setup = createSetup({ ...world, origin: () => ORIGIN, ledger: { event: event => heard.push(event) } });
    for (let i = 0; i < 11; i++) await create('WRONG', 'root', '10.0.0.9');
    expect(heard.map(event => event.type)).toEqual([...Array(10).fill('auth_failed'), 'brute_force']);
    await create(await makeToken());
    expect(heard.at(-1)).toMatchObject({
      type: 'admin_action',
      address: '10.0.0.1',
      detail: { door: 'setup', action: 'user.create', target: 'root', role: 'admin' },
    });
    expect(heard.every(({ address }) => address?.startsWith('10.0.0.'))).toBe(true);
    expect(JSON.stringify(heard)).not.toContain('WRONG');
    expect(await world.store.listAudit(9)).toMatchObject([{ actor: 'setup', target: 'root' }]);
  });

  it('is read as people type', async () => {
    const token = await makeToken();
    const typed = token.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(await create(typed)).toMatchObject({ name: 'root' });
  });

  it('ends after half an hour, and with the next link [T18]', async () => {
    const old = await makeToken();
    const late = await makeToken();
    expect(await create(old)).toBe('wrong_token');
    world.clock.pass(1_800_000);
    expect(await create(late)).toBe('wrong_token');
  });

  it('stays good when the name is taken', async () => {
    await world.addUser('root');
    const token = await makeToken();
    expect(await create(token)).toBe('name_taken');
    expect(await create(token, 'admin')).toMatchObject({ name: 'admin' });
  });

  it('is not guessed: ten wrong ones per address end the trying', async () => {
    const token = await makeToken();
    for (let i = 0; i < 10; i++) expect(await create(`WRONG${i}`)).toBe('wrong_token');
    expect(await create(token)).toBe('too_many');
    expect(await create(token, 'root', '10.0.0.2')).toMatchObject({ name: 'root' });
  });

  it('rests as a hash [T18]', async () => {
    const token = await makeToken();
    const bytes = await world.place.bytes();
    expect(bytes).not.toContain(token);
    expect(bytes).not.toContain(token.replaceAll('-', ''));
  });
});

describe('a browser session', () => {
  const HOUR = 3_600_000;
  const open = (origin = ORIGIN) => createBrowserSessions({ ...world, master: MASTER, origin: () => origin });
  const signIn = async (origin?: string, former?: string) => {
    const user = (await world.store.userByName('alice')) ?? (await world.addUser('alice'));
    const [set = ''] = await open(origin).begin(user, { cookies: former });
    return { set, cookie: set.split(';')[0] ?? '', user };
  };

  it('is a cookie that the scheme allows', async () => {
    expect((await signIn()).set).toMatch(/^amg_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const { set } = await signIn('https://mcp.example');
    expect(set).toMatch(/^__Host-amg_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('says who signed in', async () => {
    const { cookie, user } = await signIn();
    expect(await open().read(`a=b; ${cookie}; c=d`)).toMatchObject({ user });
  });

  it('is new at each login, and the one before is over [T16]', async () => {
    const first = await signIn();
    const second = await signIn(ORIGIN, first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    expect(await open().read(first.cookie)).toBeUndefined();
    expect(await open().read(second.cookie)).toBeDefined();
  });

  it('ends after eight idle hours and after a day', async () => {
    const idle = await signIn();
    world.clock.pass(8 * HOUR);
    expect(await open().read(idle.cookie)).toBeUndefined();
    const busy = await signIn();
    for (let hours = 0; hours < 21; hours += 7) {
      world.clock.pass(7 * HOUR);
      expect(await open().read(busy.cookie)).toBeDefined();
    }
    world.clock.pass(3 * HOUR);
    expect(await open().read(busy.cookie)).toBeUndefined();
  });

  it('ends with its user and by signing out', async () => {
    const { cookie, user } = await signIn();
    await world.store.setDisabled(user.id, true);
    await world.live.refresh();
    expect(await open().read(cookie)).toBeUndefined();
    await world.store.setDisabled(user.id, false);
    await world.live.refresh();
    expect(await open().end(cookie)).toBe('amg_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
    expect(await open().read(cookie)).toBeUndefined();
  });

  it.each([undefined, '', 'amg_session=', 'amg_session', 'amg_session=x', '__proto__=x; ;;='])(
    'is not what the header %s holds',
    async cookies => {
      expect(await open().read(cookies)).toBeUndefined();
    },
  );

  it('is none when two cookies of its name disagree', async () => {
    const { cookie } = await signIn();
    expect(await open().read(`${cookie}; amg_session=other`)).toBeUndefined();
    expect(await open('https://mcp.example').read(cookie)).toBeUndefined();
  });

  it('has form tokens that no other session has', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const sessions = open();
    const [a, b] = [await sessions.read(first.cookie), await sessions.read(second.cookie)];
    if (!a || !b) throw new Error('not signed in');
    expect(sessions.isFormToken(a, a.formToken)).toBe(true);
    expect([b.formToken, '', `${a.formToken}x`].map(token => sessions.isFormToken(a, token))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
