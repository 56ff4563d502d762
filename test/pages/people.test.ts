import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
}, 60_000);
afterAll(() => world?.close());

const ALICE = 'Lantern-otter-31';
const table = (name: string) => seen.page.getByRole('table', { name });
const row = (name: string, text: string) => table(name).getByRole('row').filter({ hasText: text });
const dialog = () => seen.page.getByRole('dialog');
const click = (action: string) => seen.control(action).first().click();
const fill = (action: string, text: string) => seen.control(action).fill(text);
/** What the gateway itself keeps, beside what the page shows. */
const api = async (path: string) =>
  seen.page.evaluate(async at => (await fetch(at)).json(), `/admin/api/${path}`) as Promise<never>;
const people = async () => (await api('users')) as readonly { username: string; id: string }[];
const idOf = async (name: string) => (await people()).find(one => one.username === name)?.id ?? 'nobody';

async function addPerson(name: string, password = ''): Promise<void> {
  await seen.go('/admin/people');
  await click('people.add');
  await fill('people.add-name', name);
  if (password) await fill('people.add-password', password);
  await click('people.add-send');
  await expect.poll(() => dialog().count()).toBe(0);
}

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
    await dialog().locator('.field.wrong', { hasText: 'User name' }).waitFor();
    await fill('people.add-name', 'alice');
    await click('people.add-send');
    await dialog().locator('.field.wrong', { hasText: 'Password' }).waitFor();
    expect(await seen.control('people.add-full-name').inputValue()).toBe('Alice Example');
    await fill('people.add-password', ALICE);
    await seen.control('people.add-role').selectOption('auditor');
    await seen.control('people.add-role').selectOption('user');
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
    await dialog().locator('.field.wrong', { hasText: 'User name' }).waitFor();
    expect(await seen.control('people.add-name').inputValue()).toBe(name);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
  });

  it('are invited by a link that is shown once', async () => {
    await seen.go('/admin/people');
    await click('people.invite');
    await fill('people.invite-email', 'no address');
    await fill('people.invite-note', '<b>Bob</b>');
    await click('people.invite-send');
    await dialog().locator('.field.wrong', { hasText: 'E-mail' }).waitFor();
    expect(await seen.control('people.invite-note').inputValue()).toBe('<b>Bob</b>');
    await fill('people.invite-email', 'bob@example.com');
    await seen.control('people.invite-role').selectOption('auditor');
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
    await seen.control('people.role').selectOption('admin');
    await seen.page.getByText('Nobody fits').waitFor();
    await fill('people.search', '');
    await seen.control('people.state').selectOption('active');
    await row('people', 'signed in').waitFor();
    await seen.control('people.role').selectOption('');
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
    await dialog().locator('.field.wrong', { hasText: 'Name' }).waitFor();
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
    await seen.page.getByText('There is no group yet').waitFor();
    expect(await api('groups')).toEqual([]);
    await click('groups.add');
    await fill('groups.add-name', 'team');
    await click('groups.add-send');
    await row('groups', 'team').waitFor();
  });
});

