import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { type Loose, type ModernClient, modernClient, type RpcAnswer } from '../../support/mcp.ts';

const ALL = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };
const LEVEL = 'io.modelcontextprotocol/logLevel';

let echo: Echo2025;
let gateway: GatewayHere;
let client: ModernClient;

beforeAll(async () => {
  echo = await startEcho2025({ mode: 'sse', acts: true });
  gateway = await startGatewayHere({ servers: { echo: echo.url } });
  client = at(gateway.adminToken);
  await client.request('server/discover');
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});
beforeEach(() => echo.journal.clear());

const at = (token: string, capabilities: object = ALL, path = '/mcp/echo') =>
  modernClient({ url: gateway.url(path), token, capabilities: capabilities as Record<string, unknown> });

const call = (name: string, args: object = {}, more: object = {}, by = client): Promise<RpcAnswer> =>
  by.request('tools/call', { name, arguments: args, ...more });

type Asked = Readonly<Record<string, { readonly method: string; readonly params?: Loose }>>;
const asked = ({ message }: RpcAnswer) => (message.result?.inputRequests ?? {}) as unknown as Asked;
const stateOf = ({ message }: RpcAnswer) => String(message.result?.requestState);
const told = ({ message }: RpcAnswer) => (message.result?.structuredContent as Loose | undefined)?.answers;

const ANSWERS: Readonly<Record<string, object>> = {
  'elicitation/create': { action: 'accept', content: { name: 'Ada', word: 'one' } },
  'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'Paris' } },
  'roots/list': { roots: [{ uri: 'file:///home/ada' }] },
};
const answersTo = (answer: RpcAnswer) =>
  Object.fromEntries(Object.entries(asked(answer)).map(([key, { method }]) => [key, ANSWERS[method]]));
const retryOf = (answer: RpcAnswer, responses: object = answersTo(answer)) => ({
  requestState: stateOf(answer),
  inputResponses: responses,
});

/** How often the server heard a call of this tool. */
const heard = (name: string) => echo.journal.of('tools/call').filter(one => one.name === name).length;

describe('a question of a 2025 server in the middle of a call of a 2026 client', () => {
  it.for([
    ['ask_form', 'elicitation/create'],
    ['ask_url', 'elicitation/create'],
    ['ask_sampling', 'sampling/createMessage'],
    ['ask_roots', 'roots/list'],
  ] as const)(
    '%s comes as input_required, and the retry goes on with the same call',
    async ([name, method]) => {
      const first = await call(name);
      expect(first.message.result).toMatchObject({ resultType: 'input_required' });
      expect(Object.values(asked(first)).map(one => one.method)).toEqual([method]);
      const second = await call(name, {}, retryOf(first));
      expect(second.message.result).toMatchObject({ resultType: 'complete' });
      expect(Object.values(told(second) ?? {})).toEqual([ANSWERS[method]]);
      expect(heard(name)).toBe(1);
    },
  );

  it('keeps nothing of the other revision: no elicitationId, no null, one result', async () => {
    const first = await call('ask_url');
    expect(JSON.stringify(first.message)).not.toMatch(/elicitationId|"ttlMs"/);
    expect(asked(first)[Object.keys(asked(first))[0] ?? '']?.params).toMatchObject({ mode: 'url' });
    await call('ask_url', {}, retryOf(first));
  });

  it('several at once come at once', async () => {
    const first = await call('ask_many');
    expect(
      Object.values(asked(first))
        .map(one => one.method)
        .sort(),
    ).toEqual(Object.keys(ANSWERS).sort());
    const second = await call('ask_many', {}, retryOf(first));
    expect(Object.keys(told(second) ?? {})).toHaveLength(3);
  });

  it('round by round, each under another state, the server’s call being one', async () => {
    const states = new Set<string>();
    let answer = await call('ask_rounds', { n: 4 });
    for (let round = 0; round < 4; round++) {
      states.add(stateOf(answer));
      answer = await call('ask_rounds', { n: 4 }, retryOf(answer));
    }
    expect(states.size).toBe(4);
    expect(Object.keys(told(answer) ?? {})).toHaveLength(4);
    expect(heard('ask_rounds')).toBe(1);
  });

  it('in a prompt and in a resource as in a tool', async () => {
    for (const [method, params] of [
      ['prompts/get', { name: 'ask_prompt' }],
      ['resources/read', { uri: 'ask://resource' }],
    ] as const) {
      const first = await client.request(method, params);
      expect(first.message.result).toMatchObject({ resultType: 'input_required' });
      const second = await client.request(method, { ...params, ...retryOf(first) });
      expect(second.message.result).toMatchObject({ resultType: 'complete' });
    }
  });

  it('that the person declines or cancels reaches the server as that', async () => {
    for (const action of ['decline', 'cancel']) {
      const first = await call('ask_unknown_answer');
      const [key = ''] = Object.keys(asked(first));
      const second = await call('ask_unknown_answer', {}, retryOf(first, { [key]: { action } }));
      expect(second.message.result?.structuredContent).toEqual({ received: { action } });
    }
  });

  it('is asked again as long as an answer is missing or is none, without a second call', async () => {
    const first = await call('ask_many');
    const [one = '', ...others] = Object.keys(asked(first));
    const none = await call('ask_many', {}, retryOf(first, { stranger: ANSWERS['roots/list'] }));
    expect(Object.keys(asked(none)).sort()).toEqual([one, ...others].sort());
    const bad = await call('ask_many', {}, retryOf(none, { [one]: 'words' }));
    expect(Object.keys(asked(bad)).sort()).toEqual([one, ...others].sort());
    const part = await call('ask_many', {}, retryOf(bad, { [one]: answersTo(first)[one] }));
    expect(Object.keys(asked(part)).sort()).toEqual(others.sort());
    const all = await call('ask_many', {}, retryOf(part));
    expect(Object.keys(told(all) ?? {})).toHaveLength(3);
    expect(heard('ask_many')).toBe(1);
  });

  it('is not asked of a client that did not declare it', async () => {
    const answer = await call('ask_sampling', {}, {}, at(gateway.adminToken, { roots: {} }));
    // The server hears that it cannot be asked, and says so in its own words.
    expect(answer.message.error).toBeDefined();
    expect(answer.text).not.toMatch(/inputRequests/);
  });
});

