import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { writeConfig } from '../../support/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { readSse } from '../../support/sse.ts';
import { call, habits, textOf } from './support/habits.ts';

let gateway: GatewayHere;

beforeAll(async () => {
  gateway = await startGatewayHere({
    servers: {
      habits: habits(),
      modern: habits('--modern'),
      changing: habits(),
      stopped: { ...habits(), timeout: 1 },
      edited: habits(),
    },
    env: { PATH: process.env.PATH ?? '' },
  });
});
afterAll(() => gateway?.close());

const edit = async (servers: Readonly<Record<string, object>>) => {
  const { mcpServers } = JSON.parse(readFileSync(gateway.configFile, 'utf8'));
  await writeConfig(gateway.configFile, { servers: { ...mcpServers, ...servers } });
  const flags = { config: gateway.configFile, dataDir: gateway.dataDir };
  await gateway.built.reload(loadConfig({ flags, env: {}, cwd: gateway.dataDir }));
};

const connect = async (server: string, more: { token?: string; capabilities?: object } = {}) => {
  const { token = gateway.adminToken, capabilities = {} } = more;
  const url = gateway.url(`/mcp/${server}`);
  return legacyClient({ url, token, capabilities: { ...capabilities } });
};

describe('a subscription to a resource of a command', () => {
  it('is told on the stream of the client who asked, and restored when the command runs again', async () => {
    const client = await connect('changing');
    const stop = new AbortController();
    const stream = await client.listen(stop.signal);
    const heard: unknown[] = [];
    const reading = (async () => {
      for await (const { data } of readSse(stream.body)) {
        const message = data === '' ? {} : JSON.parse(data);
        if (message.method === 'notifications/resources/updated') heard.push(message.params.uri);
      }
    })().catch(() => {});
    await client.request('resources/subscribe', { uri: 'test://one' });
    expect(textOf((await call(client, 'touch', { uri: 'test://one' })).message)).toEqual(['test://one']);
    await expect.poll(() => heard).toEqual(['test://one']);
    await call(client, 'exit');
    const again = async () => textOf((await call(client, 'touch', { uri: 'test://one' })).message);
    await expect.poll(again).toEqual(['test://one']);
    await expect.poll(() => heard.length).toBeGreaterThan(1);
    stop.abort();
    await reading;
  });
});

describe('a command that is stopped (SIGSTOP)', () => {
  it('lets the call time out, is found dead, and the next call starts another one', async () => {
    const client = await connect('stopped');
    const { pid } = textOf((await call(client, 'count')).message) as { pid: number };
    process.kill(pid, 'SIGSTOP');
    expect((await call(client, 'count')).message.error).toMatchObject({
      code: 1002,
      data: { server: 'stopped', mayHaveRun: true },
    });
    const next = async () => (textOf((await call(client, 'count')).message) as { pid: number } | null)?.pid;
    await expect.poll(next, { timeout: 15_000 }).toEqual(expect.any(Number));
    expect(await next()).not.toBe(pid);
  });
});

describe('a command whose entry changes', () => {
  it('ends when the calls that run have ended', async () => {
    const client = await connect('edited');
    await client.request('logging/setLevel', { level: 'debug' });
    const slow = { name: 'slow', arguments: { ms: 1500, log: 'begun' } };
    const { message } = await client.request('tools/call', slow, {
      onMessage: async ({ method }) => {
        if (method !== 'notifications/message') return;
        await edit({ edited: { ...habits(), timeout: 6 } });
      },
    });
    expect(textOf(message)).toMatchObject({ ms: 1500 });
    expect(textOf((await call(client, 'echo', { after: true })).message)).toEqual({ after: true });
  });
});

describe('two people', () => {
  it('T50 never meet in one process, whatever they call at once', async () => {
    const people = await Promise.all(
      ['alice', 'bob'].map(async name => {
        const token = await gateway.userToken(name, ['habits']);
        const client = await connect('habits', { token });
        await client.request('logging/setLevel', { level: 'debug' });
        return { name, client };
      }),
    );
    const all = people.flatMap(({ name, client }) =>
      Array.from({ length: 20 }, async (_, n) => {
        const { text } = await call(client, 'slow', { ms: 20 - n, marker: name, log: `${name} ${n}` });
        return { name, text };
      }),
    );
    for (const { name, text } of await Promise.all(all)) {
      expect(text).toContain(name);
      expect(text).not.toContain(name === 'alice' ? 'bob' : 'alice');
    }
    const pids = await Promise.all(
      people.map(
        async ({ client }) => (textOf((await call(client, 'count')).message) as { pid: number }).pid,
      ),
    );
    expect(new Set(pids).size).toBe(2);
  });

  it('T50 hear no log of each other where they share one process of the newer era', async () => {
    const clients = await Promise.all(
      ['carol', 'dave'].map(async name => {
        const token = await gateway.userToken(name, ['modern']);
        return { name, client: modernClient({ url: gateway.url('/mcp/modern'), token }) };
      }),
    );
    const all = clients.flatMap(({ name, client }) =>
      Array.from({ length: 20 }, async (_, n) => {
        const args = { ms: 20 - n, marker: name, log: `${name} ${n}` };
        const _meta = { 'io.modelcontextprotocol/logLevel': 'debug' };
        return { name, text: (await call(client, 'slow', args, { _meta })).text };
      }),
    );
    for (const { name, text } of await Promise.all(all)) {
      expect(text).toContain(name);
      expect(text).not.toContain(name === 'carol' ? 'dave' : 'carol');
    }
  });
});
