import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namesIn } from '../../e2e/support/answers.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { modernClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

let echo: Echo2025;
let callers: Callers;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { home: echo.url, work: { url: echo.url, enabled: false } } });
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const add = (body: object) => callers.ask('admin', 'POST /admin/api/grants', body);

async function explain(query: Readonly<Record<string, string>>): Promise<Json> {
  const { status, body } = await callers.ask('admin', `GET /admin/api/explain?${new URLSearchParams(query)}`);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

async function refusedField(query: Readonly<Record<string, string>>): Promise<unknown> {
  const { status, body } = await callers.ask('admin', `GET /admin/api/explain?${new URLSearchParams(query)}`);
  expect(status).toBe(400);
  return body.field;
}

describe('an explanation', () => {
  it('says of everything what a call then meets, for people, keys and administrators', async () => {
    const limited = await callers.keyOf(callers.users.user, ['mcp']);
    const narrow = await callers.keyOf(callers.users.user, ['mcp:work']);
    const free = await callers.keyOf(callers.users.user, ['mcp']);
    const root = await callers.keyOf(callers.users.admin, ['mcp']);
    const idOf = (key: string) => key.slice('amg_'.length).split('_')[0] ?? '';
    await add({ subject: 'user', server: 'home', tier: 'read' });
    await add({ subject: 'user', server: 'home', kind: 'tool', pattern: 'write*' });
    await add({ subject: `key:${idOf(limited.key)}`, server: '*', kind: 'tool', pattern: '*e*' });
    await add({ subject: 'everybody', server: '*', kind: 'tool', pattern: 'd*', effect: 'deny' });
    const client = (token: string) => modernClient({ url: callers.url('/mcp'), token });
    await client(root.key).request('tools/list');
    const all = ['echo', 'odd', 'read', 'write', 'write_keyed', 'destroy', 'whoami', 'large', 'nothing'];
    let allowed = 0;
    for (const [name, token] of [
      ['user', limited.key],
      ['user', narrow.key],
      ['user', free.key],
      ['admin', root.key],
    ] as const) {
      const listed = namesIn(await client(token).request('tools/list'));
      for (const tool of all) {
        const said = await explain({ user: name, key: idOf(token), server: 'home', tool });
        const { message } = await client(token).request('tools/call', {
          name: `home_${tool}`,
          arguments: {},
        });
        const isCalled = message.error === undefined;
        if (tool === 'nothing') expect([said.listed, said.tier]).toEqual([false, 'destructive']);
        else expect([tool, said.allowed]).toEqual([tool, isCalled]);
        if (tool !== 'nothing') expect(said.allowed).toBe(listed.includes(`home_${tool}`));
        if (isCalled) allowed++;
        const rule = said.rule as Json | null;
        expect([said.because === 'rule', rule?.effect]).toEqual([
          rule !== null,
          rule ? (said.allowed ? 'allow' : 'deny') : undefined,
        ]);
      }
    }
    expect(allowed).toBeGreaterThan(10);
    const by = async (token: string, tool: string) =>
      (await explain({ user: 'user', key: idOf(token), tool: `home_${tool}` })).because;
    expect(await by(limited.key, 'odd')).toBe('no grant');
    expect(await by(narrow.key, 'read')).toBe('scope');
    expect(await by(limited.key, 'destroy')).toBe('rule');
    expect(await by(limited.key, 'whoami')).toBe('limited');
    expect((await explain({ user: 'admin', tool: 'home_write' })).because).toBe('administrator');
    expect(await explain({ key: idOf(limited.key), tool: 'home_read' })).toMatchObject({
      ...{
        allowed: true,
        user: 'user',
        role: 'user',
        server: 'home',
        name: 'read',
        tier: 'read',
        listed: true,
      },
      says: expect.stringMatching(/^By the rule: allow user:user on home/),
    });
    const rules = (await explain({ user: 'user', tool: 'home_destroy' })).rules as readonly Json[];
    expect(rules.map(({ effect }) => effect)).toEqual(['deny']);
  });

  it('is of prompts and resources too, by the name that is listed or the server’s own', async () => {
    const of = async (query: Record<string, string>) => {
      const { allowed, server, name, listed } = await explain({ user: 'user', ...query });
      return [allowed, server, name, listed];
    };
    expect(await of({ prompt: 'home_greet' })).toEqual([true, 'home', 'greet', true]);
    expect(await of({ prompt: 'greet', server: 'home' })).toEqual([true, 'home', 'greet', true]);
    expect(await of({ resource: 'echo://one' })).toEqual([true, 'home', 'echo://one', true]);
    expect(await of({ resource: 'echo://items/{id}', server: 'home' })).toEqual([
      ...[true, 'home', 'echo://items/{id}', true],
    ]);
    expect(await of({ resource: 'other://x', server: 'home' })).toEqual([true, 'home', 'other://x', false]);
  });

  it('names what no rule decides', async () => {
    const because = async (query: Record<string, string>) => (await explain(query)).because;
    expect(await because({ user: 'disabled', tool: 'home_read' })).toBe('person is disabled');
    expect(await because({ user: 'admin', server: 'work', tool: 'read' })).toBe('server is disabled');
    await callers.store.access.switchTool({ server: 'home' as never, name: 'odd' }, false, {
      at: 1,
      by: 'x',
    });
    await callers.store.access.setNewTools('home' as never, 'review');
    await callers.refresh();
    expect(await because({ user: 'admin', tool: 'home_odd' })).toBe('switched off');
    expect(await because({ user: 'admin', tool: 'home_write' })).toBe('awaits review');
    await callers.store.access.setNewTools('home' as never, 'off');
    await callers.refresh();
    expect(await because({ user: 'admin', tool: 'home_read' })).toBe('new tools are off');
  });
});

describe('a question is refused, with the field named,', () => {
  it.each<[string, Record<string, string>, string]>([
    ['about nobody', { tool: 'home_read' }, 'user'],
    ['about a person who is not there', { user: 'ghost', tool: 'home_read' }, 'user'],
    ['about a group', { user: 'group:x', tool: 'home_read' }, 'user'],
    ['about nothing', { user: 'user' }, 'tool'],
    ['about two things', { user: 'user', tool: 'a', prompt: 'b' }, 'tool'],
    ['about what nobody has', { user: 'user', tool: 'nothing' }, 'tool'],
    ['about a prototype', { user: 'user', resource: '__proto__' }, 'resource'],
    ['of a server that is not there', { user: 'user', server: 'elsewhere', tool: 'x' }, 'server'],
    ['by a client that is not there', { user: 'user', client: 'nobody', tool: 'home_read' }, 'client'],
    ['by a key that is not there', { user: 'user', key: 'nokey', tool: 'home_read' }, 'key'],
    ['of an empty name', { user: 'user', tool: '' }, 'tool'],
    ['of a name without end', { user: 'user', tool: 'a'.repeat(2049) }, 'tool'],
    ['with something else', { user: 'user', tool: 'home_read', scope: 'mcp' }, 'scope'],
  ])('%s', async (_, query, field) => expect(await refusedField(query)).toBe(field));

  it('by another’s key', async () => {
    const key = (await callers.store.listKeys()).find(one => one.userId === callers.users.admin.id);
    expect(await refusedField({ user: 'user', key: String(key?.id), tool: 'home_read' })).toBe('key');
  });
});