describe('requestState', () => {
  const retry = (answer: RpcAnswer, by: ModernClient, name = 'ask_form', args: object = {}) =>
    by.request('tools/call', { name, arguments: args, ...retryOf(answer) });
  const refused = { code: -32602 };

  it('is good for its own person only (T46)', async () => {
    const first = await call('ask_form');
    const eve = at(await gateway.userToken('eve', ['echo']));
    expect((await retry(first, eve)).message.error).toMatchObject(refused);
    expect(told(await call('ask_form', {}, retryOf(first)))).toBeDefined();
    // What it led to is nobody else's either.
    expect((await retry(first, eve)).message.error).toMatchObject(refused);
  });

  it('is good for the same request only: other tool, other arguments, other endpoint', async () => {
    const first = await call('ask_form');
    expect((await retry(first, client, 'ask_url')).message.error).toMatchObject(refused);
    expect((await retry(first, client, 'ask_form', { n: 1 })).message.error).toMatchObject(refused);
    const all = at(gateway.adminToken, ALL, '/mcp');
    for (const name of ['echo_ask_form', 'ask_form'])
      expect((await retry(first, all, name)).message.error).toMatchObject(refused);
    await call('ask_form', {}, retryOf(first));
  });

  it.for([
    ['forged', (state: string) => `${state.slice(0, -4)}AAAA`],
    ['cut', (state: string) => state.slice(0, 20)],
    ['empty', () => ''],
    ['of 100 KB', (state: string) => state + 'A'.repeat(100_000)],
    ['no text', () => 7],
  ] as const)('%s is refused, and the call goes on waiting for its own', async ([, spoil]) => {
    const first = await call('ask_form');
    const bad = await call('ask_form', {}, { ...retryOf(first), requestState: spoil(stateOf(first)) });
    expect(bad.message.error).toMatchObject(refused);
    expect(told(await call('ask_form', {}, retryOf(first)))).toBeDefined();
  });

  it('with the same answers gives the same answer again; with others it is refused', async () => {
    const first = await call('ask_form');
    const answers = await Promise.all([1, 2, 3].map(() => call('ask_form', {}, retryOf(first))));
    const later = await call('ask_form', {}, retryOf(first));
    for (const answer of [...answers, later]) expect(told(answer)).toEqual(told(answers[0] as RpcAnswer));
    const [key = ''] = Object.keys(asked(first));
    const other = await call('ask_form', {}, retryOf(first, { [key]: { action: 'decline' } }));
    expect(other.message.error).toMatchObject(refused);
    expect(heard('ask_form')).toBe(1);
  });

  it('ends with the gateway: the server’s call is cancelled, not left to wait', async () => {
    const own = await startGatewayHere({ servers: { echo: echo.url } });
    const by = modernClient({ url: own.url('/mcp/echo'), token: own.adminToken, capabilities: ALL });
    await by.request('tools/call', { name: 'ask_form', arguments: {} });
    echo.journal.clear();
    await own.close();
    expect(echo.journal.of('notifications/cancelled').length).toBeGreaterThan(0);
  });

  it('is given to sixteen calls of one person at most, the others are told (T45)', async () => {
    const bob = at(await gateway.userToken('bob', ['echo']));
    const all = await Promise.all(Array.from({ length: 18 }, () => call('ask_form', {}, {}, bob)));
    const parked = all.filter(one => String(one.message.result?.resultType) === 'input_required');
    const limited = all.filter(one => one.message.error?.code === 1005);
    expect([parked.length, limited.length]).toEqual([16, 2]);
    for (const one of parked) expect(told(await call('ask_form', {}, retryOf(one), bob))).toBeDefined();
    expect((await call('ask_form', {}, {}, bob)).message.result?.resultType).toBe('input_required');
  });
});

