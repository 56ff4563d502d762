import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../support/mcp.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, dialog, click, fill, wrong, says, api, change } = handOf(() => seen);
const PASSWORD = 'Correct-horse-7';
const ids = { alice: '', server: '', client: '' };

beforeAll(async () => {
  world = await startPagesWorld();
  const params = { name: 'web_echo', arguments: { message: 'hi' } };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
  seen = await world.signIn();
  await seen.go('/admin');
  const made = async (path: string, body: object) => (await change('POST', path, body)) as { id: string };
  ids.alice = (await made('users', { username: 'alice', password: 'Lantern-otter-31' })).id;
  await made('keys', { user: ids.alice, name: 'laptop' });
  await made('groups', { name: 'team' });
  ids.server = (await made('mcp-servers', { name: 'gone', url: 'http://127.0.0.1:1/mcp' })).id;
  const client = { client_name: 'Reports', redirect_uris: ['https://client.example/callback'] };
  ids.client = ((await made('oauth-clients', client)) as unknown as { client_id: string }).client_id;
}, 60_000);
afterAll(() => world?.close());

/** Everything that one of these questions could have made or ended. */
const kept = async () => {
  const lists = ['users', 'groups', 'keys', 'invites', 'oauth-clients', 'mcp-servers'];
  const names = async (list: string) =>
    ((await api(list)) as readonly Readonly<Record<string, string>>[]).map(
      ({ id, client_id, is_active }) => `${list} ${id ?? client_id} ${is_active ?? ''}`,
    );
  return (await Promise.all(lists.map(names))).flat().sort();
};

describe('what is asked before it is done is left without a trace', () => {
  it.each([
    ['/admin/audit-log', ['audit.clean-up'], 'audit.clean-up-send.not'],
    ['/admin/clients', ['clients.add'], 'clients.add-send.not'],
    ['/admin/clients?open=CLIENT', ['client.remove'], 'client.remove-send.not'],
    ['/admin/clients?tab=keys', ['keys.add'], 'keys.add-send.not'],
    ['/admin/clients?tab=keys', ['keys.revoke'], 'keys.revoke-send.not'],
    ['/admin/people?tab=groups', ['groups.add'], 'groups.add-send.not'],
    ['/admin/people?tab=groups', ['groups.open', 'groups.remove'], 'groups.remove-send.not'],
    ['/admin/people', ['people.invite'], 'people.invite-send.not'],
    ['/admin/people/ALICE?tab=edit', ['person.remove'], 'person.remove-send.not'],
    ['/admin/people/ALICE?tab=edit', ['person.shut-out'], 'person.shut-out-send.not'],
    ['/admin/servers/gone', ['server.remove-ask'], 'server.remove.not'],
  ])('on %s after %j by %s', async (path, steps, leave) => {
    await seen.go(path.replace('CLIENT', ids.client).replace('ALICE', ids.alice));
    const before = await kept();
    for (const step of steps) await click(step);
    await seen.control(leave).waitFor();
    expect(await seen.violations()).toEqual([]);
    await click(leave);
    await expect.poll(() => seen.control(leave).count()).toBe(0);
    expect(await kept()).toEqual(before);
  });

  it('on the account page, before a key ends', async () => {
    await seen.go('/account');
    await fill('key.name', 'mine');
    await click('key.make');
    await says('It is shown this once.');
    await click('key.revoke-ask');
    await click('key.revoke.not');
    await expect.poll(() => dialog().count()).toBe(0);
    expect(JSON.stringify(await api('keys'))).toContain('"mine"');
  });
});

describe('what is taken along is a file', () => {
  it.each([
    ['/admin/activity', 'activity.csv', /web,.*echo/],
    ['/admin/activity', 'activity.jsonl', /"target":"echo"/],
    ['/admin/audit-log', 'audit.csv', /group\.add/],
    ['/admin/audit-log', 'audit.jsonl', /"action":"group\.add"/],
  ])('of %s by %s', async (path, action, holds) => {
    await seen.go(path);
    const coming = seen.page.waitForEvent('download');
    await click(action);
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(action.endsWith('csv') ? /\.csv$/ : /\.jsonl$/);
    expect(await readFile(await file.path(), 'utf8')).toMatch(holds);
  });

  it('and the document of the API is one that programs read', async () => {
    await seen.go('/admin/settings?tab=api');
    const coming = seen.page.waitForEvent('download');
    await click('api.document');
    const file = await coming;
    expect(file.suggestedFilename()).toBe('openapi.json');
    expect(JSON.parse(await readFile(await file.path(), 'utf8')).openapi).toMatch(/^3\./);
  });
});

describe('the password', () => {
  it('is asked for where it was given long ago; a wrong one is refused, and what was asked goes on', async () => {
    const store = new DatabaseSync(join(world.gateway.dataDir, 'gateway.db'));
    store.exec('update browser_sessions set password_at = password_at - 3600000');
    store.close();
    await seen.go('/admin/people?add=person');
    await fill('people.add-name', 'bob');
    await click('people.add-send');
    await dialog().getByText('Your password, please').waitFor();
    expect(await seen.violations()).toEqual([]);
    await fill('password.type', 'not-the-password');
    await click('password.check');
    await wrong('Password of admin');
    expect(await seen.control('password.type').inputValue()).toBe('not-the-password');
    await fill('password.type', PASSWORD);
    await click('password.check');
    await row('people', 'bob').waitFor();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
