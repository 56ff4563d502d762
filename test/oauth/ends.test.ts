import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makePkce, REDIRECT, startWorld, WEB_REDIRECT, type World } from './support/world.ts';

describe('what a person agreed to', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await world.addPerson('alice');
    await world.addPerson('bob');
  });
  afterAll(() => world.close());

  it('stands at /account/programs, and ends there: tokens, sign-ins, and that it is not asked again', async () => {
    const id = await world.clientId({ client_name: 'Calendar', redirect_uris: [WEB_REDIRECT] });
    const browser = world.browserOf('alice');
    const { body } = await world.tokensFor(browser, id, { redirect_uri: WEB_REDIRECT });
    const page = await browser.open(world.url('/account/programs'));
    expect(page.text).toContain('Calendar');
    expect(page.text).toMatch(/1 sign-in\b/);
    const after = await browser.submit(page);
    expect(after.text).toContain('No program is connected as you.');
    expect(await world.call(String(body.access_token))).toMatchObject({ status: 401 });
    const params = { grant_type: 'refresh_token', client_id: id, refresh_token: String(body.refresh_token) };
    expect(await world.post('/oauth/token', params)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    const { challenge } = makePkce();
    const asked = { client_id: id, redirect_uri: WEB_REDIRECT, code_challenge: challenge };
    const again = await browser.open(
      world.authorizeUrl({ response_type: 'code', code_challenge_method: 'S256', ...asked }),
    );
    expect(again.text).toContain('wants to use this gateway');
    const audit = await world.store.listAudit(20);
    expect(audit.some(row => row.action === 'consent.withdraw' && row.actor === 'user:alice')).toBe(true);
  });

  it('is nobody else’s to see or to end', async () => {
    const id = await world.clientId({ client_name: 'Private' });
    const { body } = await world.tokensFor(world.browserOf('alice'), id);
    const bob = world.browserOf('bob');
    const login = await bob.open(world.url('/account/programs'));
    expect(login.url).toContain('/login?next=%2Faccount%2Fprograms');
    const page = await bob.submit(login);
    expect(page.text).not.toContain('Private');
    const token = /name="form" value="([^"]+)"/.exec((await bob.open(world.url('/admin'))).text)?.[1] ?? '';
    const forged = `<form method="post" action="/account/programs"><input name="form" value="${token}">
      <input name="client" value="${id}"><button name="go" value="withdraw">x</button></form>`;
    expect((await bob.submit({ ...page, text: forged })).status).toBe(200);
    expect(await world.call(String(body.access_token))).toMatchObject({ status: 200 });
  });

  it('is not shown or ended without a form of this session', async () => {
    const browser = world.browserOf('alice');
    const page = await browser.submit(await browser.open(world.url('/account/programs')));
    const forged = `<form method="post" action="/account/programs"><input name="form" value="forged">
      <input name="client" value="x"><button name="go" value="withdraw">x</button></form>`;
    expect((await browser.submit({ ...page, text: forged })).status).toBe(403);
  });
});

describe('a sign-in at a gateway that allows one at a time', () => {
  let world: World;
  afterEach(() => world.close());

  it('ends the former one of that person, and of nobody else', async () => {
    world = await startWorld({ settings: { jwt: { enforceSingleSession: true } } });
    await world.addPerson('alice');
    await world.addPerson('bob');
    const id = await world.clientId();
    const first = await world.tokensFor(world.browserOf('alice'), id);
    const bobs = await world.tokensFor(world.browserOf('bob'), id);
    const second = await world.tokensFor(world.browserOf('alice'), id);
    await expect.poll(async () => (await world.call(String(first.body.access_token))).status).toBe(401);
    expect(await world.call(String(second.body.access_token))).toMatchObject({ status: 200 });
    expect(await world.call(String(bobs.body.access_token))).toMatchObject({ status: 200 });
  });

  it('is not the rule where nobody chose it [K13]', async () => {
    world = await startWorld();
    await world.addPerson('alice');
    const id = await world.clientId();
    const first = await world.tokensFor(world.browserOf('alice'), id);
    await world.tokensFor(world.browserOf('alice'), id);
    expect(await world.call(String(first.body.access_token))).toMatchObject({ status: 200 });
  });
});

describe('signing out of the pages', () => {
  it('is signing out of every authorization that begins later, and leaves programs signed in', async () => {
    const world = await startWorld();
    try {
      await world.addPerson('alice');
      const id = await world.clientId();
      const browser = world.browserOf('alice');
      const { body } = await world.tokensFor(browser, id);
      await browser.submit(await browser.open(world.url('/admin')));
      const { challenge } = makePkce();
      const asked = { client_id: id, redirect_uri: REDIRECT, code_challenge: challenge };
      const url = world.authorizeUrl({ response_type: 'code', code_challenge_method: 'S256', ...asked });
      expect((await browser.open(url)).text).toContain('<h1>Sign in</h1>');
      expect(await world.call(String(body.access_token))).toMatchObject({ status: 200 });
    } finally {
      await world.close();
    }
  });
});
