import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConformance2025 } from '../../fixtures/conformance-2025.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { type LegacyClient, legacyClient, type RpcMessage } from '../../support/mcp.ts';
import { textOf } from '../support/answers.ts';
import { openStream } from '../support/open-stream.ts';

let echo: Echo2025;
let fixture: Awaited<ReturnType<typeof startConformance2025>>;
let gateway: GatewayHere;

beforeAll(async () => {
  [echo, fixture] = await Promise.all([startEcho2025({ mode: 'sse' }), startConformance2025()]);
  gateway = await startGatewayHere({ servers: { echo: echo.url, fixture: fixture.url } });
  await connect('/mcp');
});
beforeEach(() => {
  echo.journal.clear();
  fixture.journal.clear();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([echo.close(), fixture.close()]);
});

const connect = (path: string, capabilities = {}, token = gateway.adminToken): Promise<LegacyClient> =>
  legacyClient({ url: gateway.url(path), token, capabilities });
const call = (client: LegacyClient, name: string, args: unknown = {}, more = {}) =>
  client.request('tools/call', { name, arguments: args, ...more });

describe('the GET stream', () => {
  it.for(['/mcp', '/mcp/fixture'])('of %s says that tools changed, once they were read again', async path => {
    const client = await connect(path);
    const stream = await openStream(client);
    expect(stream.status).toBe(200);
    fixture.journal.clear();
    fixture.announceToolsChanged();
    await expect.poll(stream.methods).toContain('notifications/tools/list_changed');
    expect(fixture.journal.of('tools/list').length).toBeGreaterThan(0);
    stream.close();
  });

  it('hears nothing of servers that its person may not use', async () => {
    const stranger = await gateway.userToken('stranger', ['echo']);
    const [theirs, ours] = [
      await openStream(await connect('/mcp', {}, stranger)),
      await openStream(await connect('/mcp')),
    ];
    fixture.announceToolsChanged();
    await expect.poll(ours.methods).toContain('notifications/tools/list_changed');
    expect(theirs.methods()).toEqual([]);
    theirs.close();
    ours.close();
  });

  it('goes on hearing when the server had to be opened again', async () => {
    const client = await connect('/mcp/fixture');
    const stream = await openStream(client);
    await call(client, 'test_simple_text');
    fixture.forgetSessions();
    expect(textOf(await call(client, 'test_simple_text'))).toBe('A simple text.');
    await client.request('resources/subscribe', { uri: 'test://watched-resource' });
    await expect.poll(stream.methods).toContain('notifications/resources/updated');
    stream.close();
  });

  it('ends with the session', async () => {
    const client = await connect('/mcp');
    const stream = await openStream(client);
    expect(await client.end()).toBe(200);
    await stream.ended;
    expect((await openStream(client)).status).toBe(404);
  });

  it('hears that a grant was given, and each message on one stream alone', async () => {
    const token = await gateway.userToken('newcomer', ['echo']);
    const client = await connect('/mcp', {}, token);
    const [first, second] = [await openStream(client), await openStream(client)];
    await call(client, 'echo_read');
    await expect
      .poll(() => echo.announce('notifications/message', { level: 'info', data: 'to one' }))
      .toBeGreaterThan(1);
    const both = () =>
      [...first.methods(), ...second.methods()].filter(one => one === 'notifications/message');
    await expect.poll(both).not.toEqual([]);
    const user = await gateway.store.userByName('newcomer');
    if (!user) throw new Error('The person was not made');
    await gateway.store.addGrant({ userId: user.id, server: 'fixture' as never });
    await expect.poll(second.methods).toContain('notifications/tools/list_changed');
    expect(both()).toHaveLength(1);
    first.close();
    second.close();
  });
});

describe('resources', () => {
  it.for(['/mcp', '/mcp/fixture'])(
    'that are subscribed to through %s tell of updates on the GET stream',
    async path => {
      const client = await connect(path);
      const stream = await openStream(client);
      const uri = 'test://watched-resource';
      expect((await client.request('resources/subscribe', { uri })).message.result).toEqual({});
      await expect
        .poll(() => stream.messages.filter(one => one.method === 'notifications/resources/updated'))
        .not.toEqual([]);
      expect(stream.messages.find(one => one.method === 'notifications/resources/updated')?.params).toEqual({
        uri,
      });
      expect((await client.request('resources/unsubscribe', { uri })).message.result).toEqual({});
      expect(fixture.journal.of('resources/subscribe')).toHaveLength(1);
      stream.close();
    },
  );
});

