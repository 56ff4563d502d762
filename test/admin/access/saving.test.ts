import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const GRANTS = '/admin/api/grants';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({
    servers: { home: { url: 'http://127.0.0.1:9/mcp', grants: ['auditor'] }, work: 'http://127.0.0.1:9/mcp' },
  });
  for (const name of ['alice', 'bob', 'carol']) await callers.addPerson(name);
  await callers.refresh();
});
afterAll(() => callers.close());

type Rule = {
  readonly id: string;
  readonly subject: string;
  readonly server: string;
  readonly pattern: string;
};

const save = (body: unknown) => callers.ask('admin', `POST ${GRANTS}/draft`, body);
const rules = async () =>
  ((await callers.ask('admin', `GET ${GRANTS}`)).body as unknown as readonly Rule[]).map(
    ({ id, subject, server, pattern }) => ({ id, subject, server, pattern }),
  );
const madeFor = async (subject: string, server = 'home') =>
  String((await callers.ask('admin', `POST ${GRANTS}`, { subject, server })).body.id);
const changes = async () => (await callers.store.listAudit(1000)).length;

describe('a draft of rules', () => {
  it('is saved as a whole: what goes, goes before what comes', async () => {
    const [old, other] = [await madeFor('alice'), await madeFor('bob')];
    const before = await changes();
    const same = { subject: 'alice', server: 'home' };
    const saved = await save({ add: [same, { subject: 'carol', server: 'work' }], remove: [old, other] });
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ added: [{ subject: 'user:alice' }, { subject: 'user:carol' }] });
    const now = await rules();
    expect(now.map(({ id }) => id)).not.toContain(old);
    expect(now.map(({ id }) => id)).not.toContain(other);
    expect(now).toMatchObject([{}, { subject: 'user:alice' }, { subject: 'user:carol', server: 'work' }]);
    const rows = (await callers.store.listAudit(1000)).slice(0, (await changes()) - before);
    expect(rows.map(({ actor, action, target }) => [actor, action, target]).reverse()).toEqual([
      ['user:admin', 'grant.remove', 'user:alice'],
      ['user:admin', 'grant.remove', 'user:bob'],
      ['user:admin', 'grant.add', 'user:alice'],
      ['user:admin', 'grant.add', 'user:carol'],
    ]);
  });

  it('changes nothing where the last of it is there already, or twice in it', async () => {
    const mine = await madeFor('bob', 'work');
    await madeFor('alice', 'work');
    const [before, written] = [await rules(), await changes()];
    for (const last of [
      { subject: 'alice', server: 'work' },
      { subject: 'bob', server: 'home', pattern: 'new*', kind: 'tool' },
    ]) {
      const add = [{ subject: 'bob', server: 'home', pattern: 'new*', kind: 'tool' }, last];
      const answer = await save({ add, remove: [mine] });
      expect([answer.status, answer.body.message]).toEqual([409, 'There is the same rule already']);
      expect(await rules()).toEqual(before);
    }
    expect(await changes()).toBe(written);
  });

  it('changes nothing where something of it went meanwhile', async () => {
    const [kept, gone] = [await madeFor('carol', 'home'), await madeFor('bob', 'home')];
    await callers.store.access.deleteRule(gone);
    const listed = await rules();
    const answer = await save({ add: [{ subject: 'alice', server: '*' }], remove: [kept, gone] });
    expect([404, 409]).toContain(answer.status);
    const left = (await rules()).map(({ id }) => id);
    expect(left).toContain(kept);
    expect(left.length).toBeGreaterThanOrEqual(listed.length - 1);
    expect((await rules()).some(({ subject, server }) => subject === 'user:alice' && server === '*')).toBe(
      false,
    );
  });

  it.each<[string, unknown, number, string | undefined]>([
    ['a subject that is nobody', { add: [{ subject: 'nobody', server: 'home' }] }, 400, 'subject'],
    ['a server that is none', { add: [{ subject: 'bob', server: 'nowhere' }] }, 400, 'server'],
    [
      'a pattern that is none',
      { add: [{ subject: 'bob', server: 'home', kind: 'tool', pattern: 'a\tb' }] },
      400,
      'pattern',
    ],
    ['a rule that is none', { remove: ['none'] }, 404, undefined],
    ['an id with a zero byte', { remove: ['a\u0000'] }, 404, undefined],
    ['a field that is none', { change: [] }, 400, 'change'],
    ['201 rules', { remove: Array.from({ length: 201 }, () => 'x') }, 400, 'remove'],
    ['no list', { add: 'all' }, 400, 'add'],
  ])('with %s is refused beside one that is right, and changes nothing', async (_, body, status, field) => {
    const before = await rules();
    const given = body as { add?: readonly Json[] };
    const right = { subject: 'carol', server: '*', kind: 'tool', pattern: 'right*' };
    const whole = Array.isArray(given.add) || given.add === undefined;
    const answer = await save(whole ? { ...given, add: [right, ...(given.add ?? [])] } : given);
    expect([answer.status, answer.body.field]).toEqual([status, field]);
    expect(await rules()).toEqual(before);
  });

  it('with a rule of the configuration file is refused with where that is changed', async () => {
    const file = (await rules()).find(({ subject }) => subject === 'user:auditor');
    const answer = await save({ add: [{ subject: 'bob', server: '*' }], remove: [file?.id] });
    expect(answer.status).toBe(409);
    expect(answer.body.message).toContain('under the grants of the server');
    expect((await rules()).some(({ subject, server }) => subject === 'user:bob' && server === '*')).toBe(
      false,
    );
  });
});
