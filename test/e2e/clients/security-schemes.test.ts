import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { modernClient, post } from '../../support/mcp.ts';
import { listOf } from '../support/answers.ts';

/** Odd on purpose: what a reader and writer of JSON would change. */
const SCHEMA = '"inputSchema" : {"type":"object","maximum":9007199254740993,"e":1.0}';
const OWN = '[{"type":"noauth"}]';
const TOOLS = [
  `{ "name":"bare", ${SCHEMA} }`,
  `{"_meta":{"a":1.0},${SCHEMA},"name":"with_meta"}`,
  `{"name":"empty_meta","_meta":{ },${SCHEMA}}`,
  `{"name":"null_meta","_meta":null,${SCHEMA}}`,
  `{"name":"own","securitySchemes":${OWN},${SCHEMA}}`,
  `{"name":"own_in_meta","_meta":{"securitySchemes":${OWN}},${SCHEMA}}`,
];

let echo: Echo2025;
const gateways = new Map<string, GatewayHere>();

beforeAll(async () => {
  echo = await startEcho2025({ tools: TOOLS });
  for (const rule of ['auto', 'on', 'off']) {
    const settings = { compat: { securitySchemes: rule } };
    gateways.set(rule, await startGatewayHere({ servers: { echo: echo.url }, settings }));
  }
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.close();
  await echo.close();
});

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const CHATGPT = { 'user-agent': 'openai-mcp/1.0.0' };

async function list(rule: string, path = '/mcp', headers: Readonly<Record<string, string>> = {}) {
  const gateway = gateways.get(rule);
  if (!gateway) throw new Error(rule);
  const answer = await post(gateway.url(path), LIST, { token: gateway.adminToken, headers });
  const tools = new Map(listOf(answer, 'tools').map(tool => [String(tool.name).replace(/^echo_/, ''), tool]));
  return { text: answer.text, tools };
}

const oauth = (scope: string) => [{ type: 'oauth2', scopes: [scope] }];

describe('K5: security schemes of tools', () => {
  it.for([
    ['/mcp', 'mcp'],
    ['/mcp/echo', 'mcp:echo'],
  ] as const)('name the scope that covers %s, at the top and in _meta', async ([path, scope]) => {
    const { tools } = await list('on', path);
    const plain = await list('off', path);
    expect([...tools.keys()]).toEqual([...plain.tools.keys()]);
    for (const name of ['bare', 'with_meta', 'empty_meta', 'echo'])
      expect([name, tools.get(name)]).toMatchObject([
        name,
        { securitySchemes: oauth(scope), _meta: { securitySchemes: oauth(scope) } },
      ]);
    expect(tools.get('with_meta')).toMatchObject({ _meta: { a: 1 } });
    expect(tools.get('null_meta')).toMatchObject({ securitySchemes: oauth(scope), _meta: null });
  });

  it('that a server says itself stay alone', async () => {
    const { tools } = await list('on');
    expect(tools.get('own')).toEqual({ ...tools.get('own'), securitySchemes: [{ type: 'noauth' }] });
    expect(tools.get('own')).not.toHaveProperty('_meta');
    expect(tools.get('own_in_meta')).toMatchObject({ _meta: { securitySchemes: [{ type: 'noauth' }] } });
    expect(tools.get('own_in_meta')).not.toHaveProperty('securitySchemes');
  });

  it('change no other byte', async () => {
    const added =
      /,"securitySchemes":\[\{"type":"oauth2","scopes":\["mcp"\]\}\](,"_meta":\{[^{}]*\{[^{}]*\}\]\})?/g;
    const { text } = await list('on');
    expect(text.match(/9007199254740993,"e":1\.0/g)).toHaveLength(TOOLS.length);
    const [shown, plain] = [text.replace('{ "securitySchemes":', '{ ,"securitySchemes":'), await list('off')];
    expect(shown.replace(added, '')).toBe(plain.text);
  });

  it('are listed for ChatGPT and OpenAI alone unless the setting says otherwise', async () => {
    const { text: plain } = await list('off');
    expect((await list('auto')).text).toBe(plain);
    for (const agent of ['Claude-User', 'Mozilla/5.0', 'codex-mcp-client'])
      expect((await list('auto', '/mcp', { 'user-agent': agent })).text).toBe(plain);
    const { text: marked } = await list('on');
    for (const agent of [CHATGPT['user-agent'], 'ChatGPT-User/1.0'])
      expect((await list('auto', '/mcp', { 'user-agent': agent })).text).toBe(marked);
    expect((await list('off', '/mcp', CHATGPT)).text).toBe(plain);
  });

  it('are listed where the client says by its name who it is, in both eras', async () => {
    const gateway = gateways.get('auto');
    if (!gateway) throw new Error('auto');
    const [url, token] = [gateway.url('/mcp'), gateway.adminToken];
    const clientInfo = { name: 'openai-mcp (ChatGPT)', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const begun = await post(url, { ...LIST, method: 'initialize', params }, { token });
    const headers = { 'mcp-session-id': String(begun.headers.get('mcp-session-id')) };
    expect((await post(url, LIST, { token, headers })).text).toContain('"securitySchemes":[{"type":"oauth2"');
    const { draft } = modernClient({ url, token });
    const { body, headers: modern } = draft('tools/list');
    const named = JSON.stringify(body).replace('"test-client"', '"openai-mcp"');
    expect((await post(url, named, { token, headers: modern })).text).toContain('"securitySchemes":[{');
    expect((await post(url, body, { token, headers: modern })).text).not.toContain('"type":"oauth2"');
  });
});
