import fc from 'fast-check';

/** One HTTP request to the gateway, whatever it may be. */
export type Spoilt = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly hasToken: boolean;
};

type Draft = {
  message: Record<string, unknown>;
  headers: Record<string, string>;
  path: string;
  method: string;
};
type Mutation = (draft: Draft) => void;
type TextMutation = (text: string) => Buffer;

const META = 'io.modelcontextprotocol/';

const ONE: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['tools/call', { name: 'echo_echo', arguments: { text: 'words', n: 1 } }],
  ['tools/call', { name: 'echo_write_keyed', arguments: {} }],
  ['tools/call', { name: 'modern_test_simple_text', arguments: {} }],
  ['resources/read', { uri: 'echo://one' }],
  ['resources/read', { uri: 'test://static-text' }],
  ['prompts/get', { name: 'echo_greet', arguments: { who: 'you' } }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'echo_greet' }, argument: { name: 'who', value: 'o' } },
  ],
];
const OTHER: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  [
    'initialize',
    { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } },
  ],
  ['server/discover', {}],
  ['ping', {}],
  ['tools/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['prompts/list', {}],
  ['logging/setLevel', { level: 'info' }],
  ['subscriptions/listen', { notifications: { toolsListChanged: true } }],
  ['notifications/initialized', {}],
  ['notifications/cancelled', { requestId: 1 }],
];

/** A good message of either era; each holds its own mark, by which the server's journal tells it again. */
const draft = fc
  .record({
    of: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...ONE) },
      { weight: 1, arbitrary: fc.constantFrom(...OTHER) },
    ),
    id: fc.oneof(fc.integer(), fc.string({ maxLength: 12 })),
    isModern: fc.boolean(),
    mark: fc.uuid(),
  })
  .map(({ of: [method, params], id, isModern, mark }): Draft => {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const message: Record<string, unknown> = {
      jsonrpc: '2.0',
      method,
      params: { ...params, 'x-mark': mark },
    };
    if (!method.startsWith('notifications/')) message.id = id;
    if (isModern) {
      const _meta = { [`${META}protocolVersion`]: '2026-07-28', [`${META}clientCapabilities`]: {} };
      message.params = { ...params, 'x-mark': mark, _meta };
      const name = params.name ?? params.uri;
      Object.assign(headers, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method });
      if (typeof name === 'string') headers['mcp-name'] = name;
    }
    return { message, headers, path: '/mcp', method: 'POST' };
  });

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', -0, 1e308, [], {}, '__proto__', '\ud800', 'x'.repeat(5000), 2 ** 60),
);
const KEYS = ['jsonrpc', 'id', 'method', 'params', 'result', 'error', '__proto__', 'constructor', 'x'];
const INNER = [
  'name',
  'uri',
  'arguments',
  '_meta',
  'ref',
  'argument',
  'cursor',
  'level',
  'protocolVersion',
  'toString',
];
const HEADERS = [
  'accept',
  'content-type',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'mcp-session-id',
  'origin',
  'mcp-param-x',
  'last-event-id',
  'expect-nothing',
];
const VALUES = [
  '',
  '*/*',
  'text/html',
  '2025-11-25',
  '2026-07-28',
  '2025-03-26',
  '9999-01-01',
  'x',
  '=?base64?AAA=?=',
  'tools/call',
  'null',
  'a, b',
];
const PATHS = [
  '/mcp/echo',
  '/mcp/modern',
  '/mcp/no-such',
  '/mcp/',
  '/mcp//x',
  '/mcp/__proto__',
  '/mcp/%2e',
  '/MCP',
  '/mcp?x=1',
];

function params(message: Record<string, unknown>): Record<string, unknown> {
  return typeof message.params === 'object' && message.params !== null
    ? (message.params as Record<string, unknown>)
    : {};
}

/** A value of its own: one that two mutations share could come to hold itself. */
const define = (target: Record<string, unknown>, key: string, value: unknown) =>
  Object.defineProperty(target, key, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom(...KEYS).map(
    (key): Mutation =>
      ({ message }) =>
        void delete message[key],
  ),
  fc.tuple(fc.constantFrom(...KEYS), junk).map(
    ([key, value]): Mutation =>
      ({ message }) =>
        void define(message, key, value),
  ),
  fc.constantFrom(...INNER).map(
    (key): Mutation =>
      ({ message }) =>
        void delete params(message)[key],
  ),
  fc.tuple(fc.constantFrom(...INNER), junk).map(
    ([key, value]): Mutation =>
      ({ message }) =>
        void define(params(message), key, value),
  ),
  fc.constantFrom(...HEADERS).map(
    (name): Mutation =>
      ({ headers }) =>
        void delete headers[name],
  ),
  fc.tuple(fc.constantFrom(...HEADERS), fc.constantFrom(...VALUES)).map(
    ([name, value]): Mutation =>
      ({ headers }) => {
        headers[name] = value;
      },
  ),
  fc.constantFrom(...PATHS).map(
    (path): Mutation =>
      one => {
        one.path = path;
      },
  ),
  fc.constantFrom('GET', 'DELETE', 'PUT', 'OPTIONS', 'HEAD').map(
    (method): Mutation =>
      one => {
        one.method = method;
      },
  ),
);

const textMutation: fc.Arbitrary<TextMutation> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<TextMutation>(text => Buffer.from(text)) },
  fc.nat(200).map(
    (n): TextMutation =>
      text =>
        Buffer.from(text).subarray(0, n),
  ),
  fc.tuple(fc.nat(300), fc.uint8Array({ minLength: 1, maxLength: 8 })).map(
    ([at, bytes]): TextMutation =>
      text => {
        const whole = Buffer.from(text);
        return Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]);
      },
  ),
  fc.tuple(fc.nat(300), fc.nat(255)).map(
    ([at, byte]): TextMutation =>
      text => {
        const whole = Buffer.from(text);
        if (at < whole.length) whole[at] = byte;
        return whole;
      },
  ),
  fc.constant<TextMutation>(text => Buffer.from(text, 'utf16le')),
  fc.constant<TextMutation>(text => Buffer.from(`\ufeff${text}`)),
  fc.constant<TextMutation>(text => Buffer.from(`[${text},${text}]`)),
  fc.constant<TextMutation>(text => Buffer.from(text.replace('{', '{"method":"ping",'))),
  fc.constant<TextMutation>(text =>
    Buffer.from(text.replace('"params":{', '"params":{"n\\u0061me":"echo_read",')),
  ),
);

/** Good messages of both eras with one to three things wrong with each; half of them come with a token. */
export const spoilt: fc.Arbitrary<Spoilt> = fc
  .record({
    draft,
    mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    write: textMutation,
    hasToken: fc.boolean(),
  })
  .map(({ draft: drafted, mutations, write, hasToken }) => {
    const one: Draft = {
      ...drafted,
      message: structuredClone(drafted.message),
      headers: { ...drafted.headers },
    };
    for (const mutate of mutations) mutate(one);
    const { method, path, headers } = one;
    return { method, path, headers, body: write(JSON.stringify(one.message)), hasToken };
  });
