import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock, type TestClock } from '../../auth/support/world.ts';
import { sseClient } from '../../e2e/support/sse-client.ts';
import { toldBy } from '../../e2e/support/told.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { post } from '../../support/mcp.ts';
import { readSse } from '../../support/sse.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

let echo: Echo2025;
let other: Echo2025;
let callers: Callers;
let clock: TestClock;
beforeEach(async () => {
  [echo, other] = [await startEcho2025({ acts: true }), await startEcho2025()];
  clock = createClock();
  callers = await startCallers({
    clock,
    servers: { echo: echo.url, other: other.url },
    settings: { rateLimit: { mcp: { max: 60, window: 60, burst: 20 } } },
  });
});
afterEach(async () => {
  await callers.close();
  for (const server of [echo, other]) await server.close();
});

const one = (id: unknown, method: string, params?: Json) => ({ jsonrpc: '2.0', id, method, params });
const tool = (id: unknown, name: string, args: Json = {}) => one(id, 'tools/call', { name, arguments: args });
const HEARD = { jsonrpc: '2.0', method: 'notifications/initialized' };
const send = (messages: unknown, token: string) => post(callers.url('/mcp'), messages, { token });

type Entry = Json & { readonly id: string };
/** The entries of one person, the first first, when there are so many; polled: rows are written in batches. */
async function entriesOf(name: string, count: number): Promise<readonly Entry[]> {
  const user = await callers.store.userByName(name);
  const read = async () => {
    const { body } = await callers.ask('auditor', `GET /admin/api/activity?user_id=${user?.id}`);
    return body.entries as readonly Entry[];
  };
  await expect.poll(read, { timeout: 5000 }).toHaveLength(count);
  return (await read()).toReversed();
}

async function denials(): Promise<readonly Json[]> {
  return (await toldBy(callers, clock)).filter(({ type }) => type === 'permission_denied');
}

const shown = (entries: readonly Entry[]) =>
  entries.map(({ method, server, target, outcome, fault, code }) =>
    [method, server, target, outcome, fault, code].map(part => part ?? '-').join(' '),
  );

describe('each message of a batch', () => {
  it('has the entry that it would have alone, with an id and times of its own', async () => {
    const messages = [
      tool(1, 'echo_slow', { ms: 200 }),
      HEARD,
      tool(2, 'echo_fail'),
      tool(3, 'other_echo'),
      one(4, 'tools/list'),
      one(5, 'tools/fly'),
      { id: 6 },
    ];
    const [together, alone] = [
      await callers.userToken('ada', ['echo']),
      await callers.userToken('bob', ['echo']),
    ];
    expect((await send(messages, together)).status).toBe(200);
    for (const message of messages) if (message !== HEARD) await send(message, alone);
    const [batch, single] = [await entriesOf('ada', 6), await entriesOf('bob', 6)];
    expect(shown(batch).toSorted()).toEqual(shown(single).toSorted());
    expect(shown(batch)).toContain('tools/call echo slow ok - -');
    expect(new Set(batch.map(({ id }) => id)).size).toBe(6);
    const slow = batch.find(({ target }) => target === 'slow');
    const list = batch.find(({ method }) => method === 'tools/list');
    expect(Number(slow?.upstream_ms)).toBeGreaterThanOrEqual(195);
    expect(list?.upstream_ms).toBeNull();
    expect(Number(list?.duration_ms)).toBeLessThan(Number(slow?.duration_ms));
  });

  it('counts in the figures, the metrics and the live feed', async () => {
    const token = await callers.userToken('ada', ['echo']);
    const abort = new AbortController();
    const session = await callers.sessionOf(callers.users.auditor);
    const live = await fetch(callers.url('/admin/api/activity/live'), {
      headers: { cookie: session.cookie },
      signal: abort.signal,
    });
    const told: Json[] = [];
    const reading = (async () => {
      for await (const { event, data } of readSse(live.body))
        if (event === 'entry') told.push(JSON.parse(data));
    })().catch(() => {});
    await send([tool(1, 'echo_read'), tool(2, 'echo_read'), tool(3, 'echo_echo')], token);
    await entriesOf('ada', 3);
    clock.pass(1);
    const { body } = await callers.ask('auditor', 'GET /admin/api/figures?last_seconds=600&exact=1');
    expect(body).toMatchObject({ requests: 3, ok: 3 });
    const tools = (body.tools as readonly Json[]).map(({ name, requests }) => `${name} ${requests}`);
    expect(tools.toSorted()).toEqual(['echo 1', 'read 2']);
    const metrics = await (await fetch(callers.url('/metrics'))).text();
    expect(metrics).toMatch(/^authmcp_\w*requests_total\{[^}]*tools\/call[^}]*\} 3$/m);
    await expect.poll(() => told.map(({ target }) => target).toSorted()).toEqual(['echo', 'read', 'read']);
    abort.abort();
    await reading;
  });

  it('that asks for what is not theirs is noted, and named by the entry of its error', async () => {
    const token = await callers.userToken('bob', ['echo']);
    const answer = await send([tool(1, 'echo_echo'), tool(2, 'other_echo'), tool(3, 'none_echo')], token);
    const entries = await entriesOf('bob', 3);
    const named = answer.messages.flatMap(({ error }) => {
      const { requestId } = (error?.data ?? {}) as { readonly requestId?: string };
      return requestId === undefined ? [] : entries.filter(({ id }) => id === requestId);
    });
    expect(named.map(({ server, fault }) => [server, fault])).toEqual([
      ['other', 'unknown_target'],
      [null, 'unknown_target'],
    ]);
    expect((await denials()).map(({ server }) => server)).toEqual(['other']);
  });

  it('of HTTP+SSE alike', async () => {
    const token = await callers.userToken('bob', ['echo']);
    const line = await sseClient(callers.url('/sse'), token);
    await line.initialize('2025-03-26');
    await entriesOf('bob', 2);
    const posted = await line.post([tool(21, 'echo_echo'), HEARD, tool(22, 'other_echo'), { id: 23 }]);
    expect(posted.status).toBe(202);
    const entries = (await entriesOf('bob', 5)).slice(2);
    expect(shown(entries).toSorted()).toEqual([
      '- - - error invalid_request -32600',
      'tools/call echo echo ok - -',
      'tools/call other echo error unknown_target -32602',
    ]);
    expect((await denials()).map(({ server }) => server)).toEqual(['other']);
    line.close();
  });
});

describe('a batch as a whole', () => {
  it.each([
    ['that asks nothing', () => [HEARD, HEARD], 'ok'],
    ['with initialize in it', () => [tool(1, 'echo_echo'), one(2, 'initialize')], 'error'],
    [
      'of more messages than may come at once',
      () => Array.from({ length: 30 }, (_, n) => one(n, 'ping')),
      'error',
    ],
  ])('%s has one entry', async (_, messages, outcome) => {
    const token = await callers.userToken('ada', ['echo']);
    await send(messages(), token);
    await send(one(9, 'tools/list'), token);
    const entries = await entriesOf('ada', 2);
    expect(entries.map(({ method, outcome: became }) => [method, became])).toEqual([
      ['batch', outcome],
      ['tools/list', 'ok'],
    ]);
    expect(echo.journal.of('tools/call')).toEqual([]);
  });
});
