import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { handOf, isRefusal } from './support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, dialog, click, fill, choose, wrong, says, api, change } = handOf(() => seen);
beforeAll(async () => {
  world = await startPagesWorld();
  seen = await world.signIn();
  await seen.go('/admin');
  for (const [username, full_name] of [
    ['alice', 'Alice Example'],
    ['carol', 'Carol'],
  ])
    await change('POST', 'users', { username, full_name, email: `${username}@example.com`, password: ALICE });
  await change('POST', 'groups', { name: 'team' });
}, 60_000);
afterAll(() => world?.close());

const ALICE = 'Lantern-otter-31';

const idOf = async (name: string) => {
  const people = (await api('users')) as readonly { username: string; id: string }[];
  return people.find(one => one.username === name)?.id ?? 'nobody';
};

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
    await wrong('Requests');
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
    await choose('person.role', 'auditor');
    await expect.poll(async () => JSON.stringify(await api('users?role=auditor'))).toContain('alice');
    await choose('person.role', 'user');
  });

  it('shows what they did, and leads to it', async () => {
    const made = await change('POST', 'keys', { user: await idOf('alice'), name: 'laptop' });
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

describe('what a person can do leads on', () => {
  it.each([
    ['can', 'person.explain', '/admin/access', 'user=alice'],
    ['can', 'person.catalogue', '/admin/access', 'as=alice'],
    ['can', 'person.why', '/admin/access', 'subject=user%3Aalice'],
    ['can', 'person.server', '/admin/servers/', ''],
    ['did', 'person.activity', '/admin/activity', 'user_id='],
  ])('from %s by %s to %s', async (tab, action, path, query) => {
    await seen.go(`/admin/people/${await idOf('alice')}?tab=${tab}`);
    await click(action);
    await expect.poll(() => seen.page.url()).toContain(path);
    expect(seen.page.url()).toContain(query);
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
    await says('No key.');
    await click('person.session-end');
    await says('Not signed in by any browser.');
    await theirs.page.reload();
    await theirs.page.getByLabel('Password').waitFor();
    await theirs.close();
    const again = await world.signIn('alice', { password: ALICE });
    await seen.go(`/admin/people/${await idOf('alice')}?tab=holds`);
    await click('person.sessions-end');
    await says('Not signed in by any browser.');
    await again.close();
  });
});

describe('the account', () => {
  it('is edited; a field that is wrong keeps its text', async () => {
    await seen.go(`/admin/people/${await idOf('alice')}?tab=edit`);
    await fill('person.email', 'nowhere');
    await fill('person.full-name', 'A. <script>alert(1)</script>');
    await click('person.save');
    await wrong('E-mail');
    expect(await seen.control('person.full-name').inputValue()).toContain('<script>');
    await fill('person.email', '');
    await fill('person.name', 'alice');
    await click('person.save');
    await seen.page.getByRole('heading', { level: 1 }).getByText('<script>alert(1)</script>').waitFor();
    await fill('person.password', 'weak');
    await click('person.password-set');
    await wrong('hand over');
    await fill('person.password', ALICE);
    await click('person.password-set');
    await says('The password is set');
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
    await says('This person was removed meanwhile. What you typed is still here');
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
    await says('shut out');
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
    await change('POST', 'users', { username: 'audrey', password: ALICE });
    const id = await idOf('audrey');
    await seen.go(`/admin/people/${id}`);
    await choose('person.role', 'auditor');
    await says('The role is changed');
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

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
