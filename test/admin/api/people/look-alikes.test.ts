import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, startCallers } from '../support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

const USERS = '/admin/api/users';
const add = (username: string) => callers.ask('admin', `POST ${USERS}`, { username });

describe('a name that could be taken for another', () => {
  it.each([
    ['with one Cyrillic letter', 'аlice'],
    ['with a Greek letter', 'bοb'],
    ['of Cyrillic and Greek', 'жλ'],
    ['of Arabic and Latin', 'mustafaم'],
    ['with a letter of the Cherokee', 'Ꭺlice'],
    ['of Latin and an Arabic tatweel', 'aliceـ'],
    ['of a script that is written no more', '𐌰𐌱𐌲'],
  ])('%s is refused for a person and for a group', async (_, name) => {
    for (const [path, field] of [
      [USERS, 'username'],
      ['/admin/api/groups', 'name'],
    ] as const)
      expect(await callers.ask('admin', `POST ${path}`, { [field]: name })).toMatchObject({
        status: 400,
        body: { field, message: expect.stringContaining('could be taken for another name') },
      });
  });

  it.each([
    'alice',
    'zoë.müller',
    'иван',
    'Νίκη',
    'ΝΙΚΗ',
    'Вера',
    'Тарас',
    'Сара',
    'Ева',
    'ଓମ',
    'ⵜⴰⵏⵉⵔⵜ',
    'ᠪᠠᠲᠤ',
    'އލ',
    '〆切',
    'محـمد',
    '田中さくら',
    '김민수',
    'שרה',
    'نور',
    'user-7@example',
    '_bot',
    '2026',
  ])('is not one of a single script, as long as nobody is called alike: %s', async name =>
    expect(await add(name)).toMatchObject({ status: 201, body: { username: name } }),
  );

  it.each([
    ['Cyrillic', 'сорах', 'copax'],
    ['Latin', 'Oxo', 'Охо'],
    ['Greek', 'ΑΝΤΟΝ', 'Anton'],
    ['Cherokee', 'ᎠᎪᏙᎬ', 'DAVE'],
    ['wide Latin', 'ｍａｒｔａ', 'marta'],
  ])('of %s letters is refused where a person or a group looks the same', async (_, name, twin) => {
    const made = await callers.ask('admin', 'POST /admin/api/groups', { name: twin });
    expect(made.status).toBe(201);
    for (const [path, field] of [
      [USERS, 'username'],
      ['/admin/api/groups', 'name'],
    ] as const)
      expect(await callers.ask('admin', `POST ${path}`, { [field]: name })).toMatchObject({
        status: 400,
        body: { field, message: expect.stringContaining(`looks the same as ${twin}`) },
      });
  });

  it('that is there from before goes on working, and is kept when something else is changed', async () => {
    const name = 'вob';
    const old = await callers.addPerson(name);
    await callers.refresh();
    await callers.signIn(name);
    const change = (body: Json) => callers.ask('admin', `PATCH ${USERS}/${old.id}`, body);
    expect(await change({ username: name, full_name: 'Bob' })).toMatchObject({ status: 200 });
    expect(await change({ username: 'алice' })).toMatchObject({ status: 400, body: { field: 'username' } });
    expect(await change({ username: 'bob' })).toMatchObject({ status: 200 });
  });

  it('is none of a server: its name has small Latin letters, digits and hyphens', async () => {
    for (const name of ['а', 'аlice', 'ｗｅｂ', 'web\u200b'])
      expect(
        await callers.ask('admin', 'POST /admin/api/mcp-servers', { name, url: 'http://127.0.0.1:9/mcp' }),
      ).toSatisfy(answer => answer.status === 400 || /^[a-z0-9-]+$/.test(String(answer.body.id)));
  });
});
