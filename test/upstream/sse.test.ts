import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import type { ServerEntry } from '../../src/mcp/index.ts';
import { readBody, serve } from '../fixtures/serve.ts';
import { owner } from './support/commands.ts';
import { createUpstreamWorld, entry, type Message, type UpstreamWorld } from './support/world.ts';

type Stream = { readonly id: number; readonly response: ServerResponse };
type Options = {
  /** What the first event names; `:id` is the number of the stream. */
  endpoint: string;
  /** Statuses instead of the answer to a GET or a POST. */
  get?: number;
  post?: number;
  /** What is sent instead of the answer to a request. */
  say?: (stream: Stream, message: Message) => void;
};

let world: UpstreamWorld;
let options: Options;
let server: Awaited<ReturnType<typeof startOlder>>;

const send = ({ response }: Stream, event: string, data: string): void =>
  void response.write(`event: ${event}\ndata: ${data}\n\n`);

function answer(stream: Stream, { id, method, params }: Message): void {
  const result =
    method === 'initialize'
      ? { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: { name: 'older' } }
      : { echo: params, stream: stream.id };
  send(stream, 'message', JSON.stringify({ jsonrpc: '2.0', id, result }));
}

/** A server of HTTP+SSE as its options say. */
async function startOlder() {
  const heard: { readonly method: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const streams = new Map<number, Stream>();
  const messages: Message[] = [];
  let last = 0;
  const served = await serve(async (request, response) => {
    const { method = '', headers, url = '' } = request;
    heard.push({ method, headers });
    if (method === 'GET') {
      if (options.get) return void response.writeHead(options.get).end();
      const stream = { id: ++last, response };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.on('close', () => streams.delete(stream.id));
      streams.set(stream.id, stream);
      return send(stream, 'endpoint', options.endpoint.replace(':id', String(stream.id)));
    }
    const message: Message = JSON.parse((await readBody(request)) || '{}');
    const stream = streams.get(Number(new URL(url, 'http://x').searchParams.get('s')));
    if (!url.startsWith('/messages') || !stream) return void response.writeHead(404).end();
    if (options.post && message.method !== 'initialize') return void response.writeHead(options.post).end();
    messages.push(message);
    response.writeHead(202).end('Accepted');
    if (message.id !== undefined) (options.say ?? answer)(stream, message);
  });
  return { ...served, url: `${served.origin}/base/sse`, heard, messages, streams };
}

beforeEach(async () => {
  options = { endpoint: '/messages?s=:id' };
  world = await createUpstreamWorld();
  server = await startOlder();
});
afterEach(async () => {
  await world.close();
  await server.close();
});

const add = (more: Partial<ServerEntry> = {}) =>
  world.add(entry('older', '', { transport: { kind: 'sse', url: server.url }, timeoutMs: 2000, ...more }));
const alice = owner('alice');
const ask = async (upstream: ReturnType<typeof add>, params: unknown = {}) => {
  const session = await upstream.session(alice);
  return upstream.leg.ask('tools/call', params, { headers: session.headers, ms: 10_000 });
};

describe('a server of HTTP+SSE', () => {
  it.each([
    ['a path', '/messages?s=:id'],
    ['a relative one', '../messages?s=:id'],
  ])('is called at the address that its first event names: %s', async (_, endpoint) => {
    options.endpoint = endpoint;
    expect(await ask(add(), { a: 1 })).toMatchObject({ kind: 'result', result: { echo: { a: 1 } } });
  });

  it('is never asked for the newer era', async () => {
    const upstream = add();
    expect(await upstream.probe()).toMatchObject({ kind: 'known', eras: { modern: undefined } });
    expect(server.messages.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
  });

  it('gets the credential with each request, and nothing of Streamable HTTP', async () => {
    await ask(add({ auth: { kind: 'bearer', token: new Secret('t0ken') } }));
    for (const { headers } of server.heard) {
      expect(headers.authorization).toBe('Bearer t0ken');
      expect(headers['mcp-session-id']).toBeUndefined();
    }
  });

  it.each([
    ['another origin', 'http://127.0.0.1:1/messages?s=:id'],
    ['another scheme', 'javascript:alert(1)'],
    ['a host without scheme', '//evil.example/messages?s=:id'],
  ])('that sends messages to %s is refused, and no credential leaves', async (_, endpoint) => {
    options.endpoint = endpoint;
    const upstream = add({ auth: { kind: 'bearer', token: new Secret('t0ken') } });
    await expect(upstream.session(alice)).rejects.toMatchObject({ fault: 'upstream_invalid' });
    expect(server.heard.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each([
    [401, 'upstream_refused'],
    [403, 'upstream_refused'],
    [404, 'upstream_invalid'],
    [503, 'upstream_unreachable'],
  ])('whose stream is answered with %i is %s', async (status, fault) => {
    options.get = status;
    await expect(add().session(alice)).rejects.toMatchObject({ fault });
  });

  it('that forgot the session is asked in a new one', async () => {
    const upstream = add();
    await ask(upstream);
    for (const { response } of [...server.streams.values()]) response.destroy();
    await expect.poll(() => upstream.leg.crashes).toBe(1);
    expect(await ask(upstream)).toMatchObject({ kind: 'result', result: { stream: 2 } });
  });

  it('whose stream breaks in a call broke it off', async () => {
    const upstream = add();
    options.say = (stream, message) =>
      message.method === 'initialize' ? answer(stream, message) : stream.response.destroy();
    expect(await ask(upstream)).toEqual({ kind: 'failed', failure: 'broken' });
  });

  it.each([
    ['no JSON', 'garbage'],
    ['another id', '{"jsonrpc":"2.0","id":"other","result":{}}'],
  ])('may say %s first', async (_, text) => {
    const upstream = add();
    options.say = (stream, message) => {
      send(stream, 'message', text);
      answer(stream, message);
    };
    expect(await ask(upstream)).toMatchObject({ kind: 'result' });
    expect(upstream.leg.dropped).toBeGreaterThan(0);
  });

  it('with an event of 100 MB is invalid', async () => {
    const upstream = add();
    options.say = (stream, message) => {
      if (message.method === 'initialize') return answer(stream, message);
      stream.response.write('event: message\ndata: ');
      for (let n = 0; n < 100 && !stream.response.destroyed; n++)
        stream.response.write('x'.repeat(1024 * 1024));
    };
    expect(await ask(upstream)).toEqual({ kind: 'failed', failure: 'invalid' });
  });

  it('that refuses a message has not run it', async () => {
    const upstream = add();
    await upstream.session(alice);
    options.post = 404;
    expect(await ask(upstream)).toMatchObject({ kind: 'http', status: 404 });
    options.post = 500;
    expect(await ask(upstream)).toMatchObject({ kind: 'http', status: 500 });
  });

  it('hears nothing more when the session ends: its stream is closed', async () => {
    const upstream = add();
    await upstream.session(alice);
    expect(server.streams.size).toBe(1);
    upstream.endPrincipal('alice');
    await expect.poll(() => server.streams.size).toBe(0);
  });
});

describe('a URL of which nobody says the transport', () => {
  it('is called over HTTP+SSE where it refuses the newer one', async () => {
    const upstream = world.add(entry('unsaid', server.url, { timeoutMs: 2000 }));
    expect(await upstream.probe()).toMatchObject({ eras: { legacy: { serverInfo: { name: 'older' } } } });
    expect(await ask(upstream, { b: 2 })).toMatchObject({ kind: 'result', result: { echo: { b: 2 } } });
  });

  it('speaks nothing where it has neither', async () => {
    options.get = 404;
    const upstream = world.add(entry('unsaid', server.url, { timeoutMs: 2000 }));
    expect(await upstream.probe()).toMatchObject({ eras: { legacy: undefined, modern: undefined } });
    expect(upstream.leg.isPiped).toBe(false);
  });

  it('that is up to date later is called over the newer one then', async () => {
    const upstream = world.add(entry('unsaid', server.url, { timeoutMs: 2000 }));
    await upstream.probe();
    expect(upstream.leg.isPiped).toBe(true);
    options.get = 405;
    for (const { response } of [...server.streams.values()]) response.destroy();
    await upstream.probe();
    expect(upstream.leg.isPiped).toBe(false);
  });
});
