import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient, post, type RpcAnswer } from '../../support/mcp.ts';
import { scopedKey } from '../../support/scoped-key.ts';
import { listOf, namesIn } from '../support/answers.ts';
import { sseClient } from '../support/sse-client.ts';

let echo: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;
/** Alice may use home and work; her token says home, or nothing of MCP. */
let [full, home, outside] = ['', '', ''];

beforeAll(async () => {
  echo = await startEcho2025();
  modern = await startEcho2026();
  gateway = await startGatewayHere({ servers: { home: echo.url, work: modern.url, closed: echo.url } });
  full = await gateway.userToken('alice', ['home', 'work']);
  home = await scopedKey(gateway, 'alice', ['mcp:home']);
  outside = await scopedKey(gateway, 'alice', ['audit']);
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([echo.close(), modern.close()]);
});

type Ask = (method: string, params?: unknown) => Promise<RpcAnswer>;
type Era = '2025' | '2026';

async function asking(era: Era, token: string, path = '/mcp'): Promise<Ask> {
  const url = gateway.url(path);
  if (era === '2026') return modernClient({ url, token }).request;
  return (await legacyClient({ url, token })).request;
}

const challenge = (scope: string, path = '/mcp') =>
  `Bearer resource_metadata="${gateway.url(`/.well-known/oauth-protected-resource${path}`)}", scope="${scope}", error="insufficient_scope"`;
const challengeIn = (answer: RpcAnswer) => answer.headers.get('www-authenticate');

const ERAS = ['2025', '2026'] as const;

describe.for(ERAS)('T15: a token whose scopes are narrower than its person (%s)', era => {
  it('lists only what they cover', async () => {
    const narrow = await asking(era, home);
    const all = namesIn(await (await asking(era, full))('tools/list'));
    const seen = namesIn(await narrow('tools/list'));
    expect(all.some(name => name.startsWith('work_'))).toBe(true);
    expect(seen).toEqual(all.filter(name => name.startsWith('home_')));
    for (const [method, member] of [
      ['resources/list', 'resources'],
      ['prompts/list', 'prompts'],
    ] as const)
      expect(JSON.stringify(listOf(await narrow(method), member))).not.toContain('work');
    expect((await narrow('tools/call', { name: 'home_read' })).status).toBe(200);
  });

  it('is told in one step which scopes a tool, a prompt and a resource need', async () => {
    const narrow = await asking(era, home);
    const resources = listOf(await (await asking(era, full))('resources/list'), 'resources');
    const theirs = resources.find(({ uri }) => String(uri).includes('work'));
    modern.journal.clear();
    const asked: readonly (readonly [string, object])[] = [
      ['tools/call', { name: 'work_read' }],
      ['prompts/get', { name: 'work_greet' }],
      ['completion/complete', { ref: { type: 'ref/prompt', name: 'work_greet' }, argument: {} }],
      ...(theirs ? ([['resources/read', { uri: theirs.uri }]] as const) : []),
    ];
    expect(asked.length).toBe(4);
    for (const [method, params] of asked) {
      const answer = await narrow(method, params);
      expect([method, answer.status]).toEqual([method, 403]);
      expect(challengeIn(answer)).toBe(challenge('mcp:home mcp:work'));
      expect(answer.message).toMatchObject({
        id: expect.any(Number),
        error: { code: -32600, data: { scope: 'mcp:home mcp:work' } },
      });
    }
    expect(modern.journal.entries().filter(one => one.name !== undefined)).toEqual([]);
  });

  it('learns nothing of what its person may not use', async () => {
    const narrow = await asking(era, home);
    for (const name of ['closed_read', 'nothing_read', 'work_nothing', 'nothing']) {
      const answer = await narrow('tools/call', { name });
      expect([name, answer.status, answer.message.error?.code]).toEqual([name, 200, -32602]);
      expect(challengeIn(answer)).toBeNull();
    }
    expect(await statusAt('/mcp/closed', home)).toBe(404);
    expect(await statusAt('/mcp/nothing', home)).toBe(404);
  });

  it('is asked for the scope of an endpoint', async () => {
    const answer = await modernOrPing(era, '/mcp/work', home);
    expect(answer.status).toBe(403);
    expect(challengeIn(answer)).toBe(challenge('mcp:home mcp:work', '/mcp/work'));
    expect((await modernOrPing(era, '/mcp/home', home)).status).toBe(200);
  });

  it('that says nothing of MCP is asked for all or for the one, whether that exists or not', async () => {
    const at = (path: string) => modernOrPing(era, path, outside);
    expect(challengeIn(await at('/mcp'))).toBe(challenge('mcp'));
    for (const name of ['work', 'closed', 'nothing'])
      expect(challengeIn(await at(`/mcp/${name}`))).toBe(challenge(`mcp:${name}`, `/mcp/${name}`));
  });
});

/** The cheapest request of an era. */
function modernOrPing(era: Era, path: string, token: string | undefined): Promise<RpcAnswer> {
  const url = gateway.url(path);
  if (era === '2026')
    return modernClient({ url, ...(token !== undefined && { token }) }).request('server/discover');
  return post(url, { jsonrpc: '2.0', id: 1, method: 'ping' }, { token });
}

const statusAt = async (path: string, token: string) => (await modernOrPing('2025', path, token)).status;

describe('a challenge without a token', () => {
  it.for(ERAS)('asks for what the endpoint needs, and for no offline access (%s)', async era => {
    const bare = (path: string, scope: string) =>
      `Bearer resource_metadata="${gateway.url(`/.well-known/oauth-protected-resource${path}`)}", scope="${scope}"`;
    expect(challengeIn(await modernOrPing(era, '/mcp', undefined))).toBe(bare('/mcp', 'mcp'));
    for (const name of ['home', 'nothing'])
      expect(challengeIn(await modernOrPing(era, `/mcp/${name}`, undefined))).toBe(
        bare(`/mcp/${name}`, `mcp:${name}`),
      );
  });
});

describe('where there is no status to say it by', () => {
  it('a batch says it in the error of the message', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp'), token: home, revision: '2025-03-26' });
    const ask = (id: number, name: string) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name },
    });
    const headers = { 'mcp-session-id': String(client.sessionId), 'mcp-protocol-version': '2025-03-26' };
    const answer = await post(gateway.url('/mcp'), [ask(1, 'home_read'), ask(2, 'work_read')], {
      token: home,
      headers,
    });
    expect(answer.status).toBe(200);
    expect(answer.messages[0]?.result).toBeDefined();
    expect(answer.messages[1]?.error).toMatchObject({ code: -32600, data: { scope: 'mcp:home mcp:work' } });
  });

  it('a stream of HTTP+SSE too', async () => {
    const line = await sseClient(gateway.url('/sse'), home);
    await line.initialize();
    const { error } = await line.ask('tools/call', { name: 'work_read' });
    expect(error).toMatchObject({ code: -32600, data: { scope: 'mcp:home mcp:work' } });
    line.close();
    expect((await sseClient(gateway.url('/sse/work'), home)).status).toBe(403);
  });
});

it('what lacked a scope is an event with the server that it was about', async () => {
  await (await asking('2026', home))('tools/call', { name: 'work_read' });
  const found = async () =>
    (await gateway.store.listEvents(100)).filter(({ type }) => type === 'permission_denied');
  await expect
    .poll(async () => (await found()).some(({ detail }) => detail.includes('insufficient_scope')), {
      timeout: 15_000,
    })
    .toBe(true);
  const row = (await found()).find(({ detail }) => /insufficient_scope.*"target":"read"/.test(detail));
  expect(row).toMatchObject({ server: 'work', principal: expect.any(String) });
});
