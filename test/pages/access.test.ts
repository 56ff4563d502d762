import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/mcp.ts';
import { handOf, isRefusal } from './support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from './support/world.ts';

let world: PagesWorld;
let seen: Seen;
const { row, table, dialog, click, fill, choose, wrong, says, api, change } = handOf(() => seen);

/** Text beside the tools that a client would be shown. */
const HOSTILE = '<img src=x onerror=alert(1)>';
beforeAll(async () => {
  world = await startPagesWorld({ servers: { docs: { url: 'http://127.0.0.1:9/mcp', grants: ['bob'] } } });
  seen = await world.signIn();
  await seen.go('/admin');
  for (const username of ['alice', 'bob', 'carol'])
    await change('POST', 'users', { username, password: 'Lantern-otter-31' });
  await change('POST', 'groups', { name: 'team' });
  const people = (await api('users')) as readonly { username: string; id: string }[];
  const groups = (await api('groups')) as readonly { id: string }[];
  for (const { username, id } of people)
    if (username !== 'admin') await change('PUT', `groups/${groups[0]?.id}/members/${id}`);
  // What the servers offer is known once somebody asked.
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  await post(world.gateway.url('/mcp'), message, { token: world.gateway.adminToken });
}, 60_000);
afterAll(() => world?.close());

type Rule = { readonly subject: string; readonly server: string; readonly says: string };
const rules = async () => (await api('grants')) as readonly Rule[];
const cell = (label: RegExp) => seen.page.getByRole('button', { name: label });

describe('why a person cannot see a tool', () => {
  it('is answered after three moves from home: Access, who, what', async () => {
    await seen.go('/admin');
    await click('rail.access');
    await fill('explain.user', 'alice');
    await fill('explain.tool', 'web_echo');
    await says('No rule allows it.');
    expect(await seen.page.locator('.explained').textContent()).toMatch(/^No\./);
    expect(new URL(seen.page.url()).searchParams.get('tool')).toBe('web_echo');
  });

  it('names the rules that have a say, and which one decides', async () => {
    await change('POST', 'grants', { subject: 'group:team', server: 'web', tier: 'read' });
    await change('POST', 'grants', {
      subject: 'alice',
      server: '*',
      kind: 'tool',
      pattern: 'ech*',
      effect: 'deny',
      note: HOSTILE,
    });
    await seen.go('/admin/access?user=alice&tool=web_echo');
    await seen.page.locator('.chain .decides', { hasText: 'deny user:alice' }).waitFor();
    await seen.picture('access');
    expect(await seen.violations()).toEqual([]);
    await fill('explain.user', 'admin');
    await seen.page.locator('.explained', { hasText: 'Yes.' }).waitFor();
    await choose('explain.client', '');
  });

  it.each([
    ['a person who is nobody', 'nobody\u202e', 'web_echo', 'there is no user'],
    ['a tool that is none', 'alice', HOSTILE, 'nothing is known as'],
    ['10,000 letters', 'alice', 'w'.repeat(10_000), ''],
  ])('says of %s that there is none', async (_, user, tool, said) => {
    await seen.go('/admin/access');
    await fill('explain.user', user);
    await fill('explain.tool', tool);
    await seen.page.locator('.explain [role="status"]', { hasText: said }).waitFor();
    expect(await seen.page.locator('img').count()).toBe(0);
    expect(await seen.width()).toBeLessThanOrEqual(1440);
  });
});

