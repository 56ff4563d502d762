import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { modernClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const GRANTS = '/admin/api/grants';

let echo: Echo2025;
let callers: Callers;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { home: echo.url, work: { url: echo.url, grants: ['auditor'] } } });
  await callers.addPerson('alice');
  await callers.ask('admin', 'POST /admin/api/groups', { name: 'family' });
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const create = (body: unknown, who: Parameters<Callers['ask']>[0] = 'admin') =>
  callers.ask(who, `POST ${GRANTS}`, body);
const idOf = ({ body }: { readonly body: Json }) => String(body.id);

async function listed(query = ''): Promise<readonly Json[]> {
  const { status, body } = await callers.ask('admin', `GET ${GRANTS}${query}`);
  expect(status).toBe(200);
  return body as unknown as readonly Json[];
}

async function tokenOf(name: string): Promise<string> {
  const user = await callers.store.userByName(name);
  if (!user) throw new Error(name);
  return (await callers.keyOf(user, ['mcp'])).key;
}

async function calls(token: string, name: string): Promise<boolean> {
  const client = modernClient({ url: callers.url('/mcp'), token });
  return (await client.request('tools/call', { name, arguments: {} })).message.error === undefined;
}

describe('a rule', () => {
  it('is made, shown, changed and taken away, and each is of use at once', async () => {
    const token = await tokenOf('alice');
    expect(await calls(token, 'home_read')).toBe(false);
    const made = await create({
      subject: 'alice',
      server: 'home',
      kind: 'tool',
      pattern: 'rea?',
      note: 'kitchen',
    });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({
        ...{ effect: 'allow', subject: 'user:alice', subject_kind: 'user', server: 'home', kind: 'tool' },
        ...{ pattern: 'rea?', tier: null, note: 'kitchen', source: 'store', created_by: 'user:admin' },
        says: 'allow user:alice on home: tools rea?',
      }),
    ]);
    expect([await calls(token, 'home_read'), await calls(token, 'home_write')]).toEqual([true, false]);
    const path = `${GRANTS}/${idOf(made)}`;
    const changed = await callers.ask('admin', `PATCH ${path}`, {
      pattern: '*',
      tier: 'destructive',
      note: null,
    });
    expect(changed.body).toMatchObject({
      pattern: '*',
      tier: 'destructive',
      note: null,
      subject: 'user:alice',
    });
    expect(await calls(token, 'home_write')).toBe(true);
    await callers.ask('admin', `PATCH ${path}`, { tier: 'read' });
    expect([await calls(token, 'home_read'), await calls(token, 'home_write')]).toEqual([true, false]);
    expect((await callers.ask('admin', `DELETE ${path}`)).body).toEqual({ id: idOf(made), removed: true });
    expect(await calls(token, 'home_read')).toBe(false);
    expect((await callers.ask('admin', `DELETE ${path}`)).status).toBe(404);
    const audit = (await callers.store.listAudit(4)).map(({ actor, action, target }) => [
      actor,
      action,
      target,
    ]);
    expect(audit.toReversed().map(([, action]) => action)).toEqual([
      ...['grant.add', 'grant.change', 'grant.change', 'grant.remove'],
    ]);
    expect(new Set(audit.map(([actor, , target]) => `${actor} ${target}`))).toEqual(
      new Set(['user:admin user:alice']),
    );
  });

  it('can be about everything that there is, by name or id, whatever its case', async () => {
    const alice = await callers.store.userByName('alice');
    const key = (await callers.store.listKeys())[0];
    const client = await callers.ask('admin', 'POST /admin/api/oauth-clients', {
      client_name: 'App',
      redirect_uris: ['https://app.example/callback'],
    });
    const subjects = [
      ['ALICE', 'user:alice'],
      [`user:${alice?.id}`, 'user:alice'],
      ['group:Family', 'group:family'],
      ['role:auditor', 'role:auditor'],
      ['everybody', 'everybody'],
      ['*', 'everybody'],
      [`key:${key?.id}`, `key:${key?.id}`],
      [`client:${client.body.client_id}`, `client:${client.body.client_id}`],
    ];
    for (const [at, [subject, shown]] of subjects.entries()) {
      const made = await create({ subject, server: '*', effect: 'deny', pattern: `nothing-${at}` });
      expect([subject, made.status, made.body.subject]).toEqual([subject, 201, shown]);
    }
    const found = await listed('?subject=everybody&effect=deny');
    expect(found.map(({ pattern }) => pattern)).toEqual(['nothing-4', 'nothing-5']);
    expect((await listed('?server=home&subject=group:family')).map(({ server }) => server)).toEqual(['*']);
    for (const { id, source } of await listed('?effect=deny'))
      if (source === 'store') await callers.ask('admin', `DELETE ${GRANTS}/${id}`);
  });

  it('of the configuration file is shown, and changed there alone', async () => {
    const [rule] = (await listed('?server=work')).filter(({ source }) => source === 'file');
    expect(rule).toMatchObject({ id: 'file:work:auditor', subject: 'user:auditor', server: 'work' });
    for (const [method, body] of [
      ['PATCH', { note: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await callers.ask(
        'admin',
        `${method} ${GRANTS}/${encodeURIComponent(String(rule?.id))}`,
        body,
      );
      expect([answer.status, answer.body.message]).toEqual([409, expect.stringContaining('authmcp.yaml')]);
    }
  });

  it('that is there already is not made twice, nor made of another', async () => {
    const body = { subject: 'alice', server: 'home', kind: 'prompt', pattern: 'p*' };
    const [one, other] = [await create(body), await create({ ...body, pattern: 'q*' })];
    const all = await Promise.all(Array.from({ length: 5 }, () => create(body)));
    expect(all.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409]);
    expect((await callers.ask('admin', `PATCH ${GRANTS}/${idOf(other)}`, { pattern: 'p*' })).status).toBe(
      409,
    );
    for (const made of [one, other]) await callers.ask('admin', `DELETE ${GRANTS}/${idOf(made)}`);
  });
});

