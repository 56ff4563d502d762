import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/cli/sample/sample-server.ts';
import { startEcho2026 } from '../fixtures/echo-2026.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
let echo: Awaited<ReturnType<typeof startEcho2026>>;
let sample: Awaited<ReturnType<typeof startSampleServer>>;
beforeAll(async () => {
  sample = await startSampleServer();
  echo = await startEcho2026();
  world = await startPagesWorld({ servers: { sample: sample.url, echo: echo.url } });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await sample?.close();
  await echo?.close();
});

const press = (action: string) => seen.control(action).first().click();
const choose = (name: string) => seen.page.getByRole('button', { name, exact: true }).click();
const outcome = () => seen.page.getByRole('region', { name: 'What came of it' });
const field = (name: string) => seen.page.locator(`[data-action="play.field"][name="${name}"]`);

describe.each(['modern', 'legacy'] as const)('the playground, as a client of the %s era', era => {
  it('lists, fills in a form made of the schema, and calls', async () => {
    await seen.go('/admin/playground?server=sample');
    await seen.control('play.era').selectOption(era);
    await choose('add');
    await field('a').fill('two');
    await seen.page.getByText('a is no number').waitFor();
    expect(await seen.control('play.call').isDisabled()).toBe(true);
    await field('a').fill('2');
    await field('b').fill('3');
    await press('play.call');
    await outcome().getByText('5', { exact: true }).waitFor();
    await seen.picture(`playground-${era}`);
    expect(await seen.violations()).toEqual([]);
    const ladder = seen.page.getByRole('complementary', { name: 'The exchange' });
    expect(await ladder.textContent()).toContain(era === 'legacy' ? 'initialize' : 'tools/call');
    await ladder.getByText('tools/call').first().click();
    await ladder.locator('details[open] pre').getByText('"add"', { exact: false }).first().waitFor();
  });

  it('shows progress as it comes, and stops', async () => {
    await choose('slow');
    await press('play.call');
    await seen.page.getByRole('progressbar', { name: 'Progress' }).waitFor();
    await press('play.stop');
    await outcome().getByText('It was stopped.').waitFor();
  });

  it('answers what the server asks in the middle of a call', async () => {
    await choose('ask');
    await press('play.call');
    const asks = seen.page.getByRole('region', { name: 'The server asks' });
    await asks.waitFor();
    expect(await seen.violations()).toEqual([]);
    const fields = asks.locator('[data-action="play.field"]');
    for (let at = 0; at < (await fields.count()); at++) {
      const one = fields.nth(at);
      if ((await one.evaluate(element => element.tagName)) === 'SELECT') await one.selectOption({ index: 1 });
      else await one.fill('blue');
    }
    await press('ask.accept');
    await outcome().getByText('blue', { exact: false }).first().waitFor();
    await press('play.call');
    await asks.waitFor();
    await press('ask.decline');
    await expect.poll(() => asks.count()).toBe(0);
    await outcome().getByText('It took', { exact: false }).waitFor();
    await press('play.call');
    await asks.waitFor();
    await press('ask.cancel');
    await expect.poll(() => asks.count()).toBe(0);
  });
});

describe('the playground', () => {
  it('gives everything to take along, with no token in it', async () => {
    await seen.go('/admin/playground?server=sample&tool=echo');
    await press('play.as-json');
    await seen.control('play.raw').fill('{"message":');
    expect(await seen.control('play.call').isDisabled()).toBe(true);
    await seen.control('play.raw').fill('{"message":"it\'s <b>me</b>"}');
    await press('play.call');
    await outcome().getByText("it's <b>me</b>", { exact: false }).first().waitFor();
    expect(await outcome().locator('b').count()).toBe(0);
    await press('outcome.raw');
    await outcome().getByText('"jsonrpc": "2.0"', { exact: false }).waitFor();
    await press('outcome.curl');
    await press('play.copy-curl');
    const curl = await seen.copied();
    expect(curl).toContain('Bearer $TOKEN');
    expect(curl).not.toMatch(/eyJ/);
    await press('outcome.code');
    await press('play.copy-code');
    expect(await seen.copied()).toContain("from '@modelcontextprotocol/client'");
    await press('outcome.result');
    await outcome().getByText("it's <b>me</b>", { exact: false }).first().waitFor();
    await press('ladder.clear');
  });

  it('sends no cookie to /mcp, and a token for ten minutes that nothing keeps', async () => {
    const [request] = await Promise.all([
      seen.page.waitForRequest(one => one.url().includes('/mcp/sample') && one.method() === 'POST'),
      press('play.call'),
    ]);
    const headers = await request.allHeaders();
    expect(headers.cookie).toBeUndefined();
    const [, payload = ''] = (headers.authorization ?? '').split('.');
    const { exp, iat, aud } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect([exp - iat, aud]).toEqual([600, world.gateway.url('/mcp')]);
    const kept = await seen.page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(kept).not.toContain('eyJ');
  });

  it('reads resources and gets prompts as well', async () => {
    await press('play-kind.resources');
    await seen.control('play.choose').first().click();
    await press('play.call');
    await outcome().getByText('contents', { exact: false }).waitFor();
    await press('play-kind.prompts');
    await seen.control('play.search').fill('zzz');
    await expect.poll(() => seen.control('play.choose').count()).toBe(0);
    await seen.control('play.search').fill('');
    await seen.control('play.choose').first().waitFor();
    await seen.control('play.endpoint').selectOption('');
    await press('play-kind.tools');
    await seen.page.getByRole('button', { name: 'web_echo', exact: true }).waitFor();
  });

  it('opens what the server asks one to do elsewhere, and never a script', async () => {
    await seen.go('/admin/playground?server=echo&tool=ask_url');
    await seen.page
      .context()
      .route('https://echo.example/**', route => route.fulfill({ body: 'done there' }));
    await press('play.call');
    const opened = seen.page.context().waitForEvent('page');
    await press('ask.link');
    const tab = await opened;
    await tab.getByText('done there').waitFor();
    await tab.close();
    await press('ask.accept');
    await outcome().getByText('accept', { exact: false }).first().waitFor();
    await seen.go('/admin/playground?server=echo&tool=ask_script_url');
    await press('play.call');
    await outcome().getByText('It took', { exact: false }).waitFor();
    expect(await seen.control('ask.link').count()).toBe(0);
  });
});

it('complained of nothing', () => expect(seen.complaints).toEqual([]));
