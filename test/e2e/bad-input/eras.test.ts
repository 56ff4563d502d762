import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConformance2026 } from '../../fixtures/conformance-2026.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, type ModernClient, modernClient, post } from '../../support/mcp.ts';

let echo: Echo2025;
let modern: Awaited<ReturnType<typeof startConformance2026>>;
let gateway: GatewayHere;
let client: ModernClient;

beforeAll(async () => {
  [echo, modern] = await Promise.all([startEcho2025(), startConformance2026()]);
  gateway = await startGatewayHere({ servers: { echo: echo.url, modern: modern.url } });
  client = modernClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  await client.request('server/discover');
});
beforeEach(() => {
  echo.journal.clear();
  modern.journal.clear();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([echo.close(), modern.close()]);
});

const ask = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  post(gateway.url('/mcp'), body, { token: gateway.adminToken, headers });

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
type Draft = ReturnType<ModernClient['draft']>;

/** A good call, spoilt in one way, and what must be said to it. */
const SPOILT: readonly [string, (draft: Draft) => Draft, number, number][] = [
  ['Mcp-Method of another method', spoilHeader('mcp-method', 'prompts/get'), 400, -32020],
  ['no Mcp-Method', dropHeader('mcp-method'), 400, -32020],
  ['Mcp-Name of another tool', spoilHeader('mcp-name', 'modern_test_error'), 400, -32020],
  ['no Mcp-Name', dropHeader('mcp-name'), 400, -32020],
  ['Mcp-Name in another case', spoilHeader('mcp-name', 'MODERN_test_simple_text'), 400, -32020],
  ['Mcp-Name in broken base64', spoilHeader('mcp-name', '=?base64?%%%?='), 400, -32020],
  [
    'MCP-Protocol-Version of another revision',
    spoilHeader('mcp-protocol-version', '2025-11-25'),
    400,
    -32020,
  ],
  ['no MCP-Protocol-Version', dropHeader('mcp-protocol-version'), 400, -32020],
  ['no version in _meta', spoilMeta({ [VERSION]: undefined }), 400, -32602],
  ['a version of a wrong type in _meta', spoilMeta({ [VERSION]: 7 }), 400, -32602],
  ['no capabilities in _meta', spoilMeta({ [CAPABILITIES]: undefined }), 400, -32602],
  ['capabilities of a wrong type', spoilMeta({ [CAPABILITIES]: [] }), 400, -32602],
];

function spoilHeader(name: string, value: string): (draft: Draft) => Draft {
  return ({ body, headers }) => ({ body, headers: { ...headers, [name]: value } });
}

function dropHeader(name: string): (draft: Draft) => Draft {
  return ({ body, headers }) => ({
    body,
    headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)),
  });
}

function spoilMeta(meta: Readonly<Record<string, unknown>>): (draft: Draft) => Draft {
  return ({ body, headers }) => {
    const params = body.params as { readonly _meta: object };
    return { body: { ...body, params: { ...params, _meta: { ...params._meta, ...meta } } }, headers };
  };
}

describe('a request of 2026-07-28', () => {
  const good = () => client.draft('tools/call', { name: 'modern_test_simple_text', arguments: {} });

  it('is served as it should be', async () => {
    const { body, headers } = good();
    expect((await ask(body, headers)).message.result).toBeDefined();
    expect(modern.journal.of('tools/call')).toHaveLength(1);
  });

  it.for(SPOILT)('with %s is refused, and reaches no server', async ([, spoil, status, code]) => {
    const { body, headers } = spoil(good());
    const answer = await ask(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.message).toMatchObject({ id: body.id, error: { code } });
    expect(modern.journal.of('tools/call')).toEqual([]);
  });

  it.for(['2027-01-01', '1.0', 'latest', '2026-07-28x'])(
    'of version %j is -32022 with those that are spoken',
    async version => {
      const { body, headers } = spoilMeta({ [VERSION]: version })(good());
      const answer = await ask(body, { ...headers, 'mcp-protocol-version': version });
      expect(answer.status).toBe(400);
      expect(answer.message.error).toMatchObject({
        code: -32022,
        data: { supported: ['2026-07-28'], requested: version },
      });
    },
  );

  it('may write its name in base64', async () => {
    const { body, headers } = good();
    const encoded = `=?base64?${Buffer.from('modern_test_simple_text').toString('base64')}?=`;
    expect((await ask(body, { ...headers, 'mcp-name': encoded })).message.result).toBeDefined();
  });

  it.for(['tools/fly', 'initialize', 'ping', 'logging/setLevel', 'resources/subscribe'])(
    'for %s, which that revision does not know, is 404 with -32601',
    async method => {
      const { body, headers } = client.draft(method, { uri: 'x' });
      const answer = await ask(body, headers);
      expect(answer.status).toBe(404);
      expect(answer.message.error?.code).toBe(-32601);
    },
  );

  it('looks at no session: one that comes along is ignored', async () => {
    const { body, headers } = client.draft('tools/list');
    const answer = await ask(body, { ...headers, 'mcp-session-id': 'nonsense' });
    expect(answer.status).toBe(200);
    expect(answer.headers.has('mcp-session-id')).toBe(false);
  });

  it('to a server of the older protocol is said there in its terms', async () => {
    const answer = await client.request('tools/call', { name: 'echo_read', arguments: {} });
    expect(answer.message.result).toMatchObject({ resultType: 'complete' });
    expect(
      (await client.request('tools/call', { name: 'modern_test_simple_text' })).message.result,
    ).toBeDefined();
  });

  it('in a batch is refused', async () => {
    const { body, headers } = good();
    expect(await ask([body, body], headers)).toMatchObject({
      status: 400,
      message: { error: { code: -32600 } },
    });
    expect(modern.journal.of('tools/call')).toEqual([]);
  });
});

