import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, PASSWORD, startCallers } from '../support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

const USERS = '/admin/api/users';
const OTHER = 'Heron-ladder-52';

const login = async (username: string, password = PASSWORD) => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username, password });
  const answer = await fetch(callers.url('/auth/login'), { method: 'POST', headers, body });
  return { status: answer.status, ...((await answer.json()) as { access_token?: string }) };
};
const meBy = async (token: string | undefined) =>
  (await fetch(callers.url('/auth/me'), { headers: { authorization: `Bearer ${token}` } })).status;
const add = async (username: string, more: Json = {}) => {
  const answer = await callers.ask('admin', `POST ${USERS}`, { username, password: PASSWORD, ...more });
  expect(answer.status).toBe(201);
  return String(answer.body.id);
};
const newest = async () => {
  const [row] = await callers.store.listAudit(1);
  const parse = (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text));
  return { ...row, before: parse(row?.before), after: parse(row?.after) };
};

describe('people', () => {
  it('are made as the reference makes them, and sign in', async () => {
    const body = { username: 'ref', email: 'ref@example.com', password: PASSWORD, is_superuser: true };
    const made = await callers.ask('admin', `POST ${USERS}`, body);
    expect(made).toMatchObject({
      status: 201,
      body: { username: 'ref', email: 'ref@example.com', is_superuser: true, role: 'admin' },
    });
    expect((await login('ref')).status).toBe(200);
    expect(await newest()).toMatchObject({
      actor: 'user:admin',
      action: 'user.add',
      after: { role: 'admin' },
    });
    const { body: all } = await callers.ask('auditor', `GET ${USERS}`);
    expect(all).toContainEqual(
      expect.objectContaining({
        username: 'ref',
        is_active: true,
        full_name: null,
        last_login_at: expect.any(String),
      }),
    );
  });

  it('are listed by role, state, group and part of a name, page by page', async () => {
    await callers.ask('admin', 'POST /admin/api/groups', { name: 'readers' });
    const ids: string[] = [];
    for (const name of ['list-a', 'list-b', 'list-c'])
      ids.push(await add(name, { full_name: 'Listed Person', groups: ['readers'] }));
    await callers.ask('admin', `PATCH ${USERS}/${ids[1]}/status`, { is_active: false });
    const names = async (query: string) =>
      ((await callers.ask('auditor', `GET ${USERS}?${query}`)).body as unknown as Json[]).map(
        one => one.username,
      );
    expect(await names('q=LISTED%20p')).toEqual(['list-a', 'list-b', 'list-c']);
    expect(await names('group=Readers&status=active')).toEqual(['list-a', 'list-c']);
    expect(await names('q=list-&status=disabled')).toEqual(['list-b']);
    expect(await names('role=auditor')).toEqual(['auditor']);
    expect(await names('group=readers&limit=2')).toEqual(['list-a', 'list-b']);
    expect(await names(`group=readers&limit=2&after=${ids[1]}`)).toEqual(['list-c']);
  });

  it('are edited field by field, and null takes away', async () => {
    const id = await add('edit-me', { email: 'edit@example.com', full_name: 'Old Name' });
    const edited = await callers.ask('admin', `PATCH ${USERS}/${id}`, { username: 'edited', email: null });
    expect(edited.body).toMatchObject({ username: 'edited', email: null, full_name: 'Old Name' });
    expect(await newest()).toMatchObject({
      action: 'user.edit',
      before: { username: 'edit-me', email: 'edit@example.com' },
      after: { username: 'edited', email: null },
    });
    expect((await login('edited')).status).toBe(200);
    expect((await login('edit-me')).status).toBe(401);
  });

  it('whose role changes sign in anew, whatever they came in by', async () => {
    const id = await add('climber');
    const [session, { access_token }] = [await callers.signIn('climber'), await login('climber')];
    const done = await callers.ask('admin', `PUT ${USERS}/${id}/role`, { role: 'auditor' });
    expect(done).toMatchObject({ status: 200, body: { role: 'auditor', is_superuser: false } });
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(401);
    expect(await meBy(access_token)).toBe(401);
    expect((await callers.ask(await callers.signIn('climber'), `GET ${USERS}`)).status).toBe(200);
    expect(await newest()).toMatchObject({ before: { role: 'user' }, after: { role: 'auditor' } });
  });

  it('who are administrators no more cannot use a key for that either', async () => {
    const id = await add('fallen', { role: 'admin' });
    const user = await callers.store.userByName('fallen');
    const key = user && (await callers.keyOf(user, ['admin']));
    if (!key) throw new Error('no key');
    expect((await callers.ask(key, `GET ${USERS}`)).status).toBe(200);
    await callers.ask('admin', `PATCH ${USERS}/${id}/superuser`, { is_superuser: false });
    expect((await callers.ask(key, `GET ${USERS}`)).status).toBe(403);
  });

  it('who were shut out come back only by signing in', async () => {
    const id = await add('shut');
    const [session, { access_token }] = [await callers.signIn('shut'), await login('shut')];
    expect((await callers.ask('key:admin', `PATCH ${USERS}/${id}/status`, { is_active: false })).status).toBe(
      200,
    );
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(401);
    expect([(await login('shut')).status, await meBy(access_token)]).toEqual([401, 401]);
    await callers.ask('admin', `PATCH ${USERS}/${id}/status`, { is_active: true });
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(401);
    expect([(await login('shut')).status, await meBy(access_token)]).toEqual([200, 401]);
  });

  it('get another password from an administrator, which ends whatever the old one opened', async () => {
    const id = await add('forgot');
    const [session, { access_token }] = [await callers.signIn('forgot'), await login('forgot')];
    const set = await callers.ask('admin', `PUT ${USERS}/${id}/password`, { password: OTHER });
    expect(set.status).toBe(204);
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(401);
    expect([await meBy(access_token), (await login('forgot')).status]).toEqual([401, 401]);
    expect((await login('forgot', OTHER)).status).toBe(200);
    expect(await newest()).toMatchObject({ action: 'user.passwd', target: 'forgot', after: undefined });
  });

  it('who are removed leave a name behind that somebody else may have', async () => {
    const id = await add('gone');
    const session = await callers.signIn('gone');
    expect((await callers.ask('admin', `DELETE ${USERS}/${id}`)).body).toEqual({ id, removed: true });
    expect((await callers.ask(session, 'GET /account/api/me')).status).toBe(401);
    expect((await callers.ask('admin', `GET ${USERS}/${id}`)).status).toBe(404);
    expect((await callers.ask('admin', `DELETE ${USERS}/${id}`)).status).toBe(404);
    await add('gone');
  });
});

