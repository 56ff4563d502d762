import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { post } from '../../support/mcp.ts';
import { readSse, type SseEvent } from '../../support/sse.ts';
import { type Callers, type Json, type Key, type Session, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let echo: Awaited<ReturnType<typeof startEcho2025>>;
let stops: (() => void)[] = [];
beforeEach(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { echo: echo.url }, settings: { rateLimit: { enabled: false } } });
});
afterEach(async () => {
  for (const stop of stops) stop();
  stops = [];
  await callers.close();
  await echo.close();
});

const call = (name: string, token = callers.adminToken) =>
  post(
    callers.url('/mcp'),
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: `echo_${name}`, arguments: {} } },
    { token },
  );

/** A reader of the feed; `events` fills up as they come. */
async function open(who: Session | Key, query = '', after?: string) {
  const abort = new AbortController();
  stops.push(() => abort.abort());
  const response = await fetch(callers.url(`/admin/api/activity/live${query}`), {
    signal: abort.signal,
    headers: {
      ...('key' in who ? { authorization: `Bearer ${who.key}` } : { cookie: who.cookie }),
      ...(after !== undefined && { 'last-event-id': after }),
    },
  });
  const events: SseEvent[] = [];
  let isOver = false;
  void (async () => {
    try {
      for await (const event of readSse(response.body)) events.push(event);
    } catch {
      // Cut by the test itself.
    }
    isOver = true;
  })();
  const told = (kind: string) =>
    events.filter(({ event }) => event === kind).map(({ data }) => JSON.parse(data) as Json);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    events,
    told,
    isOver: () => isOver,
    lastId: () => events.findLast(({ id }) => id !== undefined)?.id ?? '',
    stop: () => abort.abort(),
  };
}

const soon = { timeout: 5000, interval: 20 };
const auditor = () => callers.sessionOf(callers.users.auditor);

describe('the feed', () => {
  it('tells each request when it has ended, without what it said, and security events', async () => {
    const feed = await open(await auditor());
    expect([feed.status, feed.type]).toEqual([200, 'text/event-stream']);
    await post(
      callers.url('/mcp'),
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'echo_echo', arguments: { text: 'argument-secret' } },
      },
      { token: callers.adminToken },
    );
    await call('read', 'amg_nobody');
    await expect
      .poll(() => feed.told('entry'), soon)
      .toMatchObject([{ username: 'root', server: 'echo', target: 'echo', outcome: 'ok' }]);
    await expect.poll(() => feed.told('event'), soon).toMatchObject([{ event_type: 'invalid_token' }]);
    expect(JSON.stringify(feed.events)).not.toContain('argument-secret');
  });

  it('tells what is wanted, and nothing else', async () => {
    const feed = await open(await auditor(), '?kind=entry&server=echo&target=read');
    await call('echo');
    await call('read', 'amg_nobody');
    await call('read');
    await expect.poll(() => feed.told('entry'), soon).toMatchObject([{ target: 'read' }]);
    expect(feed.told('event')).toEqual([]);
  });

  it('goes on where a reader left it, each thing once', async () => {
    const first = await open(await auditor(), '?kind=entry');
    await call('read');
    await expect.poll(() => first.told('entry'), soon).toHaveLength(1);
    first.stop();
    for (let n = 0; n < 5; n++) await call('echo');
    const again = await open(await auditor(), '?kind=entry', first.lastId());
    await call('read');
    await expect
      .poll(() => again.told('entry').map(({ target }) => target), soon)
      .toEqual([...Array<string>(5).fill('echo'), 'read']);
    expect(again.told('missed')).toEqual([]);
  });

  it.each(['nothing-5', '-1', '9'.repeat(500)])(
    'says that something may be missing after an id that it does not know: %s',
    async id => {
      const feed = await open(await auditor(), '', id);
      await expect.poll(() => feed.told('missed'), soon).toEqual([{ count: null }]);
      await call('read');
      await expect.poll(() => feed.told('entry'), soon).toHaveLength(1);
    },
  );
});

describe('the feed ends [T55]', () => {
  const ends: Readonly<Record<string, () => Promise<{ who: Session | Key; end: () => Promise<unknown> }>>> = {
    'with the session': async () => {
      const who = await callers.signIn('auditor');
      const id = callers.users.auditor.id;
      return { who, end: () => callers.ask('admin', `DELETE /admin/api/users/${id}/sessions`) };
    },
    'with the key': async () => {
      const who = await callers.keyOf(callers.users.auditor, ['audit']);
      const id = who.key.split('_')[1] ?? '';
      return { who, end: () => callers.store.deleteKey(id as never) };
    },
    'with the role': async () => ({
      who: await callers.keyOf(callers.users.auditor, ['audit']),
      end: () => callers.store.setRole(callers.users.auditor.id, 'user'),
    }),
    'with the account': async () => ({
      who: await callers.keyOf(callers.users.auditor, ['audit']),
      end: () => callers.store.setDisabled(callers.users.auditor.id, true),
    }),
  };

  it.each(Object.entries(ends))('%s, within a second or so', async (_, make) => {
    const { who, end } = await make();
    const feed = await open(who);
    expect(feed.status).toBe(200);
    await call('read');
    await expect.poll(() => feed.told('entry').length, soon).toBe(1);
    await end();
    await expect.poll(() => feed.isOver(), { timeout: 2500, interval: 20 }).toBe(true);
  });

  it('when the gateway stops, which it does at once', async () => {
    const feed = await open(await auditor());
    const before = performance.now();
    await callers.built.close();
    expect(performance.now() - before).toBeLessThan(3000);
    await expect.poll(() => feed.isOver(), soon).toBe(true);
  });
});
