import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryAt } from '../../store/ledger/support/entries.ts';
import { post } from '../../support/mcp.ts';
import { handOf } from '../support/hand.ts';
import { inThePast, oldKey } from '../support/past.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const DAY_MS = 86_400_000;
/** Of the documentation range, by which the gateway's proxy calls a stranger. */
const GUESSER = '203.0.113.77';

let world: PagesWorld;
let seen: Seen;
/** A key that nobody used since it was made. */
let forgotten = '';
beforeAll(async () => {
  world = await startPagesWorld({
    settings: { trustedProxies: ['127.0.0.1', '::1'], rateLimit: { login: { max: 2, window: 60 } } },
  });
  await inThePast(world.gateway, async store => {
    const now = Date.now();
    forgotten = await oldKey(store, 'admin', '<i>old</i> laptop', now - 91 * DAY_MS);
    await oldKey(store, 'admin', 'younger', now - 80 * DAY_MS);
    await store.writeLedger({ activity: [entryAt(now - 27.5 * DAY_MS)], events: [] });
  });
  for (let tries = 0; tries < 4; tries++) await login('wrong');
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const { click, says, dialog, choose, api, row, change } = handOf(() => seen);
const need = (text: string) => seen.page.locator('.needs li').filter({ hasText: text });

const login = async (password: string, from = GUESSER) => {
  const headers = { 'x-forwarded-for': from, 'content-type': 'application/json' };
  const body = JSON.stringify({ username: 'admin', password });
  const answer = await fetch(world.gateway.url('/auth/login'), { method: 'POST', headers, body });
  await answer.body?.cancel();
  return answer.status;
};
const ping = (token: string) =>
  post(world.gateway.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'ping' }, { token });

describe('what waits on the home page', () => {
  it('a key that nobody used for 90 days is revoked from there', async () => {
    await seen.go('/admin');
    const waiting = need('The key <i>old</i> laptop of admin was not used for 3 mo');
    await waiting.waitFor();
    expect(await need('younger').count()).toBe(0);
    await seen.picture('needs');
    expect(await seen.violations()).toEqual([]);
    await waiting.locator('[data-action="need.revoke"]').click();
    await dialog().getByText('<i>old</i> laptop').first().waitFor();
    await click('keys.revoke-send');
    await says('The key is revoked');
    expect((await ping(forgotten)).status).toBe(401);
    await seen.go('/admin');
    await need('The first requests go in').waitFor();
    expect(await need('laptop').count()).toBe(0);
  });

  it('requests that are about to go are kept longer from there, and it waits no more', async () => {
    const waiting = need('The first requests go in 2 d');
    await waiting.getByText('they are kept for 30 days').waitFor();
    await waiting.locator('[data-action="need.keep-longer"]').click();
    await expect.poll(() => seen.page.url()).toContain('/admin/settings?tab=retention');
    await seen.page.getByLabel('ledger.daysToKeep', { exact: true }).fill('90');
    await click('settings.save');
    await says('Saved');
    await seen.go('/admin');
    await need('Somebody tries passwords').waitFor();
    await expect.poll(() => need('The first requests go').count()).toBe(0);
  });

  it('requests for which there is no room are said to go before their days', async () => {
    await inThePast(world.gateway, async store => {
      const at = Date.now() - 5 * DAY_MS;
      await store.writeLedger({
        activity: Array.from({ length: 20 }, (_, n) => entryAt(at + n)),
        events: [],
      });
    });
    const { rows } = (await api('retention')) as { rows: number };
    const setTo = (value: number | null) => change('PATCH', 'settings', { 'ledger.maxRows': value });
    await setTo(rows + 1);
    await seen.page.reload();
    await need('Requests go before their 90 days')
      .getByText(`of ${rows + 1} requests are kept`)
      .waitFor();
    await setTo(null);
    await seen.page.reload();
    await need('Somebody tries passwords').waitFor();
    await expect.poll(() => need('Requests go before').count()).toBe(0);
  });

  it('an address that guesses is blocked from there, and let in again on the Security page', async () => {
    await seen.go('/admin');
    const waiting = need(`Somebody tries passwords (${GUESSER})`);
    await waiting.locator('[data-action="need.brute-force"]').click();
    await row('incidents', 'brute force').first().waitFor();
    await seen.go('/admin');
    await waiting.locator('[data-action="need.block"]').click();
    await dialog().getByText('Nobody signs in from').waitFor();
    await choose('address.minutes', '1440');
    await seen.picture('block-address');
    expect(await seen.violations()).toEqual([]);
    await click('address.block.not');
    expect(await api('blocked-addresses')).toEqual([]);
    await waiting.locator('[data-action="need.block"]').click();
    await choose('address.minutes', '1440');
    await click('address.block');
    await says(`Nobody signs in from ${GUESSER} now.`);
    await expect.poll(() => need('Somebody tries passwords').count()).toBe(0);
    const [blocked] = (await api('blocked-addresses')) as { since: string; until: string }[];
    expect(Date.parse(blocked?.until ?? '') - Date.parse(blocked?.since ?? '')).toBe(DAY_MS);
    expect(await login('Correct-horse-7')).toBe(429);
    expect(await login('Correct-horse-7', '203.0.113.78')).toBe(200);
    await seen.go('/admin/security');
    await click('security-tab.blocked');
    const listed = row('blocked', GUESSER);
    await listed.getByText('user:admin').waitFor();
    await seen.picture('blocked-addresses');
    expect(await seen.violations()).toEqual([]);
    await listed.locator('[data-action="address.unblock"]').click();
    await says('People may sign in from there again.');
    await says('No address is blocked');
    await seen.go('/admin');
    await need(`Somebody tries passwords (${GUESSER})`).waitFor();
  });

  it('an address is blocked from its incident too; no address is refused as such, and one’s own is not blocked', async () => {
    await seen.go('/admin/security?type=brute_force');
    await row('incidents', 'brute force').first().click();
    await click('incident.block');
    await click('address.block');
    await says(`Nobody signs in from ${GUESSER} now.`);
    await seen.go('/admin/security?tab=blocked');
    const [session] = (await api('../../account/api/sessions')) as { address: string }[];
    const own = session?.address ?? '';
    for (const [typed, problem] of [
      ['nowhere', 'is no IP address'],
      [own, 'it is your own'],
    ] as const) {
      await seen.control('address.type').fill(typed);
      await click('address.ask');
      await click('address.block');
      await dialog().getByText(problem).waitFor();
      await click('address.block.not');
    }
    expect(await api('blocked-addresses')).toHaveLength(1);
  });

  it('on a phone nothing is wider than the page', async () => {
    const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
    for (const path of ['/admin', '/admin/security?tab=blocked']) {
      await phone.go(path);
      expect(await phone.width()).toBeLessThanOrEqual(375);
      expect(await phone.violations()).toEqual([]);
    }
    await phone.close();
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !/status of 4\d\d/.test(text))).toEqual([]));
