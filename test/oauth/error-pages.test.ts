import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from './support/world.ts';

let world: World;
let now = Date.now();

beforeAll(async () => {
  world = await startWorld({ clock: { now: () => now } });
  await world.addPerson('alice');
});
afterAll(() => world.close());

const idOn = (text: string) => /request <code>([0-9a-f-]{36})<\/code>/.exec(text)?.[1];

it.each([
  ['a client that nobody knows', '/authorize?client_id=gone&response_type=code', 'does not know the program'],
  ['a link that was opened elsewhere', '/oauth/interaction/unknown', 'not valid any more'],
  ['an authorization that was not begun here', '/authorize/unknown', 'not valid any more'],
])('the page for %s says what to do, and its id stands in the ledger', async (_what, path, words) => {
  const page = await world.browserOf('alice').open(world.url(path));
  expect(page.status).toBe(400);
  expect(page.text).toContain(words);
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  const id = idOn(page.text);
  expect(id).toBeDefined();
  now += 11_000;
  const requests = async () =>
    (await world.store.listEvents(100)).map(
      event => (JSON.parse(event.detail) as { request?: string }).request,
    );
  await expect.poll(requests, { timeout: 8000 }).toContain(id);
});

it('many refusals of one kind are one row, however many ids were shown', async () => {
  const before = (await world.store.listEvents(500)).length;
  for (let at = 0; at < 30; at++)
    await world.browserOf('alice').open(world.url('/oauth/interaction/unknown'));
  now += 11_000;
  const rows = async () => (await world.store.listEvents(500)).length - before;
  await expect.poll(rows, { timeout: 8000 }).toBe(1);
});
