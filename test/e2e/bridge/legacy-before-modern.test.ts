import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import {
  type LegacyClient,
  type Loose,
  legacyClient,
  post,
  type RpcAnswer,
  type RpcMessage,
} from '../../support/mcp.ts';

const ALL = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };

let echo: Echo2026;
let gateway: GatewayHere;
let client: LegacyClient;

beforeAll(async () => {
  echo = await startEcho2026();
  gateway = await startGatewayHere({ servers: { echo: echo.url } });
  client = await open();
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});
beforeEach(() => echo.journal.clear());

const open = (options: { capabilities?: Record<string, unknown>; revision?: string; token?: string } = {}) =>
  legacyClient({ url: gateway.url('/mcp/echo'), token: gateway.adminToken, capabilities: ALL, ...options });

const ANSWERS: Readonly<Record<string, object>> = {
  'elicitation/create': { action: 'accept', content: { name: 'Ada', word: 'one' } },
  'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'Paris' } },
  'roots/list': { roots: [{ uri: 'file:///home/ada' }] },
};

type Answering = (question: RpcMessage) => unknown;
const usual: Answering = ({ method = '' }) => ANSWERS[method];

/** Calls and answers each question of the server on the way. */
async function call(name: string, args: object = {}, answer: Answering = usual, by = client) {
  const questions: RpcMessage[] = [];
  const said = await by.request(
    'tools/call',
    { name, arguments: args },
    {
      onMessage: async message => {
        if (message.method === undefined || message.id === undefined || message.id === null) return;
        questions.push(message);
        await by.respond(message.id, answer(message));
      },
    },
  );
  return { ...said, questions };
}

const told = ({ message }: RpcAnswer) => (message.result?.structuredContent as Loose | undefined)?.answers;
const heard = (name: string) => echo.journal.of('tools/call').filter(one => one.name === name).length;

describe('a question of a 2026 server to a 2025 client', () => {
  it.for([
    ['ask_form', 'elicitation/create'],
    ['ask_url', 'elicitation/create'],
    ['ask_sampling', 'sampling/createMessage'],
    ['ask_roots', 'roots/list'],
  ] as const)('%s comes as a request on the stream of the call', async ([name, method]) => {
    const answer = await call(name);
    expect(answer.questions.map(one => one.method)).toEqual([method]);
    expect(Object.values(told(answer) ?? {})).toEqual([ANSWERS[method]]);
    expect(heard(name)).toBe(2);
  });

  it('in URL mode has an elicitationId, as this revision wants', async () => {
    const { questions } = await call('ask_url');
    expect(questions[0]?.params).toMatchObject({ mode: 'url', elicitationId: expect.any(String) });
  });

  it('several at once, and round by round', async () => {
    const many = await call('ask_many');
    expect(many.questions).toHaveLength(3);
    expect(Object.keys(told(many) ?? {})).toHaveLength(3);
    const rounds = await call('ask_rounds', { n: 4 });
    expect(rounds.questions).toHaveLength(4);
    expect(Object.keys(told(rounds) ?? {})).toHaveLength(4);
  });

  it('that only wants to be asked again is asked again, with its state', async () => {
    const answer = await call('state_only');
    expect([answer.questions, answer.text.includes('came back')]).toEqual([[], true]);
    expect(heard('state_only')).toBe(3);
  });

  it('is declined or cancelled in the person’s own words; an error of the client cancels it', async () => {
    for (const action of ['decline', 'cancel']) {
      const answer = await call('ask_unknown_answer', {}, () => ({ action }));
      expect(answer.message.result?.structuredContent).toEqual({ received: { action } });
    }
    const failed = await client.request(
      'tools/call',
      { name: 'ask_unknown_answer', arguments: {} },
      {
        onMessage: async ({ id, method }) => {
          if (method !== 'elicitation/create') return;
          const error = { code: -32601, message: 'No such form' };
          await post(
            gateway.url('/mcp/echo'),
            { jsonrpc: '2.0', id, error },
            { token: gateway.adminToken, headers: { 'mcp-session-id': client.sessionId ?? '' } },
          );
        },
      },
    );
    expect(failed.message.result?.structuredContent).toEqual({ received: { action: 'cancel' } });
  });

  it('that samples and is refused ends the call as a tool’s error that says so', async () => {
    const failed = await client.request(
      'tools/call',
      { name: 'ask_sampling', arguments: {} },
      {
        onMessage: async ({ id, method }) => {
          if (method !== 'sampling/createMessage') return;
          const error = { code: -1, message: 'The person said no' };
          await post(
            gateway.url('/mcp/echo'),
            { jsonrpc: '2.0', id, error },
            { token: gateway.adminToken, headers: { 'mcp-session-id': client.sessionId ?? '' } },
          );
        },
      },
    );
    expect(failed.message.result).toMatchObject({ isError: true });
    expect(failed.text).toContain('The person said no');
  });

  it('is not asked of a client that did not declare it: a tool’s error, never -32021', async () => {
    const plain = await open({ capabilities: {} });
    const answer = await call('ask_sampling', {}, usual, plain);
    expect(answer.questions).toEqual([]);
    expect(answer.message.result).toMatchObject({ isError: true });
    expect(answer.text).not.toContain('-32021');
  });

  it('cannot be answered by another person (T46)', async () => {
    const eve = await open({ token: await gateway.userToken('eve', ['echo']) });
    const answer = await client.request(
      'tools/call',
      { name: 'ask_unknown_answer', arguments: {} },
      {
        onMessage: async ({ id, method }) => {
          if (method === undefined || typeof id !== 'string') return;
          await eve.respond(id, { action: 'accept', content: { word: 'evil' } });
          await client.respond(id, { action: 'accept', content: { word: 'good' } });
          // The second answer to one question is nobody’s.
          await client.respond(id, { action: 'accept', content: { word: 'late' } });
        },
      },
    );
    expect(answer.text).toContain('good');
    expect(answer.text).not.toMatch(/evil|late/);
  });

  it('without end is stopped', async () => {
    const answer = await call('ask_rounds', { n: 40 });
    expect(answer.message.error).toMatchObject({ code: 1005, data: { server: 'echo' } });
    expect(answer.questions.length).toBeLessThanOrEqual(12);
  });

  it('is taken back when the client cancels its call', async () => {
    const answer = await post(
      gateway.url('/mcp/echo'),
      { jsonrpc: '2.0', id: 'mine', method: 'tools/call', params: { name: 'ask_form', arguments: {} } },
      {
        token: gateway.adminToken,
        headers: { 'mcp-session-id': client.sessionId ?? '' },
        onMessage: async ({ method }) => {
          if (method === 'elicitation/create')
            await client.notify('notifications/cancelled', { requestId: 'mine' });
        },
      },
    );
    expect(answer.messages.map(one => one.method)).toEqual(['elicitation/create', 'notifications/cancelled']);
  });

  it('a client that takes no event stream gets an error that says why', async () => {
    const answer = await client.request(
      'tools/call',
      { name: 'ask_form', arguments: {} },
      {
        headers: { accept: 'application/json' },
      },
    );
    expect(answer.message.error?.message).toMatch(/event stream/);
  });
});

