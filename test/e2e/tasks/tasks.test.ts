import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import {
  type LegacyClient,
  type Loose,
  legacyClient,
  type ModernClient,
  modernClient,
  type RpcAnswer,
} from '../../support/mcp.ts';
import { openStream } from '../support/open-stream.ts';

const EXTENSION = { 'io.modelcontextprotocol/tasks': {} };
const RELATED = 'io.modelcontextprotocol/related-task';

let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;
let alice: string;
let bob: string;

beforeAll(async () => {
  old = await startEcho2025({ mode: 'sse', acts: true, tasks: true });
  modern = await startEcho2026({ tasks: true });
  gateway = await startGatewayHere({ servers: { old: old.url, modern: modern.url } });
  alice = await gateway.userToken('alice', ['old', 'modern']);
  bob = await gateway.userToken('bob', ['old', 'modern']);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([old.close(), modern.close()]);
});

const legacyAs = (token: string, path = '/mcp/old', capabilities = {}): Promise<LegacyClient> =>
  legacyClient({ url: gateway.url(path), token, capabilities });
const modernAs = (token: string, path = '/mcp/modern', extensions = EXTENSION): ModernClient =>
  modernClient({ url: gateway.url(path), token, capabilities: { elicitation: {}, extensions } });
const idOf = (task: Loose | undefined): string => String(task?.taskId);
const about = (taskId: string) => ({ headers: { 'mcp-name': taskId } });

async function begin(client: LegacyClient, name: string, args: unknown = {}): Promise<string> {
  const answer = await client.request('tools/call', { name, arguments: args, task: { ttl: 60_000 } });
  expect(answer.message.error).toBeUndefined();
  return idOf(answer.message.result?.task);
}

