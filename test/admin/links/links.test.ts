import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beside } from '../../cli/support/beside.ts';
import { type Callers, type Json, PASSWORD, startCallers } from '../api/support/callers.ts';
import { fill as fillOf, tokenIn } from './support/fill.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  callers = await startCallers({
    clock: { now: () => Date.now() + skew },
    settings: { trustedProxies: ['127.0.0.1'] },
  });
});
afterAll(() => callers.close());

const INVITES = '/admin/api/invites';
const OTHER = 'Heron-ladder-52';
const DAY = 86_400_000;

const invite = async (body: Json = {}, who: 'admin' | 'key:admin' = 'admin') => {
  const made = await callers.ask(who, `POST ${INVITES}`, body);
  expect(made.status).toBe(201);
  return { id: String(made.body.id), url: String(made.body.url), token: tokenIn(made.body.url) };
};

const fill = (path: '/invite' | '/reset', fields: Readonly<Record<string, string>>, more: Json = {}) =>
  fillOf(callers, path, fields, more);
const signsIn = async (username: string, password: string) => {
  const body = JSON.stringify({ username, password });
  return (await fetch(callers.url('/auth/login'), { method: 'POST', body })).status;
};
const me = async (cookie: string | undefined) => {
  const answer = await fetch(callers.url('/account/api/me'), { headers: { cookie: cookie ?? '' } });
  return answer.status === 200 ? ((await answer.json()) as Json) : answer.status;
};

