import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namesIn } from '../../e2e/support/answers.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { modernClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const GRANTS = '/admin/api/grants';
let echo: Echo2025;
let callers: Callers;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { home: echo.url, work: { url: echo.url, grants: ['bob'] } } });
  for (const name of ['alice', 'bob', 'gone']) await callers.addPerson(name);
  const gone = await callers.store.userByName('gone');
  if (gone) await callers.store.setDisabled(gone.id, true);
  await callers.refresh();
  // What a server offers is known once somebody asked.
  await modernClient({ url: callers.url('/mcp'), token: await tokenOf('admin') }).request('tools/list');
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

async function tokenOf(name: string): Promise<string> {
  const user = await callers.store.userByName(name);
  if (!user) throw new Error(name);
  return (await callers.keyOf(user, ['mcp'])).key;
}
const toolsOf = async (name: string) =>
  namesIn(await modernClient({ url: callers.url('/mcp'), token: await tokenOf(name) }).request('tools/list'));

type Change = Json & {
  readonly username: string;
  readonly gains: readonly string[];
  readonly loses: readonly string[];
};
async function preview(body: object) {
  const answer = await callers.ask('auditor', `POST ${GRANTS}/preview`, body, {});
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body as { readonly says: string; readonly people: readonly Change[] };
}
const create = (body: object) => callers.ask('admin', `POST ${GRANTS}`, body);
const exposed = (names: readonly string[]) => names.map(name => name.replace(' ', '_')).sort();

describe('what a draft of rules would do', () => {
  it('is what happens when it is saved, tool by tool, and nothing happens before', async () => {
    const drafts = [
      { subject: 'everybody', server: 'home', tier: 'read' },
      { subject: 'bob', server: 'work', kind: 'tool', pattern: 'w*', effect: 'deny' },
    ];
    const [alice, bob] = [await toolsOf('alice'), await toolsOf('bob')];
    const { says, people } = await preview({ add: drafts });
    expect([await toolsOf('alice'), await toolsOf('bob')]).toEqual([alice, bob]);
    const of = (name: string) => people.find(one => one.username === name);
    expect(of('gone')).toBeUndefined();
    expect(of('admin')).toBeUndefined();
    for (const draft of drafts) expect((await create(draft)).status).toBe(201);
    const [aliceThen, bobThen] = [await toolsOf('alice'), await toolsOf('bob')];
    const without = (all: readonly string[], others: readonly string[]) =>
      all.filter(name => !others.includes(name)).sort();
    expect(exposed(of('alice')?.gains ?? [])).toEqual(without(aliceThen, alice));
    expect(exposed(of('bob')?.gains ?? [])).toEqual(without(bobThen, bob));
    expect(exposed(of('bob')?.loses ?? [])).toEqual(without(bob, bobThen));
    const [gained, lost] = [aliceThen.length - alice.length, without(bob, bobThen).length];
    expect([gained > 0, lost > 0]).toEqual([true, true]);
    expect(says).toBe(`4 people gain ${gained} tools, 1 person loses ${lost} tools.`);
  });

  it('counts for rules that go, and says when nothing changes', async () => {
    const made = await create({ subject: 'alice', server: 'work' });
    const { says, people } = await preview({ remove: [String(made.body.id)] });
    expect(says).toMatch(/^1 person loses \d+ tools\.$/);
    expect(people).toMatchObject([{ username: 'alice', gains_count: 0, loses_servers: ['work'] }]);
    const again = { subject: 'alice', server: 'work', tier: 'read' };
    expect((await preview({ add: [again] })).says).toBe('Nobody gains or loses anything.');
    expect((await preview({})).people).toEqual([]);
  });

  it.each([
    ['a person that nobody is', { add: [{ subject: 'nobody', server: '*' }] }, 400, 'subject'],
    ['a server that is none', { add: [{ subject: 'alice', server: 'x' }] }, 400, 'server'],
    [
      'a pattern that is none',
      { add: [{ subject: 'alice', server: '*', kind: 'tool', pattern: '' }] },
      400,
      'pattern',
    ],
    ['a field that nobody knows', { adds: [] }, 400, 'adds'],
    ['201 rules', { add: Array(201).fill({ subject: 'alice', server: '*' }) }, 400, 'add'],
    ['a rule that is not there', { remove: ['x'] }, 404, undefined],
    ['a rule of the file', { remove: ['file:work:bob'] }, 404, undefined],
  ])('%s is refused', async (_, body, status, field) => {
    const answer = await callers.ask('admin', `POST ${GRANTS}/preview`, body);
    expect([answer.status, answer.body.field]).toEqual([status, field]);
  });
});

describe('the catalogue as somebody', () => {
  it('is what that person is shown, by server', async () => {
    const user = await callers.store.userByName('bob');
    const { body } = await callers.ask('auditor', `GET /admin/api/users/${user?.id}/catalogue`);
    const servers = body as unknown as readonly { server: string; tools: readonly Json[] }[];
    const names = servers.flatMap(({ tools }) => tools.map(one => String(one.exposed)));
    expect(names.sort()).toEqual([...(await toolsOf('bob'))].sort());
    expect(servers.map(({ server }) => server).sort()).toEqual(['home', 'work']);
    const read = servers.find(({ server }) => server === 'home')?.tools;
    expect(read).toEqual(expect.arrayContaining([{ name: 'read', exposed: 'home_read', tier: 'read' }]));
  });

  it('through a client that is limited is less, and of nobody is not found', async () => {
    const user = await callers.store.userByName('bob');
    const made = await callers.ask('admin', 'POST /admin/api/oauth-clients', {
      client_name: 'narrow',
      redirect_uris: ['https://client.example/callback'],
    });
    const client = String(made.body.client_id);
    await create({ subject: `client:${client}`, server: 'home', kind: 'tool', pattern: 'read' });
    const limited = await callers.ask('admin', `GET /admin/api/users/${user?.id}/catalogue?client=${client}`);
    const tools = [{ name: 'read', exposed: 'home_read', tier: 'read' }];
    expect(limited.body).toEqual([{ server: 'home', tools, prompts: [], resources: [] }]);
    expect((await callers.ask('admin', 'GET /admin/api/users/0/catalogue')).status).toBe(404);
  });
});