describe('tasks of 2025-11-25', () => {
  it.for([
    ['/mcp/old', 'slow_compute'],
    ['/mcp', 'old_slow_compute'],
  ] as const)('run from their call to their result at %s', async ([path, name]) => {
    const client = await legacyAs(alice, path);
    expect(client.initialized.message.result?.capabilities?.tasks).toEqual({
      ...{ list: {}, cancel: {} },
      requests: { tools: { call: {} } },
    });
    const taskId = await begin(client, name, { seconds: 0.2, label: 'x' });
    expect(taskId.length).toBeLessThan(300);
    const working = await client.request('tasks/get', { taskId });
    expect(working.message.result).toMatchObject({ taskId, status: 'working', ttl: 60_000 });
    expect(working.text).toContain('"x-unknown":1.0');
    const result = await client.request('tasks/result', { taskId });
    expect(result.message.result).toMatchObject({
      content: [{ text: 'computed x' }],
      _meta: { [RELATED]: { taskId } },
    });
    expect(result.text).toContain('"x-unknown":[1.0]');
    const listed = await client.request('tasks/list');
    expect(listed.message.result?.tasks).toContainEqual(
      expect.objectContaining({ taskId, status: 'completed' }),
    );
    const again = await client.request('tasks/cancel', { taskId });
    expect(again.message.error).toMatchObject({ code: -32602, message: /completed/ });
  });

  it('ask on the stream of tasks/result, by the ids that the client knows', async () => {
    const client = await legacyAs(alice, '/mcp/old', { elicitation: {} });
    const taskId = await begin(client, 'confirm_delete', { filename: 'f' });
    const _meta = { [RELATED]: { taskId } };
    const result = await client.request(
      'tasks/result',
      { taskId },
      {
        onMessage: async ({ id, method, params }) => {
          if (method !== 'elicitation/create') return;
          expect(params?._meta).toEqual(_meta);
          await client.respond(id ?? '', { action: 'accept', content: {}, _meta });
        },
      },
    );
    const [server] = old.journal.of('tasks/result').slice(-1);
    const { taskId: original } = JSON.parse(server?.params ?? '{}');
    expect(original).not.toBe(taskId);
    // The server got its own id back.
    expect(result.message.result?.content?.[0]?.text).toContain(original);
    expect(result.message.result?._meta).toEqual(_meta);
  });

  it('are told on the GET stream of whoever made them, and of nobody else', async () => {
    const [hers, his] = [await legacyAs(alice), await legacyAs(bob)];
    // A session with the server must be there to be followed.
    for (const client of [hers, his]) await client.request('tools/call', { name: 'greet', arguments: {} });
    const [stream, other] = [await openStream(hers), await openStream(his)];
    const taskId = await begin(hers, 'slow_compute', { seconds: 0.3 });
    await expect
      .poll(() => stream.messages.map(one => one.params))
      .toContainEqual(expect.objectContaining({ taskId, status: 'completed' }));
    expect(stream.methods()).toEqual(['notifications/tasks/status']);
    // A server may tell all its sessions of all its tasks.
    const [id] = [...(await legacyDirect('tasks/list')).text.matchAll(/"taskId":"([^"]+)"/g)].slice(-1);
    old.announce('notifications/tasks/status', { taskId: id?.[1], status: 'completed', again: true });
    await expect
      .poll(() => stream.messages.at(-1)?.params)
      .toEqual({ taskId, status: 'completed', again: true });
    expect(other.methods()).toEqual([]);
    stream.close();
    other.close();
  });

  it('pass errors and refusals of the server on', async () => {
    const client = await legacyAs(alice);
    const taskId = await begin(client, 'protocol_error_job');
    const result = await client.request('tasks/result', { taskId });
    expect(result.text).toContain('"error":{"code":-32603,"message":"The job crashed","data":{"n":1.10}}');
    const call = await client.request('tools/call', { name: 'confirm_delete', arguments: {} });
    expect(call.message.error?.code).toBe(-32601);
    expect((await client.request('tasks/update', { taskId })).message.error?.code).toBe(-32601);
  });

  it('are listed for a person and an endpoint, page by page', async () => {
    const carol = await gateway.userToken('carol', ['old']);
    const client = await legacyAs(carol);
    const made: string[] = [];
    for (let at = 0; at < 52; at++) made.push(await begin(client, 'slow_compute', { seconds: 9 }));
    const first = (await client.request('tasks/list')).message.result;
    const rest = (await client.request('tasks/list', { cursor: first?.nextCursor })).message.result;
    const listed = [first, rest].flatMap(page => Object.values(page?.tasks ?? {}).map(idOf));
    expect(listed.toSorted()).toEqual(made.toSorted());
    expect(rest?.nextCursor).toBeUndefined();
    expect((await (await legacyAs(bob)).request('tasks/list')).text).not.toContain(made[0]);
    const elsewhere = await (await legacyAs(carol, '/mcp')).request('tasks/list');
    expect(elsewhere.message.result?.tasks).toEqual([]);
  });
});

describe('tasks of the extension', () => {
  it.for([
    ['/mcp/modern', 'slow_compute'],
    ['/mcp', 'modern_slow_compute'],
  ] as const)('run from their call to their result at %s', async ([path, name]) => {
    const client = modernAs(alice, path);
    expect((await client.request('server/discover')).message.result?.capabilities?.extensions).toEqual(
      EXTENSION,
    );
    const created = await client.request('tools/call', { name, arguments: { seconds: 0.1 } });
    expect(created.message.result).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 60_000 });
    const taskId = idOf(created.message.result);
    const ask = (method: string, more = {}) => client.request(method, { taskId, ...more }, about(taskId));
    await expect.poll(async () => (await ask('tasks/get')).message.result?.status).toBe('completed');
    expect((await ask('tasks/get')).text).toContain('"x-unknown":[1.0]');
    expect((await ask('tasks/cancel')).message.result).toEqual({ resultType: 'complete' });
    const [seen] = modern.journal.of('tasks/get').slice(-1);
    expect(JSON.parse(seen?.params ?? '{}').taskId).toBe(seen?.headers['mcp-name']);
    expect(seen?.headers['mcp-name']).not.toBe(taskId);
  });

  it('are told on a listen that names them, stamped with its id', async () => {
    const client = modernAs(alice);
    const created = await client.request('tools/call', { name: 'multi_input', arguments: {} });
    const taskId = idOf(created.message.result);
    const open = modern.listening();
    const cut = new AbortController();
    const heard: Loose[] = [];
    const notifications = { taskIds: [taskId, 'forged'], toolsListChanged: true };
    const listening = client.request(
      'subscriptions/listen',
      { notifications },
      {
        signal: cut.signal,
        onMessage: message => void heard.push(message as unknown as Loose),
      },
    );
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]?.params?.notifications).toEqual({ taskIds: [taskId], toolsListChanged: true });
    const stamp = heard[0]?.params?._meta;
    const inputResponses = { first: { action: 'decline' }, second: { action: 'cancel' } };
    await client.request('tasks/update', { taskId, inputResponses }, about(taskId));
    await expect
      .poll(() => heard.at(-1)?.params)
      .toMatchObject({ taskId, status: 'completed', _meta: stamp });
    cut.abort();
    await listening.catch(() => {});
    await expect.poll(modern.listening).toBe(open);
  });

  it.for(['tasks/get', 'tasks/update', 'tasks/cancel', 'subscriptions/listen'])(
    'are not for a client that did not declare them: %s',
    async method => {
      const client = modernAs(alice, '/mcp/modern', {} as typeof EXTENSION);
      modern.journal.clear();
      const params = { taskId: 'x', notifications: { taskIds: ['x'] } };
      const answer = await client.request(method, params, about('x'));
      expect(answer).toMatchObject({
        status: 400,
        message: { error: { code: -32021, data: { requiredCapabilities: { extensions: EXTENSION } } } },
      });
      expect(modern.journal.entries()).toEqual([]);
    },
  );
});

