import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from '../support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  // A group that the file names has rights before it exists.
  const url = 'http://127.0.0.1:9/mcp';
  callers = await startCallers({ servers: { home: { url, grants: ['group:home'] }, other: { url } } });
});
afterAll(() => callers.close());

const GROUPS = '/admin/api/groups';
const add = async (name: string) => {
  const answer = await callers.ask('admin', `POST ${GROUPS}`, { name, description: 'as it is' });
  expect(answer.status).toBe(201);
  return String(answer.body.id);
};
/** Whether the person may use the server, by its own endpoint. */
const reaches = async (key: string, server: string) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  return (await fetch(callers.url(`/mcp/${server}`), { method: 'POST', headers, body })).status === 200;
};

describe('groups', () => {
  it('give their members what they were granted, from the next request on, and take it again', async () => {
    const { key } = await callers.keyOf(callers.users.user, ['mcp']);
    expect(await reaches(key, 'home')).toBe(false);
    const id = await add('home');
    const member = `${GROUPS}/${id}/members/${callers.users.user.id}`;
    const joined = await callers.ask('key:admin', `PUT ${member}`);
    expect(joined.body.members).toEqual([{ id: callers.users.user.id, username: 'user' }]);
    expect([await reaches(key, 'home'), await reaches(key, 'other')]).toEqual([true, false]);
    expect((await callers.ask('admin', `GET /admin/api/users/${callers.users.user.id}`)).body.groups).toEqual(
      ['home'],
    );
    await callers.ask('admin', `PATCH ${GROUPS}/${id}`, { name: 'away' });
    expect(await reaches(key, 'home')).toBe(false);
    await callers.ask('admin', `PATCH ${GROUPS}/${id}`, { name: 'home' });
    expect(await reaches(key, 'home')).toBe(true);
    expect((await callers.ask('admin', `DELETE ${member}`)).body.members).toEqual([]);
    expect(await reaches(key, 'home')).toBe(false);
    await callers.ask('admin', `PUT ${member}`);
    expect((await callers.ask('admin', `DELETE ${GROUPS}/${id}`)).body).toEqual({ id, removed: true });
    expect(await reaches(key, 'home')).toBe(false);
    const audit = (await callers.store.listAudit(20))
      .filter(row => row.action.startsWith('group.'))
      .reverse();
    expect(audit.map(row => row.action)).toEqual([
      'group.add',
      'group.join',
      'group.edit',
      'group.edit',
      'group.leave',
      'group.join',
      'group.remove',
    ]);
    expect(JSON.parse(audit[2]?.before ?? '')).toMatchObject({ name: 'home' });
    expect(JSON.parse(audit[2]?.after ?? '')).toMatchObject({ name: 'away' });
    expect(audit[1]).toMatchObject({ actor: 'key:admin/api', target: 'home', after: '{"user":"user"}' });
  });

  it('keep their members while they are edited, and lose a removed person', async () => {
    const id = await add('keepers');
    const person = await callers.addPerson('member-to-go');
    await callers.refresh();
    await callers.ask('admin', `PUT ${GROUPS}/${id}/members/${person.id}`);
    const edited = await callers.ask('admin', `PATCH ${GROUPS}/${id}`, { description: null });
    expect(edited.body).toMatchObject({
      name: 'keepers',
      description: null,
      members: [{ username: 'member-to-go' }],
    });
    await callers.ask('admin', `DELETE /admin/api/users/${person.id}`);
    expect((await callers.ask('auditor', `GET ${GROUPS}/${id}`)).body.members).toEqual([]);
  });

  it('are joined once, whoever asks at once, and left once', async () => {
    const id = await add('busy');
    const member = `${GROUPS}/${id}/members/${callers.users.auditor.id}`;
    const joins = await Promise.all(Array.from({ length: 6 }, () => callers.ask('admin', `PUT ${member}`)));
    expect(joins.map(one => one.status)).toEqual(joins.map(() => 200));
    expect((await callers.ask('admin', `GET ${GROUPS}/${id}`)).body.members).toHaveLength(1);
    const leaves = await Promise.all(
      Array.from({ length: 6 }, () => callers.ask('admin', `DELETE ${member}`)),
    );
    expect(leaves.map(one => one.status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
  });
});

describe('what cannot be', () => {
  it.each([
    ['no name', {}, 'name'],
    ['a name with a space', { name: 'my home' }, 'name'],
    ['a tab', { name: 'my\thome' }, 'name'],
    ['what a grant reads as a kind', { name: 'role:admin' }, 'name'],
    ['what a grant reads as everybody', { name: 'a*' }, 'name'],
    ['a zero byte', { name: 'a\0' }, 'name'],
    ['a name that turns its direction', { name: 'a\u202eb' }, 'name'],
    ['65 letters', { name: 'g'.repeat(65) }, 'name'],
    ['a list', { name: ['a'] }, 'name'],
    ['a description of a megabyte', { name: 'ok', description: 'x'.repeat(200_000) }, 'description'],
    ['members of one’s own choice', { name: 'ok', members: ['x'] }, 'members'],
    ['an id of one’s own choice', { name: 'ok', id: 'x' }, 'id'],
    ['a role', { name: 'ok', role: 'admin' }, 'role'],
  ])('%s is refused with the field', async (_, body, field) => {
    expect(await callers.ask('admin', `POST ${GROUPS}`, body)).toMatchObject({
      status: 400,
      body: { field },
    });
    const id = String((await callers.ask('admin', `GET ${GROUPS}`)).body[0 as never]?.['id' as never]);
    if ('name' in body && body.name !== 'ok')
      expect((await callers.ask('admin', `PATCH ${GROUPS}/${id}`, body)).status).toBe(400);
  });

  it('a name that another has, in any case, is a conflict', async () => {
    const id = await add('first');
    await add('second');
    expect(await callers.ask('admin', `POST ${GROUPS}`, { name: 'FIRST' })).toMatchObject({ status: 409 });
    expect(await callers.ask('admin', `PATCH ${GROUPS}/${id}`, { name: 'Second' })).toMatchObject({
      status: 409,
      body: { field: 'name' },
    });
    expect((await callers.ask('admin', `PATCH ${GROUPS}/${id}`, { name: 'First' })).status).toBe(200);
  });

  it.each(['0', '__proto__', '%00', '..%2fusers', 'first'])('a group or person %s is nobody', async id => {
    const known = await add(`for-${Math.random().toString(36).slice(2)}`);
    const tries = [
      `GET ${GROUPS}/${id}`,
      `DELETE ${GROUPS}/${id}`,
      `PUT ${GROUPS}/${known}/members/${id}`,
      `DELETE ${GROUPS}/${known}/members/${id}`,
      `PUT ${GROUPS}/${id}/members/${callers.users.user.id}`,
    ];
    for (const request of tries) expect([400, 404]).toContain((await callers.ask('admin', request)).status);
    // A group is no person, and a person no group.
    expect((await callers.ask('admin', `PUT ${GROUPS}/${known}/members/${known}`)).status).toBe(404);
    expect((await callers.ask('admin', `GET ${GROUPS}/${callers.users.user.id}`)).status).toBe(404);
  });
});