describe('an invitation', () => {
  it('makes a person with the role and groups that it gives, once, and signs them in [T18]', async () => {
    await callers.ask('admin', 'POST /admin/api/groups', { name: 'guests' });
    const { url, token, id } = await invite({
      role: 'auditor',
      groups: ['guests'],
      email: 'g@example.com',
      full_name: 'Grace H.',
      note: 'Grace',
    });
    expect(url).toBe(`${callers.origin}/invite#${token}`);
    expect(token).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5,6}){4}$/);
    const done = await fill('/invite', { token, name: 'grace', password: PASSWORD });
    expect([done.status, done.location]).toEqual([303, '/admin']);
    expect(await me(done.session)).toMatchObject({
      name: 'grace',
      role: 'auditor',
      email: 'g@example.com',
      full_name: 'Grace H.',
    });
    const user = await callers.store.userByName('grace');
    expect((await callers.ask('admin', `GET /admin/api/users/${user?.id}`)).body.groups).toEqual(['guests']);
    const rows = (await callers.store.listAudit(10)).filter(row => row.action.startsWith('user.'));
    expect(rows.map(row => [row.actor, row.action])).toEqual([
      ['link:grace', 'user.create'],
      ['user:admin', 'user.invite'],
    ]);
    expect(JSON.parse(rows[0]?.after ?? '')).toEqual({ role: 'auditor', invited_by: 'user:admin' });
    expect(rows[1]?.target).toBe(id);
    const again = await fill('/invite', { token, name: 'grace2', password: PASSWORD });
    expect([again.status, await callers.store.userByName('grace2')]).toEqual([403, undefined]);
  });

  it('tells nobody who has an address that they type themselves', async () => {
    await callers.ask('admin', 'POST /admin/api/users', { username: 'owner', email: 'owner@example.com' });
    const { token } = await invite();
    const fields = { token, name: 'asker', password: PASSWORD, email: 'owner@example.com' };
    expect((await fill('/invite', fields)).status).toBe(303);
  });

  it('works as it is typed, and is filled in from the link by the page’s own script alone', async () => {
    const { token } = await invite();
    const page = await (await fetch(callers.url('/invite'))).text();
    expect(page).toContain('location.hash.slice(1)');
    expect(page).toContain('history.replaceState(null');
    const typed = ` ${token.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect((await fill('/invite', { token: typed, name: 'typist', password: PASSWORD })).status).toBe(303);
  });

  it('makes one person of all who use it at once', async () => {
    const { token } = await invite();
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        fill('/invite', { token, name: `racer${at}`, password: PASSWORD }),
      ),
    );
    expect(all.filter(one => one.status === 303)).toHaveLength(1);
    const made = (await callers.store.listUsers()).filter(user => user.name.startsWith('racer'));
    expect(made.map(user => user.role)).toEqual(['user']);
  });

  it('is listed, without its token, and taken back', async () => {
    const { id, token } = await invite({ note: 'for later' });
    const list = JSON.stringify((await callers.ask('auditor', `GET ${INVITES}`)).body);
    expect(list).toContain('for later');
    expect(list).not.toContain(token);
    expect((await callers.ask('key:admin', `DELETE ${INVITES}/${id}`)).body).toEqual({ id, removed: true });
    expect((await fill('/invite', { token, name: 'late', password: PASSWORD })).status).toBe(403);
    expect((await callers.ask('admin', `DELETE ${INVITES}/${id}`)).status).toBe(404);
  });

  it('ends after a day, and when who made it rules no more', async () => {
    const old = await invite();
    skew += DAY + 1000;
    expect((await fill('/invite', { token: old.token, name: 'toolate', password: PASSWORD })).status).toBe(
      403,
    );
    skew = 0;
    const maker = await callers.addPerson('maker', 'admin');
    await callers.refresh();
    const made = await callers.ask(await callers.sessionOf(maker), `POST ${INVITES}`, { role: 'admin' });
    await callers.ask('admin', `PUT /admin/api/users/${maker.id}/role`, { role: 'user' });
    const used = await fill('/invite', { token: tokenIn(made.body.url), name: 'heir', password: PASSWORD });
    expect([used.status, await callers.store.userByName('heir')]).toEqual([403, undefined]);
  });

  it('to rule is given by a person alone, never by a key [T22]', async () => {
    for (const role of ['admin', 'auditor']) {
      const answer = await callers.ask('key:admin', `POST ${INVITES}`, { role });
      expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    }
    await invite({ role: 'user' }, 'key:admin');
  });
});

describe('a link to a new password', () => {
  const reset = async (name: string) => {
    const user = await callers.store.userByName(name);
    const made = await callers.ask('admin', `POST /admin/api/users/${user?.id}/reset-link`);
    return { status: made.status, token: tokenIn(made.body.url), url: String(made.body.url) };
  };

  it('changes it, ends whatever was signed in, and is good once [T18]', async () => {
    await callers.addPerson('forgetful');
    const before = await callers.signIn('forgetful');
    const { token, url } = await reset('forgetful');
    expect(url).toBe(`${callers.origin}/reset#${token}`);
    const done = await fill('/reset', { token, password: OTHER });
    expect([done.status, done.location]).toEqual([303, '/admin']);
    expect(await me(before.cookie)).toBe(401);
    expect(await me(done.session)).toMatchObject({ name: 'forgetful', role: 'user' });
    expect([await signsIn('forgetful', PASSWORD), await signsIn('forgetful', OTHER)]).toEqual([401, 200]);
    expect((await fill('/reset', { token, password: PASSWORD })).status).toBe(403);
    expect(await signsIn('forgetful', OTHER)).toBe(200);
  });

  it('is replaced by the next one, and ends with a change of password or role, and with the account', async () => {
    await callers.addPerson('twice');
    const [first, second] = [await reset('twice'), await reset('twice')];
    expect((await fill('/reset', { token: first.token, password: OTHER })).status).toBe(403);
    const user = await callers.store.userByName('twice');
    await callers.ask('admin', `PUT /admin/api/users/${user?.id}/password`, { password: OTHER });
    expect((await fill('/reset', { token: second.token, password: PASSWORD })).status).toBe(403);
    const third = await reset('twice');
    await callers.ask('admin', `PATCH /admin/api/users/${user?.id}/status`, { is_active: false });
    expect((await fill('/reset', { token: third.token, password: PASSWORD })).status).toBe(403);
    expect((await reset('twice')).status).toBe(409);
  });

  it('is no invitation, nor is an invitation one', async () => {
    await callers.addPerson('mixed');
    const [link, invitation] = [await reset('mixed'), await invite()];
    expect((await fill('/invite', { token: link.token, name: 'mixer', password: PASSWORD })).status).toBe(
      403,
    );
    expect((await fill('/reset', { token: invitation.token, password: OTHER })).status).toBe(403);
    expect(await signsIn('mixed', PASSWORD)).toBe(200);
  });
});

describe('from the command line', () => {
  it('both are printed alone, and work beside a running gateway', async () => {
    const run = beside(callers);
    await run(['group', 'add', 'crew']);
    const invited = await run(['user', 'invite', '--group', 'CREW', '--port', String(callers.port)]);
    expect([invited.code, invited.err]).toEqual([0, '']);
    expect(invited.out).toMatch(new RegExp(`^${callers.origin}/invite#[0-9A-Z-]{30}$`));
    const done = await fill('/invite', { token: tokenIn(invited.out), name: 'sailor', password: PASSWORD });
    expect(await me(done.session)).toMatchObject({ name: 'sailor', role: 'user' });
    const link = await run(['user', 'reset-link', 'sailor', '--port', String(callers.port)]);
    expect((await fill('/reset', { token: tokenIn(link.out), password: OTHER })).status).toBe(303);
    expect((await run(['user', 'invite', '--group', 'nobody'])).err).toMatch(/^There is no group nobody/);
    await run(['user', 'disable', 'sailor']);
    expect((await run(['user', 'reset-link', 'sailor'])).err).toMatch(
      /^sailor is shut out\. Let them in first/,
    );
    const told = JSON.stringify([await callers.store.listAudit(200), await callers.store.listEvents(200)]);
    for (const { out } of [invited, link]) expect(told).not.toContain(tokenIn(out));
  });
});
