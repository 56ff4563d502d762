import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './support/world.ts';

let world: World;
let now = Date.now();

beforeAll(async () => {
  world = await startWorld({ clock: { now: () => now } });
  await world.addPerson('alice');
  await world.addPerson('bob');
});
afterAll(() => world.close());

async function signedIn(name = 'alice') {
  const clientId = await world.clientId();
  const { body } = await world.tokensFor(world.browserOf(name), clientId);
  const refresh = (token: unknown, more = {}) =>
    world.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: String(token),
      ...more,
    });
  return { clientId, access: String(body.access_token), first: String(body.refresh_token), refresh };
}

describe('a refresh token', () => {
  it('gives a new one and is spent', async () => {
    const { first, refresh } = await signedIn();
    const next = await refresh(first);
    expect(next.status).toBe(200);
    expect(next.body.refresh_token).not.toBe(first);
    expect(next.body.scope).toBe('mcp');
    expect(await world.call(String(next.body.access_token))).toMatchObject({ status: 200 });
  });

  it('asked for three times at once gives one successor: the family does not branch [T31]', async () => {
    const { first, refresh } = await signedIn();
    const answers = await Promise.all([refresh(first), refresh(first), refresh(first)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  });

  it('used again after ten seconds ends its sign-in: every token of it, and an event says so', async () => {
    const { first, refresh } = await signedIn();
    const next = await refresh(first);
    now += 10_001;
    expect(await refresh(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await refresh(next.body.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await world.call(String(next.body.access_token))).toMatchObject({ status: 401 });
    // Events of a kind are counted together for ten seconds before they are written.
    now += 11_000;
    const types = async () => (await world.store.listEvents(50)).map(event => event.type);
    await expect.poll(types, { timeout: 8000 }).toContain('token_reuse');
  });

  it('may be used by fifty programs behind one address at once, who do not use up what failures may', async () => {
    const clientId = await world.clientId();
    const browser = world.browserOf('alice');
    const { body } = await world.tokensFor(browser, clientId);
    const look = () =>
      world.post('/oauth/introspect', { client_id: clientId, token: String(body.access_token) });
    const answers = await Promise.all(Array.from({ length: 50 }, look));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('of one sign-in leaves the others of the same person alone [K13]', async () => {
    const [laptop, phone] = [await signedIn(), await signedIn()];
    await world.post('/oauth/revoke', { client_id: laptop.clientId, token: laptop.first });
    expect(await laptop.refresh(laptop.first)).toMatchObject({ status: 400 });
    expect(await world.call(laptop.access)).toMatchObject({ status: 401 });
    expect(await world.call(phone.access)).toMatchObject({ status: 200 });
    expect(await phone.refresh(phone.first)).toMatchObject({ status: 200 });
  });

  it('of another client is refused, and stays good for its own', async () => {
    const [mine, other] = [await signedIn(), await signedIn('bob')];
    const stolen = await other.refresh(mine.first);
    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await mine.refresh(mine.first)).toMatchObject({ status: 200 });
  });

  it('may ask for less, never for more', async () => {
    const clientId = await world.clientId();
    const { body } = await world.tokensFor(world.browserOf('alice'), clientId, { scope: 'openid mcp' });
    const refresh = (scope: string, token: unknown) =>
      world.post('/oauth/token', {
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: String(token),
        scope,
      });
    expect(await refresh('mcp profile', body.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    const less = await refresh('mcp', body.refresh_token);
    expect(less).toMatchObject({ status: 200, body: { scope: 'mcp' } });
    expect(less.body.id_token).toBeUndefined();
  });

  it('of a person who was disabled is refused, and so is it when the person is back', async () => {
    const { access, first, refresh } = await signedIn('bob');
    const bob = await world.store.userByName('bob');
    if (!bob) throw new Error('no bob');
    await world.store.setDisabled(bob.id, true);
    await world.built.store.revision();
    await expect.poll(async () => (await world.call(access)).status).toBe(401);
    expect(await refresh(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await world.store.setDisabled(bob.id, false);
    expect(await refresh(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await world.call(access)).status).toBe(401);
  });

  it('rests nowhere in clear', async () => {
    const { first, refresh } = await signedIn();
    const second = String((await refresh(first)).body.refresh_token);
    const files = (await readdir(world.dataDir)).filter(name => name.startsWith('gateway.db'));
    for (const name of files) {
      const bytes = await readFile(`${world.dataDir}/${name}`);
      for (const token of [first, second]) expect(bytes.includes(token)).toBe(false);
    }
    expect(files.length).toBeGreaterThan(0);
  });
});
