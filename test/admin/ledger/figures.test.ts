import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../auth/support/world.ts';
import { beside } from '../../cli/support/beside.ts';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { startEcho2026 } from '../../fixtures/echo-2026.ts';
import { startHostile } from '../../fixtures/hostile.ts';
import { post } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Twenty minutes before midnight, UTC, and half past five in Kathmandu. */
const START = Date.UTC(2027, 2, 28, 23, 40, 12, 345);

/** What the test client did, as it saw it. */
type Noted = {
  readonly at: number;
  readonly who: string;
  readonly server: string;
  readonly tool: string;
  readonly isFine: boolean;
};

const clock = createClock(START);
const journal: Noted[] = [];
let strangers = 0;
let callers: Callers;
let tokens: Readonly<Record<string, string>>;
let fixtures: readonly { readonly close: () => Promise<unknown> }[];

async function call(who: string, server: string, tool: string): Promise<void> {
  const at = clock.now();
  const params = { name: `${server}_${tool}`, arguments: {} };
  const answer = await post(
    callers.url('/mcp'),
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
    { token: tokens[who] },
  );
  const { result, error } = answer.message;
  journal.push({ at, who, server, tool, isFine: error === undefined && !result?.isError });
}

beforeAll(async () => {
  const [echo, modern, bad] = [await startEcho2025(), await startEcho2026(), await startHostile()];
  fixtures = [echo, modern, bad];
  const servers = { echo: echo.url, modern: modern.url, bad: bad.url('html', ['tools/call']) };
  callers = await startCallers({ servers, clock, settings: { rateLimit: { enabled: false } } });
  tokens = {
    alice: await callers.userToken('alice', ['echo', 'modern', 'bad']),
    bob: await callers.userToken('bob', ['echo']),
  };
  // Across edges of minutes, an hour and midnight.
  for (let step = 0; step < 40; step++) {
    await call('alice', 'echo', step % 3 ? 'read' : 'echo');
    if (step % 2) await call('bob', 'echo', 'read');
    if (step % 5 === 0) await call('alice', 'bad', 'bait');
    if (step % 7 === 0) await call('alice', 'modern', 'read');
    if (step % 10 === 0) {
      await post(callers.url('/mcp'), '{}', { token: 'amg_nobody' });
      strangers++;
    }
    clock.pass(67_123);
  }
}, 60_000);
afterAll(async () => {
  await callers.close();
  for (const fixture of fixtures) await fixture.close();
});

const iso = (at: number) => new Date(at).toISOString();
const figures = async (query: string) =>
  (await callers.ask('auditor', `GET /admin/api/figures?${query}`)).body as Json & {
    readonly [list: string]: readonly Json[];
  };

const within = (from: number, to: number) => journal.filter(({ at }) => at >= from && at < to);
const wholeMinute = (at: number) => at - (at % MINUTE);

function expected(noted: readonly Noted[]) {
  const ok = noted.filter(({ isFine }) => isFine).length;
  return { requests: noted.length, ok, errors: noted.length - ok };
}

function countBy(noted: readonly Noted[], key: (one: Noted) => string) {
  const found: Record<string, number> = {};
  for (const one of noted) found[key(one)] = (found[key(one)] ?? 0) + 1;
  return found;
}

const counted = (list: readonly Json[] | undefined, key: (one: Json) => string, count = 'requests') =>
  Object.fromEntries((list ?? []).map(one => [key(one), one[count]]));

