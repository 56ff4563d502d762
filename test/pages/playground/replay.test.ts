import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const INPUT = '"inputSchema":{"type":"object"}';
let world: PagesWorld;
let seen: Seen;
let echo: Awaited<ReturnType<typeof startEcho2026>>;
beforeAll(async () => {
  const tools = [
    `{"name":"wipe",${INPUT},"annotations":{"destructiveHint":true}}`,
    `{"name":"look",${INPUT},"annotations":{"readOnlyHint":true}}`,
    `{"name":"liar",${INPUT},"annotations":{"readOnlyHint":"yes"}}`,
  ];
  echo = await startEcho2026({ tools });
  world = await startPagesWorld({ servers: { echo: echo.url } });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await echo?.close();
});

const press = (action: string) => seen.control(action).first().click();
const calls = () => echo.journal.of('tools/call').length;
const came = () =>
  seen.page.getByRole('region', { name: 'What came of it' }).getByText('It took', { exact: false });
const call = async (tool: string, more = '') => {
  await seen.go(`/admin/playground?server=echo&tool=${tool}${more}`);
  await press('play.call');
};

it('asks once before it replays a call that may change something', async () => {
  await call('wipe');
  await came().waitFor();
  expect(calls()).toBe(1);
  await seen.go('/admin/activity?server=echo&method=tools%2Fcall');
  await seen.page.getByRole('table', { name: 'activity' }).getByRole('row').nth(1).click();
  await press('call.replay');
  await press('play.call');
  const dialog = seen.page.getByRole('dialog', { name: 'Call wipe again?' });
  await dialog.getByText('it may destroy something', { exact: false }).waitFor();
  expect(await seen.violations()).toEqual([]);
  await seen.picture('playground-replay');
  await press('play.replay.not');
  await expect.poll(() => dialog.count()).toBe(0);
  expect(calls()).toBe(1);
  await press('play.call');
  await press('play.replay');
  await came().waitFor();
  expect(calls()).toBe(2);
  await press('play.call');
  await expect.poll(calls).toBe(3);
  expect(await dialog.count()).toBe(0);
});

it('asks for what says in no proper way that it only reads, and not for what does', async () => {
  const before = calls();
  await call('look', '&replay=1');
  await came().waitFor();
  expect(calls()).toBe(before + 1);
  await call('liar', '&replay=1');
  await seen.page.getByRole('dialog', { name: 'Call liar again?' }).waitFor();
  expect(calls()).toBe(before + 1);
});

it('complained of nothing', () => expect(seen.complaints).toEqual([]));