describe('on the stream of a call', () => {
  it('come progress with the client’s own token and log messages, before the answer', async () => {
    const client = await connect('/mcp');
    for (const progressToken of ['mine', 0, 7]) {
      const answer = await call(client, 'echo_slow', { ms: 30 }, { _meta: { progressToken } });
      const progress = answer.messages.filter(one => one.method === 'notifications/progress');
      expect(progress.map(one => one.params)).toEqual(
        [1, 2, 3].map(n => ({ progressToken, progress: n, total: 3 })),
      );
      expect(answer.messages.at(-1)?.result).toBeDefined();
    }
    const logged = await call(client, 'fixture_test_tool_with_logging');
    expect(logged.messages.filter(one => one.method === 'notifications/message')).toHaveLength(3);
  });

  it('two calls with one token each hear their own progress', async () => {
    const client = await connect('/mcp/echo');
    const run = (ms: number) => call(client, 'slow', { ms }, { _meta: { progressToken: 'same' } });
    const answers = await Promise.all([run(60), run(90)]);
    for (const { messages } of answers)
      expect(messages.filter(one => one.method === 'notifications/progress')).toHaveLength(3);
    const tokens = echo.journal
      .of('tools/call')
      .map(({ params }) => JSON.parse(params ?? '{}')._meta.progressToken);
    expect(new Set(tokens).size).toBe(2);
  });

  it('come the server’s questions, which this client alone may answer', async () => {
    const client = await connect('/mcp', { elicitation: {} });
    const stranger = await gateway.userToken('guesser', ['echo']);
    const other = await connect('/mcp', { elicitation: {} }, stranger);
    const answer = await client.request(
      'tools/call',
      { name: 'echo_ask', arguments: {} },
      {
        onMessage: async ({ method, id }: RpcMessage) => {
          if (method !== 'elicitation/create' || id === undefined || id === null) return;
          expect(String(id)).not.toMatch(/^ask-\d+$/);
          await other.respond(id, { action: 'accept', content: { word: 'stolen' } });
          expect((await client.respond(id, { action: 'accept', content: { word: 'mine' } })).status).toBe(
            202,
          );
          await client.respond(id, { action: 'accept', content: { word: 'again' } });
        },
      },
    );
    expect(JSON.parse(textOf(answer))).toEqual({ action: 'accept', content: { word: 'mine' } });
    expect(echo.journal.entries().filter(({ body }) => body.includes('"word"'))).toHaveLength(1);
  });

  it('come no questions for a client that did not offer to answer them', async () => {
    const client = await connect('/mcp/echo');
    const answer = await call(client, 'ask');
    expect(answer.messages.map(one => one.method)).toEqual([undefined]);
    expect(echo.journal.entries().filter(({ body }) => body.includes('-32601'))).toHaveLength(1);
  });
});

describe('a cancelled call', () => {
  it('of the older protocol is cancelled at the server under the id that the server knows', async () => {
    const client = await connect('/mcp/echo');
    const running = call(client, 'slow', { ms: 15_000 });
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    const theirs = echo.journal.of('tools/call')[0]?.id;
    // Its handshake had id 1, its call 2.
    await client.notify('notifications/cancelled', { requestId: 2, reason: 'tired' });
    const answer = await running;
    expect(answer.messages).toEqual([]);
    await expect.poll(() => echo.journal.of('notifications/cancelled')).toHaveLength(1);
    const [heard] = echo.journal.of('notifications/cancelled');
    expect(JSON.parse(heard?.params ?? '{}')).toEqual({ requestId: theirs, reason: 'tired' });
  });

  it('is nobody else’s to cancel', async () => {
    const token = await gateway.userToken('canceller', ['echo']);
    const [mine, theirs] = [await connect('/mcp/echo'), await connect('/mcp/echo', {}, token)];
    const running = call(mine, 'slow', { ms: 300 });
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    for (const requestId of [1, 2, 3, echo.journal.of('tools/call')[0]?.id])
      await theirs.notify('notifications/cancelled', { requestId });
    expect(textOf(await running)).toBe('awake');
  });

  it('whose client of the older protocol went away runs on', async () => {
    const client = await connect('/mcp/echo');
    const aborted = new AbortController();
    const running = client.request(
      'tools/call',
      { name: 'slow', arguments: { ms: 200 } },
      { signal: aborted.signal },
    );
    await expect.poll(() => echo.journal.of('tools/call')).toHaveLength(1);
    aborted.abort();
    await expect(running).rejects.toThrow();
    expect(echo.journal.of('notifications/cancelled')).toEqual([]);
    expect((await client.request('ping')).status).toBe(200);
  });
});
