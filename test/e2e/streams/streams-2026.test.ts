import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2026 } from '../../fixtures/conformance-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { modernClient, post } from '../../support/mcp.ts';
import { type Heard, hear } from '../support/open-stream.ts';
import { type SlowModern, startSlowModern } from '../support/slow-modern.ts';

let fixture: Awaited<ReturnType<typeof startConformance2026>>;
let slow: SlowModern;
let gateway: GatewayHere;

beforeAll(async () => {
  [fixture, slow] = await Promise.all([startConformance2026(), startSlowModern()]);
  gateway = await startGatewayHere({ servers: { fixture: fixture.url, slow: slow.url } });
  await client().request('server/discover');
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([fixture.close(), slow.close()]);
});

const client = (path = '/mcp', token = gateway.adminToken) => modernClient({ url: gateway.url(path), token });

/** Opens `subscriptions/listen`; the request id is a string, so that a test sees it again. */
async function subscribe(notifications: unknown, path = '/mcp', token = gateway.adminToken): Promise<Heard> {
  const aborted = new AbortController();
  const { body, headers } = client(path, token).draft('subscriptions/listen', { notifications });
  const response = await fetch(gateway.url(path), {
    method: 'POST',
    signal: aborted.signal,
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ ...body, id: 'sub-1' }),
  });
  return hear(response, aborted);
}

const STAMP = { 'io.modelcontextprotocol/subscriptionId': 'sub-1' };

describe('subscriptions/listen', () => {
  it.for(['/mcp', '/mcp/fixture'])(
    'on %s is acknowledged first, stamps all and tells what was asked for',
    async path => {
      const uri = 'test://watched-resource';
      const heard = await subscribe({ toolsListChanged: true, resourceSubscriptions: [uri] }, path);
      await expect.poll(heard.methods).toEqual(['notifications/subscriptions/acknowledged']);
      expect(heard.messages[0]?.params).toEqual({
        _meta: STAMP,
        notifications: { toolsListChanged: true, resourceSubscriptions: [uri] },
      });
      fixture.notify.promptsChanged();
      fixture.notify.resourceUpdated('test://static-text');
      fixture.notify.resourceUpdated(uri);
      fixture.notify.toolsChanged();
      await expect
        .poll(() => heard.messages.slice(1).map(({ method, params }) => [method, params]), { timeout: 5_000 })
        .toEqual(
          expect.arrayContaining([
            ['notifications/resources/updated', { _meta: STAMP, uri }],
            ['notifications/tools/list_changed', { _meta: STAMP }],
          ]),
        );
      expect(heard.methods()).not.toContain('notifications/prompts/list_changed');
      expect(heard.messages.map(one => JSON.stringify(one)).join()).not.toContain('static-text');
      heard.close();
    },
  );

  it('acknowledges only what it will tell', async () => {
    const heard = await subscribe({ promptsListChanged: false, resourceSubscriptions: ['nobody://knows'] });
    await expect.poll(heard.methods).toHaveLength(1);
    expect(heard.messages[0]?.params?.notifications).toEqual({ resourceSubscriptions: [] });
    heard.close();
  });

  it('tells nothing of servers that its person may not use', async () => {
    const token = await gateway.userToken('stranger', ['slow']);
    const theirs = await subscribe(
      { toolsListChanged: true, resourceSubscriptions: ['test://watched-resource'] },
      '/mcp',
      token,
    );
    const ours = await subscribe({ toolsListChanged: true });
    await expect.poll(theirs.methods).toHaveLength(1);
    await expect.poll(ours.methods).toHaveLength(1);
    fixture.notify.resourceUpdated('test://watched-resource');
    fixture.notify.toolsChanged();
    await expect.poll(ours.methods).toContain('notifications/tools/list_changed');
    expect(theirs.messages).toHaveLength(1);
    expect(theirs.messages[0]?.params?.notifications).toEqual({
      toolsListChanged: true,
      resourceSubscriptions: [],
    });
    theirs.close();
    ours.close();
  });

  it('T24: ends, with a goodbye, when its person is switched off', async () => {
    const token = await gateway.userToken('leaver', ['fixture']);
    const heard = await subscribe({ toolsListChanged: true }, '/mcp', token);
    await expect.poll(heard.methods).toHaveLength(1);
    const user = await gateway.store.userByName('leaver');
    if (!user) throw new Error('The person was not made');
    await gateway.store.setDisabled(user.id, true);
    await heard.ended;
    const [cancelled, result] = heard.messages.slice(-2);
    expect(cancelled).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 'sub-1' } });
    expect(result).toMatchObject({ id: 'sub-1', result: { resultType: 'complete', _meta: STAMP } });
  });

  it.for([
    [undefined, 400, -32602],
    ['tools', 400, -32602],
    [{ resourceSubscriptions: 'x' }, 400, -32602],
    [{ resourceSubscriptions: [7] }, 400, -32602],
    [{ resourceSubscriptions: Array(1001).fill('a://b') }, 400, -32602],
  ] as const)('with a filter that is none (%j) is refused', async ([notifications, status, code]) => {
    const { body, headers } = client().draft('subscriptions/listen', { notifications });
    const answer = await post(gateway.url('/mcp'), body, { token: gateway.adminToken, headers });
    expect([answer.status, answer.message.error?.code]).toEqual([status, code]);
  });

  it('without an event stream is refused', async () => {
    const { body, headers } = client().draft('subscriptions/listen', { notifications: {} });
    const json = { ...headers, accept: 'application/json' };
    expect((await post(gateway.url('/mcp'), body, { token: gateway.adminToken, headers: json })).status).toBe(
      406,
    );
  });
});

describe('a call of 2026-07-28', () => {
  it('whose client goes away ends at the server too', async () => {
    const aborted = new AbortController();
    const running = client('/mcp/slow').request('tools/call', { name: 'wait' }, { signal: aborted.signal });
    await expect.poll(slow.waiting).toBe(1);
    aborted.abort();
    await expect(running).rejects.toThrow();
    await expect.poll(slow.left).toBe(1);
  });

  it('beside one that was left goes on', async () => {
    const aborted = new AbortController();
    const left = client('/mcp/slow').request('tools/call', { name: 'wait' }, { signal: aborted.signal });
    const stays = client('/mcp/slow').request('tools/call', { name: 'wait' });
    await expect.poll(slow.waiting).toBe(2);
    aborted.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(slow.waiting).toBe(1);
    slow.release();
    expect((await stays).message.result).toEqual({ resultType: 'complete', content: [] });
  });

  it('logs where the client asked for a level, and not else', async () => {
    const name = 'fixture_test_logging_tool';
    const quiet = await client().request('tools/call', { name });
    expect(quiet.messages).toHaveLength(1);
    const _meta = { 'io.modelcontextprotocol/logLevel': 'info' };
    const loud = await client().request('tools/call', { name, _meta });
    expect(loud.messages[0]).toMatchObject({ method: 'notifications/message', params: { level: 'info' } });
  });
});
