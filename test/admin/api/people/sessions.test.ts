import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, type Session, startCallers } from '../support/callers.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  callers = await startCallers({ clock: { now: () => Date.now() + skew } });
});
afterAll(() => callers.close());

const MINE = '/account/api/sessions';

type Listed = Json & { readonly id: string; readonly is_current: boolean };
const list = async (who: Session, path = MINE) =>
  (await callers.ask(who, `GET ${path}`)).body as unknown as readonly Listed[];
const isAlive = async (session: Session) =>
  (await callers.ask(session, 'GET /account/api/me')).status === 200;

describe('signed-in browsers', () => {
  it('are listed with where they came from, and neither cookie nor hash', async () => {
    const person = await callers.addPerson('lister');
    const [here, there] = [await callers.signIn('lister'), await callers.signIn('lister')];
    skew += 61_000;
    const listed = await list(here);
    expect(listed).toHaveLength(2);
    expect(listed.filter(one => one.is_current)).toHaveLength(1);
    expect(listed[0]).toMatchObject({ address: '127.0.0.1', user_agent: 'node', is_current: true });
    const [first] = await callers.store.listSessionsOf(person.id, Date.now());
    const text = JSON.stringify([listed, await list(here, '/account/api/me')]);
    for (const secret of [first?.hash ?? 'none', here.cookie.split('=')[1] ?? 'none', there.cookie])
      expect(text).not.toContain(secret);
  });

  it('are ended one by one, or all others at once', async () => {
    await callers.addPerson('ender');
    const [a, b, c] = [
      await callers.signIn('ender'),
      await callers.signIn('ender'),
      await callers.signIn('ender'),
    ];
    const [other] = (await list(a)).filter(one => !one.is_current);
    expect((await callers.ask(a, `DELETE ${MINE}/${other?.id}`)).body).toEqual({ ended: 1 });
    expect([await isAlive(b), await isAlive(c)].filter(alive => alive)).toHaveLength(1);
    expect((await callers.ask(a, `DELETE ${MINE}`)).body).toEqual({ ended: 1 });
    expect([await isAlive(a), await isAlive(b), await isAlive(c)]).toEqual([true, false, false]);
    const [own] = await list(a);
    expect((await callers.ask(a, `DELETE ${MINE}/${own?.id}`)).status).toBe(200);
    expect(await isAlive(a)).toBe(false);
  });

  it('of others are seen and ended by an administrator', async () => {
    const person = await callers.addPerson('watched');
    const [a, b] = [await callers.signIn('watched'), await callers.signIn('watched')];
    const path = `/admin/api/users/${person.id}/sessions`;
    const admin = await callers.signIn('admin');
    const listed = await list(admin, path);
    expect(listed).toHaveLength(2);
    expect((await callers.ask(admin, `DELETE ${path}/${listed[0]?.id}`)).status).toBe(200);
    expect([await isAlive(a), await isAlive(b)].sort()).toEqual([false, true]);
    expect((await callers.ask(admin, `DELETE ${path}`)).body).toEqual({ ended: 1 });
    expect([await isAlive(a), await isAlive(b)]).toEqual([false, false]);
    expect((await callers.store.listAudit(1))[0]).toMatchObject({
      actor: 'user:admin',
      action: 'user.sign-out',
      target: 'watched',
    });
  });

  it('that are over by time are not among them', async () => {
    await callers.addPerson('idler');
    await callers.signIn('idler');
    skew += 3 * 3_600_000;
    const now = await callers.signIn('idler');
    expect(await list(now)).toHaveLength(1);
  });
});

describe('sessions that are not one’s own', () => {
  it('are ended by no id, however it is come by [IDOR]', async () => {
    const person = await callers.addPerson('target');
    const theirs = await callers.signIn('target');
    const [mine, admin] = [await callers.signIn('user'), await callers.signIn('admin')];
    const [known] = await list(admin, `/admin/api/users/${person.id}/sessions`);
    const [kept] = await callers.store.listSessionsOf(person.id, Date.now());
    for (const id of [known?.id, kept?.hash, person.id, '0', '%00', '__proto__', '..%2fme']) {
      for (const who of [mine, admin])
        expect([400, 404]).toContain((await callers.ask(who, `DELETE ${MINE}/${id}`)).status);
      const elsewhere = `DELETE /admin/api/users/${callers.users.auditor.id}/sessions/${id}`;
      expect([400, 403, 404]).toContain((await callers.ask(admin, elsewhere)).status);
      expect([400, 403]).toContain((await callers.ask(mine, elsewhere)).status);
    }
    expect(await isAlive(theirs)).toBe(true);
  });

  it('a browser that says too much or something hostile of itself is kept as text', async () => {
    await callers.addPerson('agent');
    const headers = { 'user-agent': `<script>alert(1)</script>${'x'.repeat(5000)}` };
    const session = await callers.signIn('agent');
    await fetch(callers.url('/login'), { headers });
    const [one] = await list(session);
    expect(String(one?.user_agent).length).toBeLessThanOrEqual(256);
  });
});
