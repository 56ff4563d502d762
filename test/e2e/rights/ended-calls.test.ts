import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import type { ServerEntry } from '../../../src/mcp/index.ts';
import { legacyClient, modernClient, post, type RpcMessage } from '../../support/mcp.ts';
import { sseClient } from '../support/sse-client.ts';
import { ERAS, type RuledGateway, startRuled } from './support/ruled.ts';

const HABITS = fileURLToPath(new URL('../../fixtures/stdio/server.ts', import.meta.url));

let json: RuledGateway;
let streamed: RuledGateway;
beforeAll(async () => {
  [json, streamed] = await Promise.all([startRuled(), startRuled({ mode: 'sse', acts: true })]);
});
afterAll(() => Promise.all([json.close(), streamed.close()]));

const SLOW = { name: 'slow', arguments: { ms: 20_000 } };
const ASK = { name: 'ask_form', arguments: {} };
const WITH_PROGRESS = { ...SLOW, _meta: { progressToken: 'p' } };
const ASKABLE = { elicitation: { form: {} } };

let count = 0;

/** A server as an administrator adds it. */
const stored = (name: string, url: string): ServerEntry => ({
  ...{ name: name as ServerName, title: name, source: 'store', prefix: `${name}_`, enabled: true },
  ...{ transport: { kind: 'http', url }, auth: { kind: 'none' }, headers: {}, grants: [] },
  ...{ timeoutMs: 60_000, protocol: 'auto', private: 'allow', stateless: false, addressClass: 'private' },
});

/** Somebody who may use both servers, and what an administrator may do to them. */
async function somebody(ruled: RuledGateway) {
  const { user, token, key } = await ruled.person(`ended-${++count}`);
  const subject = { kind: 'user', id: user.id } as const;
  const rule = await ruled.rule({ subject, server: '*' });
  const endings: Readonly<Record<string, () => Promise<unknown>>> = {
    'the person was disabled': () => ruled.store.setDisabled(user.id, true),
    'the key was revoked': () => ruled.store.deleteKey(key),
    'the grant was withdrawn': () => ruled.drop(rule),
  };
  return { token, endings, withdraw: () => ruled.drop(rule) };
}
const ENDINGS = ['the person was disabled', 'the key was revoked', 'the grant was withdrawn'];

/** The answer: nobody took the call back, and the server is not to blame. */
function isEnded(message: RpcMessage, server: string) {
  expect(message).toMatchObject({
    id: expect.anything(),
    error: {
      code: 1010,
      message: expect.stringMatching(/^Access was ended at the gateway/),
      data: { server, mayHaveRun: true, requestId: expect.any(String) },
    },
  });
}

/** The server has the call, and later that it was taken back. */
const hasCall = ({ old, modern }: RuledGateway, server: 'old' | 'new') =>
  expect.poll(() => (server === 'old' ? old : modern).journal.of('tools/call').length).toBe(1);
const isCancelled = ({ old, modern }: RuledGateway, server: 'old' | 'new') =>
  server === 'old'
    ? expect.poll(() => old.journal.of('notifications/cancelled').length).toBe(1)
    : expect.poll(() => modern.journal.of('(cancelled)').length).toBe(1);
const clear = ({ old, modern }: RuledGateway) => {
  old.journal.clear();
  modern.journal.clear();
};

const CASES = ERAS.flatMap(era => (['old', 'new'] as const).map(server => ({ era, server })));

describe('a call that runs when its right ends is answered so', () => {
  const ways = CASES.flatMap(one => ENDINGS.map(why => ({ ...one, why })));

  it.for(ways)('to a client of $era, of server $server, because $why', async ({ era, server, why }) => {
    clear(json);
    const { token, endings } = await somebody(json);
    const ask = await json.asking(era, token, `/mcp/${server}`);
    const running = ask('tools/call', SLOW);
    await hasCall(json, server);
    await endings[why]?.();
    const { status, message } = await running;
    expect(status).toBe(200);
    isEnded(message, server);
    await isCancelled(json, server);
  });

  it.for(CASES)('in its stream, which ends with that ($era, server $server)', async ({ era, server }) => {
    clear(streamed);
    const { token, withdraw } = await somebody(streamed);
    const at = { url: streamed.url(`/mcp/${server}`), token };
    const client = era === '2025' ? await legacyClient(at) : modernClient(at);
    let isMoving = () => {};
    const moving = new Promise<void>(resolve => {
      isMoving = resolve;
    });
    const running = client.request('tools/call', WITH_PROGRESS, { onMessage: () => isMoving() });
    await moving;
    await withdraw();
    const { messages, headers, message } = await running;
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(messages.map(one => one.method ?? 'answer')).toEqual(['notifications/progress', 'answer']);
    isEnded(message, server);
    await isCancelled(streamed, server);
  });

  it.for(['old', 'new'] as const)('to who takes no event stream (server %s)', async server => {
    clear(streamed);
    const { token, withdraw } = await somebody(streamed);
    const { sessionId = '' } = await legacyClient({ url: streamed.url(`/mcp/${server}`), token });
    const headers = { accept: 'application/json', 'mcp-session-id': sessionId };
    const body = { jsonrpc: '2.0', id: 'x', method: 'tools/call', params: SLOW };
    const running = post(streamed.url(`/mcp/${server}`), body, { token, headers });
    await hasCall(streamed, server);
    await withdraw();
    isEnded((await running).message, server);
    await isCancelled(streamed, server);
  });

  it('over HTTP+SSE, for itself in a batch too', async () => {
    clear(json);
    const { token, withdraw } = await somebody(json);
    const client = await sseClient(json.url('/sse'), token);
    await client.initialize();
    const running = client.ask('tools/call', { ...SLOW, name: 'old_slow' });
    const headers = { 'mcp-protocol-version': '2025-03-26' };
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...SLOW, name: 'old_slow' } },
      { jsonrpc: '2.0', id: 2, method: 'ping' },
    ];
    const both = post(json.url('/mcp'), batch, { token, headers });
    await expect.poll(() => json.old.journal.of('tools/call').length).toBe(2);
    await withdraw();
    isEnded(await running, 'old');
    const [first, second] = (await both).messages;
    isEnded(first ?? {}, 'old');
    expect(second).toMatchObject({ id: 2, result: {} });
    client.close();
  });
});

