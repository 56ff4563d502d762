import { afterEach, describe, expect, it } from 'vitest';
import { startEcho2025 } from '../fixtures/echo-2025.ts';
import { startHostile } from '../fixtures/hostile.ts';
import { startGateway } from '../support/gateway.ts';
import { type GatewayHere, type HereOptions, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, post, type RpcAnswer } from '../support/mcp.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: Pick<HereOptions, 'settings' | 'env'> = {}): Promise<GatewayHere> {
  const [echo, hostile] = [await startEcho2025(), await startHostile()];
  const servers = { echo: echo.url, bad: hostile.url('html', ['tools/call']) };
  const gateway = await startGatewayHere({ servers, ...options });
  closers.push(gateway.close, echo.close, hostile.close);
  return gateway;
}

const send = (
  gateway: GatewayHere,
  method: string,
  params: unknown = {},
  token = gateway.adminToken,
): Promise<RpcAnswer> => post(gateway.url('/mcp'), { jsonrpc: '2.0', id: 'q', method, params }, { token });
const call = (gateway: GatewayHere, name: string, args: unknown = {}) =>
  send(gateway, 'tools/call', { name, arguments: args });

describe('limits', () => {
  it('tell a person who asks too often to wait, and nobody else', async () => {
    const gateway = await start({ settings: { rateLimit: { mcp: { max: 60, window: 60, burst: 5 } } } });
    const other = await gateway.userToken('other', ['echo']);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(gateway, 'ping')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(3);
    for (const { headers, message } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(message.error).toMatchObject({ code: 1005, data: { retryAfterMs: expect.any(Number) } });
    }
    expect((await send(gateway, 'ping', {}, other)).status).toBe(200);
    await expect
      .poll(async () => (await send(gateway, 'ping')).status, { timeout: 4000, interval: 300 })
      .toBe(200);
  });

  it('end the guessing of keys from one address, without harm to who is known there', async () => {
    const gateway = await start({ settings: { rateLimit: { failedAuth: { max: 5, window: 60 } } } });
    const guesses: number[] = [];
    for (let n = 0; n < 8; n++) guesses.push((await send(gateway, 'ping', {}, `amg_guess${n}`)).status);
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect((await send(gateway, 'ping')).status).toBe(200);
  });

  it('count each message of a batch', async () => {
    const gateway = await start({ settings: { rateLimit: { mcp: { max: 60, window: 60, burst: 5 } } } });
    const batch = Array.from({ length: 6 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
    const answer = await post(gateway.url('/mcp'), batch, { token: gateway.adminToken });
    expect(answer.status).toBe(429);
    expect((await post(gateway.url('/mcp'), batch.slice(2), { token: gateway.adminToken })).status).toBe(200);
  });

  it('can be switched off', async () => {
    const gateway = await start({
      settings: { rateLimit: { enabled: false, mcp: { max: 1, window: 60, burst: 1 } } },
    });
    for (let n = 0; n < 5; n++) expect((await send(gateway, 'ping')).status).toBe(200);
  });
});

describe('the ledger', () => {
  async function rows(gateway: GatewayHere) {
    const all = await gateway.store.listActivity(1000);
    return all.map(({ method, outcome, server, target, code, status, fault }) => ({
      method,
      outcome,
      server,
      target,
      code,
      status,
      fault,
    }));
  }

  it('has a row for what went well, what failed and what was refused', async () => {
    const gateway = await start();
    const nobody = await gateway.userToken('nobody', []);
    await call(gateway, 'echo_read');
    await call(gateway, 'bad_bait');
    await call(gateway, 'no_such');
    await send(gateway, 'tools/fly');
    await send(gateway, 'tools/call', { name: 'echo_read' }, nobody);
    await post(gateway.url('/mcp'), '{', { token: gateway.adminToken });
    const common = { server: undefined, target: undefined };
    const expected = [
      { method: 'tools/call', outcome: 'ok', server: 'echo', target: 'read', code: undefined, status: 200 },
      { method: 'tools/call', outcome: 'error', server: 'bad', target: 'bait', code: 1009, status: 200 },
      { ...common, method: 'tools/call', outcome: 'error', code: -32602, status: 200 },
      { ...common, method: 'tools/fly', outcome: 'error', code: -32601, status: 200 },
      { ...common, method: 'tools/call', outcome: 'error', code: -32602, status: 200 },
      { ...common, method: undefined, outcome: 'error', code: -32700, status: 400 },
    ];
    await expect.poll(() => rows(gateway)).toHaveLength(expected.length);
    const found = await rows(gateway);
    for (const row of expected) expect(found).toContainEqual(expect.objectContaining(row));
    const [row] = (await gateway.store.listActivity(1000)).filter(one => one.outcome === 'ok');
    expect(row).toMatchObject({
      userName: 'root',
      address: '127.0.0.1',
      era: 'legacy',
      count: 1,
      endpoint: '/mcp',
    });
    expect(row?.durationMs).toBeGreaterThan(0);
    expect(row?.bytesIn).toBeGreaterThan(50);
    expect(row?.bytesOut).toBeGreaterThan(50);
  });

  it('has one row with a count for many refusals before anybody was known', async () => {
    const gateway = await start();
    for (let n = 0; n < 20; n++) await send(gateway, 'ping', {}, `amg_no${n}`);
    await gateway.built.close();
    const { loadConfig } = await import('../../src/config/index.ts');
    const { openStore } = await import('../../src/store/index.ts');
    const { dataDir } = gateway;
    const store = await openStore(loadConfig({ flags: { dataDir }, env: {}, cwd: dataDir }));
    const found = await store.listActivity(100);
    expect(
      found.map(({ outcome, count, fault, principal }) => ({ outcome, count, fault, principal })),
    ).toEqual([{ outcome: 'refused', count: 20, fault: 'unauthorized', principal: undefined }]);
    await store.close();
  });

  it('counts a server’s own error as one', async () => {
    const gateway = await start();
    await send(gateway, 'resources/read', { uri: 'echo://one' });
    await send(gateway, 'prompts/get', { name: 'nobody' });
    await expect.poll(() => rows(gateway)).toHaveLength(2);
    expect((await rows(gateway)).map(({ outcome }) => outcome).sort()).toEqual(['error', 'ok']);
  });
});

describe('T8: what a stranger can ask', () => {
  it('says whether it runs, and names nothing', async () => {
    const gateway = await start();
    await call(gateway, 'echo_read');
    const get = async (path: string, headers = {}) => {
      const response = await fetch(gateway.url(path), { headers });
      return { status: response.status, text: await response.text() };
    };
    expect(await get('/livez')).toEqual({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    const health = await get('/health');
    expect(JSON.parse(health.text)).toEqual({ status: 'ok', version: '0.0.0-test' });
    const metrics = await get('/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.text).toMatch(/^authmcp_\w+\{[^}]*method="tools\/call"[^}]*\} 1$/m);
    expect(metrics.text).not.toMatch(/root|amg_|read"/);
    for (const path of ['/livez', '/health', '/metrics'])
      expect((await fetch(gateway.url(path), { method: 'POST' })).status).toBe(405);
  });

  it('metrics are not open to those for whom a proxy of this machine asks', async () => {
    const gateway = await start({ env: { TRUSTED_PROXIES: '127.0.0.1,::1' } });
    const get = async (headers = {}) => (await fetch(gateway.url('/metrics'), { headers })).status;
    expect(await get()).toBe(200);
    for (const from of ['203.0.113.9', '127.0.0.1, 203.0.113.9', '::ffff:203.0.113.9'])
      expect([from, await get({ 'x-forwarded-for': from })]).toEqual([from, 401]);
  });

  it('served to others, metrics ask for an API key of their own scope', async () => {
    const gateway = await start({ env: { MCP_PUBLIC_URL: 'https://mcp.example.org' } });
    const get = (headers = {}) =>
      fetch(`http://localhost:${gateway.port}/metrics`, { headers: { ...headers } }).then(
        ({ status }) => status,
      );
    expect([await get(), await get({ authorization: `Bearer ${gateway.adminToken}` })]).not.toContain(200);
  });
});

describe('S15: the logs', () => {
  it('hold no token, no argument, no result and no address of a server', async () => {
    const [echo, hostile] = [await startEcho2025(), await startHostile()];
    const servers = {
      echo: { url: `${echo.url}?key=url-secret`, headers: { 'x-key': 'header-secret' } },
      bad: hostile.url('error-500'),
      gone: 'http://127.0.0.1:9/gone-secret',
    };
    const gateway = await startGateway({ servers, args: ['--log-level', 'trace'] });
    const client = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    await client.request('tools/call', { name: 'echo_echo', arguments: { text: 'argument-secret' } });
    await client.request('tools/call', { name: 'bad_bait', arguments: { text: 'argument-secret' } });
    await client.request('resources/read', { uri: 'echo://items/uri-secret' });
    await post(gateway.url('/mcp?token=query-secret'), '{"broken-secret', { token: gateway.adminToken });
    await post(gateway.url('/mcp'), '{}', { token: 'token-secret', headers: { cookie: 'a=cookie-secret' } });
    const said = await gateway.close();
    await Promise.all([echo.close(), hostile.close()]);
    const all = said.stdout + said.stderr;
    expect(all.length).toBeGreaterThan(100);
    expect(all).not.toContain(gateway.adminToken);
    expect(all.match(/[a-z]+-secret/g)).toBeNull();
  });
});