describe('what a 2026 server says besides', () => {
  it('gets version, capabilities, client and level with each request', async () => {
    await call('progress', { n: 1 });
    const entry = echo.journal.of('tools/call').at(-1);
    const meta = JSON.parse(entry?.params ?? '{}')._meta;
    expect(meta).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {
        sampling: {},
        roots: {},
        elicitation: { form: {}, url: {} },
      },
      'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1.0.0' },
      'io.modelcontextprotocol/logLevel': 'info',
    });
    expect(entry?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'progress',
    });
    expect(entry?.headers['mcp-session-id']).toBeUndefined();
  });

  it('progress has the client’s own token', async () => {
    const answer = await client.request('tools/call', {
      name: 'progress',
      arguments: { n: 2 },
      _meta: { progressToken: 7 },
    });
    const steps = answer.messages.filter(one => one.method === 'notifications/progress');
    expect(steps.map(one => [one.params?.progressToken, one.params?.progress])).toEqual([
      [7, 1],
      [7, 2],
    ]);
  });

  it('logs come from the level that the client set', async () => {
    const by = await open();
    const levels = async () => {
      const { messages } = await call('log_levels', {}, usual, by);
      return messages.filter(one => one.method === 'notifications/message').map(one => one.params?.level);
    };
    expect(await levels()).toHaveLength(7);
    await by.request('logging/setLevel', { level: 'alert' });
    expect(await levels()).toEqual(['alert', 'emergency']);
  });

  it('results lose what only 2026 knows; a list as structured content stands under result', async () => {
    const plain = await call('error_result');
    expect(plain.text).toContain('"isError":true,"x-unknown":1.0');
    expect(plain.text).not.toMatch(/resultType|ttlMs|cacheScope|serverInfo/);
    const list = await call('structured_list');
    expect(list.message.result?.structuredContent).toEqual({ result: [1, 2, 3] });
    const { message } = await client.request('tools/list');
    const tools = message.result?.tools as unknown as { name: string; outputSchema?: { type: string } }[];
    expect(tools.find(one => one.name === 'structured_list')?.outputSchema).toMatchObject({
      type: 'object',
      required: ['result'],
    });
  });

  it('errors keep code, text and data; a missing resource is -32002', async () => {
    const error = await call('protocol_error');
    expect(error.message.error).toMatchObject({ code: 4242, data: { why: 'asked for' } });
    const missing = await client.request('resources/read', { uri: 'echo://missing' });
    expect([missing.status, missing.message.error?.code]).toEqual([200, -32002]);
  });

  it('mirrored parameters are made from the body', async () => {
    const answer = await call('mirrored', { region: 'Zürich' });
    expect(answer.text).toContain('Zürich');
  });

  it('a cancelled call closes the server’s stream', async () => {
    const id = 'to-cancel';
    const going = post(
      gateway.url('/mcp/echo'),
      { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'slow', arguments: { ms: 5_000 } } },
      { token: gateway.adminToken, headers: { 'mcp-session-id': client.sessionId ?? '' } },
    );
    await expect.poll(() => heard('slow')).toBe(1);
    await client.notify('notifications/cancelled', { requestId: id });
    await going;
    await expect.poll(() => echo.journal.entries().some(one => one.method?.includes('cancelled'))).toBe(true);
  });
});

describe('a 2025 client without a session', () => {
  it('calls a 2026 server as curl does', async () => {
    const answer = await post(
      gateway.url('/mcp/echo'),
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'progress', arguments: { n: 1 } } },
      { token: gateway.adminToken, headers: { accept: '*/*' } },
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('1 steps');
  });
});
