import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from './support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, table, click, fill, says, api } = handOf(() => seen);
beforeAll(async () => {
  world = await startPagesWorld({ env: { RATE_LIMIT_LOGIN_WINDOW: '77' } });
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const setting = (key: string) =>
  seen.page.locator('.setting').filter({ has: seen.page.getByText(key, { exact: true }) });
const control = (key: string) => setting(key).locator('input, select');
type Shown = { readonly key: string; readonly value: unknown; readonly from: string };
const kept = async (key: string) => {
  const { settings } = (await api('settings')) as { readonly settings: readonly Shown[] };
  return settings.find(one => one.key === key);
};

describe('settings', () => {
  it('are shown with who decided them; what the environment says cannot be changed here', async () => {
    await seen.go('/admin/settings');
    for (const tab of ['sign-in', 'oauth', 'retention', 'limits']) {
      await click(`settings-tab.${tab}`);
      await seen.page.locator('.setting').first().waitFor();
    }
    await seen.picture('settings');
    expect(await seen.violations()).toEqual([]);
    const pinned = setting('rateLimit.login.window');
    expect(await pinned.textContent()).toMatch(/environment.*RATE_LIMIT_LOGIN_WINDOW/s);
    expect(await control('rateLimit.login.window').inputValue()).toBe('77');
    expect(await control('rateLimit.login.window').isDisabled()).toBe(true);
    await click('settings-tab.general');
  });

  it('are found on every tab, and the difference is shown before it is saved', async () => {
    await seen.go('/admin/settings');
    await fill('settings.search', 'login max');
    await control('rateLimit.login.max').fill('9');
    await seen.page.locator('.draft-bar ins', { hasText: 'rateLimit.login.max: 9' }).waitFor();
    await fill('settings.search', 'passwordPolicy.requireDigit');
    await control('passwordPolicy.requireDigit').selectOption('false');
    await seen.page.locator('.draft-bar', { hasText: '2 changes not saved' }).waitFor();
    await seen.picture('settings-difference');
    expect(await seen.violations()).toEqual([]);
    expect((await kept('rateLimit.login.max'))?.from).toBe('default');
    await click('settings.save');
    await says('Saved: ');
    expect(await kept('rateLimit.login.max')).toMatchObject({ value: 9, from: 'stored' });
    expect(await kept('passwordPolicy.requireDigit')).toMatchObject({ value: false, from: 'stored' });
  });

  it('are taken back', async () => {
    await seen.go('/admin/settings?q=passwordPolicy.requireDigit');
    await click('settings.reset');
    await seen.page.locator('.draft-bar ins', { hasText: 'taken back' }).waitFor();
    await click('settings.save');
    await says('Saved: ');
    expect((await kept('passwordPolicy.requireDigit'))?.from).toBe('default');
  });

  it.each([
    ['no number', 'many'],
    ['too little', '-5'],
    ['a script', '<img src=x onerror=alert(1)>'],
    ['10,000 letters', 'w'.repeat(10_000)],
  ])('of %s are refused beside the field, and keep what was typed', async (_, text) => {
    await seen.go('/admin/settings?q=rateLimit.mcp.max');
    await control('rateLimit.mcp.max').fill(text);
    await click('settings.save');
    await setting('rateLimit.mcp.max').getByRole('alert').waitFor();
    expect(await control('rateLimit.mcp.max').inputValue()).toBe(text);
    expect(await seen.page.locator('img').count()).toBe(0);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
    await click('settings.forget');
    await expect.poll(() => seen.page.locator('.draft-bar').count()).toBe(0);
  });

  it('that are secrets are never in the page', async () => {
    await seen.go('/admin/settings?q=admin.password');
    await setting('admin.password').waitFor();
    expect(await seen.page.content()).not.toContain('Correct-horse-7');
  });
});

describe('the API', () => {
  it('is listed by its own document', async () => {
    await seen.go('/admin/settings');
    await click('settings-tab.api');
    await fill('api.search', 'users.revoke');
    await expect.poll(() => table('operations').getByRole('row').count()).toBe(2);
    await row('operations', '/admin/api/users/{id}/revoke').waitFor();
    expect(await seen.violations()).toEqual([]);
    const href = await seen.control('api.document').getAttribute('href');
    const text = await seen.page.evaluate(async to => (await fetch(to)).text(), href ?? '');
    expect(JSON.parse(text).openapi).toMatch(/^3\./);
  });
});

describe('the system', () => {
  it('says what runs, by what keys, and how much room there is', async () => {
    // The first token makes the first key.
    await fetch(world.gateway.url('/auth/login'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'Correct-horse-7' }),
    });
    await seen.go('/admin/settings');
    await click('settings-tab.system');
    await table('signing-keys').getByText('current').waitFor();
    await seen.page.getByText(/[\d.]+ GB free of|[\d.]+ TB free of/).waitFor();
    await seen.picture('system');
    expect(await seen.violations()).toEqual([]);
  });
});

it('on a phone, in the dark, nothing is wider than the page', async () => {
  const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
  for (const tab of ['general', 'limits', 'oauth', 'api', 'system']) {
    await phone.go(`/admin/settings?tab=${tab}`);
    await phone.page.locator('.setting, .table').first().waitFor();
    expect([tab, (await phone.width()) <= 375]).toEqual([tab, true]);
    expect(await phone.violations()).toEqual([]);
  }
  await phone.picture('settings-phone');
  await phone.close();
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