describe('the matrix', () => {
  it('says what each is given, and by whom', async () => {
    await seen.go('/admin/access');
    await cell(/^Group team on web: read/).waitFor();
    await cell(/^bob on web: none, read by team/).waitFor();
    await cell(/^bob on docs: all/).waitFor();
    await cell(/^alice on every server: custom/).waitFor();
    await fill('access.search', 'carol');
    await expect.poll(() => seen.page.locator('.matrix tbody tr').count()).toBe(1);
    await fill('access.search', 'nobody at all');
    await says('Nobody is called so');
  });

  it('tells what a change would do before it is saved', async () => {
    await seen.go('/admin/access');
    const before = await rules();
    await cell(/^Group team on web: read/).click();
    await seen.control('access.level-all').check();
    await says(/^2 people gain \d+ tools\.|^3 people gain \d+ tools\./);
    expect(await rules()).toEqual(before);
    await click('draft.who');
    await seen.page.locator('.draft-bar', { hasText: 'bob gains' }).waitFor();
    await seen.picture('access-draft');
    expect(await seen.violations()).toEqual([]);
    await seen.control('access.level-none').check();
    await says(/\d people? loses? \d+ tools?\./);
    await seen.control('access.level-denied').check();
    await seen.control('access.level-read').check();
    await seen.control('access.level-write').check();
    await click('draft.save');
    await says('The rules are saved, and count from now on');
    expect((await rules()).filter(one => one.subject === 'group:team')).toMatchObject([
      { server: 'web', says: expect.stringContaining('at most write') },
    ]);
    await expect.poll(() => seen.page.locator('.draft-bar').count()).toBe(0);
  });

  it('opens the rules of a cell; those of the configuration file are changed there', async () => {
    await seen.go('/admin/access?subject=user:bob&server=docs');
    await dialog().getByText('in the configuration file').waitFor();
    expect(await seen.control('access.rule-drop').count()).toBe(0);
    await click('access.rule-add');
    await fill('rule.pattern', 'a\tb');
    await fill('rule.note', 'why it is so');
    await choose('rule.effect', 'deny');
    await choose('rule.tier', 'write');
    await choose('rule.kind', 'prompt');
    await click('rule.put');
    await wrong('Names');
    expect(await seen.control('rule.note').inputValue()).toBe('why it is so');
    await choose('rule.kind', 'tool');
    await fill('rule.pattern', 'delete*');
    await click('rule.put');
    await dialog().getByText('not saved').waitFor();
    expect(await seen.violations()).toEqual([]);
    await click('access.rule-drop');
    await expect.poll(() => seen.page.locator('.draft-bar').count()).toBe(0);
    await click('access.rule-add');
    await click('rule.put.not');
  });

  it('says what happened when another administrator was faster, and keeps the rest', async () => {
    await seen.go('/admin/access?subject=user:carol&server=web');
    await click('access.rule-add');
    await fill('rule.pattern', 'first*');
    await click('rule.put');
    await seen.control('access.rule-add').waitFor();
    await seen.page.locator('.draft-bar', { hasText: '1 change not saved' }).waitFor();
    await click('access.rule-add');
    await fill('rule.pattern', 'second*');
    await click('rule.put');
    await seen.page.locator('.draft-bar', { hasText: '2 changes not saved' }).waitFor();
    const rule = { subject: 'carol', server: 'web', kind: 'tool', pattern: 'second*' };
    await change('POST', 'grants', rule);
    await click('draft.save');
    await says('There is the same rule already');
    // All or nothing: the first of the two is not there either.
    await seen.page.locator('.draft-bar', { hasText: '2 changes not saved' }).waitFor();
    expect((await rules()).filter(one => one.says.includes('first*'))).toEqual([]);
    await click('draft.clear');
    await expect.poll(() => seen.page.locator('.draft-bar').count()).toBe(0);
  });
});

describe('the rules', () => {
  it('are found, added for anybody, taken away and kept', async () => {
    await seen.go('/admin/access');
    await click('access-tab.rules');
    await row('rules', 'configuration file').waitFor();
    await seen.picture('access-rules');
    expect(await seen.violations()).toEqual([]);
    expect(await row('rules', 'configuration file').getByRole('button').count()).toBe(0);
    await row('rules', HOSTILE).waitFor();
    expect(await seen.page.locator('img').count()).toBe(0);
    await choose('rules.server', 'docs');
    await fill('rules.search', 'user:alice');
    await expect.poll(() => table('rules').getByRole('row').count()).toBe(2);
    await click('access.rule-remove');
    await click('access.rule-keep');
    await click('access.rule-remove');
    await click('rules.add');
    await fill('rule.subject', 'role:nobody');
    await choose('rule.server', 'web');
    await click('rule.put');
    await wrong('Whom it is about');
    await fill('rule.subject', 'everybody');
    await fill('rule.pattern', 'get-sum');
    await click('rule.put');
    await seen.page.locator('.draft-bar', { hasText: '2 changes not saved' }).waitFor();
    await click('draft.save');
    await says('The rules are saved');
    const now = await rules();
    expect(now.filter(one => one.subject === 'user:alice')).toEqual([]);
    expect(now).toContainEqual(expect.objectContaining({ subject: 'everybody', server: 'web' }));
  });
});

describe('the catalogue as somebody', () => {
  it('is what that person is shown, and leads to why', async () => {
    await seen.go('/admin/access?tab=catalogue');
    await choose('catalogue.as', 'carol');
    await says('web_echo');
    await seen.picture('access-catalogue');
    expect(await seen.violations()).toEqual([]);
    await click('catalogue.why');
    await seen.page.locator('.explained', { hasText: 'Yes.' }).waitFor();
  });
});

describe('limits', () => {
  it('are set for whom they are named, and what is wrong is said', async () => {
    await seen.go('/admin/access');
    await click('access-tab.limits');
    await fill('limits.whose', 'server:web');
    await click('limits.add');
    await fill('limit.requests', '100');
    await click('limit.save');
    await says('The limit is set');
    await click('dialog.close');
    await table('limits').getByText('server:web').click();
    await dialog().waitFor();
    expect(await seen.violations()).toEqual([]);
    await click('limit.remove');
    await says('The settings count again');
    await click('dialog.close');
    await fill('limits.whose', 'nothing:at-all');
    await click('limits.add');
    await fill('limit.requests', '1');
    await click('limit.save');
    await dialog().getByText('there is no').waitFor();
  });
});

it('on a phone, in the dark, nothing is wider than the page', async () => {
  const phone = await world.signIn('admin', { width: 375, theme: 'dark' });
  for (const tab of ['matrix', 'rules', 'catalogue', 'limits']) {
    await phone.go(`/admin/access?tab=${tab}&user=alice&tool=web_echo`);
    await phone.page.locator('.explained').waitFor();
    expect([tab, (await phone.width()) <= 375]).toEqual([tab, true]);
    expect(await phone.violations()).toEqual([]);
  }
  await phone.go('/admin/access');
  await phone.page.locator('.matrix').waitFor();
  await phone.picture('access-phone');
  await phone.close();
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
