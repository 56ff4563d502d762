import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { type Loose, legacyClient, post, type RpcAnswer } from '../support/mcp.ts';
import { startForgetful } from './support/forgetful.ts';

let echo: Echo2025;
let stream: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  [echo, stream] = await Promise.all([startEcho2025(), startEcho2025({ mode: 'sse', name: 'stream' })]);
  gateway = await startGatewayHere({ servers: { echo: echo.url, stream: stream.url } });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
// A break must meet the call, not the handshake before it.
beforeEach(async () => {
  await Promise.all([call('whoami'), call('whoami', {}, 'stream')]);
  echo.journal.clear();
  stream.journal.clear();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([echo.close(), stream.close()]);
});

function call(name: string, args: unknown = {}, server = 'echo'): Promise<RpcAnswer> {
  const body = { jsonrpc: '2.0', id: 'mine', method: 'tools/call', params: { name, arguments: args } };
  return post(gateway.url(`/mcp/${server}`), body, { token: gateway.adminToken });
}

const arrived = () => echo.journal.of('tools/call').length;
const keys = () =>
  echo.journal.of('tools/call').map(({ params }) => JSON.parse(params ?? '{}').arguments.idempotency_key);
const metaOf = (answer: RpcAnswer) => answer.message.result?._meta as Readonly<Record<string, unknown>>;

describe('T51: a connection that breaks after the server read the request', () => {
  it('is tried once more for a tool that only reads', async () => {
    echo.failNext('after');
    const answer = await call('read', { n: 1 });
    expect(answer.message.error).toBeUndefined();
    expect(answer.message.id).toBe('mine');
    expect(arrived()).toBe(2);
  });

  it('is tried once, not twice', async () => {
    echo.failNext('after', 2, 'tools/call');
    const answer = await call('read');
    expect(answer.message.error).toMatchObject({ code: 1008, data: { server: 'echo', mayHaveRun: true } });
    expect(arrived()).toBe(2);
  });

  it.for(['write', 'write_unkeyed', 'destroy', 'slow'])(
    'is an error for %s, which may have run',
    async name => {
      echo.failNext('after');
      const answer = await call(name, { ms: 1 });
      expect(answer.status).toBe(200);
      expect(answer.message.error).toMatchObject({ code: 1008, data: { server: 'echo', mayHaveRun: true } });
      expect(arrived()).toBe(1);
    },
  );

  it('gives the same generated key to both tries of an idempotent tool, and tells it to the client', async () => {
    echo.failNext('after');
    const answer = await call('write_keyed', { text: 'once' });
    expect(arrived()).toBe(2);
    const [first, second] = keys();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
    expect(metaOf(answer).idempotency_key).toBe(first);
  });

  it('says that the call may have run although the second try found nobody', async () => {
    echo.failNext('after', 3);
    const answer = await call('write_keyed');
    expect(answer.message.error).toMatchObject({ code: 1001, data: { server: 'echo', mayHaveRun: true } });
    expect(arrived()).toBe(1);
  });

  it('keeps the key that the client chose, and adds nothing to the answer', async () => {
    echo.failNext('after');
    const answer = await call('write_keyed', { idempotency_key: 'k-1' });
    expect(keys()).toEqual(['k-1', 'k-1']);
    expect(metaOf(answer)).toEqual({ 'example.org/n': 1.1 });
  });
});

describe('a generated key', () => {
  it('is told in an answer that streams, and leaves the rest of it as it was', async () => {
    const answer = await call('write_keyed', { text: 'once' }, 'stream');
    const [entry] = stream.journal.of('tools/call');
    const key = JSON.parse(entry?.params ?? '{}').arguments.idempotency_key;
    expect(answer.text).toContain(`"_meta":{"idempotency_key":"${key}","example.org/n":1.10}`);
    expect(answer.text).toContain('"x-unknown":[1.0,1187563421998473216]');
  });

  it('is not made for tools whose schema declares none', async () => {
    await call('write_unkeyed', { text: 'x' });
    await call('write', { text: 'x' });
    expect(echo.journal.of('tools/call').map(({ params }) => params)).toEqual([
      '{"name":"write_unkeyed","arguments":{"text":"x"}}',
      '{"name":"write","arguments":{"text":"x"}}',
    ]);
  });

  it('is made anew for each call', async () => {
    await call('write_keyed');
    await call('write_keyed');
    const [first, second] = keys();
    expect(first).not.toBe(second);
  });
});

