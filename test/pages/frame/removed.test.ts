import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { click, fill, says, change, dialog } = handOf(() => seen);
const path = () => new URL(seen.page.url()).pathname + new URL(seen.page.url()).search;

beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
  await seen.go('/admin');
}, 60_000);
afterAll(() => world?.close());

const made = async (at: string, body: object) => (await change('POST', at, body)) as Record<string, string>;
/** Looks away and back until it is said, as a person does; what was read a moment ago is not read again. */
const seesGone = (text: string) =>
  expect
    .poll(
      async () => {
        await look();
        return seen.page.getByText(text).count();
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBeGreaterThan(0);
/** As a browser does whose tab comes to the front. */
const look = () => seen.page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");

describe('what another administrator removed while its page is open', () => {
  it.each(['', 'settings', 'credentials', 'offers'])('a server, at its %s', async tab => {
    await made('mcp-servers', { name: 'brief', url: 'http://127.0.0.1:1/mcp' });
    await seen.go(`/admin/servers/brief?tab=${tab}`);
    await seen.control('server.test').waitFor();
    await change('DELETE', 'mcp-servers/brief');
    await seesGone('This server was removed');
    expect(await seen.page.getByText('online', { exact: true }).count()).toBe(0);
    expect(await seen.violations()).toEqual([]);
    await click('server.back');
    await expect.poll(path).toBe('/admin/servers');
  });

  it('a person, also when something is done about them', async () => {
    const { id } = await made('users', { username: 'leaving' });
    await seen.go(`/admin/people/${id}?tab=edit`);
    await fill('person.full-name', 'Somebody');
    await change('DELETE', `users/${id}`);
    await click('person.save');
    await says('This person was removed meanwhile. What you typed is still here');
    expect(await seen.control('person.full-name').inputValue()).toBe('Somebody');
    await seen.picture('person-removed');
    expect(await seen.violations()).toEqual([]);
    await click('rail.people');
    await click('unsaved.leave');
    await expect.poll(path).toBe('/admin/people');
    await seen.go(`/admin/people/${id}`);
    await says('There is no such person');
  });

  it('a person of whom nothing was typed', async () => {
    const { id } = await made('users', { username: 'passing' });
    await seen.go(`/admin/people/${id}`);
    await change('DELETE', `users/${id}`);
    await seesGone('This person was removed');
    await click('person.back');
    await expect.poll(path).toBe('/admin/people');
  });

  it.each([
    [
      'a server',
      () => made('mcp-servers', { name: 'typed', url: 'http://127.0.0.1:1/mcp' }),
      () => '/admin/servers/typed?tab=settings',
      'server-settings.description',
      () => 'mcp-servers/typed',
    ],
    [
      'a group',
      () => made('groups', { name: 'typed' }),
      (id: string) => `/admin/people?tab=groups&group=${id}`,
      'groups.description',
      (id: string) => `groups/${id}`,
    ],
  ])('%s into whose form was typed: the text stays', async (_, ...[make, pathOf, field, gone]) => {
    const { id = '' } = await make();
    await seen.go(pathOf(id));
    await fill(field, 'found with pains');
    await change('DELETE', gone(id));
    await seesGone('What you typed is still here, to be copied');
    expect(await seen.control(field).inputValue()).toBe('found with pains');
    await click('rail.home');
    await click('unsaved.leave');
    await expect.poll(path).toBe('/admin');
  });

  it('a group, whose drawer closes and says why', async () => {
    const { id } = await made('groups', { name: 'brief' });
    await seen.go(`/admin/people?tab=groups&group=${id}`);
    await dialog().waitFor();
    await change('DELETE', `groups/${id}`);
    await seesGone('There is no such group, or not any more.');
    expect(await seen.violations()).toEqual([]);
    await click('row-gone.close');
    await expect.poll(path).toBe('/admin/people?tab=groups');
  });

  it('a client, while something else is typed', async () => {
    const redirect_uris = ['https://client.example/callback'];
    const client = await made('oauth-clients', { client_name: 'Brief', redirect_uris });
    await seen.go(`/admin/clients?open=${client.client_id}&add=client`);
    await fill('clients.add-name', 'Another');
    await change('DELETE', `oauth-clients/${client.client_id}`);
    await seesGone('There is no such client, or not any more.');
    expect(await seen.page.getByText('What you typed is still here').count()).toBe(0);
    expect(await seen.control('clients.add-name').inputValue()).toBe('Another');
  });

  it('a client and a key', async () => {
    const client = await made('oauth-clients', {
      client_name: 'Brief',
      redirect_uris: ['https://client.example/callback'],
    });
    await seen.go(`/admin/clients?open=${client.client_id}`);
    await dialog().waitFor();
    await change('DELETE', `oauth-clients/${client.client_id}`);
    await seesGone('There is no such client, or not any more.');

    const { id: user } = await made('users', { username: 'keeper' });
    const { id } = await made('keys', { user, name: 'laptop' });
    await seen.go(`/admin/clients?tab=keys&key=${id}`);
    await dialog().waitFor();
    await change('DELETE', `keys/${id}`);
    await click('keys.revoke-send');
    await says('There is no such key, or not any more.');
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