describe('what a 2025 server says besides', () => {
  it('progress comes with the client’s own token, increasing, before the answer', async () => {
    const answer = await call('progress', { n: 3 }, { _meta: { progressToken: 'mine' } });
    const steps = answer.messages.filter(one => one.method === 'notifications/progress');
    expect(steps.map(one => [one.params?.progressToken, one.params?.progress])).toEqual([
      ['mine', 1],
      ['mine', 2],
      ['mine', 3],
    ]);
    expect(answer.message.result).toMatchObject({ resultType: 'complete' });
  });

  it('logs come from the level on that the request names, and not at all without one', async () => {
    const levels = ({ messages }: RpcAnswer) =>
      messages.filter(one => one.method === 'notifications/message').map(one => one.params?.level);
    expect(levels(await call('log_levels'))).toEqual([]);
    expect(levels(await call('log_levels', {}, { _meta: { [LEVEL]: 'critical' } }))).toEqual([
      'critical',
      'alert',
      'emergency',
    ]);
    expect(levels(await call('log_levels', {}, { _meta: { [LEVEL]: 'debug' } }))).toHaveLength(8);
    expect(levels(await call('log_levels', {}, { _meta: { [LEVEL]: 'alert' } }))).toHaveLength(2);
    const unknown = await call('log_levels', {}, { _meta: { [LEVEL]: 'loud' } });
    expect(unknown.message.error).toMatchObject({ code: -32602 });
  });

  it('results have what this revision wants and keep every byte of the rest', async () => {
    const answer = await call('error_result');
    expect(answer.text).toContain('"isError":true,"x-unknown":1.0');
    expect(answer.message.result).toMatchObject({ resultType: 'complete', isError: true });
    const read = await client.request('resources/read', { uri: 'echo://one' });
    expect(read.message.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });
  });

  it('errors keep code, text and data; a missing resource is -32602, an unknown method 404', async () => {
    const error = await call('protocol_error');
    expect(error.text).toContain('{"why":"asked for","n":1.1');
    expect(error.message.error).toMatchObject({ code: 4242 });
    const missing = await client.request('resources/read', { uri: 'echo://missing' });
    expect(missing.message.error).toMatchObject({ code: -32602, data: { uri: 'echo://missing' } });
  });

  it('a closed stream cancels the server’s call', async () => {
    const leaving = new AbortController();
    const going = client.request(
      'tools/call',
      { name: 'slow', arguments: { ms: 5_000 } },
      { signal: leaving.signal },
    );
    await expect.poll(() => heard('slow')).toBe(1);
    leaving.abort();
    await going.catch(() => {});
    await expect.poll(() => echo.journal.of('notifications/cancelled').length).toBe(1);
  });

  it('a mirrored parameter is checked against the body and not sent on', async () => {
    const good = { 'mcp-param-region': 'north' };
    const params = { name: 'mirrored', arguments: { region: 'north' } };
    const answer = await client.request('tools/call', params, { headers: good });
    expect(answer.text).toContain('region north');
    expect(Object.keys(echo.journal.of('tools/call').at(-1)?.headers ?? {})).not.toContain(
      'mcp-param-region',
    );
    const bad = await client.request('tools/call', params, { headers: { 'mcp-param-region': 'south' } });
    expect([bad.status, bad.message.error?.code]).toEqual([400, -32020]);
    const none = await client.request('tools/call', params);
    expect([none.status, none.message.error?.code]).toEqual([400, -32020]);
  });

  it('what only one revision knows does not reach the server', async () => {
    await call('progress', { n: 1 }, { _meta: { [LEVEL]: 'info', traceparent: '00-1-2-03', own: 1.0 } });
    const { body = '', headers = {} } = echo.journal.of('tools/call').at(-1) ?? {};
    expect(body).not.toMatch(
      /io\.modelcontextprotocol\/(protocolVersion|clientCapabilities|clientInfo|logLevel)/,
    );
    expect(body).toContain('traceparent');
    expect(Object.keys(headers)).not.toContain('mcp-method');
    expect(headers['mcp-protocol-version']).toBe('2025-11-25');
  });
});
