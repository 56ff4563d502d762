import { afterAll, beforeAll, expect, it } from 'vitest';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, api } = handOf(() => seen);
const ANOTHER = 'Lantern-otter-31';

beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', ['web']);
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

it('a forgotten password: the link of an administrator leads to a new one, once, and the former one opens nothing', async () => {
  await seen.go('/admin');
  const people = (await api('users')) as { id: string; username: string }[];
  const id = people.find(({ username }) => username === 'alice')?.id;
  await seen.go(`/admin/people/${id}?tab=edit`);
  await click('person.reset-link');
  await click('person.reset-copy');
  await expect.poll(() => seen.copied()).toContain('#');
  const link = await seen.copied();

  const context = await world.browser.newContext();
  const page = await context.newPage();
  const send = async (password: string) => {
    await page.locator('#password').fill(password);
    await page.locator('form button').first().click();
  };
  await page.goto(link);
  await send('short');
  await page.getByText(/needs/).first().waitFor();
  await send(ANOTHER);
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/(account|login)/);
  await page.goto(link);
  await send('Heron-ladder-52');
  await page.getByText('This token is not valid any more.').waitFor();
  await context.close();

  const back = await world.signIn('alice', { password: ANOTHER });
  await back.page.getByText('Hello, alice').waitFor();
  await back.close();
  await expect(world.signIn('alice')).rejects.toThrow(/Timeout/);
}, 60_000);
