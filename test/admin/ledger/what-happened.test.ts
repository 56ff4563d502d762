import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/base/index.ts';
import { beside } from '../../cli/support/beside.ts';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { post } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let echo: Awaited<ReturnType<typeof startEcho2025>>;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { echo: echo.url } });
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const call = (name: string, token = callers.adminToken) =>
  post(
    callers.url('/mcp'),
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } },
    { token },
  );

type Page = { readonly entries: readonly Json[]; readonly next: string | null };
const page = async (query: string, who: 'admin' | 'auditor' = 'auditor') =>
  (await callers.ask(who, `GET /admin/api/${query}`)).body as unknown as Page;

/** Polled: rows are written in batches. */
const entries = (query: string, count: number) =>
  expect.poll(async () => (await page(query)).entries, { timeout: 5000 }).toHaveLength(count);

describe('an auditor reads', () => {
  it('the requests of clients, by each of their parts', async () => {
    const token = await callers.userToken('reader', ['echo']);
    await call('echo_read', token);
    await call('echo_echo', token);
    await call('echo_nothing', token);
    const { id } = (await callers.store.userByName('reader')) ?? { id: 'nobody' };
    await entries(`activity?user_id=${id}`, 3);
    const [first] = (await page(`activity?user_id=${id}&target=read`)).entries;
    expect(first).toMatchObject({
      username: 'reader',
      server: 'echo',
      method: 'tools/call',
      outcome: 'ok',
      address: '127.0.0.1',
    });
    expect(Number(first?.duration_ms)).toBeCloseTo(Number(first?.upstream_ms) + Number(first?.gateway_ms), 2);
    await entries(`activity?user_id=${id}&server=echo`, 2);
    await entries(`activity?user_id=${id}&outcome=error`, 1);
    await entries(`activity?user_id=${id}&method=tools/list`, 0);
    await entries(`activity?user_id=${id}&until=2020-01-01T00:00:00Z`, 0);
    await entries(`activity?user_id=${id}&since=2020-01-01T01:00:00%2B01:00`, 3);
  });

  it('who changed what, with before and after, by who, what and of what', async () => {
    await callers.ask('admin', 'POST /admin/api/users', {
      username: 'changed',
      password: 'Otter-lantern-48',
    });
    const { id } = (await callers.store.userByName('changed')) ?? { id: '' };
    await callers.ask('admin', `PATCH /admin/api/users/${id}`, { full_name: 'Somebody Else' });
    const found = await page('audit?target=changed');
    expect(found.entries).toMatchObject([
      { actor: 'user:admin', action: 'user.edit', after: { full_name: 'Somebody Else' } },
      { actor: 'user:admin', action: 'user.add', before: null },
    ]);
    expect((await page('audit?target=changed&action=user')).entries).toHaveLength(2);
    expect((await page('audit?target=changed&action=user.edit&actor=admin')).entries).toHaveLength(1);
    expect((await page('audit?target=changed&action=use')).entries).toEqual([]);
    expect((await page('audit?target=changed&actor=adm')).entries).toEqual([]);
    expect((await page('audit?actor=key:adm')).entries).toEqual([]);
  });

  it('security events, as version 1 gave them', async () => {
    for (let n = 0; n < 3; n++) await call('echo_read', 'amg_nobody');
    await callers.built.store.writeLedger({
      activity: [],
      events: [
        {
          ...{ id: uuidv7(Date.now()), at: Date.now(), type: 'brute_force', severity: 'high' },
          ...{ principal: callers.users.user.id, address: '203.0.113.1', server: 'echo' },
          ...{ detail: '{"door":"login"}', count: 2 },
        },
      ],
    });
    const list = async (query: string) =>
      (await callers.ask('auditor', `GET /admin/api/security-events?${query}`)).body as unknown as Json[];
    expect(await list('severity=high&last_hours=1&limit=5')).toMatchObject([
      { event_type: 'brute_force', username: 'user', ip_address: '203.0.113.1', details: { door: 'login' } },
    ]);
    expect(await list('event_type=brute_force&server=other')).toEqual([]);
    expect(await list('until=2020-01-01T00:00:00Z')).toEqual([]);
  });

  it('page by page, each row once, while more are written', async () => {
    const at = Date.now();
    for (let n = 0; n < 25; n++)
      await callers.store.addAudit({
        ...{ id: uuidv7(at + n), at: at + n, actor: 'file', action: 'test.page' },
        ...{ target: `t${n}`, before: undefined, after: undefined },
      });
    const seen: unknown[] = [];
    let next: string | null = '';
    while (next !== null) {
      const found: Page = await page(`audit?action=test.page&limit=7${next && `&before=${next}`}`);
      seen.push(...found.entries.map(({ target }) => target));
      next = found.next;
      await callers.store.addAudit({
        ...{ id: uuidv7(at + 1000), at, actor: 'file', action: 'test.page' },
        ...{ target: 'late', before: undefined, after: undefined },
      });
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `t${24 - n}`));
  });
});

