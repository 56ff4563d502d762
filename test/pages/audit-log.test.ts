import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from './support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, table, dialog, click, fill, choose, wrong, says, api, change } = handOf(() => seen);
const HOSTILE = '<img src=x onerror=alert(1)>';

beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
  await seen.go('/admin');
  const made = (await change('POST', 'users', { username: 'alice', full_name: HOSTILE })) as { id: string };
  await change('PATCH', `users/${made.id}`, { full_name: 'Alice' });
  await change('POST', 'groups', { name: 'team' });
  // More than a page.
  for (let at = 0; at < 110; at++) await change('PATCH', `users/${made.id}`, { full_name: `Alice ${at}` });
  await fetch(world.gateway.url('/auth/login'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': HOSTILE },
    body: JSON.stringify({ username: 'nobody', password: 'wrong' }),
  });
}, 60_000);
afterAll(() => world?.close());

const linesOf = async (action: string) => {
  const href = await seen.control(action).getAttribute('href');
  return seen.page.evaluate(async to => (await fetch(to)).text(), href ?? '');
};

describe('the log of changes', () => {
  it('says who changed what, from where, with before and after', async () => {
    await seen.go('/admin/audit-log?action=user.add');
    await row('audit', 'user.add').filter({ hasText: 'alice' }).click();
    await dialog()
      .locator('ins', { hasText: `full_name: ${HOSTILE}` })
      .waitFor();
    expect(await dialog().textContent()).toContain('user:admin');
    expect(await seen.page.locator('img').count()).toBe(0);
    await seen.picture('audit-change');
    expect(await seen.violations()).toEqual([]);
    await click('change.of-target');
    expect(new URL(seen.page.url()).searchParams.get('target')).toBe('alice');
    await fill('audit.by-action', 'user.edit');
    await row('audit', 'user.edit').first().click();
    await dialog().locator('del', { hasText: 'full_name: Alice 108' }).waitFor();
    await dialog().locator('ins', { hasText: 'full_name: Alice 109' }).waitFor();
    await click('change.of-actor');
    await fill('audit.by-actor', 'nobody');
    await says('No change fits');
    await fill('audit.by-target', '');
    await click('audit.clear');
    await row('audit', 'group.add').or(row('audit', 'user.edit').first()).first().waitFor();
  });

  it('goes on to the first change there is', async () => {
    await seen.go('/admin/audit-log');
    await table('audit').waitFor();
    await seen.picture('audit-log');
    expect(await seen.violations()).toEqual([]);
    const count = async () => Number(await table('audit').getAttribute('aria-rowcount'));
    expect(await count()).toBe(101);
    await table('audit').locator('.tbody').hover();
    await expect
      .poll(async () => {
        await seen.page.mouse.wheel(0, 4_000);
        return count();
      })
      .toBeGreaterThan(110);
  });

  it('can be taken along, with the filters', async () => {
    await seen.go('/admin/audit-log?action=group.add');
    const lines = (await linesOf('audit.jsonl'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines).toMatchObject([{ actor: 'user:admin', action: 'group.add', target: 'team' }]);
    expect(await linesOf('audit.csv')).toContain('group.add');
  });
});

describe('cleaning up', () => {
  it('asks what is kept, says what was wrong, and is itself written down', async () => {
    await seen.go('/admin/audit-log');
    await click('audit.clean-up');
    await fill('audit.clean-up-days', 'a week');
    await click('audit.clean-up-send');
    await wrong('Keep the last days');
    expect(await seen.control('audit.clean-up-days').inputValue()).toBe('a week');
    expect(await seen.violations()).toEqual([]);
    await fill('audit.clean-up-days', '7');
    await click('audit.clean-up-send');
    await says('0 entries are gone');
    const { entries } = (await api('audit?action=ledger.clean-up')) as {
      readonly entries: readonly object[];
    };
    expect(entries).toMatchObject([{ actor: 'user:admin' }]);
    await click('audit.clean-up');
    await click('audit.keep-longer');
    await seen.page.getByText('ledger.daysToKeep', { exact: true }).waitFor();
  });
});

it('on a phone, in the dark, nothing is wider than the page', async () => {
  const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
  for (const tab of ['changes', 'sign-ins']) {
    await phone.go(`/admin/audit-log?tab=${tab}`);
    await phone.page.locator('.table').waitFor();
    expect([tab, (await phone.width()) <= 375]).toEqual([tab, true]);
    expect(await phone.violations()).toEqual([]);
  }
  await phone.close();
});

describe('sign-ins', () => {
  it('are told with those that were refused, hostile names inert', async () => {
    await seen.go('/admin/audit-log');
    await click('audit-tab.sign-ins');
    await row('auth-log', 'onerror').waitFor();
    expect(await seen.page.locator('img').count()).toBe(0);
    await seen.picture('sign-ins');
    expect(await seen.violations()).toEqual([]);
    await choose('sign-ins.success', 'true');
    await expect.poll(() => row('auth-log', 'onerror').count()).toBe(0);
    await fill('audit.by-client', 'nobody');
    await fill('audit.by-address', '203.0.113.1');
    await says('No sign-in fits');
    await click('audit.clear');
    await click('sign-ins.person');
    await seen.control('person.revoke').waitFor();
    await seen.go('/admin/audit-log?tab=sign-ins&success=false');
    expect(await linesOf('audit.jsonl')).toContain('onerror');
    await click('audit-tab.changes');
  });
});

it('says from where a change came', async () => {
  await seen.go('/admin/audit-log?action=group.add');
  await row('audit', 'group.add').click();
  await dialog()
    .getByText(/^(::1|127\.0\.0\.1)$/)
    .waitFor();
  const from = await dialog()
    .getByText(/^(::1|127\.0\.0\.1)$/)
    .textContent();
  await seen.go('/admin/audit-log?action=group.add');
  expect(await row('audit', 'group.add').textContent()).toContain(from);
  await fill('audit.by-address', '203.0.113.1');
  await says('No change fits');
  await fill('audit.by-address', from ?? '');
  await row('audit', 'group.add').waitFor();
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
