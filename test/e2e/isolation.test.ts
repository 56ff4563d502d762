import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerName, UserId } from '../../src/base/index.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { startHostile } from '../fixtures/hostile.ts';
import { startGateway } from '../support/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, post, type RpcAnswer } from '../support/mcp.ts';
import { tempDir } from '../support/temp.ts';
import { namesIn, textOf } from './support/answers.ts';

const closers: (() => Promise<unknown>)[] = [];
const keep = <T extends { close: () => Promise<unknown> }>(one: T): T => {
  closers.unshift(one.close);
  return one;
};
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type To = { readonly url: string; readonly token: string };
const ask = ({ url, token }: To, method: string, params: unknown = {}): Promise<RpcAnswer> =>
  post(url, { jsonrpc: '2.0', id: 1, method, params }, { token });
const call = (to: To, name: string, args: unknown = {}): Promise<RpcAnswer> =>
  ask(to, 'tools/call', { name, arguments: args });

describe('T38, T39: a hostile newcomer', () => {
  const NAMES = ['echo', 'read', 'write', 'echo_read', 'good_read'];

  it('that copies names, claims {+uri} and appears while the first is down receives none of its calls', async () => {
    const hostile = keep(await startHostile({ tools: NAMES }));
    const echo = await startEcho2025();
    const gateway = keep(await startGateway({ servers: { good: echo.url } }));
    const mcp = { url: gateway.url('/mcp'), token: gateway.adminToken };
    await legacyClient(mcp);
    expect(textOf(await call(mcp, 'good_read'))).toBe('{}');
    await echo.close();
    // The newcomer stands first in the file, and takes the other's prefix.
    const servers = {
      bad: { url: hostile.url('good'), prefix: 'good_', private: 'allow' },
      worse: { url: `${hostile.url('good')}?2`, prefix: '', private: 'allow' },
      good: { url: echo.url, private: 'allow' },
    };
    await writeFile(gateway.configFile, JSON.stringify({ mcpServers: servers }));
    const seen = async () => namesIn(await ask(mcp, 'tools/list'));
    await expect
      .poll(async () => (await seen()).some(name => /_2$/.test(name)), { timeout: 10_000 })
      .toBe(true);
    hostile.journal.clear();
    for (const name of ['good_read', 'good_write', 'read', 'write', 'good_echo', 'echo'])
      expect((await call(mcp, name)).message.error?.data).toMatchObject({
        server: 'good',
      });
    for (const uri of ['echo://one', 'echo://two', 'echo://items/7'])
      expect((await ask(mcp, 'resources/read', { uri })).message.error).toBeDefined();
    expect((await ask(mcp, 'prompts/get', { name: 'good_greet' })).message.error).toBeDefined();
    for (const method of ['tools/call', 'resources/read', 'prompts/get'])
      expect(hostile.journal.of(method)).toEqual([]);
    const listed = await ask(mcp, 'resources/templates/list');
    expect(listed.text).not.toContain('{+uri}');
  });

  it('gets no name either after a restart of the gateway, while the owner is still down', async () => {
    const hostile = keep(await startHostile({ tools: ['read'] }));
    const echo = await startEcho2025();
    const { path: dir, remove } = await tempDir('authmcp-restart-');
    closers.push(remove);
    const first = await startGatewayHere({ servers: { good: echo.url }, dir });
    await legacyClient({ url: first.url('/mcp'), token: first.adminToken });
    await first.close();
    await echo.close();
    const servers = { bad: { url: hostile.url('good'), prefix: 'good_' }, good: echo.url };
    const second = keep(await startGatewayHere({ servers, dir }));
    const mcp = { url: second.url('/mcp'), token: second.adminToken };
    await legacyClient(mcp);
    const listed = namesIn(await ask(mcp, 'tools/list'));
    expect(listed).toContain('good_read');
    expect(listed).toContain('good_read_2');
    const answer = await call(mcp, 'good_read');
    expect(answer.message.error).toMatchObject({ code: 1001, data: { server: 'good' } });
    expect(hostile.journal.of('tools/call')).toEqual([]);
  });
});

describe('T39: a template that two servers offer', () => {
  it('leads to the server that offered it first, also when the other stands before it and it is down', async () => {
    const [owner, newcomer] = [
      await startEcho2025({ name: 'owner' }),
      keep(await startEcho2025({ name: 'newcomer' })),
    ];
    const { path: dir, remove } = await tempDir('authmcp-template-');
    closers.push(remove);
    const first = await startGatewayHere({ servers: { owner: owner.url }, dir });
    await legacyClient({ url: first.url('/mcp'), token: first.adminToken });
    await first.close();
    await owner.close();
    const second = keep(
      await startGatewayHere({ servers: { newcomer: newcomer.url, owner: owner.url }, dir }),
    );
    const mcp = { url: second.url('/mcp'), token: second.adminToken };
    await legacyClient(mcp);
    const answer = await ask(mcp, 'resources/read', { uri: 'echo://items/7' });
    expect(answer.message.error?.data).toMatchObject({ server: 'owner' });
    expect(newcomer.journal.of('resources/read')).toEqual([]);
  });
});