describe('nobody but a person in a browser', () => {
  it.each(['everybody', 'role:admin', 'role:auditor', 'admin', 'auditor'])(
    'makes, changes and takes away rules about %s',
    async subject => {
      const body = { subject, server: 'home', kind: 'tool', pattern: 'only-a-person' };
      expect((await create(body, 'key:admin')).status).toBe(403);
      const made = await create(body);
      expect(made.status).toBe(201);
      const path = `${GRANTS}/${idOf(made)}`;
      expect((await callers.ask('key:admin', `PATCH ${path}`, { pattern: '*' })).status).toBe(403);
      expect((await callers.ask('key:admin', `DELETE ${path}`)).status).toBe(403);
      expect((await callers.ask('admin', `DELETE ${path}`)).status).toBe(200);
    },
  );
});

describe('a rule is refused, with the field named', () => {
  const fine = { subject: 'alice', server: 'home', kind: 'tool', pattern: 'x' };
  it.each<[string, unknown, string]>([
    ['about a person who is not there', { ...fine, subject: 'ghost' }, 'subject'],
    ['about a group that is not there', { ...fine, subject: 'group:ghosts' }, 'subject'],
    ['about a role that is not there', { ...fine, subject: 'role:root' }, 'subject'],
    ['about a client that is not there', { ...fine, subject: 'client:https://evil.example' }, 'subject'],
    ['about a key by its name', { ...fine, subject: 'key:api' }, 'subject'],
    ['about nobody', { ...fine, subject: '' }, 'subject'],
    ['about a prototype', { ...fine, subject: '__proto__:alice' }, 'subject'],
    ['about a number', { ...fine, subject: 7 }, 'subject'],
    ['about many', { ...fine, subject: ['alice'] }, 'subject'],
    ['of a server that is not there', { ...fine, server: 'elsewhere' }, 'server'],
    ['of a part of servers', { ...fine, server: 'ho*' }, 'server'],
    ['of a prototype', { ...fine, server: '__proto__' }, 'server'],
    ['of no server', { ...fine, server: undefined }, 'server'],
    ['of no pattern', { ...fine, pattern: '' }, 'pattern'],
    ['of a pattern that is too long', { ...fine, pattern: 'a'.repeat(257) }, 'pattern'],
    ['of a way that leads back', { ...fine, kind: 'resource', pattern: 'file:///a/%2e%2e/*' }, 'pattern'],
    ['of a pattern of many wildcards', { ...fine, pattern: '*a'.repeat(17) }, 'pattern'],
    ['of a pattern with a zero byte', { ...fine, pattern: 'a\0' }, 'pattern'],
    ['of a pattern with a line break', { ...fine, pattern: 'a\nb' }, 'pattern'],
    ['of a pattern that turns the text', { ...fine, pattern: '\u202ea' }, 'pattern'],
    ['of half a character', { ...fine, pattern: '\ud800' }, 'pattern'],
    ['of a tier for prompts', { ...fine, kind: 'prompt', tier: 'read' }, 'tier'],
    ['of another tier', { ...fine, tier: 'none' }, 'tier'],
    ['of another kind', { ...fine, kind: 'task' }, 'kind'],
    ['of another effect', { ...fine, effect: 'maybe' }, 'effect'],
    ['with a long note', { ...fine, note: 'a'.repeat(501) }, 'note'],
    ['with a note that hides something', { ...fine, note: 'a\u200bb' }, 'note'],
    ['that says who made it', { ...fine, created_by: 'user:root' }, 'created_by'],
    ['that says its id', { ...fine, id: 'file:home:alice' }, 'id'],
    ['that is a list', [fine], 'body'],
    ['that is nothing', 'null', 'body'],
  ])('%s', async (_, body, field) => {
    const before = await listed();
    const { status, body: said } = await create(body);
    expect([status, said.error, said.field]).toEqual([400, 'invalid_request', field]);
    expect(await listed()).toEqual(before);
  });

  it('and so is a change', async () => {
    const made = await create(fine);
    const path = `${GRANTS}/${idOf(made)}`;
    for (const [body, field] of [
      [{ pattern: '' }, 'pattern'],
      [{ server: 'elsewhere' }, 'server'],
      [{ subject: 'admin' }, 'subject'],
      [{ kind: 'resource', tier: 'read' }, 'tier'],
      [{ effect: null }, 'effect'],
    ] as const) {
      const answer = await callers.ask('admin', `PATCH ${path}`, body);
      expect([answer.status, answer.body.field]).toEqual([400, field]);
    }
    for (const [id, status] of [
      ['nothing', 404],
      ['__proto__', 404],
      ["'%20or%201=1", 404],
      ['%00', 400],
      ['..%2f..', 400],
    ] as const)
      expect((await callers.ask('admin', `PATCH ${GRANTS}/${id}`, { note: 'x' })).status).toBe(status);
    expect((await callers.ask('admin', `DELETE ${path}`)).status).toBe(200);
  });

  it('and so is a question for rules about nobody', async () => {
    for (const query of ['?subject=ghost', '?subject=a&subject=b', '?effect=x', '?unknown=1'])
      expect((await callers.ask('admin', `GET ${GRANTS}${query}`)).status).toBe(400);
  });
});