describe('the command line', () => {
  it('lists the same beside the gateway, and what names hold moves no cursor [T52]', async () => {
    const run = beside(callers);
    const at = Date.now();
    await callers.store.addAudit({
      ...{ id: uuidv7(at), at, actor: 'user:\u001b[2Jeve', action: 'test.cli' },
      ...{ target: '=cmd()', before: undefined, after: '{"a":1}' },
    });
    const listed = await run(['audit-log', '--action', 'test.cli', '--since', '1h']);
    expect(listed.out).toMatch(/^TIME +ACTOR +ADDRESS +ACTION +TARGET/);
    expect(listed.out).toContain('user:\\u001b[2Jeve');
    const found = JSON.parse((await run(['audit-log', '--action', 'test.cli', '--json'])).out);
    expect(found).toMatchObject([{ target: '=cmd()' }]);
    expect((await run(['activity', '--user', 'reader', '--outcome', 'error'])).out).toMatch(/tools\/call/);
    expect((await run(['events', '--severity', 'high'])).out).toContain('brute_force');
  });

  it.each([
    [['activity', '--since', 'yesterday'], /^--since is a time/],
    [['events', '--until', '5 days'], /^--until is a time/],
    [['audit-log', '--limit', '0'], /^--limit is a whole number/],
    [['activity', '--user', 'nobody-here'], /^There is no user nobody-here/],
  ])('refuses %j in a sentence', async (args, says) => {
    const ran = await beside(callers)(args);
    expect([ran.code, ran.out]).toEqual([1, '']);
    expect(ran.err).toMatch(says);
  });
});

describe('what cannot be asked is refused with its field', () => {
  it.each([
    ['activity?since=yesterday', 'since'],
    ['activity?since=2026-01-31T12:00:00', 'since'],
    ['activity?before=1%20or%201=1', 'before'],
    ['activity?limit=0', 'limit'],
    ['activity?limit=10000', 'limit'],
    ['activity?outcome=fine', 'outcome'],
    ['activity?outcome=ok&outcome=error', 'outcome'],
    ['activity?server=', 'server'],
    ['activity?where=1', 'where'],
    ['activity?target=a%00b', 'target'],
    ['audit?actor=', 'actor'],
    [`audit?target=${'x'.repeat(600)}`, 'target'],
    ['security-events?severity=worst', 'severity'],
    ['security-events?last_hours=0', 'last_hours'],
    ['security-events?last_hours=-5', 'last_hours'],
  ])('%s', async (query, field) => {
    const { status, body } = await callers.ask('admin', `GET /admin/api/${query}`);
    expect([status, body.field]).toEqual([400, field]);
  });

  it.each(["audit?actor=' or 1=1 --", 'audit?action=%25', 'activity?server=__proto__'])(
    'and %s is a text like any other',
    async query => {
      const { status, body } = await callers.ask('admin', `GET /admin/api/${query.replaceAll(' ', '%20')}`);
      expect([status, (body as unknown as Page).entries]).toEqual([200, []]);
    },
  );
});
