import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, PASSWORD, startCallers } from '../support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

const USERS = '/admin/api/users';
const OTHER = 'Heron-ladder-52';

const add = async (username: string, more: Json = {}) => {
  const answer = await callers.ask('admin', `POST ${USERS}`, { username, password: PASSWORD, ...more });
  expect(answer.status).toBe(201);
  return String(answer.body.id);
};

describe('what cannot be', () => {
  const bad: readonly (readonly [string, Json, string])[] = [
    ['no name', {}, 'username'],
    ['an empty name', { username: '' }, 'username'],
    ['a name with a space', { username: 'a b' }, 'username'],
    ['a name that grants read as everybody', { username: '*' }, 'username'],
    ['a name that grants read as a group', { username: 'group:home' }, 'username'],
    ['a name with a zero byte', { username: 'a\0b' }, 'username'],
    ['a name that turns its direction', { username: 'a\u202eb' }, 'username'],
    ['a name of 65 letters', { username: 'a'.repeat(65) }, 'username'],
    ['a number as name', { username: 7 }, 'username'],
    ['a list as name', { username: ['admin'] }, 'username'],
    ['half an address', { username: 'bad', email: 'me@' }, 'email'],
    ['an address with a line', { username: 'bad', email: 'a@example.com\r\nBcc: b@example.com' }, 'email'],
    ['a full name with a zero byte', { username: 'bad', full_name: 'a\0' }, 'full_name'],
    ['a full name with escapes', { username: 'bad', full_name: '\u001b[31mred' }, 'full_name'],
    ['half a surrogate', { username: 'bad', full_name: '\ud800' }, 'full_name'],
    ['a weak password', { username: 'bad', password: 'abc' }, 'password'],
    ['an object as password', { username: 'bad', password: { $ne: '' } }, 'password'],
    ['a password of a megabyte', { username: 'bad', password: 'aA1'.repeat(50_000) }, 'password'],
    ['a role that is none', { username: 'bad', role: 'root' }, 'role'],
    ['two roles', { username: 'bad', role: 'user', is_superuser: true }, 'is_superuser'],
    ['a word for a yes', { username: 'bad', is_superuser: 'true' }, 'is_superuser'],
    ['a group that is none', { username: 'bad', groups: ['nobody'] }, 'groups.0'],
    ...['id', 'disabled', 'is_active', 'password_hash', 'passwordHash', 'created_at', 'last_login_at'].map(
      field => [`${field} of one’s own choice`, { username: 'bad', [field]: 1 }, field] as const,
    ),
  ];
  it.each(bad)('%s is refused with the field', async (_, body, field) => {
    const answer = await callers.ask('admin', `POST ${USERS}`, body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', field } });
    expect(await callers.store.userByName('bad')).toBeUndefined();
  });

  it.each([
    'role',
    'is_superuser',
    'is_active',
    'disabled',
    'password',
    'password_hash',
    'id',
    'groups',
    'created_at',
    '__proto__',
    'constructor',
  ])('an edit does not set %s', async field => {
    const text = `{"full_name":"x","${field}":"admin"}`;
    const before = await callers.store.userByName('user');
    const answer = await callers.ask('admin', `PATCH ${USERS}/${before?.id}`, undefined, { text });
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(await callers.store.userByName('user')).toEqual(before);
  });

  it('a name or an address that somebody has is a conflict, with the field', async () => {
    await add('taken', { email: 'taken@example.com' });
    const id = await add('taker');
    const tries: readonly (readonly [string, Json, string])[] = [
      [`POST ${USERS}`, { username: 'TAKEN' }, 'username'],
      [`POST ${USERS}`, { username: 'fresh', email: 'TAKEN@example.com' }, 'email'],
      [`PATCH ${USERS}/${id}`, { username: 'Taken' }, 'username'],
      [`PATCH ${USERS}/${id}`, { email: 'taken@example.COM' }, 'email'],
    ];
    for (const [request, body, field] of tries)
      expect(await callers.ask('admin', request, body)).toMatchObject({ status: 409, body: { field } });
    const many = await Promise.all(
      Array.from({ length: 8 }, () => callers.ask('admin', `POST ${USERS}`, { username: 'raced' })),
    );
    expect(many.map(one => one.status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it.each([
    '0',
    '__proto__',
    '..%2f..%2fsettings',
    '%00',
    'a'.repeat(5000),
    '%E2%80%AE',
    "'%20or%201=1--",
    'alice',
  ])('an id like %s is nobody’s', async id => {
    for (const [request, body] of [
      [`GET ${USERS}/${id}`, undefined],
      [`PATCH ${USERS}/${id}`, { full_name: 'x' }],
      [`PATCH ${USERS}/${id}/status`, { is_active: false }],
      [`PUT ${USERS}/${id}/role`, { role: 'admin' }],
      [`DELETE ${USERS}/${id}`, undefined],
    ] as const) {
      const { status } = await callers.ask('admin', request, body);
      expect([404, 400]).toContain(status);
    }
  });

  it.each(['limit=0', 'limit=-1', 'limit=1e3', 'limit=', 'role=root', 'status=gone', 'sort=name', 'q=a&q=b'])(
    'a list with %s is refused',
    async query => {
      const answer = await callers.ask('admin', `GET ${USERS}?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { field: query.split('=')[0] } });
    },
  );

  it('no answer, row or event holds a password or its hash', async () => {
    const id = await add('secretive');
    await callers.ask('admin', `PUT ${USERS}/${id}/password`, { password: OTHER });
    const user = await callers.store.userByName('secretive');
    const hash = user && (await callers.store.passwordHashOf(user.id));
    const told = JSON.stringify([
      (await callers.ask('admin', `GET ${USERS}`)).body,
      (await callers.ask('admin', `GET ${USERS}/${id}`)).body,
      await callers.store.listAudit(1000),
      await callers.store.listEvents(1000),
    ]);
    expect(hash).toMatch(/^\$argon2id\$/);
    for (const secret of [PASSWORD, OTHER, hash ?? '', '$argon2']) expect(told).not.toContain(secret);
  });
});
