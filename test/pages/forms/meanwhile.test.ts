import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

/** Two administrators, each in a browser of their own, with the same form before them. */
let world: PagesWorld;
let admin: Seen;
let bob: Seen;
let alice = '';
let client = '';
let group = '';
beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', ['web']);
  await world.addPerson('bob', []);
  admin = await world.signIn();
  const people = (await mine.api('users')) as { id: string; username: string }[];
  const idOf = (name: string) => people.find(({ username }) => username === name)?.id ?? '';
  alice = idOf('alice');
  await mine.change('PUT', `users/${idOf('bob')}/role`, { role: 'admin' });
  const servers = (await mine.api('mcp-servers')) as { name: string; url: string }[];
  const url = servers.find(({ name }) => name === 'web')?.url;
  await mine.change('POST', 'mcp-servers', { name: 'notes', url, description: 'as it was' });
  const made: { id: string } = await mine.change('POST', 'groups', { name: 'family' });
  group = made.id;
  const registered: { client_id: string } = await mine.change('POST', 'oauth-clients', {
    client_name: 'one',
    redirect_uris: ['https://one.example/back'],
  });
  client = registered.client_id;
  bob = await world.signIn('bob');
}, 60_000);
afterAll(() => world?.close());

const mine = handOf(() => admin);
const theirs = handOf(() => bob);

type Form = {
  readonly name: string;
  readonly path: () => string;
  readonly field: string;
  readonly send: string;
  readonly mine: string;
  readonly theirs: string;
  readonly third: string;
};

const HOSTILE = '<img src=x onerror=alert(1)> \u202Edrawkcab';

const FORMS: readonly Form[] = [
  {
    ...{ name: 'the description of a server', path: () => '/admin/servers/notes?tab=settings' },
    ...{ field: 'server-settings.description', send: 'server-settings.save' },
    ...{ mine: 'what the first wrote', theirs: HOSTILE, third: 'what the other wrote' },
  },
  {
    ...{ name: 'what a group is for', path: () => `/admin/people?tab=groups&group=${group}` },
    ...{
      field: 'groups.description',
      send: 'groups.save',
      mine: 'cousins',
      theirs: 'aunts',
      third: 'uncles',
    },
  },
  {
    ...{ name: 'the name of a person', path: () => `/admin/people/${alice}?tab=edit` },
    ...{
      field: 'person.full-name',
      send: 'person.save',
      mine: 'Alice A',
      theirs: 'Alice B',
      third: 'Alice C',
    },
  },
  {
    ...{ name: 'a setting', path: () => '/admin/settings?q=dcr.unusedDays' },
    ...{ field: 'settings.type', send: 'settings.save', mine: '12', theirs: '34', third: '56' },
  },
  {
    ...{ name: 'a limit', path: () => '/admin/access?tab=limits&limit=user:alice' },
    ...{ field: 'limit.requests', send: 'limit.save', mine: '100', theirs: '200', third: '300' },
  },
  {
    ...{ name: 'the life of tokens', path: () => `/admin/clients?open=${encodeURIComponent(client)}` },
    ...{ field: 'client.access-life', send: 'client.lives-save', mine: '20', theirs: '30', third: '40' },
  },
];

async function openBoth({ path, field }: Form): Promise<void> {
  for (const seen of [admin, bob]) {
    await seen.go(path());
    await seen.control(field).waitFor();
  }
}

const typedIn = (seen: Seen, { field }: Form) => seen.control(field).inputValue();

/** Both have it open; the other one saves, and then this one tries to. */
async function clash(form: Form): Promise<void> {
  await openBoth(form);
  await mine.fill(form.field, form.mine);
  await theirs.fill(form.field, form.theirs);
  await theirs.click(form.send);
  await expect
    .poll(
      async () => (await bob.control(form.send).count()) === 0 || (await bob.control(form.send).isDisabled()),
    )
    .toBe(true);
  await mine.click(form.send);
  await admin.page.getByRole('alert').filter({ hasText: 'bob changed' }).waitFor();
}