describe('what a person can do', () => {
  it('is decided per server, by group, role and limit, at once', async () => {
    await seen.go(`/admin/people/${await idOf('alice')}`);
    await row('permissions', 'web').getByText('no', { exact: true }).waitFor();
    await row('permissions', 'web').locator('[data-action="person.permission"]').selectOption('true');
    await row('permissions', 'web').getByText('yes', { exact: true }).waitFor();
    await click('person.group');
    await expect.poll(async () => JSON.stringify(await api('groups'))).toContain('"username":"alice"');
    await fill('limit.requests', 'many');
    await click('limit.save');
    await seen.page.locator('.field.wrong', { hasText: 'Requests' }).waitFor();
    await fill('limit.requests', '5000');
    await fill('limit.concurrent', '4');
    for (const part of ['bytes-in', 'bytes-out', 'window']) await fill(`limit.${part}`, '3600');
    await click('limit.save');
    await seen.control('limit.remove').waitFor();
    expect(await api('limits')).toMatchObject([{ subject: 'user:alice', requests: 5000, concurrent: 4 }]);
    await seen.picture('person');
    expect(await seen.violations()).toEqual([]);
    await click('limit.remove');
    await expect.poll(() => api('limits')).toEqual([]);
    await seen.control('person.role').selectOption('auditor');
    await expect.poll(async () => JSON.stringify(await api('users?role=auditor'))).toContain('alice');
    await seen.control('person.role').selectOption('user');
  });

  it('shows what they did, and leads to it', async () => {
    const made = await seen.page.evaluate(
      async ([user, root]) => {
        const boot = JSON.parse(root ?? '{}') as { formToken: string };
        const headers = { 'content-type': 'application/json', 'x-csrf-token': boot.formToken };
        const body = JSON.stringify({ user, name: 'laptop' });
        return (await fetch('/admin/api/keys', { method: 'POST', headers, body })).json();
      },
      [await idOf('alice'), await seen.page.locator('#root').getAttribute('data-boot')],
    );
    const token = String((made as { key: string }).key);
    const params = { name: 'web_echo', arguments: { message: 'hi' } };
    await post(world.gateway.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, { token });
    await seen.go(`/admin/people/${await idOf('alice')}`);
    await click('person-tab.did');
    await row('calls', 'echo').first().waitFor();
    await seen.picture('person-did');
    expect(await seen.violations()).toEqual([]);
    await click('person.call');
    await seen.page.getByRole('dialog').waitFor();
    expect(seen.page.url()).toContain('/admin/activity');
  });
});

describe('what a person holds', () => {
  it('is listed, and ends one by one', async () => {
    const theirs = await world.signIn('alice', { password: ALICE });
    await seen.go(`/admin/people/${await idOf('alice')}?tab=holds`);
    await row('keys', 'laptop').waitFor();
    await row('sessions', 'Mozilla').waitFor();
    await seen.picture('person-holds');
    expect(await seen.violations()).toEqual([]);
    await click('person.key-revoke');
    await seen.page.getByText('No key.').waitFor();
    await click('person.session-end');
    await seen.page.getByText('Not signed in by any browser.').waitFor();
    await theirs.page.reload();
    await theirs.page.getByLabel('Password').waitFor();
    await theirs.close();
    const again = await world.signIn('alice', { password: ALICE });
    await seen.go(`/admin/people/${await idOf('alice')}?tab=holds`);
    await click('person.sessions-end');
    await seen.page.getByText('Not signed in by any browser.').waitFor();
    await again.close();
  });
});

describe('the account', () => {
  it('is edited; a field that is wrong keeps its text', async () => {
    await seen.go(`/admin/people/${await idOf('alice')}?tab=edit`);
    await fill('person.email', 'nowhere');
    await fill('person.full-name', 'A. <script>alert(1)</script>');
    await click('person.save');
    await seen.page.locator('.field.wrong', { hasText: 'E-mail' }).waitFor();
    expect(await seen.control('person.full-name').inputValue()).toContain('<script>');
    await fill('person.email', '');
    await fill('person.name', 'alice');
    await click('person.save');
    await seen.page.getByRole('heading', { level: 1 }).getByText('<script>alert(1)</script>').waitFor();
    await fill('person.password', 'weak');
    await click('person.password-set');
    await seen.page.locator('.field.wrong', { hasText: 'hand over' }).waitFor();
    await fill('person.password', ALICE);
    await click('person.password-set');
    await seen.page.getByText('The password is set').waitFor();
    await click('person.reset-link');
    await click('person.reset-copy');
    await expect.poll(() => seen.copied()).toContain('http');
    expect(await seen.violations()).toEqual([]);
    await click('dialog.close');
    await click('person.shut-out');
    await seen.picture('person-account');
    await click('person.shut-out-send');
    await click('person.let-in');
    await seen.control('person.shut-out').waitFor();
  });

  it('says what happened when another administrator was faster', async () => {
    await addPerson('carol');
    const id = await idOf('carol');
    await seen.go(`/admin/people/${id}?tab=edit`);
    await seen.control('person.save').waitFor();
    const other = await world.signIn();
    await other.go(`/admin/people/${id}?tab=edit`);
    await other.control('person.remove').click();
    await other.control('person.remove-send').click();
    await other.page.getByText('carol is gone').waitFor();
    await other.close();
    await fill('person.full-name', 'Carol, typed at length');
    await click('person.save');
    await seen.page.getByText('There is no such person').first().waitFor();
    expect(await seen.control('person.full-name').inputValue()).toBe('Carol, typed at length');
  });
});

