import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Site, startSite } from '../../oauth/support/documents.ts';
import { tempDir } from '../../support/temp.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { CALLBACK, letIn } from '../support/let-in.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const ALICE = 'Lantern-otter-31';
let world: PagesWorld;
let seen: Seen;
let site: Site;
let folder: Awaited<ReturnType<typeof tempDir>>;
const { row, dialog, click, fill, wrong, says, api, change } = handOf(() => seen);
type Client = { readonly client_id: string; readonly access_ttl_ms: number | null };
const clients = async () => (await api('oauth-clients')) as readonly Client[];

/** A program whose id is the address of a document that says who it is. */
const id = () => site.url('/client.json');
beforeAll(async () => {
  site = await startSite();
  site.put('/client.json', { client_id: id(), client_name: 'Documented', redirect_uris: [CALLBACK] });
  folder = await tempDir('authmcp-site-');
  const certificate = join(folder.path, 'site.pem');
  await writeFile(certificate, site.certificate);
  world = await startPagesWorld({
    // Its address is one that the gateway may reach because a server is there.
    servers: { site: site.url('/mcp') },
    env: { NODE_EXTRA_CA_CERTS: certificate, ALLOW_CIMD: 'auto' },
  });
  seen = await world.signIn();
  await seen.go('/admin');
  await change('POST', 'users', { username: 'alice', password: ALICE });
  await letIn(world, { client_id: id(), name: 'alice', password: ALICE });
}, 60_000);
afterAll(async () => {
  await world?.close();
  await site?.close();
  await folder?.remove();
});

describe('a client whose id is an address', () => {
  it('is verified by the domain of its document; one that only says so named itself', async () => {
    const { host } = new URL(id());
    const registered = await fetch(world.gateway.url('/oauth/register'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ client_name: `Liar, verified by ${host}`, client_uri: site.url('/'), redirect_uris: [CALLBACK] },
      }),
    });
    const { client_id } = (await registered.json()) as { client_id: string };
    await letIn(world, { client_id, name: 'alice', password: ALICE });
    await seen.go('/admin/clients');
    const wordOf = (name: string) => row('clients', name).getByRole('cell').nth(1).textContent();
    await row('clients', 'Documented').waitFor();
    expect(await wordOf('Documented')).toBe(`verified by ${host}`);
    expect(await wordOf('Liar')).toBe('named itself');
    await seen.picture('clients-verified');
    expect(await seen.violations()).toEqual([]);
    await row('clients', 'Documented').click();
    await dialog().getByText(`verified by ${host}`, { exact: true }).first().waitFor();
    await change('DELETE', `oauth-clients/${client_id}`);
  });

  it.each([
    ['is that of another', { client_id: 'https://other.example/client.json' }],
    ['names itself nowhere', { client_id: undefined }],
    ['is not there', undefined],
  ])('is no client where its document %s, and is never listed', async (_, document) => {
    const path = `/wrong-${Math.random().toString(36).slice(2)}.json`;
    if (document) site.put(path, { client_name: 'Liar', redirect_uris: [CALLBACK], ...document });
    const asked = new URLSearchParams({
      ...{ client_id: site.url(path), response_type: 'code', redirect_uri: CALLBACK, scope: 'mcp' },
      ...{ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', state: 's' },
    });
    const answer = await fetch(world.gateway.url(`/authorize?${asked}`), { redirect: 'manual' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await clients()).map(({ client_id }) => client_id)).not.toContain(site.url(path));
  });

  it('has lives of its own, and what is no number is refused', async () => {
    await seen.go('/admin/clients');
    await row('clients', 'Documented').click();
    await dialog().getByText('1 person let it in').waitFor();
    expect(await seen.violations()).toEqual([]);
    await fill('client.access-life', 'long');
    await click('client.lives-save');
    await wrong('Access tokens');
    await fill('client.access-life', '20');
    await click('client.lives-save');
    await says('The lives of its tokens are set');
    expect(await clients()).toMatchObject([{ client_id: id(), access_ttl_ms: 1_200_000 }]);
  });

  it('is revoked with what it was given', async () => {
    await seen.go(`/admin/clients?open=${encodeURIComponent(id())}`);
    await click('client.remove');
    await click('client.remove-send');
    await says('The client and all it was given has ended');
    expect(await clients()).toEqual([]);
    expect(await api('consents')).toEqual([]);
  });

  it('that comes again is taken back on the account page of the person', async () => {
    await letIn(world, { client_id: id(), name: 'alice', password: ALICE });
    const theirs = await world.signIn('alice', { password: ALICE });
    await theirs.go('/account');
    await theirs.page.getByText('Documented').waitFor();
    await theirs.control('app.withdraw').click();
    await expect.poll(() => theirs.page.getByText('Documented').count()).toBe(0);
    await expect.poll(() => api('consents')).toEqual([]);
    await theirs.close();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
