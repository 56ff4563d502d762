import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Callers, type Session, startCallers } from './support/callers.ts';

/** Who changed it, whichever way it was changed; and drafts of rules. */
let callers: Callers;
let bob: Session;
beforeAll(async () => {
  callers = await startCallers();
  await callers.addPerson('bob', 'admin');
  bob = await callers.signIn('bob');
  await callers.addPerson('alice');
  await callers.refresh();
});
afterAll(() => callers.close());

describe('who it was', () => {
  it('is who changed the field, and not who did something else to the same thing since', async () => {
    const { body } = await callers.ask('admin', 'POST /admin/api/users', { username: 'mixed' });
    const path = `/admin/api/users/${String(body.id)}`;
    await callers.ask(bob, `PATCH ${path}`, { email: 'mixed@home.example' });
    await callers.ask('admin', `PATCH ${path}`, { full_name: 'Mixed' });
    await callers.ask('admin', `PUT ${path}/role`, { role: 'auditor' });
    const refused = await callers.ask('admin', `PATCH ${path}`, {
      email: 'other@home.example',
      was: { email: null },
    });
    expect(refused.body).toMatchObject({ field: 'email', changed: { by: 'bob' } });
  });

  it('is nobody of the same name elsewhere', async () => {
    await callers.ask('admin', 'POST /admin/api/groups', { name: 'full_name' });
    const { body } = await callers.ask('admin', 'POST /admin/api/users', { username: 'twin' });
    await callers.store.editUser(String(body.id) as never, {
      name: 'twin',
      email: undefined,
      fullName: 'By nobody',
    });
    await callers.refresh();
    const refused = await callers.ask('admin', `PATCH /admin/api/users/${String(body.id)}`, {
      full_name: 'Twin',
      was: { full_name: null },
    });
    expect(refused).toMatchObject({ status: 409, body: { changed: { by: null, at: null } } });
    expect(refused.body.message).toMatch(/somebody changed it meanwhile/);
  });
});

describe('two ways to change the same', () => {
  it('of a setting: put and patch', async () => {
    await callers.ask('admin', 'PATCH /admin/api/settings', { 'dcr.unusedDays': 90 });
    const asked = (['PUT', 'PATCH'] as const).map((method, at) =>
      callers.ask(at === 0 ? bob : 'admin', `${method} /admin/api/settings`, {
        'dcr.unusedDays': 10 + at,
        was: { 'dcr.unusedDays': 90 },
      }),
    );
    expect((await Promise.all(asked)).map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('of a person: an administrator, and oneself', async () => {
    const me = await callers.addPerson('itself');
    await callers.refresh();
    const session = await callers.sessionOf(me);
    const asked = [
      callers.ask(bob, `PATCH /admin/api/users/${me.id}`, { full_name: 'Theirs', was: { full_name: null } }),
      callers.ask(session, 'PATCH /account/api/profile', { full_name: 'Mine', was: { full_name: null } }),
    ];
    expect((await Promise.all(asked)).map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('of a client: by its id and by its address', async () => {
    const body = { client_name: 'two', redirect_uris: ['https://two.example/back'] };
    const { body: client } = await callers.ask('admin', 'POST /admin/api/oauth-clients', body);
    const id = String(client.client_id);
    const was = { access_ttl_ms: null };
    const asked = [
      callers.ask(bob, `PATCH /admin/api/oauth-clients/${id}`, { access_ttl_ms: 600_000, was }),
      callers.ask('admin', `PATCH /admin/api/oauth-clients?client_id=${id}`, { access_ttl_ms: 900_000, was }),
    ];
    expect((await Promise.all(asked)).map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('a draft of rules', () => {
  let home: Echo2025;
  beforeAll(async () => {
    home = await startEcho2025();
    await callers.ask('admin', 'POST /admin/api/mcp-servers', { name: 'shared', url: home.url });
    const isRead = async () =>
      Number((await callers.ask('admin', 'GET /admin/api/mcp-servers/shared')).body.tools_count) > 0;
    await vi.waitUntil(isRead, 10_000);
  });
  afterAll(() => home.close());

  const preview = async (draft: object) =>
    (await callers.ask('admin', 'POST /admin/api/grants/preview', draft)).body as {
      says: string;
      effect: string;
    };
  const save = (draft: object, effect: string) =>
    callers.ask('admin', 'POST /admin/api/grants/draft', { ...draft, was: { effect } });

  it('is not saved when it would do something else than was shown', async () => {
    const draft = { add: [{ subject: 'user:alice', server: 'shared', effect: 'allow' }], remove: [] };
    const shown = await preview(draft);
    const theirs = { add: [{ subject: 'user:alice', server: 'shared', effect: 'deny' }], remove: [] };
    expect((await callers.ask(bob, 'POST /admin/api/grants/draft', theirs)).status).toBe(200);
    const refused = await save(draft, shown.effect);
    expect(refused).toMatchObject({ status: 409, body: { error: 'conflict', field: 'effect' } });
    expect(refused.body.message).toContain('Nobody gains or loses anything.');
    expect((await save(draft, (await preview(draft)).effect)).status).toBe(200);
  });

  it('is not saved either when as many others would gain as much', async () => {
    const { body: group } = await callers.ask('admin', 'POST /admin/api/groups', { name: 'changing' });
    const [one, other] = [await callers.addPerson('first-one'), await callers.addPerson('other-one')];
    const members = `/admin/api/groups/${String(group.id)}/members`;
    await callers.ask('admin', `PUT ${members}/${one.id}`);
    const draft = { add: [{ subject: 'group:changing', server: 'shared', effect: 'allow' }], remove: [] };
    const shown = await preview(draft);
    expect(shown.says).toMatch(/^1 person gains \d+ tools/);
    await callers.ask(bob, `DELETE ${members}/${one.id}`);
    await callers.ask(bob, `PUT ${members}/${other.id}`);
    expect((await preview(draft)).says).toBe(shown.says);
    expect((await save(draft, shown.effect)).status).toBe(409);
  });

  it('of two at the same moment one is told', async () => {
    const draft = (effect: string) => ({
      add: [{ subject: 'user:user', server: 'shared', effect }],
      remove: [],
    });
    const [allow, deny] = [draft('allow'), draft('deny')];
    const effects = [(await preview(allow)).effect, (await preview(deny)).effect];
    const both = await Promise.all([
      save(allow, effects[0] ?? ''),
      callers.ask(bob, 'POST /admin/api/grants', {
        subject: 'user:user',
        server: 'shared',
        effect: 'deny',
      }),
    ]);
    // The rule that came first changes what the other would do, or the other way round: never both unseen.
    expect(both.map(({ status }) => status)).toContain(201);
    const { body } = await callers.ask('admin', 'GET /admin/api/grants');
    const rules = (body as unknown as { subject: string; server: string }[]).filter(
      one => one.server === 'shared' && /^(user:)?user$/.test(one.subject),
    );
    expect(rules.length).toBe(both[0]?.status === 200 ? 2 : 1);
  });
});