describe('figures, recounted from what the clients did', () => {
  it.each([
    ['the hour before midnight', START - 20 * MINUTE, Date.UTC(2027, 2, 29)],
    ['the hour after midnight', Date.UTC(2027, 2, 29), Date.UTC(2027, 2, 29, 1)],
    ['a day in Kathmandu', Date.UTC(2027, 2, 27, 18, 15), Date.UTC(2027, 2, 28, 18, 15)],
    ['the next day in Kathmandu', Date.UTC(2027, 2, 28, 18, 15), Date.UTC(2027, 2, 29, 18, 15)],
    ['one minute', wholeMinute(START + 10 * MINUTE), wholeMinute(START + 11 * MINUTE)],
  ])('%s', async (_, from, to) => {
    const found = await figures(`since=${iso(from)}&until=${iso(to)}`);
    expect(found).toMatchObject(expected(within(from, Math.min(to, wholeMinute(clock.now())))));
  });

  it('end with the last full minute, and with this millisecond where that is asked', async () => {
    await call('alice', 'echo', 'read');
    const now = clock.now();
    const whole = await figures('last_seconds=600');
    const end = wholeMinute(now);
    expect(whole.window).toEqual({ from: iso(end - 600_000), to: iso(end), exact: false });
    expect(whole).toMatchObject(expected(within(end - 600_000, end)));
    clock.pass(1);
    const exact = await figures('last_seconds=600&exact=1');
    expect(exact.window).toEqual({ from: iso(now + 1 - 600_000), to: iso(now + 1), exact: true });
    expect(exact).toMatchObject(expected(within(now + 1 - 600_000, now + 1)));
  });

  it('come for each tool, server, person, client and failure, and for one server or person alone', async () => {
    const all = await figures(`since=${iso(START - HOUR)}&top=100`);
    const noted = within(0, wholeMinute(clock.now()));
    expect(counted(all.servers, one => String(one.name))).toEqual(countBy(noted, one => one.server));
    expect(counted(all.users, one => String(one.username))).toEqual(countBy(noted, one => one.who));
    expect(counted(all.tools, one => `${one.server} ${one.name}`)).toEqual(
      countBy(noted, one => `${one.server} ${one.tool}`),
    );
    const failures = counted(all.failures, one => `${one.server} ${one.name}`, 'count');
    const bad = noted.filter(({ isFine }) => !isFine);
    expect(failures).toEqual({ 'bad upstream_invalid': bad.length, 'null unauthorized': strangers });
    expect(all.refused).toBe(strangers);
    const one = await figures(`since=${iso(START - HOUR)}&server=echo`);
    expect(one).toMatchObject(expected(noted.filter(({ server }) => server === 'echo')));
    expect(one.tools?.every(({ server }) => server === 'echo')).toBe(true);
    const bob = await callers.store.userByName('bob');
    const his = await figures(`since=${iso(START - HOUR)}&user_id=${bob?.id}`);
    expect(his).toMatchObject(expected(noted.filter(({ who }) => who === 'bob')));
  });

  it('agree with the times of the entries themselves, within two percent', async () => {
    const { body } = await callers.ask('admin', 'GET /admin/api/activity?limit=9999&method=tools/call');
    const rows = (body.entries as unknown as readonly Json[]).filter(
      row => Date.parse(String(row.at)) < wholeMinute(clock.now()),
    );
    const times = rows.map(row => Number(row.duration_ms)).sort((a, b) => a - b);
    const found = await figures(`since=${iso(START - HOUR)}`);
    for (const [name, share] of [
      ['p50_ms', 0.5],
      ['p95_ms', 0.95],
      ['p99_ms', 0.99],
    ] as const) {
      const exact = times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
      expect(Math.abs(Number(found[name]) / exact - 1)).toBeLessThanOrEqual(0.02);
    }
    expect(rows.find(row => row.server === 'modern')).toMatchObject({
      era: 'legacy',
      server_era: 'modern',
      bridged: true,
    });
    expect(rows.find(row => row.server === 'echo')).toMatchObject({ server_era: 'legacy', bridged: false });
  });

  it('are compared with the window before', async () => {
    const half = wholeMinute(START) + 20 * MINUTE;
    const found = await figures(`since=${iso(half)}&until=${iso(half + 10 * MINUTE)}`);
    const [now, before] = [within(half, half + 10 * MINUTE), within(half - 10 * MINUTE, half)];
    expect(found.before).toMatchObject(expected(before));
    expect((found.trend as unknown as Json).requests).toBeCloseTo((now.length / before.length - 1) * 100, 0);
    expect(found.per_minute).toBeCloseTo(now.length / 10, 2);
  });

  it('as a chart add up to the same', async () => {
    const query = `since=${iso(START - 5 * HOUR)}`;
    const { body } = await callers.ask('auditor', `GET /admin/api/figures/series?${query}`);
    const steps = body.steps as unknown as readonly Json[];
    expect(steps.length).toBeGreaterThan(50);
    expect(steps.length).toBeLessThanOrEqual(120);
    const total = steps.reduce((sum, step) => sum + Number(step.requests), 0);
    expect(total).toBe((await figures(query)).requests);
    for (const step of steps.filter(({ requests }) => requests)) {
      const from = Date.parse(String(step.at));
      expect(step).toMatchObject(
        expected(within(from, Math.min(from + Number(body.step_seconds) * 1000, wholeMinute(clock.now())))),
      );
    }
    const failedBy = (fault: string) =>
      steps.reduce((sum, { failed_by }) => sum + Number((failed_by as unknown as Json)[fault]), 0);
    const bad = journal.filter(({ isFine, at }) => !isFine && at < wholeMinute(clock.now()));
    expect(['server', 'refused', 'tool', 'gateway'].map(failedBy)).toEqual([bad.length, strangers, 0, 0]);
    const one = await callers.ask('auditor', `GET /admin/api/figures/series?${query}&server=echo`);
    for (const { failed_by } of one.body.steps as unknown as readonly Json[])
      expect(failed_by).toEqual({ tool: 0, server: 0, refused: 0, gateway: 0 });
    const bob = await callers.store.userByName('bob');
    const his = await callers.ask('auditor', `GET /admin/api/figures/series?${query}&user_id=${bob?.id}`);
    expect((his.body.steps as unknown as readonly Json[])[0]?.failed_by).toBeNull();
  });

  it('by parts of the entries: facets, who asks whom, and all but some', async () => {
    const summary = async (query: string) =>
      (await callers.ask('auditor', `GET /admin/api/activity/summary?${query}`)).body as Json & {
        readonly facets: Readonly<Record<string, readonly Json[]>>;
        readonly pairs: readonly Json[];
      };
    const all = await summary('method=tools/call');
    expect(all.is_all).toBe(true);
    const facet = (name: string, key = 'value') =>
      counted(all.facets[name], one => String(one[key]), 'count');
    expect(facet('server')).toEqual(countBy(journal, one => one.server));
    expect(facet('target')).toEqual(countBy(journal, one => one.tool));
    expect(facet('user_id', 'title')).toEqual(countBy(journal, one => one.who));
    expect(facet('bridged')['1']).toBe(journal.filter(({ server }) => server === 'modern').length);
    const calls = counted(all.pairs, one => String(one.server), 'calls');
    expect(Object.values(calls).reduce((sum, some) => Number(sum) + Number(some), 0)).toBeGreaterThan(0);
    const failed = all.pairs.reduce((sum, { failed: some }) => sum + Number(some), 0);
    expect(failed).toBe(journal.filter(({ isFine }) => !isFine).length);
    const eras = all.eras as unknown as readonly Json[];
    expect(eras.map(({ server }) => server).sort()).toEqual(
      [...new Set(journal.map(({ server }) => server))].sort(),
    );
    for (const { server, client_eras, server_eras } of eras) {
      expect(client_eras, String(server)).toEqual(['legacy']);
      expect(server_eras, String(server)).toEqual([server === 'modern' ? 'modern' : 'legacy']);
    }
    const rest = await summary('method=tools/call&not_server=echo&not_outcome=error');
    expect(counted(rest.facets.server, one => String(one.value), 'count')).toEqual(
      countBy(
        journal.filter(({ server, isFine }) => server !== 'echo' && isFine),
        one => one.server,
      ),
    );
    const bridged = await callers.ask('auditor', 'GET /admin/api/activity?bridged=1');
    const rows = bridged.body.entries as unknown as readonly Json[];
    expect(rows.every(({ server }) => server === 'modern')).toBe(true);
    const [first] = rows;
    const found = await callers.ask('auditor', `GET /admin/api/activity?id=${first?.id}`);
    expect(found.body.entries).toEqual([first]);
  });

  it('are shown by the command line and under the addresses of version 1', async () => {
    const { body: stats } = await callers.ask(
      'auditor',
      'GET /admin/api/mcp-stats?last_hours=24&include_top_tools=true',
    );
    expect(stats).toMatchObject({ requests_24h: journal.length, total_servers: 3 });
    expect((stats.top_tools as unknown as readonly Json[])[0]).toMatchObject({
      name: 'read',
      server: 'echo',
      count: journal.filter(({ server, tool }) => server === 'echo' && tool === 'read').length,
    });
    const { body: recent } = await callers.ask(
      'auditor',
      'GET /admin/api/mcp-requests?last_seconds=86400&limit=200&success=false&event_kind=work',
    );
    const failed = recent.requests as unknown as readonly Json[];
    expect(failed).toHaveLength(journal.filter(({ isFine }) => !isFine).length);
    expect(failed[0]).toMatchObject({
      tool_name: 'bait',
      server_name: 'bad',
      success: false,
      event_kind: 'work',
    });
    const said = await beside(callers)(['stats', '--last', '7d', '--server', 'echo']);
    expect([said.code, said.err]).toEqual([0, '']);
  });

  it('of a window that lies ahead, or ends before it begins, is empty', async () => {
    for (const query of [
      'since=2090-01-01T00:00:00Z',
      'since=2020-01-02T00:00:00Z&until=2020-01-01T00:00:00Z',
    ]) {
      const found = await figures(query);
      expect(found).toMatchObject({ requests: 0, success: null, p95_ms: null, per_minute: null, tools: [] });
    }
  });
});
