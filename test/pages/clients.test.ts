import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from './support/hand.ts';
import { CALLBACK, letIn } from './support/let-in.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, table, dialog, click, fill, choose, wrong, says, api, change } = handOf(() => seen);

const ALICE = 'Lantern-otter-31';
const NAMED = `<img src=x onerror=alert(1)>${'w'.repeat(120)}`;

/** A client that registers itself, and alice lets in by her browser. */
async function register(client_name: string): Promise<string> {
  const registered = await fetch(world.gateway.url('/oauth/register'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name, redirect_uris: [CALLBACK] }),
  });
  const { client_id } = (await registered.json()) as { client_id: string };
  await letIn(world, { client_id, name: 'alice', password: ALICE });
  return client_id;
}

const ids: string[] = [];
beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
  await seen.go('/admin');
  await change('POST', 'users', { username: 'alice', password: ALICE });
  ids.push(await register(NAMED), await register('Another client'));
}, 60_000);
afterAll(() => world?.close());

describe('OAuth clients', () => {
  it('are listed with whose word their name is; a hostile one is inert and whole', async () => {
    await seen.go('/admin/clients');
    await row('clients', 'onerror').waitFor();
    expect(await row('clients', 'onerror').textContent()).toMatch(/named itself.*127\.0\.0\.1:3999.*1/s);
    expect(await seen.page.locator('img').count()).toBe(0);
    await seen.picture('clients');
    expect(await seen.violations()).toEqual([]);
    await fill('clients.search', 'another');
    await expect.poll(() => table('clients').getByRole('row').count()).toBe(2);
    await row('clients', 'Another client').click();
    await dialog().getByText('1 person let it in').waitFor();
    await seen.picture('clients-drawer');
    expect(await seen.violations()).toEqual([]);
  });

  it.each([
    ['client.person', '/admin/people/'],
    ['client.activity', '/admin/activity'],
  ])('lead by %s to %s', async (action, path) => {
    await seen.go(`/admin/clients?open=${ids[1]}`);
    await click(action);
    await expect.poll(() => seen.page.url()).toContain(path);
    await seen.go('/admin/clients?tab=consents');
    await click('consents.client');
    await dialog().waitFor();
  });

  it('have tokens that live as long as is said', async () => {
    await seen.go(`/admin/clients?open=${ids[1]}`);
    await fill('client.access-life', 'long');
    await click('client.lives-save');
    await wrong('Access tokens');
    await fill('client.access-life', '30');
    await fill('client.refresh-life', '1440');
    await click('client.lives-save');
    await says('The lives of its tokens are set');
    const clients = (await api('oauth-clients')) as readonly { client_id: string; access_ttl_ms: number }[];
    expect(clients.find(one => one.client_id === ids[1])).toMatchObject({ access_ttl_ms: 1_800_000 });
  });

  it('are registered with a secret that is shown once, and given another', async () => {
    await seen.go('/admin/clients');
    await click('clients.add');
    await fill('clients.add-name', 'Reports');
    await fill('clients.add-uris', 'javascript:alert(1)');
    await choose('clients.add-auth', 'key');
    await fill('clients.add-jwks', 'https://client.example/keys');
    await choose('clients.add-auth', 'secret');
    await seen.control('clients.add-device').check();
    await seen.control('clients.add-device').uncheck();
    await click('clients.add-send');
    await dialog().locator('[role="alert"]').first().waitFor();
    expect(await seen.control('clients.add-name').inputValue()).toBe('Reports');
    await fill('clients.add-uris', 'https://client.example/callback');
    await fill('clients.add-user', 'nobody');
    await click('clients.add-send');
    await wrong('Acts by itself');
    await fill('clients.add-user', '');
    await click('clients.add-send');
    await click('clients.secret-copy');
    expect(await seen.violations()).toEqual([]);
    const first = await seen.copied();
    await click('clients.add-done');
    await row('clients', 'Reports').click();
    await click('client.rotate');
    await click('client.secret-copy');
    await expect.poll(() => seen.copied()).not.toBe(first);
    expect((await seen.copied()).length).toBeGreaterThan(20);
    expect(JSON.stringify(await api('oauth-clients'))).not.toContain(await seen.copied());
    await click('client.remove');
    await click('client.remove-send');
    await says('The client and all it was given has ended');
    await expect.poll(async () => JSON.stringify(await api('oauth-clients'))).not.toContain('Reports');
  });
});

describe('API keys', () => {
  it('are made for a person, shown once, and revoked', async () => {
    await seen.go('/admin/clients');
    await click('clients-tab.keys');
    await click('keys.add');
    await choose(
      'keys.add-user',
      String(
        ((await api('users')) as readonly { username: string; id: string }[]).find(
          one => one.username === 'alice',
        )?.id,
      ),
    );
    await fill('keys.add-name', 'laptop');
    await fill('keys.add-scopes', 'admin');
    await click('keys.add-send');
    await wrong('Scopes');
    await fill('keys.add-scopes', 'mcp');
    await fill('keys.add-days', 'soon');
    await click('keys.add-send');
    await wrong('Ends after');
    expect(await seen.control('keys.add-name').inputValue()).toBe('laptop');
    await fill('keys.add-days', '30');
    await click('keys.add-send');
    await click('keys.copy');
    const key = await seen.copied();
    const me = { headers: { authorization: `Bearer ${key}` } };
    expect((await fetch(world.gateway.url('/auth/me'), me)).status).toBe(200);
    await click('keys.add-done');
    await row('keys', 'laptop').waitFor();
    await seen.picture('clients-keys');
    expect(await seen.violations()).toEqual([]);
    await row('keys', 'laptop').locator('[data-action="keys.revoke"]').click();
    await click('keys.revoke-send');
    await says('The key is revoked');
    expect((await fetch(world.gateway.url('/auth/me'), me)).status).toBe(401);
    await click('keys.person');
    await seen.page.locator('[data-action="person.keys"]').click();
    await click('keys.everybody');
  });
});

describe('consents and links', () => {
  it('are taken back', async () => {
    await seen.go('/admin/clients');
    await click('clients-tab.consents');
    await row('consents', 'Another client').waitFor();
    await seen.picture('clients-consents');
    expect(await seen.violations()).toEqual([]);
    await row('consents', 'Another client').locator('[data-action="consents.withdraw"]').click();
    await expect.poll(() => table('consents').getByRole('row').count()).toBe(2);
    await click('consents.person');
    await click('person.consent-withdraw');
    await says('No program was let in.');
    expect(await api('consents')).toEqual([]);
    await seen.go('/admin/clients?tab=consents');
    await says('Nobody let a client in yet');
    await change('POST', 'invites', { note: NAMED.slice(0, 100) });
    await seen.go('/admin/clients?tab=links');
    await row('links', 'onerror').waitFor();
    expect(await seen.violations()).toEqual([]);
    await click('links.remove');
    await says('No link waits');
    await click('clients-tab.programs');
    await click('clients-tab.links');
  });
});

it('on a phone, in the dark, nothing is wider than the page', async () => {
  const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
  for (const tab of ['programs', 'keys', 'consents', 'links']) {
    await phone.go(`/admin/clients?tab=${tab}&open=${ids[0]}`);
    await phone.page.locator('.table, .empty').first().waitFor();
    expect([tab, (await phone.width()) <= 375]).toEqual([tab, true]);
    expect(await phone.violations()).toEqual([]);
  }
  await phone.close();
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