describe('who rules [T22]', () => {
  it('no key decides over, nor makes: an administrator, an auditor', async () => {
    for (const role of ['admin', 'auditor']) {
      const id = await add(`ruler-${role}`, { role });
      const tries: readonly (readonly [string, unknown])[] = [
        [`POST ${USERS}`, { username: `new-${role}`, role }],
        [`PATCH ${USERS}/${id}`, { username: 'other' }],
        [`PATCH ${USERS}/${id}/status`, { is_active: false }],
        [`PUT ${USERS}/${id}/password`, { password: OTHER }],
        [`PUT ${USERS}/${id}/role`, { role: 'user' }],
        [`DELETE ${USERS}/${id}`, undefined],
      ];
      for (const [request, body] of tries)
        expect([request, (await callers.ask('key:admin', request, body)).status]).toEqual([request, 403]);
      expect((await callers.ask('admin', `GET ${USERS}/${id}`)).body).toMatchObject({
        role,
        is_active: true,
      });
    }
    const made = await callers.ask('key:admin', `POST ${USERS}`, { username: 'sly', is_superuser: true });
    expect(made).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    expect(await callers.store.userByName('sly')).toBeUndefined();
  });

  it('one who cannot sign in does not take the place of the last administrator who can', async () => {
    const small = await startCallers();
    for (const user of await small.store.listUsers())
      if (user.role === 'admin' && user.name !== 'admin') await small.store.deleteUser(user.id);
    const made = await small.ask('admin', `POST ${USERS}`, { username: 'no-password', role: 'admin' });
    expect(made.status).toBe(201);
    const path = `${USERS}/${small.users.admin.id}`;
    const tries: readonly (readonly [string, unknown])[] = [
      [`PUT ${path}/role`, { role: 'user' }],
      [`PATCH ${path}/status`, { is_active: false }],
      [`DELETE ${path}`, undefined],
    ];
    for (const [request, body] of tries)
      expect([request, (await small.ask('admin', request, body)).status]).toEqual([request, 409]);
    expect((await small.ask('admin', `DELETE ${USERS}/${made.body.id}`)).status).toBe(200);
    await small.close();
  });

  it('the last administrator stays, also when two take each other’s rights at once', async () => {
    const small = await startCallers();
    const two = [small.users.admin, await small.addPerson('second', 'admin')] as const;
    const [root] = (await small.store.listUsers()).filter(user => user.name === 'root');
    if (root) await small.store.deleteUser(root.id);
    await small.refresh();
    const by = [await small.sessionOf(two[0]), await small.sessionOf(two[1])] as const;
    const answers = await Promise.all([
      small.ask(by[0], `PUT ${USERS}/${two[1].id}/role`, { role: 'user' }),
      small.ask(by[1], `PUT ${USERS}/${two[0].id}/role`, { role: 'user' }),
    ]);
    const left = (await small.store.listUsers()).filter(user => user.role === 'admin' && !user.disabled);
    expect(left).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const [last] = left;
    if (!last) throw new Error('nobody is left');
    const session = await small.sessionOf(last);
    const ends: readonly (readonly [string, unknown])[] = [
      [`PATCH ${USERS}/${last.id}/status`, { is_active: false }],
      [`PATCH ${USERS}/${last.id}/superuser`, { is_superuser: false }],
      [`PUT ${USERS}/${last.id}/role`, { role: 'auditor' }],
      [`DELETE ${USERS}/${last.id}`, undefined],
    ];
    for (const [request, body] of ends) {
      const { status, body: said } = await small.ask(session, request, body);
      expect([request, status, said.error]).toEqual([request, 409, 'conflict']);
    }
    await small.close();
  });
});
