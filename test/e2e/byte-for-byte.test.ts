import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { PROMPT_TEXTS, RESOURCE_TEXTS, TEMPLATE_TEXTS, TOOL_TEXTS } from '../fixtures/echo/tools.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { startTap, type Tap } from '../fixtures/tap.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient, post } from '../support/mcp.ts';

let echo: Echo2025;
let stream: Echo2025;
let modern: Awaited<ReturnType<typeof startConformance2026>>;
let taps: { readonly echo: Tap; readonly stream: Tap; readonly modern: Tap };
let front: Tap;
let gateway: GatewayHere;

beforeAll(async () => {
  [echo, stream, modern] = await Promise.all([
    startEcho2025(),
    startEcho2025({ mode: 'sse', name: 'stream' }),
    startConformance2026(),
  ]);
  taps = {
    echo: await startTap(echo.url),
    stream: await startTap(stream.url),
    modern: await startTap(modern.url),
  };
  gateway = await startGatewayHere({
    servers: { echo: taps.echo.url, stream: taps.stream.url, modern: taps.modern.url },
  });
  front = await startTap(gateway.url('/mcp').replace('localhost', '127.0.0.1'));
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway.close();
  for (const one of [front, ...Object.values(taps), echo, stream, modern]) await one.close();
});

/** The bodies of the POSTs that passed a tap and speak of `method`, as bytes. */
function bodies(tap: Tap, method: string): string[] {
  return tap
    .sent()
    .flatMap(text => text.split(/(?=POST \/mcp HTTP\/1\.1\r\n)/))
    .map(request => request.slice(request.indexOf('\r\n\r\n') + 4))
    .filter(body => body.includes(`"${method}"`));
}

const latin1 = (text: string) => Buffer.from(text).toString('latin1');
/** Our own id and progress token, as the gateway writes them. */
const OURS = '"[0-9a-f]{24}-\\d+(?:-p)?"';

/** A pattern for exactly these bytes, in which each `{OURS}` is an id or progress token of the gateway. */
const exactly = (text: string) =>
  new RegExp(
    `^${latin1(text)
      .replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')
      .replaceAll('\\{OURS\\}', OURS)}$`,
  );

const ODD_ARGUMENTS =
  '{"z":9007199254740993 ,"a":1.0, "b" : -0,"c":1e400,"d":"\\ud800 \\u0041 \\/ é ✓ \u2028","e":[ 1.10,\t-0.0 ],\n"__proto__":{"x":1},"constructor":null,"name":"not me","id":7,"":{}}';
const ODD_REST = '"x-unknown" :{"n":1187563421998473216}, "_meta":{ "b":1.0,"a":{"deep":-0}}';