describe('T50: people who share a server', () => {
  let echo: Echo2025;
  let gateway: GatewayHere;
  let [alice, bob] = ['', ''];
  beforeEach(async () => {
    echo = keep(await startEcho2025({ delayMs: 30 }));
    const stateless = await startEcho2025({ sessions: false, delayMs: 30, name: 'stateless' });
    keep(stateless);
    gateway = keep(
      await startGatewayHere({
        servers: { echo: echo.url, shared: { url: stateless.url, stateless: true }, closed: echo.url },
      }),
    );
    alice = await gateway.userToken('alice', ['echo', 'shared']);
    bob = await gateway.userToken('bob', ['echo', 'shared']);
    await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  });

  it.for(['echo', 'shared'])(
    'and the JSON-RPC id at the same moment each get their own answer (%s)',
    async server => {
      const url = gateway.url(`/mcp/${server}`);
      const calls = Array.from({ length: 40 }, (_, n) => {
        const who = n % 2 === 0 ? 'alice' : 'bob';
        const answer = call({ url, token: who === 'alice' ? alice : bob }, 'echo', { secretOf: who, n });
        return answer.then(({ message }) => ({ id: message.id, text: textOf({ message }), who, n }));
      });
      for (const { id, text, who, n } of await Promise.all(calls)) {
        expect(id).toBe(1);
        expect(JSON.parse(text)).toEqual({ secretOf: who, n });
      }
    },
  );

  it('never share a session with it, nor do two sessions of one person', async () => {
    const url = gateway.url('/mcp/echo');
    const clients = [alice, alice, bob].map(token => legacyClient({ url, token }));
    echo.journal.clear();
    for (const client of await Promise.all(clients)) await client.request('tools/call', { name: 'read' });
    await call({ url, token: alice }, 'read');
    const sessions = echo.journal.of('tools/call').map(({ headers }) => headers['mcp-session-id']);
    expect(new Set(sessions).size).toBe(4);
  });

  it('do not use each other’s sessions', async () => {
    const url = gateway.url('/mcp/echo');
    const { sessionId } = await legacyClient({ url, token: alice });
    const headers = { 'mcp-session-id': String(sessionId) };
    const stolen = await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' }, { token: bob, headers });
    expect(stolen.status).toBe(404);
  });

  it('see what they may call, and may call what they see', async () => {
    const at = (token: string) => ({ url: gateway.url('/mcp'), token });
    const hers = namesIn(await ask(at(alice), 'tools/list'));
    const all = namesIn(await ask(at(gateway.adminToken), 'tools/list'));
    expect([hers.length, all.length]).toEqual([22, 33]);
    // A server that answers in JSON cannot ask.
    for (const name of all.filter(one => !one.endsWith('_ask'))) {
      const { message } = await call(at(alice), name, { ms: 1, bytes: 1 });
      expect([name, message.error?.code]).toEqual([name, hers.includes(name) ? undefined : -32602]);
    }
    const nobody = await gateway.userToken('nobody', []);
    expect(namesIn(await ask(at(nobody), 'tools/list'))).toEqual([]);
    const one = { url: gateway.url('/mcp/echo'), token: nobody };
    expect((await ask(one, 'tools/list')).status).toBe(404);
  });

  it('T24: a key, a person or a grant that ends takes calls, streams and sessions along within a second', async () => {
    const { store } = gateway.built;
    const url = gateway.url('/mcp/echo');
    const idOf = async (name: string) => (await store.userByName(name))?.id as UserId;
    const ends: readonly (readonly [string, (id: UserId) => Promise<unknown>])[] = [
      [
        'key',
        async id =>
          store.deleteKey((await store.listKeys()).find(key => key.userId === id)?.id ?? ('' as never)),
      ],
      ['person', id => store.setDisabled(id, true)],
      ['grant', id => store.removeGrant({ userId: id, server: 'echo' as ServerName })],
    ];
    for (const [name, end] of ends) {
      const token = await gateway.userToken(`who-${name}`, ['echo']);
      const client = await legacyClient({ url, token });
      const stream = await client.listen(new AbortController().signal);
      const streamEnded = stream.text();
      // The same JSON-RPC id twice, outside of any session: both are running calls.
      const running = [
        call({ url, token }, 'slow', { ms: 8000 }),
        call({ url, token }, 'slow', { ms: 8000 }),
      ];
      running.push(client.request('tools/call', { name: 'slow', arguments: { ms: 8000 } }));
      await expect
        .poll(() => echo.journal.of('tools/call').filter(one => one.name === 'slow').length)
        .toBe(3);
      await end(await idOf(`who-${name}`));
      const from = performance.now();
      await Promise.all([...running, streamEnded]);
      expect(performance.now() - from, name).toBeLessThan(1000);
      expect((await client.request('tools/call', { name: 'read' })).status, name).not.toBe(200);
      echo.journal.clear();
    }
  });
});
