import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf, isRefusal } from './support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, table, dialog, click, fill, choose, wrong, says, api } = handOf(() => seen);
beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const ALICE = 'Lantern-otter-31';

describe('people', () => {
  it('are added, and what is wrong is said beside the field, with what was typed', async () => {
    await seen.go('/admin/people');
    await click('people.add');
    expect(await seen.violations()).toEqual([]);
    await fill('people.add-name', 'two words');
    await fill('people.add-full-name', 'Alice Example');
    await fill('people.add-email', 'alice@example.com');
    await fill('people.add-password', 'short');
    await click('people.add-send');
    await wrong('User name');
    await fill('people.add-name', 'alice');
    await click('people.add-send');
    await wrong('Password');
    expect(await seen.control('people.add-full-name').inputValue()).toBe('Alice Example');
    await fill('people.add-password', ALICE);
    await choose('people.add-role', 'auditor');
    await choose('people.add-role', 'user');
    await click('people.add-send');
    await row('people', 'Alice Example').waitFor();
    expect(await row('people', 'Alice Example').textContent()).toMatch(/alice.*away.*user/s);
    await click('people.add');
    await fill('people.add-name', 'ALICE');
    await click('people.add-send');
    await dialog().getByText('somebody is called so already').waitFor();
    await click('people.add-send.not');
  });

  it.each([
    ['a script', '<img src=x onerror=alert(1)>'],
    ['letters that turn the text', 'a\u202egnp.exe'],
    ['what cannot be seen', 'al\u200bice'],
    ['10,000 letters', 'w'.repeat(10_000)],
  ])('a name of %s is refused beside the field', async (_, name) => {
    await seen.go('/admin/people?add=person');
    await fill('people.add-name', name);
    await click('people.add-send');
    await wrong('User name');
    expect(await seen.control('people.add-name').inputValue()).toBe(name);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
  });

  it('are invited by a link that is shown once', async () => {
    await seen.go('/admin/people');
    await click('people.invite');
    await fill('people.invite-email', 'no address');
    await fill('people.invite-note', '<b>Bob</b>');
    await click('people.invite-send');
    await wrong('E-mail');
    expect(await seen.control('people.invite-note').inputValue()).toBe('<b>Bob</b>');
    await fill('people.invite-email', 'bob@example.com');
    await choose('people.invite-role', 'auditor');
    await click('people.invite-send');
    await click('people.invite-copy');
    await expect.poll(() => seen.copied()).toContain(world.gateway.url('/'));
    expect(await seen.violations()).toEqual([]);
    await click('people.invite-done');
    const links = (await api('invites')) as readonly { note: string; role: string }[];
    expect(links).toMatchObject([{ note: '<b>Bob</b>', role: 'auditor' }]);
  });

  it('are found by name, role and state', async () => {
    await seen.go('/admin/people');
    await seen.page.keyboard.press('/');
    await seen.page.keyboard.type('alic');
    await expect.poll(() => table('people').getByRole('row').count()).toBe(2);
    expect(new URL(seen.page.url()).searchParams.get('q')).toBe('alic');
    await choose('people.role', 'admin');
    await says('Nobody fits');
    await fill('people.search', '');
    await choose('people.state', 'active');
    await row('people', 'signed in').waitFor();
    await choose('people.role', '');
    await row('people', 'alice').waitFor();
    await seen.picture('people');
    expect(await seen.violations()).toEqual([]);
  });
});

describe('groups', () => {
  it('are made, filled, changed and removed', async () => {
    await seen.go('/admin/people');
    await click('people-tab.groups');
    await click('groups.add');
    await fill('groups.add-name', 'not a name');
    await fill('groups.add-description', 'They write');
    await click('groups.add-send');
    await wrong('Name');
    await fill('groups.add-name', 'writers');
    await click('groups.add-send');
    await row('groups', 'They write').click();
    await seen.control('groups.person-choose').selectOption({ label: 'alice' });
    await click('groups.join');
    await dialog().getByText('1 member').waitFor();
    await seen.picture('groups');
    expect(await seen.violations()).toEqual([]);
    await click('groups.leave');
    await dialog().getByText('0 members').waitFor();
    await fill('groups.name', 'authors');
    await fill('groups.description', '');
    await click('groups.save');
    await row('groups', 'authors').waitFor();
    await click('groups.remove');
    await click('groups.remove-send');
    await says('There is no group yet');
    expect(await api('groups')).toEqual([]);
    await click('groups.add');
    await fill('groups.add-name', 'team');
    await click('groups.add-send');
    await row('groups', 'team').waitFor();
  });
});

it('whoever is added or invited may be put into groups at once', async () => {
  await seen.go('/admin/people?add=person');
  await fill('people.add-name', 'dora');
  await seen.control('people.add-group').check();
  await click('people.add-send');
  await row('people', 'dora').filter({ hasText: 'team' }).waitFor();
  await seen.go('/admin/people?add=link');
  await seen.control('people.invite-group').check();
  await click('people.invite-send');
  await click('people.invite-done');
  expect(await api('invites')).toContainEqual(expect.objectContaining({ groups: ['team'] }));
  await seen.go('/admin/people?tab=groups');
  await row('groups', 'team').click();
  await click('groups.access');
  await seen.page.getByRole('button', { name: /^Group team on every server/ }).waitFor();
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
