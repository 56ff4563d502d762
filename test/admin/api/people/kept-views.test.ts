import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Session, startCallers } from '../support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

type View = { readonly id: string; readonly name: string; readonly address: string };
type Who = 'user' | 'admin' | 'auditor' | Session;

const ADDRESS = '/admin/activity?server=web&window=24h';
const keep = (who: Who, name: string, address = ADDRESS) =>
  callers.ask(who, 'POST /account/api/views', { name, address });
const listed = async (who: Who) =>
  (await callers.ask(who, 'GET /account/api/views')).body as unknown as readonly View[];

describe('a view of the pages', () => {
  it('is kept by a name, found by it, renamed and removed', async () => {
    const kept = await keep('user', '  Mail at night ');
    expect(kept).toMatchObject({ status: 201, body: { name: 'Mail at night', address: ADDRESS } });
    await keep('user', 'Alerts', '/admin/security');
    expect((await listed('user')).map(({ name }) => name)).toEqual(['Alerts', 'Mail at night']);
    const path = `/account/api/views/${String(kept.body.id)}`;
    expect((await callers.ask('user', `PATCH ${path}`, { name: 'Zoo' })).status).toBe(204);
    expect((await listed('user')).map(({ name }) => name)).toEqual(['Alerts', 'Zoo']);
    expect((await callers.ask('user', `DELETE ${path}`)).status).toBe(204);
    expect((await callers.ask('user', `DELETE ${path}`)).status).toBe(404);
    expect((await callers.ask('user', `PATCH ${path}`, { name: 'Gone' })).status).toBe(404);
    expect((await listed('user')).map(({ name }) => name)).toEqual(['Alerts']);
  });

  it('is nobody else’s, and its name is free for everybody else', async () => {
    const mine = (await keep('admin', 'Shared name')).body as unknown as View;
    expect((await keep('auditor', 'Shared name')).status).toBe(201);
    expect(await listed('auditor')).toHaveLength(1);
    const path = `/account/api/views/${mine.id}`;
    for (const request of [`DELETE ${path}`, `PATCH ${path}`])
      expect(
        (await callers.ask('auditor', request, request.startsWith('P') ? { name: 'x' } : undefined)).status,
      ).toBe(404);
    expect((await listed('admin')).map(({ name }) => name)).toContain('Shared name');
  });

  it('has a name that no other one of the person has', async () => {
    await keep('admin', 'One');
    expect(await keep('admin', 'One')).toMatchObject({ status: 409, body: { field: 'name' } });
    const two = (await keep('admin', 'Two')).body as unknown as View;
    const renamed = await callers.ask('admin', `PATCH /account/api/views/${two.id}`, { name: 'One' });
    expect(renamed).toMatchObject({ status: 409, body: { field: 'name' } });
    const same = await callers.ask('admin', `PATCH /account/api/views/${two.id}`, { name: 'Two' });
    expect(same.status).toBe(204);
  });

  it.each([
    'https://evil.example/admin/activity',
    '//evil.example/admin/activity',
    '/\\evil.example',
    '/admin/activity\\..\\..\\evil',
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)//admin/activity',
    'data:text/html,<script>alert(1)</script>',
    'admin/activity',
    '',
    ' /admin/activity',
    '/admin/activity ',
    '/admin/activity#x',
    '/admin/activity?q=a\nb',
    '/admin/activity?q=a b',
    '/admin/activity?q=<script>',
    '/admin/activity/../../logout',
    '/admin/%61ctivity',
    '/admin/activity/',
    '/ADMIN/activity',
    '/admin/api/users',
    '/logout',
    '/oauth/authorize?client_id=x',
    `/admin/activity?q=${'a'.repeat(2_000)}`,
    '/admin/activity?q=\u202e',
    '/admin/activity?q=\ud800',
  ])('is not kept where its address is %j', async address => {
    const before = await listed('user');
    expect(await keep('user', 'Elsewhere', address)).toMatchObject({
      status: 400,
      body: { field: 'address' },
    });
    expect(await listed('user')).toEqual(before);
  });

  it.each(['', '   ', 'a\u0000b', 'a\u202eb', 'a\nb', 'w'.repeat(61)])('is not kept as %j', async name => {
    expect(await keep('user', name)).toMatchObject({ status: 400, body: { field: 'name' } });
  });

  it.each([
    [{ name: 'x' }, 'address'],
    [{ address: ADDRESS }, 'name'],
    [{ name: 'x', address: 7 }, 'address'],
    [{ name: ['x'], address: ADDRESS }, 'name'],
    [{ name: 'x', address: ADDRESS, user_id: 'other' }, 'user_id'],
  ])('is not made of %j', async (body, field) => {
    expect(await callers.ask('user', 'POST /account/api/views', body)).toMatchObject({
      ...{ status: 400, body: { field } },
    });
  });

  it('keeps a hostile name as it is, in a list of at most fifty', async () => {
    await callers.addPerson('greedy');
    const session = await callers.signIn('greedy');
    const name = '<img src=x onerror=alert(1)>';
    expect((await keep(session, name)).body).toMatchObject({ name });
    for (let at = 1; at < 50; at++) expect((await keep(session, `View ${at}`)).status).toBe(201);
    const refused = await keep(session, 'One too many');
    expect(refused).toMatchObject({ status: 400, body: { field: 'name' } });
    expect(String(refused.body.message)).toContain('50');
    expect(await listed(session)).toHaveLength(50);
  });

  it('is one of fifty, and has its name alone, where many are kept at once', async () => {
    await callers.addPerson('hasty');
    const session = await callers.signIn('hasty');
    const kept = await Promise.all(Array.from({ length: 60 }, (_, at) => keep(session, `View ${at}`)));
    expect(kept.filter(({ status }) => status === 201)).toHaveLength(50);
    const [one, two] = await listed(session);
    const rename = (view: View | undefined) =>
      callers.ask(session, `PATCH /account/api/views/${view?.id}`, { name: 'The same' });
    const statuses = (await Promise.all([rename(one), rename(two)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 409]);
  });

  it('ends with the person', async () => {
    const leaver = await callers.addPerson('leaver');
    const session = await callers.signIn('leaver');
    await keep(session, 'Mine');
    expect(await callers.store.keptViews.list(leaver.id)).toHaveLength(1);
    expect((await callers.ask('admin', `DELETE /admin/api/users/${leaver.id}`)).status).toBeLessThan(300);
    expect(await callers.store.keptViews.list(leaver.id)).toEqual([]);
  });
});
