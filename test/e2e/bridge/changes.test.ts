import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcMessage } from '../../support/mcp.ts';
import { readSse } from '../../support/sse.ts';
import { openStream } from '../support/open-stream.ts';

let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;

beforeAll(async () => {
  [old, modern] = await Promise.all([startEcho2025({ mode: 'sse', acts: true }), startEcho2026()]);
  gateway = await startGatewayHere({
    servers: { old: { url: old.url, prefix: 'old_' }, modern: { url: modern.url, prefix: 'modern_' } },
  });
  await modernClient({ url: gateway.url('/mcp'), token: gateway.adminToken }).request('tools/list');
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([old.close(), modern.close()]);
});
beforeEach(() => {
  old.journal.clear();
  modern.journal.clear();
});

type Listening = { readonly messages: RpcMessage[]; readonly stop: () => Promise<void> };
type Filter = Readonly<Record<string, unknown>>;

/** `subscriptions/listen`, read until it is stopped. */
async function listen(path: string, notifications: Filter, token = gateway.adminToken): Promise<Listening> {
  const { body, headers } = modernClient({ url: gateway.url(path), token }).draft('subscriptions/listen', {
    notifications,
  });
  const aborted = new AbortController();
  const response = await fetch(gateway.url(path), {
    method: 'POST',
    signal: aborted.signal,
    body: JSON.stringify(body),
    headers: {
      ...headers,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
  });
  const messages: RpcMessage[] = [];
  const reading = (async () => {
    for await (const { data } of readSse(response.body)) if (data !== '') messages.push(JSON.parse(data));
  })().catch(() => {});
  await expect.poll(() => messages.length, { timeout: 5_000 }).toBeGreaterThan(0);
  return {
    messages,
    stop: async () => {
      aborted.abort();
      await reading;
    },
  };
}

const methods = (messages: readonly RpcMessage[]) => messages.map(one => one.method);
const updated = (messages: readonly RpcMessage[]) =>
  messages.filter(one => one.method === 'notifications/resources/updated').map(one => one.params?.uri);
const SOON = { timeout: 10_000 };

describe('a listen of 2026 over servers of both eras', () => {
  it('is acknowledged first, with what will be told of, and every message is stamped', async () => {
    const listening = await listen('/mcp', {
      toolsListChanged: true,
      resourceSubscriptions: ['echo://one', 'ask://resource', 'nobody://owns'],
    });
    const [first] = listening.messages;
    expect(first?.method).toBe('notifications/subscriptions/acknowledged');
    expect(first?.params?.notifications).toMatchObject({
      toolsListChanged: true,
      resourceSubscriptions: ['echo://one', 'ask://resource'],
    });
    const stamped = listening.messages.every(
      one =>
        (one.params?._meta as unknown as Record<string, unknown>)?.[
          'io.modelcontextprotocol/subscriptionId'
        ] !== undefined,
    );
    expect(stamped).toBe(true);
    await listening.stop();
  });

  it('tells of changed lists of either', async () => {
    const listening = await listen('/mcp', { toolsListChanged: true });
    const count = () =>
      methods(listening.messages).filter(one => one === 'notifications/tools/list_changed').length;
    old.change('tools');
    await expect.poll(count, SOON).toBeGreaterThan(0);
    const before = count();
    modern.change('tools');
    await expect.poll(count, SOON).toBeGreaterThan(before);
    expect(methods(listening.messages)).not.toContain('notifications/prompts/list_changed');
    await listening.stop();
  });

  it.for([
    ['old', '/mcp/old'],
    ['modern', '/mcp/modern'],
  ] as const)(
    'tells of a changed resource of a server of the %s kind, until it ends',
    async ([name, path]) => {
      const server = name === 'old' ? old : modern;
      const listening = await listen(path, { resourceSubscriptions: ['echo://one'] });
      server.touch('echo://one');
      await expect.poll(() => updated(listening.messages), SOON).toEqual(['echo://one']);
      server.touch('echo://other');
      await listening.stop();
      const ended = () =>
        name === 'old'
          ? old.journal.of('resources/unsubscribe').length
          : modern.journal.entries().filter(one => one.method?.includes('unlistened')).length;
      await expect.poll(ended, SOON).toBeGreaterThan(0);
      expect(updated(listening.messages)).toEqual(['echo://one']);
    },
  );

  it('T50: asks a server once for a resource that two of one person want, and stops with the last', async () => {
    const [one, two] = [
      await listen('/mcp/old', { resourceSubscriptions: ['echo://shared'] }),
      await listen('/mcp/old', { resourceSubscriptions: ['echo://shared'] }),
    ];
    expect(old.journal.of('resources/subscribe')).toHaveLength(1);
    await one.stop();
    old.touch('echo://shared');
    await expect.poll(() => updated(two.messages), SOON).toEqual(['echo://shared']);
    expect(old.journal.of('resources/unsubscribe')).toHaveLength(0);
    await two.stop();
    await expect.poll(() => old.journal.of('resources/unsubscribe').length, SOON).toBe(1);
  });

  it('goes on after the server forgot its sessions: what was wanted is asked for again', {
    timeout: 30_000,
  }, async () => {
    const listening = await listen('/mcp/old', { resourceSubscriptions: ['echo://kept'] });
    old.forgetSessions();
    old.announce('notifications/message', { level: 'info', data: 'the last words of this stream' });
    // The next call opens a session, and the subscription comes back with it.
    await modernClient({ url: gateway.url('/mcp/old'), token: gateway.adminToken }).request('tools/call', {
      name: 'progress',
      arguments: {},
    });
    await expect.poll(() => old.journal.of('resources/subscribe').length, { timeout: 20_000 }).toBe(2);
    await expect
      .poll(
        () => {
          old.touch('echo://kept');
          return updated(listening.messages).length;
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBeGreaterThan(0);
    await listening.stop();
  });

  it('tells nothing to a person who may not use the server', async () => {
    const token = await gateway.userToken('eve', ['modern']);
    const listening = await listen(
      '/mcp',
      { resourceSubscriptions: ['ask://resource', 'echo://one'] },
      token,
    );
    expect(listening.messages[0]?.params?.notifications).toMatchObject({ resourceSubscriptions: [] });
    old.touch('echo://one');
    await modernClient({ url: gateway.url('/mcp'), token }).request('tools/list');
    expect(updated(listening.messages)).toEqual([]);
    await listening.stop();
  });
});

describe('a stream of 2025', () => {
  it.for(['old', 'modern'])('tells of a changed resource and of changed lists of a %s server', async name => {
    const server = name === 'old' ? old : modern;
    const client = await legacyClient({ url: gateway.url(`/mcp/${name}`), token: gateway.adminToken });
    const stream = await openStream(client);
    expect((await client.request('resources/subscribe', { uri: 'echo://one' })).message.result).toEqual({});
    server.touch('echo://one');
    await expect.poll(() => updated(stream.messages), SOON).toEqual(['echo://one']);
    await client.request('resources/unsubscribe', { uri: 'echo://one' });
    server.touch('echo://one');
    server.change('prompts');
    await expect.poll(() => methods(stream.messages), SOON).toContain('notifications/prompts/list_changed');
    expect(updated(stream.messages)).toEqual(['echo://one']);
    stream.close();
    expect(await client.end()).toBe(200);
  });

  it('needs a session to subscribe, a URI that is one, and a server that knows it', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    for (const params of [{}, { uri: 7 }, { uri: 'nobody://owns' }])
      expect((await client.request('resources/subscribe', params)).message.error).toBeDefined();
    await client.end();
  });

  it('ends its subscriptions with its session', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp/modern'), token: gateway.adminToken });
    await client.request('resources/subscribe', { uri: 'echo://ended' });
    await expect
      .poll(() => modern.journal.of('subscriptions/listen').some(one => one.body.includes('echo://ended')))
      .toBe(true);
    await client.end();
    await expect
      .poll(() => modern.journal.entries().some(one => one.method?.includes('unlistened')), SOON)
      .toBe(true);
  });
});