describe('other breaks', () => {
  it('before the server read anything: what only reads is repeated, a write is not', async () => {
    echo.failNext('before');
    expect((await call('read')).message.error).toBeUndefined();
    await call('whoami');
    echo.failNext('before');
    expect((await call('write')).message.error).toMatchObject({ code: 1008, data: { mayHaveRun: true } });
  });

  it('in the midst of the answer: what only reads is repeated, a write is not', async () => {
    echo.failNext('midway');
    expect((await call('read')).message.error).toBeUndefined();
    echo.failNext('midway');
    const write = await call('write');
    expect(write.message.error).toMatchObject({ code: 1008, data: { mayHaveRun: true } });
    expect(echo.journal.of('tools/call').map(entry => entry.name)).toEqual(['read', 'read', 'write']);
  });

  it('in the midst of a stream: the client gets an error on its stream, and no second call is made', async () => {
    stream.failNext('midway');
    const answer = await call('read', {}, 'stream');
    expect(answer.status).toBe(200);
    expect(answer.message.id).toBe('mine');
    expect(answer.message.error).toMatchObject({ code: 1008, data: { mayHaveRun: true } });
    expect(stream.journal.of('tools/call')).toHaveLength(1);
  });

  it('in the handshake cost the caller nothing, whatever the tool: nothing has run yet', async () => {
    echo.forgetSessions();
    const client = await legacyClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken });
    echo.failNext('after');
    const answer = await client.request('tools/call', { name: 'write', arguments: {} });
    expect(answer.message.error).toBeUndefined();
    expect(echo.journal.of('initialize')).toHaveLength(2);
    expect(arrived()).toBe(1);
  });

  it('a prompt and a resource are read again', async () => {
    for (const [method, params] of [
      ['prompts/get', { name: 'greet', arguments: { who: 'you' } }],
      ['resources/read', { uri: 'echo://one' }],
    ] as const) {
      await call('whoami');
      echo.failNext('after');
      const body = { jsonrpc: '2.0', id: 1, method, params };
      const answer = await post(gateway.url('/mcp/echo'), body, { token: gateway.adminToken });
      expect(answer.message.error, method).toBeUndefined();
      expect(echo.journal.of(method)).toHaveLength(2);
    }
  });
});

describe('T51: a session that the server lost', () => {
  it('is opened again once, and each call arrives once', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken });
    await client.request('tools/call', { name: 'write', arguments: { n: 0 } });
    echo.journal.clear();
    echo.forgetSessions();
    const answer = await client.request('tools/call', { name: 'write', arguments: { n: 1 } });
    expect(answer.message.error).toBeUndefined();
    const accepted = echo.journal.of('initialize');
    expect(accepted).toHaveLength(1);
    // The refused try and the one that ran: only the second reached a session.
    const tries = echo.journal.of('tools/call').map(({ headers }) => headers['mcp-session-id']);
    expect(tries).toHaveLength(2);
    expect(new Set(tries).size).toBe(2);
  });

  it('is opened again once for many calls at once', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken });
    await client.request('tools/call', { name: 'write', arguments: {} });
    echo.journal.clear();
    echo.forgetSessions();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => client.request('tools/call', { name: 'write', arguments: { n } })),
    );
    expect(answers.map(({ message }) => message.error)).toEqual(Array(8).fill(undefined));
    expect(echo.journal.of('initialize')).toHaveLength(1);
  });

  it('by HTTP 400 that speaks of the session counts as lost too', async () => {
    const { url, close, seen } = await startForgetful();
    const other = await startGatewayHere({ servers: { forgetful: url } });
    const client = await legacyClient({ url: other.url('/mcp/forgetful'), token: other.adminToken });
    const answer = await client.request('tools/call', { name: 'once', arguments: {} });
    expect((answer.message.result as Loose | undefined)?.ran).toBe(1);
    expect(seen.filter(method => method === 'tools/call')).toHaveLength(2);
    await other.close();
    await close();
  });
});