describe('two administrators save the same field', () => {
  it.each(FORMS)('$name: the second sees both texts, keeps theirs, and may still say no', async form => {
    await clash(form);
    const says = await admin.page.locator('.clash').textContent();
    for (const text of ['bob', form.mine, form.theirs.split(' \u202E')[0]]) expect(says).toContain(text);
    expect(await typedIn(admin, form)).toBe(form.mine);
    expect(await admin.violations()).toEqual([]);
    await admin.picture(`meanwhile-${form.send}`);
    // What the other one saved is what there is.
    await bob.go(form.path());
    await expect.poll(() => typedIn(bob, form)).toBe(form.theirs);
    await mine.click('clash.theirs');
    await expect.poll(() => typedIn(admin, form)).toBe(form.theirs);
    expect(await admin.control('clash.mine').count()).toBe(0);
  });

  it.each(FORMS)('$name: who has seen it may put their own in its place', async form => {
    await clash({ ...form, theirs: form.third });
    await mine.click('clash.mine');
    await mine.click(form.send);
    const read = async () => {
      await bob.go(form.path());
      return typedIn(bob, form);
    };
    await expect.poll(read, { timeout: 20_000 }).toBe(form.mine);
  });

  it('a field that nobody touched follows what the other one saved', async () => {
    const [form] = FORMS as readonly [Form];
    await openBoth(form);
    await mine.fill('server-settings.timeout', '77');
    await theirs.fill(form.field, 'only theirs');
    await theirs.click(form.send);
    await expect.poll(() => bob.control(form.send).isDisabled()).toBe(true);
    await mine.click(form.send);
    await mine.says('It is set so now.');
    await expect.poll(() => typedIn(admin, form)).toBe('only theirs');
    await bob.go(form.path());
    expect(await bob.control('server-settings.timeout').inputValue()).toBe('77');
  });
});

describe('what is typed while a form is being saved', () => {
  /** Holds the change until it is let go. */
  async function hold(method: string): Promise<() => Promise<void>> {
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await admin.page.route('**/admin/api/**', async route => {
      if (route.request().method() !== method) return route.fallback();
      arrived.resolve();
      await held.promise;
      await route.continue();
    });
    return async () => {
      await arrived.promise;
      held.resolve();
      await admin.page.unrouteAll({ behavior: 'wait' });
    };
  }

  it.each([
    [
      'server-settings.description',
      'server-settings.save',
      '/admin/servers/notes?tab=settings',
      'It is set so now.',
    ],
    ['settings.type', 'settings.save', '/admin/settings?q=dcr.unusedDays', 'Saved: dcr.unusedDays'],
  ])('stays in %s, and can be saved after it', async (field, send, path, says) => {
    await admin.go(path);
    await mine.fill(field, '21');
    const release = await hold('PATCH');
    await mine.click(send);
    await mine.fill(field, '22');
    await release();
    await mine.says(says);
    await expect.poll(() => admin.control(field).inputValue()).toBe('22');
    await expect.poll(() => admin.control(send).isEnabled()).toBe(true);
    await mine.click(send);
    const read = async () => {
      await bob.go(path);
      await bob.control(field).waitFor();
      return bob.control(field).inputValue();
    };
    await expect.poll(read, { timeout: 20_000 }).toBe('22');
    expect(await admin.control('clash.mine').count()).toBe(0);
  });
});

describe('a draft of rules', () => {
  it('is kept, and not saved, when somebody else changed what it would do', async () => {
    await admin.go('/admin/access?tab=rules&add=rule');
    await mine.fill('rule.subject', 'user:alice');
    await mine.fill('rule.pattern', 'echo');
    await mine.choose('rule.effect', 'deny');
    await mine.choose('rule.server', 'web');
    await mine.click('rule.put');
    await mine.says(/1 change not saved/);
    await expect.poll(() => admin.control('draft.save').isEnabled()).toBe(true);
    await theirs.change('POST', 'grants', { subject: 'user:alice', server: 'web', effect: 'deny' });
    await mine.click('draft.save');
    await mine.says('Somebody else changed rules, people or servers meanwhile');
    await mine.says(/1 change not saved/);
    expect(await admin.violations()).toEqual([]);
    await expect.poll(() => admin.control('draft.save').isEnabled()).toBe(true);
    await mine.click('draft.save');
    await mine.says('The rules are saved');
  });
});

describe('a name of a tool that both give at once', () => {
  it('is the first one’s, and the second is told', async () => {
    for (const seen of [admin, bob]) await seen.go('/admin/servers?tab=mappings');
    for (const [hand, tool] of [
      [mine, 'echo'],
      [theirs, 'get-sum'],
    ] as const) {
      await hand.fill('mapping.name', 'say');
      await hand.fill('mapping.tool', tool);
    }
    await theirs.click('mapping.add');
    await theirs.row('mappings', 'get-sum').waitFor();
    await mine.click('mapping.add');
    await mine.says(/bob changed it meanwhile/);
    expect(await admin.control('mapping.tool').inputValue()).toBe('echo');
  });
});
