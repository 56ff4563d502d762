import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../support/mcp.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { api, change, click, row, dialog } = handOf(() => seen);

const HOSTILE = `<b>\u202e${'w'.repeat(10_000)}`;

beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', []);
  const params = { name: 'web_echo', arguments: { message: 'hi' } };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
  seen = await world.signIn();
  await seen.go('/admin');
  await change('POST', 'groups', { name: 'team' });
  const redirect_uris = ['https://client.example/back'];
  await change('POST', 'oauth-clients', { client_name: 'Notes', redirect_uris });
}, 60_000);
afterAll(() => world?.close());

const title = () => seen.page.title();
const END = ' · AuthMCP Gateway';

describe('the title of the tab', () => {
  it.each([
    ['/admin', 'Home'],
    ['/admin/activity', 'Activity'],
    ['/admin/servers/web', 'web · Servers'],
    ['/admin/servers/web?tab=offers&open=echo', 'web_echo · web · Servers'],
    ['/admin/playground?tool=web_echo', 'web_echo · Playground'],
    ['/account/connect', 'Connect a client'],
  ])('of %s is %s', async (path, says) => {
    await seen.page.goto(world.gateway.url(path));
    await expect.poll(title).toBe(says + END);
  });

  it('names a person', async () => {
    const people = (await api('users')) as readonly { username: string; id: string }[];
    const alice = people.find(({ username }) => username === 'alice');
    await seen.go(`/admin/people/${alice?.id}`);
    await expect.poll(title).toBe(`alice · People${END}`);
    await click('rail.people');
    await expect.poll(title).toBe(`People${END}`);
  });

  it.each([
    ['/admin/people?tab=groups', 'groups', 'team', 'People'],
    ['/admin/clients', 'clients', 'Notes', 'Clients'],
    ['/admin/activity', 'activity', 'echo', 'Activity'],
  ])('names what is open beside the list of %s, as long as it is', async (path, name, text, page) => {
    await seen.go(path);
    await row(name, text).first().click();
    await dialog().waitFor();
    await expect.poll(title).toBe(`${text} · ${page}${END}`);
    await seen.page.keyboard.press('Escape');
    await expect.poll(title).toBe(`${page}${END}`);
  });

  it('is cut and inert where a name is hostile', async () => {
    await seen.go(`/admin/servers/${encodeURIComponent(HOSTILE.slice(0, 3_000))}`);
    await expect.poll(title).toContain('… · Servers');
    expect(await title()).toMatch(/^<b>·w{56}… · Servers · AuthMCP Gateway$/);
    const redirect_uris = ['https://client.example/back'];
    await change('POST', 'oauth-clients', { client_name: HOSTILE.slice(0, 100), redirect_uris });
    await seen.go('/admin/clients');
    await row('clients', 'www').first().click();
    await expect.poll(title).toMatch(/^<b>·w{56}… · Clients/);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
  });

  it('says first how many servers are down', async () => {
    await change('POST', 'mcp-servers', { name: 'gone', url: 'http://127.0.0.1:9/mcp' });
    await seen.go('/admin/servers/gone');
    await expect.poll(title, { timeout: 30_000 }).toBe(`1 down · gone · Servers${END}`);
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