/** What a person who was told an id that is not theirs gets: the same as for one that never was. */
async function refused(asked: Promise<RpcAnswer>): Promise<void> {
  expect((await asked).message.error).toMatchObject({ code: -32602, message: 'Task not found' });
}

describe('T46: a task is of one person, at one endpoint', () => {
  it('in 2025-11-25', async () => {
    const hers = await legacyAs(alice);
    const taskId = await begin(hers, 'slow_compute', { seconds: 5 });
    const { taskId: original } = JSON.parse(
      (await legacyDirect('tasks/list')).text.match(/\{"taskId"[^}]*working[^}]*\}/)?.[0] ?? '{}',
    );
    expect(original).toBeDefined();
    old.journal.clear();
    for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel']) {
      await refused((await legacyAs(bob)).request(method, { taskId }));
      await refused((await legacyAs(alice, '/mcp')).request(method, { taskId }));
      for (const forged of [original, `${taskId}x`, taskId.slice(0, -2), '', 7, null])
        await refused(hers.request(method, { taskId: forged }));
    }
    expect(old.journal.entries().filter(one => one.method?.startsWith('tasks/'))).toEqual([]);
    expect((await hers.request('tasks/cancel', { taskId })).message.result?.status).toBe('cancelled');
  });

  it('in 2026-07-28, and no longer when the right to the server is gone', async () => {
    const dave = await gateway.userToken('dave', ['modern']);
    const client = modernAs(dave);
    const created = await client.request('tools/call', { name: 'slow_compute', arguments: { seconds: 5 } });
    const taskId = idOf(created.message.result);
    const get = (by: ModernClient, id = taskId) => by.request('tasks/get', { taskId: id }, about(id));
    const all = modernAs(dave, '/mcp');
    const made = await all.request('tools/call', { name: 'modern_slow_compute', arguments: { seconds: 5 } });
    const ofAll = idOf(made.message.result);
    expect((await get(all, ofAll)).message.result?.status).toBe('working');
    expect((await get(client)).message.result?.status).toBe('working');
    for (const other of [modernAs(bob), modernAs(dave, '/mcp')]) await refused(get(other));
    await refused(get(client, `${taskId}x`));
    const mismatch = await client.request('tasks/get', { taskId }, about('other'));
    expect(mismatch).toMatchObject({ status: 400, message: { error: { code: -32020 } } });
    const user = await gateway.store.userByName('dave');
    if (user === undefined) throw new Error('dave is gone');
    await gateway.store.removeGrant({ userId: user.id, server: 'modern' as never });
    await expect.poll(async () => (await get(client)).message.error?.code).toBe(-32600);
    await expect.poll(async () => (await get(all, ofAll)).message.error?.code).toBe(-32602);
  });
});

async function legacyDirect(method: string): Promise<RpcAnswer> {
  return (await legacyClient({ url: old.url })).request(method);
}
