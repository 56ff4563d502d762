import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, startWorld, type World } from './support/world.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
let world: World;
let now = Date.now();

beforeAll(async () => {
  world = await startWorld({ clock: { now: () => now } });
  await world.addPerson('alice');
});
afterAll(() => world.close());
beforeEach(() => {
  now += 601_000;
});

async function begin() {
  const clientId = await world.clientId({
    client_name: 'Headless',
    grant_types: [GRANT, 'refresh_token'],
    redirect_uris: [],
  });
  const { body } = await world.post('/oauth/device_authorization', { client_id: clientId, scope: 'mcp' });
  const poll = () =>
    world.post('/oauth/token', {
      grant_type: GRANT,
      client_id: clientId,
      device_code: String(body.device_code),
    });
  return { clientId, poll, code: String(body.user_code), complete: String(body.verification_uri_complete) };
}

/** A signed-in browser on the page that asks for the code. */
async function atDevicePage() {
  const browser = world.browserOf('alice');
  return { browser, page: await browser.submit(await browser.open(world.url('/device'))) };
}

const withCode = (page: { readonly text: string }, code: string) => ({
  ...page,
  text: page.text.replace(/(name="code" value=")[^"]*/, `$1${code}`),
});

describe('a program without a browser', () => {
  it('waits, and has its tokens when the person typed its code and allowed it', async () => {
    const { poll, code } = await begin();
    expect(code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(await poll()).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    const { browser, page } = await atDevicePage();
    const confirm = await browser.submit(withCode(page, code.toLowerCase()) as never);
    expect(confirm.text).toContain('Headless');
    expect(confirm.text).toContain('127.0.0.1');
    expect(confirm.text).toContain('Go on only if you started this yourself');
    expect((await browser.submit(confirm)).text).toContain('Connected');
    const tokens = await poll();
    expect(tokens.status).toBe(200);
    expect(await world.call(String(tokens.body.access_token))).toMatchObject({ status: 200 });
    expect(await poll()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('that shows a link brings the person to a form that is filled in and not sent [T30]', async () => {
    const { complete, code, poll } = await begin();
    const browser = world.browserOf('alice');
    const page = await browser.submit(await browser.open(complete));
    expect(page.text).toContain(`value="${code}"`);
    expect(page.text).not.toContain('name="decision"');
    expect(await poll()).toMatchObject({ body: { error: 'authorization_pending' } });
  });

  it('is told when the person says no', async () => {
    const { code, poll } = await begin();
    const { browser, page } = await atDevicePage();
    const confirm = await browser.submit(withCode(page, code) as never);
    await browser.submit(confirm, 'deny');
    expect(await poll()).toMatchObject({ status: 400, body: { error: 'access_denied' } });
  });

  it('gets nothing with the code of another', async () => {
    const [mine, other] = [await begin(), await begin()];
    const answer = await world.post('/oauth/token', {
      grant_type: GRANT,
      client_id: other.clientId,
      device_code: 'unknown',
    });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await mine.poll()).toMatchObject({ body: { error: 'authorization_pending' } });
  });
});

describe('who guesses codes', () => {
  it('has five tries, and then waits although the sixth would be right [T30]', async () => {
    const { code } = await begin();
    const { browser, page } = await atDevicePage();
    for (const wrong of ['BCDF-GHJK', 'AAAA-AAAA', 'x', '', '%00']) {
      expect((await browser.submit(withCode(page, wrong) as never)).status).toBe(400);
    }
    const sixth = await browser.submit(withCode(page, code) as never);
    expect(sixth.status).toBe(429);
    expect(sixth.text).toContain('Too many wrong codes');
  });

  it('from another site is refused', async () => {
    const { browser } = await atDevicePage();
    const login = await fetch(world.url('/auth/login'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'alice', password: PASSWORD }),
    });
    expect(login.status).toBe(200);
    const page = await browser.open(world.url('/device'));
    const forged = {
      ...page,
      text: page.text.replace(/name="form" value="[^"]*"/, 'name="form" value="forged"'),
    };
    expect((await browser.submit(forged)).status).toBe(403);
  });
});