describe('a request of the older protocol', () => {
  const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

  it.for(['2024-01-01', '1', 'x'])(
    'with version %j in its header is 400 with those that are spoken',
    async version => {
      const answer = await ask(PING, { 'mcp-protocol-version': version });
      expect(answer.status).toBe(400);
      expect(answer.message.error).toMatchObject({
        code: -32022,
        data: { supported: expect.arrayContaining(['2025-11-25', '2026-07-28']), requested: version },
      });
    },
  );

  it.for([
    ['2024-11-05', '2024-11-05'],
    ['2025-03-26', '2025-03-26'],
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
    ['', '2025-11-25'],
  ])('to initialize with %j is offered %s', async ([asked, given]) => {
    const { initialized } = await legacyClient({
      url: gateway.url('/mcp'),
      token: gateway.adminToken,
      revision: asked ?? '',
    });
    expect(initialized.message.result?.protocolVersion).toBe(given);
  });

  it('to a server of 2026-07-28 is said there in its terms', async () => {
    const call = { ...PING, method: 'tools/call', params: { name: 'modern_test_simple_text' } };
    const { message, text } = await ask(call);
    expect(message.result).toMatchObject({ content: [{ type: 'text' }] });
    expect(text).not.toMatch(/resultType|ttlMs/);
  });

  it.for(['application/json', '*/*', 'text/html', '', 'application/json;q=0.1'])(
    'that accepts %j gets JSON',
    async accept => {
      const answer = await ask({ ...PING, method: 'tools/call', params: { name: 'echo_read' } }, { accept });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    },
  );

  it.for(['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded'])(
    'that calls its JSON %s is read all the same',
    async type => {
      expect((await ask(PING, { 'content-type': type })).message.result).toEqual({});
    },
  );
});

describe('a batch', () => {
  const one = (id: unknown, method: string, params?: unknown) => ({ jsonrpc: '2.0', id, method, params });
  const call = (id: unknown) => one(id, 'tools/call', { name: 'echo_echo', arguments: { id } });

  it('of 2025-03-26 is answered in one array, with an error for what is wrong in it', async () => {
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const answer = await ask([call('a'), notification, one('b', 'tools/fly'), { id: 3 }, 7, call(0)]);
    expect(answer.status).toBe(200);
    expect(answer.messages.map(({ id, error }) => [id, error?.code])).toEqual([
      ['a', undefined],
      ['b', -32601],
      [3, -32600],
      [undefined, -32600],
      [0, undefined],
    ]);
    expect(echo.journal.of('tools/call')).toHaveLength(2);
  });

  it('of notifications alone is 202', async () => {
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await ask([notification, notification])).toMatchObject({ status: 202, text: '' });
  });

  it('with initialize in it is refused whole', async () => {
    const answer = await ask([
      call(1),
      one(2, 'initialize', { protocolVersion: '2025-03-26', capabilities: {} }),
    ]);
    expect(answer).toMatchObject({ status: 400, message: { error: { code: -32600 } } });
    expect(echo.journal.of('tools/call')).toEqual([]);
  });

  it.for(['2024-11-05', '2025-06-18', '2025-11-25'])('of %s is refused', async revision => {
    const answer = await ask([call(1)], { 'mcp-protocol-version': revision });
    expect(answer).toMatchObject({ status: 400, message: { error: { code: -32600 } } });
  });

  it('of more than a hundred is refused', async () => {
    const answer = await ask(Array.from({ length: 101 }, (_, id) => one(id, 'ping')));
    expect(answer.status).toBe(400);
  });
});

describe('GET and DELETE', () => {
  const fetchWith = (method: string, headers: Readonly<Record<string, string>>, path = '/mcp') =>
    fetch(gateway.url(path), { method, headers });
  const bearer = () => ({ authorization: `Bearer ${gateway.adminToken}` });

  it.for(['GET', 'DELETE', 'PUT', 'PATCH', 'HEAD'])(
    '%s without a token is 401 with the challenge',
    async method => {
      const answer = await fetchWith(method, { accept: '*/*', 'mcp-protocol-version': '2024-11-05' });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('resource_metadata=');
    },
  );

  it('other methods are 405 with those that are allowed', async () => {
    for (const method of ['PUT', 'PATCH']) {
      const answer = await fetchWith(method, bearer());
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
    }
  });

  it('a GET that takes no stream is 406', async () => {
    expect((await fetchWith('GET', { ...bearer(), accept: 'application/json' })).status).toBe(406);
  });
});
