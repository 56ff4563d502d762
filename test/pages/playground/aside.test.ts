import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAsksAside } from '../../fixtures/asks-aside-2025.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
let asking: Awaited<ReturnType<typeof startAsksAside>>;
beforeAll(async () => {
  asking = await startAsksAside();
  world = await startPagesWorld({ servers: { asking: asking.url } });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await asking?.close();
});

const press = (action: string) => seen.control(action).first().click();
const asks = () => seen.page.getByRole('region', { name: 'The server asks' });
const outcome = () => seen.page.getByRole('region', { name: 'What came of it' });
const ladder = () => seen.page.getByRole('complementary', { name: 'The exchange' });
const listens = () =>
  seen.page.waitForRequest(one => one.method() === 'GET' && one.url().endsWith('/mcp/asking'));
const open = (tool: string) => seen.go(`/admin/playground?server=asking&play-era=legacy&tool=${tool}`);

describe('what a server of 2025-11-25 sends beside the answers of calls', () => {
  it('is heard on the stream of the session, and a question of it is answered', async () => {
    const [request] = await Promise.all([listens(), open('ask_aside')]);
    const headers = await request.allHeaders();
    expect(headers).toMatchObject({ accept: 'text/event-stream', 'mcp-protocol-version': '2025-11-25' });
    expect([headers['mcp-session-id'], headers.cookie]).toEqual([expect.any(String), undefined]);
    await press('play.call');
    await asks().getByText('Which word?').waitFor();
    expect(await seen.violations()).toEqual([]);
    await seen.picture('playground-aside');
    await asks().locator('[data-action="play.field"]').fill('blue');
    await press('ask.accept');
    await outcome().getByText('accept blue').waitFor();
    expect(await asks().count()).toBe(0);
    await ladder().getByText('notifications/message').first().waitFor();
    await ladder().getByText('elicitation/create', { exact: false }).first().waitFor();
  });

  it('goes when the server waits for its answer no longer', async () => {
    await open('ask_in_vain');
    await press('play.call');
    await asks().getByText('Still there?').waitFor();
    await outcome().getByText('it waits no longer').waitFor();
    await expect.poll(() => asks().count()).toBe(0);
  });

  it('is listened to again when the stream ends, from where it was, or anew where that is forgotten', async () => {
    const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
    const body = `retry: 10\nid: nowhere-7\ndata: ${JSON.stringify(message)}\n\n`;
    const lastIds: (string | undefined)[] = [];
    await seen.page.route('**/mcp/asking', (route, request) => {
      if (request.method() !== 'GET') return route.continue();
      lastIds.push(request.headers()['last-event-id']);
      return lastIds.length === 1
        ? route.fulfill({ contentType: 'text/event-stream', body })
        : route.continue();
    });
    await open('ask_aside');
    await expect.poll(() => lastIds).toEqual([undefined, 'nowhere-7', undefined]);
    await ladder().getByText('notifications/message', { exact: true }).waitFor();
    await press('play.call');
    await asks().getByText('Which word?').waitFor();
    await press('ask.decline');
    await outcome().getByText('decline nothing').waitFor();
    await seen.page.unroute('**/mcp/asking');
  });

  it('ends with the page, the endpoint and the era', async () => {
    const ends = () =>
      Promise.all([
        seen.page.waitForEvent('requestfailed', one => one.method() === 'GET' && one.url().includes('/mcp/')),
        seen.page.waitForRequest(one => one.method() === 'DELETE'),
      ]);
    await Promise.all([ends(), seen.control('play.era').selectOption('modern')]);
    await Promise.all([listens(), seen.control('play.era').selectOption('legacy')]);
    await Promise.all([ends(), seen.control('play.endpoint').selectOption('web')]);
    await Promise.all([listens(), seen.control('play.endpoint').selectOption('asking')]);
    await Promise.all([ends(), seen.page.getByRole('link', { name: 'Home' }).first().click()]);
  });
});

it('complained of nothing but the place that the gateway does not know', () =>
  expect(seen.complaints.filter(one => !one.includes('400 (Bad Request)'))).toEqual([]));