describe('the permissions of version 1', () => {
  const at = async (name: string) =>
    `/admin/api/users/${(await callers.store.userByName(name))?.id}/mcp-permissions`;
  const of = async (name: string) => {
    const { body } = await callers.ask('admin', `GET ${await at(name)}`);
    return (body as unknown as readonly Json[]).map(one => [one.server_id, one.can_access, one.source]);
  };

  it('allow, deny and leave a whole server to the other rules', async () => {
    const [path, token] = [await at('alice'), await tokenOf('alice')];
    const set = (can_access: boolean | null) =>
      callers.ask('admin', `PATCH ${path}`, { server_id: 'home', can_access });
    expect(await of('alice')).toEqual([
      ['home', false, 'default'],
      ['work', false, 'default'],
    ]);
    expect((await set(true)).body).toMatchObject({ can_access: true, source: 'explicit' });
    expect(await calls(token, 'home_write')).toBe(true);
    expect((await set(false)).body).toMatchObject({ can_access: false, source: 'explicit' });
    const everybody = await create({ subject: 'everybody', server: 'home' });
    expect(await calls(token, 'home_write')).toBe(false);
    expect((await set(null)).body).toMatchObject({ can_access: true, source: 'default' });
    expect(await calls(token, 'home_write')).toBe(true);
    await callers.ask('admin', `DELETE ${GRANTS}/${idOf(everybody)}`);
    expect(await of('auditor')).toEqual([
      ['home', false, 'default'],
      ['work', true, 'default'],
    ]);
  });

  it('refuse what is not there and what is not meant', async () => {
    const path = await at('alice');
    for (const [body, field] of [
      [{ server_id: 'elsewhere', can_access: true }, 'server_id'],
      [{ server_id: 1, can_access: true }, 'server_id'],
      [{ server_id: 'home', can_access: 'yes' }, 'can_access'],
      [{ server_id: 'home' }, 'can_access'],
      [{ server_id: 'home', can_access: true, user_id: 'x' }, 'user_id'],
    ] as const)
      expect((await callers.ask('admin', `PATCH ${path}`, body)).body.field).toBe(field);
    const ghost = '/admin/api/users/ghost/mcp-permissions';
    expect((await callers.ask('admin', `GET ${ghost}`)).status).toBe(404);
    expect(
      (await callers.ask('admin', `PATCH ${ghost}`, { server_id: 'home', can_access: true })).status,
    ).toBe(404);
  });
});
