import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { type LegacyClient, legacyClient } from '../../support/mcp.ts';
import { type Caller, callEvents, type EventStream, listenEvents } from '../support/event-stream.ts';

/** Nobody waits longer for a client to come back. */
const RETURN_MS = 1_500;
const PATIENCE = { headersMs: 15_000, bodyMs: 15_000, stallMs: 60_000, returnMs: RETURN_MS };

let echo: Echo2025;
let gateway: GatewayHere;
let me: Caller;
let client: LegacyClient;

beforeAll(async () => {
  echo = await startEcho2025({ mode: 'sse' });
  gateway = await startGatewayHere({ servers: { echo: echo.url }, patience: PATIENCE });
  me = { url: gateway.url('/mcp'), token: gateway.adminToken };
});
beforeEach(async () => {
  client = await legacyClient(me);
  echo.journal.clear();
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

const slow = (ms: number) => ({
  name: 'echo_slow',
  arguments: { ms },
  _meta: { progressToken: 'mine' },
});
const methods = (stream: EventStream) => stream.messages().map(({ method }) => method);
const announce = (data: string) => echo.announce('notifications/message', { level: 'info', data });
const said = (stream: EventStream) => stream.messages().map(({ params }) => params?.data);
const refusal = async (lastEventId: string, by = client) => (await listenEvents(by, lastEventId)).status;

/** How many the gateway has seen to the end of. */
const closedStreams = async (userName: string) =>
  (await gateway.store.listActivity(1000)).filter(row => row.method === 'GET' && row.userName === userName)
    .length;

/** A GET stream that the server is known to speak on. */
async function listening(by = client): Promise<EventStream> {
  await by.request('tools/call', { name: 'echo_read', arguments: {} });
  const stream = await listenEvents(by);
  await expect
    .poll(() => {
      announce('hello');
      return said(stream);
    })
    .toContain('hello');
  // As many as were said, so that none is on its way any more.
  announce('last');
  await expect.poll(() => said(stream)).toContain('last');
  return stream;
}

describe('the stream of a call', () => {
  it('that broke goes on where it was, and its answer comes once', async () => {
    const stream = await callEvents(me, client, slow(600));
    await expect.poll(() => stream.messages().length).toBe(1);
    expect(stream.events[0]).toMatchObject({ data: '', id: expect.stringMatching(/-0$/) });
    stream.cut();
    const rest = await listenEvents(client, stream.lastId());
    await rest.ended;
    expect(rest.status).toBe(200);
    expect(methods(rest)).toEqual(['notifications/progress', 'notifications/progress', undefined]);
    expect(rest.messages().map(({ params }) => params?.progress)).toEqual([2, 3, undefined]);
    expect(rest.messages().at(-1)).toMatchObject({ id: 'call', result: { content: [{ text: 'awake' }] } });
    const ids = [...stream.ids(), ...rest.ids()].map(String);
    expect(new Set(ids).size).toBe(4);
    expect(new Set(ids.map(id => id.slice(0, id.lastIndexOf('-')))).size).toBe(1);
    expect(echo.journal.of('tools/call')).toHaveLength(1);
    expect(echo.journal.of('notifications/cancelled')).toHaveLength(0);
  });

  it('whose answer came while its client was away brings it from the first event on', async () => {
    const stream = await callEvents(me, client, slow(150));
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    const [first] = stream.events;
    stream.cut();
    await expect
      .poll(() => gateway.built.store.listActivity(5))
      .toContainEqual(expect.objectContaining({ method: 'tools/call', outcome: 'ok' }));
    const rest = await listenEvents(client, first?.id);
    await rest.ended;
    expect(methods(rest)).toHaveLength(4);
    // And again, as the network may break again.
    const again = await listenEvents(client, rest.ids()[1]);
    await again.ended;
    expect(methods(again)).toHaveLength(2);
    expect(await refusal(rest.lastId())).toBe(405);
  });

  it('with a question in it may be answered after the client came back', async () => {
    const asked = await legacyClient({ ...me, capabilities: { elicitation: {} } });
    const stream = await callEvents(me, asked, { name: 'echo_ask', arguments: {} });
    await expect.poll(() => methods(stream)).toContain('elicitation/create');
    const [prime, question] = stream.events;
    stream.cut();
    const rest = await listenEvents(asked, prime?.id);
    await expect.poll(() => rest.events).toEqual([question]);
    const id = rest.messages()[0]?.id;
    await asked.respond(String(id), { action: 'accept', content: { word: 'back' } });
    await rest.ended;
    expect(rest.messages().at(-1)?.result?.content?.[0]?.text).toContain('back');
  });

  it('taken up a second time leaves the first connection', async () => {
    const stream = await callEvents(me, client, slow(600));
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    const second = await listenEvents(client, stream.events[0]?.id);
    await Promise.all([stream.ended, second.ended]);
    expect(stream.messages().some(({ result }) => result)).toBe(false);
    expect(second.messages().at(-1)?.result).toBeDefined();
  });

  it('that nobody comes back to is cancelled at the server, and cannot be asked for any more', async () => {
    const stream = await callEvents(me, client, slow(20_000));
    await expect.poll(() => stream.messages().length).toBe(1);
    stream.cut();
    await expect
      .poll(() => echo.journal.of('notifications/cancelled'), { timeout: RETURN_MS * 3 })
      .toHaveLength(1);
    expect(await refusal(stream.lastId())).toBe(400);
  });

  it('has no ids where the answer is whole at once, and none in an answer too large to keep', async () => {
    const whole = await callEvents(me, client, { name: 'echo_read', arguments: {} });
    await whole.ended;
    expect(whole.events).toEqual([expect.objectContaining({ id: undefined })]);
    const stream = await callEvents(me, client, { name: 'echo_large', arguments: { bytes: 600_000 } });
    await stream.ended;
    expect(stream.events.at(-1)).toMatchObject({ id: undefined });
    const prime = stream.events[0]?.id;
    const again = await listenEvents(client, String(prime));
    await again.ended;
    expect(again.messages().at(-1)?.error).toMatchObject({ code: 1008, data: { mayHaveRun: true } });
  });

  it('begins with a message where the client’s revision knows no priming event', async () => {
    const older = { ...me, revision: '2025-06-18' };
    const stream = await callEvents(older, await legacyClient(older), slow(60));
    await stream.ended;
    expect(stream.events.every(({ data, id }) => data !== '' && id !== undefined)).toBe(true);
  });
});

describe('the GET stream', () => {
  it('brings what was said while its client was away, once and in order, and goes on', async () => {
    const stream = await listening();
    stream.cut();
    await stream.ended;
    for (const words of ['one', 'two']) announce(words);
    const rest = await listenEvents(client, stream.lastId());
    await expect.poll(() => said(rest)).toEqual(['one', 'two']);
    announce('three');
    await expect.poll(() => said(rest)).toEqual(['one', 'two', 'three']);
    const ids = [...stream.ids(), ...rest.ids()];
    expect(new Set(ids).size).toBe(ids.length);
    rest.cut();
  });

  it('that is opened anew without an id brings what nobody has heard, and the former one ends', async () => {
    const token = await gateway.userToken('returner', ['echo']);
    const client = await legacyClient({ ...me, token });
    const stream = await listening(client);
    stream.cut();
    await stream.ended;
    await expect.poll(() => closedStreams('returner')).toBe(1);
    announce('meanwhile');
    const fresh = await listenEvents(client);
    await expect.poll(() => said(fresh)).toContain('meanwhile');
    expect(said(fresh)).not.toContain('hello');
    fresh.cut();
  });

  it('brings nothing of a call’s stream, nor the other way round', async () => {
    const stream = await listening();
    const call = await callEvents(me, client, slow(300));
    await expect.poll(() => call.messages().length).toBe(1);
    announce('on GET alone');
    await Promise.all([call.ended, expect.poll(() => said(stream)).toContain('on GET alone')]);
    stream.cut();
    const [get, post] = await Promise.all([
      listenEvents(client, stream.events[0]?.id),
      listenEvents(client, call.events[0]?.id),
    ]);
    await post.ended;
    expect(methods(post)).toEqual([...Array(3).fill('notifications/progress'), undefined]);
    await expect.poll(() => said(get)).toContain('on GET alone');
    expect(methods(get)).not.toContain('notifications/progress');
    get.cut();
  });

  it('that is forgotten begins anew, with word that all lists may have changed', async () => {
    const stream = await listening();
    stream.cut();
    await stream.ended;
    const token = await legacyClient(me);
    for (const [by, id] of [
      [token, stream.lastId()],
      [client, `g${'A'.repeat(22)}-3`],
    ] as const) {
      const fresh = await listenEvents(by, id);
      await expect.poll(() => methods(fresh)).toContain('notifications/tools/list_changed');
      expect(said(fresh)).not.toContain('hello');
      fresh.cut();
    }
  });
});

describe('no event to go on from', () => {
  it('is one of another session or of another person [T46, T50]', async () => {
    const stream = await callEvents(me, client, slow(60));
    await stream.ended;
    const [prime] = stream.events;
    expect(await refusal(String(prime?.id), await legacyClient(me))).toBe(400);
    const token = await gateway.userToken('thief', ['echo']);
    expect(await refusal(String(prime?.id), await legacyClient({ ...me, token }))).toBe(400);
    // With the session of the victim it is not even looked for.
    const headers = { 'mcp-session-id': client.sessionId ?? '', 'last-event-id': String(prime?.id) };
    const stolen = await fetch(me.url, {
      headers: { ...headers, authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    });
    expect(stolen.status).toBe(404);
  });

  it('is an answer of a server that the person may use no longer', async () => {
    const token = await gateway.userToken('former', ['echo']);
    const theirs = await legacyClient({ ...me, token });
    const stream = await callEvents({ ...me, token }, theirs, slow(60));
    await stream.ended;
    const user = await gateway.store.userByName('former');
    if (!user) throw new Error('The person was not made');
    await gateway.store.removeGrant({ userId: user.id, server: 'echo' as never });
    await expect.poll(() => refusal(String(stream.events[0]?.id), theirs)).toBe(404);
  });

  it.for([
    '',
    'x',
    '0',
    '-1',
    `p${'A'.repeat(22)}-0`,
    `p${'A'.repeat(22)}`,
    '__proto__',
    'p-0',
    '9'.repeat(99),
  ])('is %j', async id => {
    expect(await refusal(id)).toBe(400);
  });

  it('is one that was never sent, one of an ended session, or one without a session', async () => {
    const stream = await callEvents(me, client, slow(60));
    await stream.ended;
    const id = stream.lastId();
    expect(await refusal(id.replace(/\d+$/, '99'))).toBe(400);
    const headers = { authorization: `Bearer ${me.token}`, accept: 'text/event-stream', 'last-event-id': id };
    expect((await fetch(me.url, { headers })).status).toBe(400);
    await client.end();
    expect(await refusal(id)).toBe(404);
  });
});