describe('a request', () => {
  it.for([
    ['echo', '1', '/mcp/echo', 'echo'],
    ['echo', '-0', '/mcp/echo', 'echo'],
    ['echo', '9007199254740991', '/mcp', 'echo_echo'],
    ['stream', '"\\u0069d é"', '/mcp', 'stream_echo'],
  ] as const)(
    'reaches %s as the same bytes but for id %s and name, by %s',
    async ([server, id, path, name]) => {
      const write = (idText: string, nameText: string) =>
        `{ "params" : {${ODD_REST} ,"arguments":${ODD_ARGUMENTS}, "name"\n: "${nameText}"},"method":"tools/call" , "id":${idText},"jsonrpc":"2.0" , "extra":1.0 }`;
      taps[server].clear();
      const answer = await post(gateway.url(path), write(id, name), { token: gateway.adminToken });
      expect(answer.message.error).toBeUndefined();
      const [body, ...more] = bodies(taps[server], 'tools/call');
      expect(more).toEqual([]);
      expect(body).toMatch(exactly(write('{OURS}', 'echo')));
      // The answer repeats the arguments: they come back as they went.
      expect(answer.text).toContain(`"structuredContent":{"arguments":${ODD_ARGUMENTS}}`);
      expect(answer.text).toContain(`"id":${id},`);
    },
  );

  it('reaches a server of 2026-07-28 as the same bytes but for id, name and progress token', async () => {
    const meta = (token: string) =>
      `"_meta":{ "progressToken":${token}, "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{ },"x":1.10}`;
    const write = (id: string, name: string, token: string) =>
      `{"jsonrpc" :"2.0","id":${id},"method":"tools/call","params":{ ${meta(token)} ,"arguments":{"n":1187563421998473216, "m":-0},"name":"${name}" } }`;
    taps.modern.clear();
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'modern_test_simple_text',
    };
    const body = write('"c-1"', 'modern_test_simple_text', '1.0');
    const answer = await post(gateway.url('/mcp'), body, { token: gateway.adminToken, headers });
    expect(answer.message).toMatchObject({ id: 'c-1', result: { content: [{ text: 'A simple text.' }] } });
    expect(bodies(taps.modern, 'tools/call')).toEqual([
      expect.stringMatching(exactly(write('{OURS}', 'test_simple_text', '{OURS}'))),
    ]);
  });

  it('with a progress token: it alone is swapped, and comes back in the client’s own spelling', async () => {
    taps.stream.clear();
    const write = (id: string, token: string) =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"slow","arguments":{"ms":30},"_meta":{"progressToken" : ${token},"k":"mine"}}}`;
    const seen: string[] = [];
    const answer = await post(gateway.url('/mcp/stream'), write('5', '"mine"'), {
      token: gateway.adminToken,
      onMessage: message => void (message.method && seen.push(JSON.stringify(message.params))),
    });
    expect(answer.message.id).toBe(5);
    expect(seen).toEqual([1, 2, 3].map(n => `{"progressToken":"mine","progress":${n},"total":3}`));
    expect(bodies(taps.stream, 'tools/call')).toEqual([
      expect.stringMatching(exactly(write('{OURS}', '{OURS}'))),
    ]);
  });
});

describe('an answer', () => {
  const ask = (id: string, params: string, method = 'tools/call') =>
    `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;

  it.for([
    ['tools/call', '{"name":"echo","arguments":{"a":1.0,"b":[-0,1e400]}}'],
    ['resources/read', '{"uri":"echo://one"}'],
    ['resources/read', '{"uri":"echo://items/%E2%9C%93"}'],
    ['prompts/get', '{"name":"greet","arguments":{"who":"✓"}}'],
    [
      'completion/complete',
      '{"ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"who","value":"o"}}',
    ],
  ] as const)('of %s is the server’s own bytes, with the client’s id', async ([method, params]) => {
    const session = await legacyClient({ url: echo.url });
    const headers = { 'mcp-session-id': session.sessionId ?? '' };
    for (const id of ['12', '"a\\u0062c"', '0']) {
      const direct = await post(echo.url, ask(id, params, method), { headers });
      const through = await post(gateway.url('/mcp/echo'), ask(id, params, method), {
        token: gateway.adminToken,
      });
      expect(through.text).toBe(direct.text);
      expect(through.headers.get('content-type')).toBe('application/json');
    }
  });

  it('is counted anew: the length that the client is told is the length that comes', async () => {
    front.clear();
    const body = ask(
      '"a-rather-long-id-of-a-client-that-likes-them-so"',
      '{"name":"echo_echo","arguments":{}}',
    );
    const answer = await post(front.url, body, { token: gateway.adminToken });
    expect(front.received().join('')).toContain(`\r\n\r\n${latin1(answer.text)}`);
    expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(answer.text));
  });

  it('of a megabyte comes as the same bytes, and is not held back whole', async () => {
    const answer = await post(
      gateway.url('/mcp/echo'),
      ask('"big"', '{"name":"large","arguments":{"bytes":3000000}}'),
      { token: gateway.adminToken },
    );
    expect(answer.text).toBe(
      `{"jsonrpc":"2.0","id":"big","result":{"content":[{"type":"text","text":"${'x'.repeat(3_000_000)}"}]}}`,
    );
    expect(answer.headers.has('content-length')).toBe(false);
  });

  it('that repeats what looks like an id of the client keeps it', async () => {
    const answer = await post(
      gateway.url('/mcp/echo'),
      ask('"same"', '{"name":"echo","arguments":{"text":"same","id":"same"}}'),
      { token: gateway.adminToken },
    );
    expect(answer.text).toContain('"structuredContent":{"arguments":{"text":"same","id":"same"}}');
  });
});

describe('a definition', () => {
  const list = async (path: string, method: string) =>
    (await post(gateway.url(path), { jsonrpc: '2.0', id: 1, method }, { token: gateway.adminToken })).text;

  it.for([
    ['tools/list', 'tools', TOOL_TEXTS],
    ['prompts/list', 'prompts', PROMPT_TEXTS],
    ['resources/list', 'resources', RESOURCE_TEXTS],
    ['resources/templates/list', 'resourceTemplates', TEMPLATE_TEXTS],
  ] as const)('of %s is the server’s own text', async ([method, member, texts]) => {
    expect(await list('/mcp/echo', method)).toBe(
      `{"jsonrpc":"2.0","id":1,"result":{"${member}":[${texts.join(',')}]}}`,
    );
  });

  it('on the endpoint of all servers differs by its name alone', async () => {
    const all = await list('/mcp', 'tools/list');
    for (const text of TOOL_TEXTS) expect(all).toContain(text.replace('"name":"', '"name":"echo_'));
    const prompts = await list('/mcp', 'prompts/list');
    for (const text of PROMPT_TEXTS) expect(prompts).toContain(text.replace('"name":"', '"name":"echo_'));
    const resources = await list('/mcp', 'resources/list');
    for (const text of RESOURCE_TEXTS) expect(resources).toContain(text);
  });

  it('is the same text to a client of 2026-07-28', async () => {
    const client = modernClient({ url: gateway.url('/mcp/modern'), token: gateway.adminToken });
    const direct = await modernClient({ url: modern.url }).request('tools/list');
    const through = await client.request('tools/list');
    expect(through.message.result?.tools).toEqual(direct.message.result?.tools);
  });
});
