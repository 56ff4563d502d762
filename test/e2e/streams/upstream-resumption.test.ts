import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { type LegacyClient, legacyClient } from '../../support/mcp.ts';
import { result, type Script, startScripted } from '../../upstream/support/world.ts';
import { textOf } from '../support/answers.ts';

const TIMEOUT_S = 1;

/** What each connection to the stream of the one call does; the last one again and again. */
type Turn = (response: ServerResponse, id: unknown) => void;

let server: Awaited<ReturnType<typeof startScripted>>;
let gateway: GatewayHere;
let client: LegacyClient;

const stream = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return response;
};
const event = (id: string | undefined, data: unknown) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${data === undefined ? '' : JSON.stringify(data)}\n\n`;
const answer = (id: unknown, text = 'whole') => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text }] },
});
const note = (data: string) => ({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data },
});

/** A server whose call goes on over these connections: the first is the POST, the others are GETs. */
function play(...turns: Turn[]): void {
  let at = 0;
  let id: unknown;
  const next = (response: ServerResponse) => turns[Math.min(at++, turns.length - 1)]?.(response, id);
  const script: Script = {
    initialize: (response, message) => {
      response.setHeader('mcp-session-id', `s-${Math.random()}`);
      const serverInfo = { name: 'scripted', version: '1' };
      result(response, message.id, {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {}, logging: {} },
        serverInfo,
      });
    },
    'tools/list': (response, message) =>
      result(response, message.id, { tools: [{ name: 'do', inputSchema: { type: 'object' } }] }),
    'tools/call': (response, message) => {
      id = message.id;
      next(response);
    },
    GET: (response, _message, heard) => {
      if (heard.at(-1)?.headers['last-event-id'] === undefined) return void response.writeHead(405).end();
      next(response);
    },
  };
  server.play(script);
}

const asked = () => server.heard.flatMap(({ headers }) => headers['last-event-id'] ?? []);
const call = (params = {}) => client.request('tools/call', { name: 'do', arguments: {}, ...params });

beforeAll(async () => {
  server = await startScripted({});
  play(() => {});
  gateway = await startGatewayHere({
    servers: { scripted: { url: server.url, timeout: TIMEOUT_S, protocol: 'legacy' } },
  });
});
beforeEach(async () => {
  client = await legacyClient({ url: gateway.url('/mcp/scripted'), token: gateway.adminToken });
  await client.request('tools/list');
  server.heard.length = 0;
});
afterEach(() => client.end());
afterAll(async () => {
  await gateway.close();
  await server.close();
});

describe('a stream of a server that ends before its answer', () => {
  it('is asked for the rest after the pause that the server wants, as often as needed', async () => {
    play(
      response => void stream(response).end(`retry: 60\n${event('e-1', undefined)}`),
      response => void stream(response).end(event('e-2', note('still at it'))),
      response => void stream(response).end(),
      (response, id) => void stream(response).write(event('e-3', answer(id))),
    );
    const from = performance.now();
    const answered = await call();
    expect(textOf(answered)).toBe('whole');
    expect(answered.messages.map(({ method }) => method)).toEqual(['notifications/message', undefined]);
    expect(asked()).toEqual(['e-1', 'e-2', 'e-2']);
    expect(performance.now() - from).toBeGreaterThan(3 * 60);
    expect(server.count('tools/call')).toBe(1);
  });

  it('or breaks within an event goes on after the last whole one', async () => {
    play(
      response => {
        stream(response).write(`retry: 0\n${event('a', note('one'))}`);
        response.write('id: b\ndata: {"jsonrpc":"2.0","method":"notifi');
        setTimeout(() => response.destroy(), 30);
      },
      (response, id) => void stream(response).end(event('b', note('two')) + event('c', answer(id))),
    );
    const { messages } = await call();
    expect(messages.map(({ params }) => params?.data)).toEqual(['one', 'two', undefined]);
    expect(asked()).toEqual(['a']);
  });

  it('while the server starts again is asked for until it is there', async () => {
    let isDown = true;
    play(
      response => void stream(response).end(`retry: 10\n${event('e', undefined)}`),
      (response, id) => {
        if (isDown) response.destroy();
        else stream(response).end(event('f', answer(id)));
        isDown = false;
      },
    );
    expect(textOf(await call())).toBe('whole');
  });

  it('brings a question of the server, whose answer is waited for', async () => {
    const able = await legacyClient({
      url: gateway.url('/mcp/scripted'),
      token: gateway.adminToken,
      capabilities: { roots: {} },
    });
    play(
      response => void stream(response).end(`retry: 10\n${event('e', undefined)}`),
      (response, id) => {
        stream(response).write(event('q', { jsonrpc: '2.0', id: 'q-1', method: 'roots/list' }));
        const timer = setInterval(() => {
          if (!server.heard.some(one => one.id === 'q-1')) return;
          clearInterval(timer);
          response.end(event('z', answer(id)));
        }, 10);
      },
    );
    const answered = await able.request(
      'tools/call',
      { name: 'do', arguments: {} },
      {
        onMessage: async ({ method, id }) => void (method && (await able.respond(String(id), { roots: [] }))),
      },
    );
    expect(textOf(answered)).toBe('whole');
    await able.end();
  });
});

describe('no rest is there', () => {
  const primed: Turn = response => void stream(response).end(`retry: 0\n${event('e', undefined)}`);

  it.for([405, 404, 400, 500])('where the server answers %i: the call may have run', async status => {
    play(primed, response => void response.writeHead(status).end());
    const { message } = await call();
    expect(message.error).toMatchObject({ code: 1008, data: { server: 'scripted', mayHaveRun: true } });
    expect(asked()).toEqual(['e']);
    expect(server.count('tools/call')).toBe(1);
  });

  it('where the server forgot the session, and the next call opens another one', async () => {
    play(primed, response => void response.writeHead(404).end());
    await call();
    play((response, id) => void stream(response).end(event(undefined, answer(id))));
    server.heard.length = 0;
    expect(textOf(await call())).toBe('whole');
    expect(server.count('initialize')).toBe(1);
  });

  it.for([
    ['no id', 'data: \n\n'],
    ['an id that no header can carry', 'id: é\u0001\ndata: \n\n'],
    ['an id that was taken back', 'id: e\ndata: \n\nid:\ndata: \n\n'],
  ])('where the stream gave %s', async ([, text]) => {
    play(response => void stream(response).end(text));
    const { message } = await call();
    expect(message.error).toMatchObject({ code: 1008 });
    expect(asked()).toEqual([]);
  });

  it('where the server is unreachable too often', async () => {
    play(primed, response => void response.destroy());
    const { message } = await call();
    expect(message.error).toMatchObject({ code: 1008 });
    expect(asked().length).toBeLessThan(10);
  });

  it('when the deadline has passed, and the server hears that nobody waits', async () => {
    let isClosed = false;
    play(primed, response => {
      stream(response).flushHeaders();
      response.once('close', () => {
        isClosed = true;
      });
    });
    const { message } = await call();
    expect(message.error).toMatchObject({ code: 1002 });
    await expect.poll(() => isClosed).toBe(true);
    expect(server.count('notifications/cancelled')).toBe(1);
  });

  it('for a client that cancels meanwhile', async () => {
    play(response => void stream(response).end(`retry: 5000\n${event('e', undefined)}`));
    const running = call();
    await expect.poll(() => server.count('tools/call')).toBe(1);
    await new Promise(resolve => setImmediate(resolve));
    await client.notify('notifications/cancelled', { requestId: 3 });
    const { messages } = await running;
    expect(messages).toEqual([]);
    expect(asked()).toEqual([]);
  });
});
