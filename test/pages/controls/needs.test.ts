import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type ChangingServer, startChangingServer } from '../../gateway/support/changing-server.ts';
import { CHANGED, FIRST, tool } from '../../gateway/support/changing-world.ts';
import { legacyClient } from '../../support/mcp.ts';
import { type Authority, startAuthority } from '../../upstream/oauth/support/authority.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
let notes: ChangingServer;
let authority: Authority;
let echo: Awaited<ReturnType<typeof startEcho2025>>;
const { row, click, says, change } = handOf(() => seen);
type Client = Awaited<ReturnType<typeof legacyClient>>;
let client: Client;

/** A token that says of itself when it ends. */
function tokenUntil(at: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: Math.floor(at / 1000) })}.x`;
}

beforeAll(async () => {
  [notes, echo] = [await startChangingServer(FIRST), await startEcho2025()];
  authority = await startAuthority();
  const soon = tokenUntil(Date.now() + 3 * 86_400_000);
  world = await startPagesWorld({
    servers: {
      notes: notes.url,
      soon: { url: notes.url, auth: { bearer: soon } },
      refuses: { url: authority.url(), auth: { bearer: 'nobody' } },
      one: { url: echo.url, prefix: '' },
      two: { url: echo.url, prefix: '' },
    },
    settings: { upstream: { newTools: 'review' } },
  });
  client = await legacyClient({ url: world.gateway.url('/mcp'), token: world.gateway.adminToken });
  await client.request('tools/list');
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await notes?.close();
  await echo?.close();
  await authority?.close();
});

const need = (text: string | RegExp) => seen.page.locator('.needs li').filter({ hasText: text });

describe('what needs somebody', () => {
  it('a definition that changed is compared, member by member', async () => {
    notes.offer({ ...FIRST, tools: [tool('add_note', CHANGED), tool('poke')] });
    await client.request('tools/call', { name: 'notes_poke', arguments: {} });
    await seen.go('/admin');
    await need('notes changed what it offers').waitFor({ timeout: 30_000 });
    expect(await seen.violations()).toEqual([]);
    await need('notes changed').locator('[data-action="need.compare"]').click();
    await says('/inputSchema/required/0');
    expect(await seen.violations()).toEqual([]);
  });

  it('a name that two servers have leads to who has it', async () => {
    await seen.go('/admin');
    await need('Two servers offer the same name').waitFor({ timeout: 30_000 });
    await click('need.name-collision');
    await expect.poll(() => seen.page.url()).toContain('/admin/servers?tab=mappings');
  });

  it('a server that refuses its credential waits for another one', async () => {
    await client.request('tools/call', { name: 'refuses_any', arguments: {} });
    await seen.go('/admin');
    await need('refuses waits for a sign-in').waitFor({ timeout: 30_000 });
    await click('need.reconnect');
    await expect.poll(() => seen.page.url()).toContain('/admin/servers/refuses?tab=credentials');
  });

  it('a credential that ends soon is replaced', async () => {
    await seen.go('/admin');
    await need('The credential of soon ends in').waitFor();
    await click('need.replace');
    await expect.poll(() => seen.page.url()).toContain('/admin/servers/soon?tab=credentials');
  });
});

describe('tools of a server that is added here', () => {
  it('wait until somebody has seen them, and templates of resources are shown', async () => {
    await change('POST', 'mcp-servers', { name: 'late', url: notes.url });
    await seen.go('/admin/servers/late?tab=offers');
    await click('server.test');
    await row('offers', 'awaits review').first().waitFor();
    await click('offers.seen');
    await expect.poll(() => row('offers', 'awaits review').count()).toBe(0);
    await seen.go('/admin/servers/one?tab=offers');
    await click('offers.resource-templates');
    await seen.page.getByText('uriTemplate').first().waitFor();
    expect(await seen.violations()).toEqual([]);
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