describe('a call that waits for its person', () => {
  it('is answered while its client is asked, and asks the server no more', async () => {
    clear(streamed);
    const { token, withdraw } = await somebody(streamed);
    const client = await legacyClient({
      url: streamed.url('/mcp/new'),
      token,
      capabilities: ASKABLE,
    });
    const { message } = await client.request('tools/call', ASK, {
      onMessage: ({ method }) => (method === 'elicitation/create' ? withdraw() : undefined),
    });
    isEnded(message, 'new');
    expect(streamed.modern.journal.of('tools/call')).toHaveLength(1);
  });

  it('and was parked is cancelled, and tells its retry so if that is allowed again', async () => {
    clear(streamed);
    const { user, token } = await streamed.person(`ended-${++count}`);
    const rule = { subject: { kind: 'user', id: user.id }, server: '*' } as const;
    const granted = await streamed.rule(rule);
    const client = modernClient({ url: streamed.url('/mcp/old'), token, capabilities: ASKABLE });
    const { result } = (await client.request('tools/call', ASK)).message;
    expect(result).toMatchObject({ resultType: 'input_required' });
    await streamed.drop(granted);
    await isCancelled(streamed, 'old');
    await streamed.rule(rule);
    const [key = ''] = Object.keys(result?.inputRequests ?? {});
    const answers = { requestState: result?.requestState, inputResponses: { [key]: { action: 'decline' } } };
    const { message } = await client.request('tools/call', { ...ASK, ...answers });
    isEnded(message, 'old');
    expect(streamed.old.journal.of('tools/call')).toHaveLength(1);
  });
});

describe('a call of a server', () => {
  const ends: Readonly<Record<string, (entry: ServerEntry) => Promise<unknown>>> = {
    disabled: entry => json.store.updateServer({ ...entry, enabled: false }),
    deleted: entry => json.store.deleteServer(entry.name),
  };
  const ways = ERAS.flatMap(era => Object.keys(ends).map(how => ({ era, how })));

  it.for(ways)('that is $how is answered so, to a client of $era', async ({ era, how }) => {
    clear(json);
    const entry = stored(`ends-${++count}`, json.old.url);
    const { name } = entry;
    await json.store.createServer(entry, Date.now());
    await json.refresh();
    const ask = await json.asking(era, json.adminToken, `/mcp/${name}`);
    const running = ask('tools/call', SLOW);
    await hasCall(json, 'old');
    await ends[how]?.(entry);
    isEnded((await running).message, name);
    await isCancelled(json, 'old');
  });

  it('that is a program is answered so too', async () => {
    const transport = {
      kind: 'stdio',
      command: process.execPath,
      args: [HABITS],
      env: {},
      cwd: undefined,
    } as const;
    const entry = { ...stored('ends-program', ''), transport };
    await json.store.createServer(entry, Date.now());
    await json.refresh();
    const client = await legacyClient({ url: json.url('/mcp/ends-program'), token: json.adminToken });
    const params = { name: 'slow', arguments: { ms: 1e9, log: 'begun' } };
    let isMoving = () => {};
    const moving = new Promise<void>(resolve => {
      isMoving = resolve;
    });
    const running = client.request('tools/call', params, { onMessage: () => isMoving() });
    await moving;
    await json.store.deleteServer(entry.name);
    isEnded((await running).message, entry.name);
  });
});

it('what was not sent yet is answered at once, and is never sent', async () => {
  const late = await startRuled({ delayMs: 1_500 });
  try {
    const { token, withdraw } = await somebody(late);
    const client = await legacyClient({ url: late.url('/mcp/old'), token });
    late.old.journal.clear();
    const running = client.request('tools/call', SLOW);
    await expect.poll(() => late.old.journal.of('initialize').length).toBe(1);
    await withdraw();
    const { message } = await running;
    expect(message.error).toMatchObject({ code: 1010, data: { server: 'old', mayHaveRun: false } });
    // It has not even opened the session by then.
    expect(late.old.journal.of('notifications/initialized')).toEqual([]);
    await expect
      .poll(() => late.old.journal.of('notifications/initialized').length, { timeout: 5_000 })
      .toBe(1);
    const echo = { name: 'echo', arguments: {} };
    await (await late.asking('2025', late.adminToken, '/mcp/old'))('tools/call', echo);
    expect(late.old.journal.of('tools/call').map(({ name }) => name)).toEqual(['echo']);
  } finally {
    await late.close();
  }
}, 30_000);

it('what the client itself takes back is not answered', async () => {
  clear(streamed);
  const { token } = await somebody(streamed);
  const client = await legacyClient({ url: streamed.url('/mcp/old'), token });
  const running = client.request('tools/call', SLOW);
  await hasCall(streamed, 'old');
  await client.notify('notifications/cancelled', { requestId: 2 });
  expect((await running).messages).toEqual([]);
  await isCancelled(streamed, 'old');
});