describe('signing a person out everywhere', () => {
  it('is three clicks from home: people, revoke, and the list of what dies', async () => {
    const theirs = await world.signIn('alice', { password: ALICE });
    await seen.go('/admin');
    await click('rail.people');
    await row('people', 'alice').locator('[data-action="people.revoke"]').click();
    await dialog().getByText('1 browser session').waitFor();
    await seen.picture('person-revoke');
    expect(await seen.violations()).toEqual([]);
    await click('person.revoke-send');
    await dialog()
      .getByText(/It took [\d.]+ m?s until nothing of it was accepted any more/)
      .waitFor();
    await seen.picture('person-revoked');
    expect(await seen.violations()).toEqual([]);
    await click('person.revoke-done');
    await theirs.page.reload();
    await theirs.page.getByLabel('Password').waitFor();
    await theirs.close();
  });

  it('from the page of the person, it can shut them out as well', async () => {
    await seen.go(`/admin/people/${await idOf('alice')}`);
    await click('person.revoke');
    await dialog().getByText('Nothing is signed in now').waitFor();
    await seen.control('person.revoke-shut').check();
    await click('person.revoke-send');
    await dialog().getByText('Nobody comes in as this person.').waitFor();
    await click('person.revoke-done');
    await seen.page.getByText('shut out').first().waitFor();
  });

  it('of the last administrator is refused with the reason', async () => {
    await seen.go(`/admin/people/${await idOf('admin')}?revoke=1`);
    await seen.control('person.revoke-shut').check();
    await click('person.revoke-send');
    await dialog().getByText('This is the last administrator').waitFor();
    await click('person.revoke-send.not');
  });
});

describe('on a phone, in the dark, and for auditors', () => {
  it('nothing is wider than the page', async () => {
    const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
    const id = await idOf('alice');
    for (const tab of ['can', 'did', 'holds', 'edit']) {
      await phone.go(`/admin/people/${id}?tab=${tab}`);
      await phone.control('person.revoke').waitFor();
      expect([tab, (await phone.width()) <= 375]).toEqual([tab, true]);
      expect(await phone.violations()).toEqual([]);
    }
    await phone.go('/admin/people');
    await phone.page.getByRole('table', { name: 'people' }).waitFor();
    await phone.picture('people-phone');
    expect(await phone.width()).toBeLessThanOrEqual(375);
    expect(await phone.violations()).toEqual([]);
    await phone.close();
  });

  it('auditors see it and change nothing', async () => {
    await addPerson('audrey', ALICE);
    const id = await idOf('audrey');
    await seen.go(`/admin/people/${id}`);
    await seen.control('person.role').selectOption('auditor');
    await seen.page.getByText('The role is changed').waitFor();
    const auditor = await world.signIn('audrey', { password: ALICE });
    await auditor.go('/admin/people');
    await auditor.page.getByRole('table', { name: 'people' }).waitFor();
    for (const action of ['people.add', 'people.invite', 'people.revoke'])
      expect(await auditor.control(action).count()).toBe(0);
    await auditor.go(`/admin/people/${id}?tab=edit`);
    await auditor.control('person.save').waitFor();
    expect(await auditor.control('person.save').isDisabled()).toBe(true);
    expect(await auditor.control('person.remove').count()).toBe(0);
    await auditor.close();
  });
});

/** What was tried and refused is told by the browser itself. */
const isRefusal = (text: string) => /the server responded with a status of (400|401|404|409)/.test(text);
it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
