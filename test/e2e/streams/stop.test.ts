import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/index.ts';
import { startConformance2026 } from '../../fixtures/conformance-2026.ts';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { hear, openStream } from '../support/open-stream.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(): Promise<Gateway & { readonly arrived: () => number }> {
  const [echo, modern] = [await startEcho2025({ mode: 'sse' }), await startConformance2026()];
  const gateway = await startGateway({ servers: { echo: echo.url, modern: modern.url } });
  closers.push(gateway.close, echo.close, modern.close);
  return { ...gateway, arrived: () => echo.journal.of('tools/call').length };
}

async function rowsOf({ dataDir }: Gateway) {
  const { loadConfig } = await import('../../../src/config/index.ts');
  const store = await openStore(loadConfig({ flags: { dataDir }, env: {}, cwd: join(dataDir, '..') }));
  const rows = await store.listActivity(10_000);
  await store.close();
  return rows;
}

const waitsFor = (calls: string) =>
  new RegExp(`Waiting for ${calls} to end, 25 s at most. Ctrl\\+C again stops at once`);

describe('Ctrl+C', () => {
  it('says once for how many calls it waits, those between eras once each, and a second one ends at once', async () => {
    const gateway = await start();
    const to = { url: gateway.url('/mcp'), token: gateway.adminToken };
    const [older, modern] = [await legacyClient(to), modernClient(to)];
    const slow = { name: 'echo_slow', arguments: { ms: 60_000 } };
    const running = [older, modern].map(by => by.request('tools/call', slow).catch(() => {}));
    await expect.poll(gateway.arrived).toBe(2);
    gateway.process.signal('SIGINT');
    await gateway.process.line(waitsFor('2 calls'));
    gateway.process.signal('SIGINT');
    expect((await gateway.process.ended).code).toBe(130);
    await Promise.all(running);
    const said = gateway.process.stdout() + gateway.process.stderr();
    expect(said.match(/Waiting for/g)).toHaveLength(1);
  });

  it('says nothing where nothing runs', async () => {
    const gateway = await start();
    gateway.process.signal('SIGINT');
    const { code, stdout, stderr } = await gateway.process.ended;
    expect([code, `${stdout}${stderr}`.includes('Waiting')]).toEqual([0, false]);
  });
});

describe('SIGTERM', () => {
  it('ends streams gracefully, lets running calls end, and every answered call is in the ledger', async () => {
    const gateway = await start();
    const to = { url: gateway.url('/mcp'), token: gateway.adminToken };
    const client = await legacyClient(to);
    const modern = modernClient(to);
    await modern.request('server/discover');
    const stream = await openStream(client);
    const { body, headers } = modern.draft('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const aborted = new AbortController();
    const response = await fetch(to.url, {
      method: 'POST',
      body: JSON.stringify({ ...body, id: 'sub' }),
      signal: aborted.signal,
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${to.token}`,
      },
    });
    const subscription = hear(response, aborted);
    await expect.poll(subscription.methods).toHaveLength(1);
    for (let n = 0; n < 50; n++) await client.request('tools/call', { name: 'echo_read', arguments: { n } });
    const running = client.request('tools/call', { name: 'echo_slow', arguments: { ms: 1500 } });
    await expect.poll(gateway.arrived).toBe(51);
    gateway.process.signal('SIGTERM');
    await Promise.all([stream.ended, subscription.ended]);
    expect(subscription.messages.at(-1)).toMatchObject({ id: 'sub', result: { resultType: 'complete' } });
    expect((await running).message.result?.content).toBeDefined();
    expect((await gateway.process.ended).code).toBe(0);
    const calls = (await rowsOf(gateway)).filter(row => row.method === 'tools/call');
    expect(calls).toHaveLength(51);
    expect(calls.every(row => row.outcome === 'ok' && row.server === 'echo')).toBe(true);
  });

  it('a second time ends at once', async () => {
    const gateway = await start();
    const client = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    const running = client.request('tools/call', { name: 'echo_slow', arguments: { ms: 15_000 } });
    running.catch(() => {});
    await expect.poll(gateway.arrived).toBe(1);
    gateway.process.signal('SIGTERM');
    await expect
      .poll(() =>
        fetch(gateway.url('/readyz')).then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .not.toBe(200);
    // Within half a second it would be the same wish, which npm passed on.
    await new Promise(resolve => setTimeout(resolve, 600));
    const from = performance.now();
    gateway.process.signal('SIGTERM');
    await gateway.process.ended;
    expect(performance.now() - from).toBeLessThan(3000);
    await expect(running).rejects.toThrow();
  });
});

describe('SIGKILL', () => {
  it('loses at most the last quarter of a second, and the next start serves as before', async () => {
    const gateway = await start();
    const client = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    for (let n = 0; n < 20; n++) await client.request('tools/call', { name: 'echo_read', arguments: { n } });
    await new Promise(resolve => setTimeout(resolve, 600));
    gateway.process.signal('SIGKILL');
    await gateway.process.ended;
    expect((await rowsOf(gateway)).filter(row => row.method === 'tools/call')).toHaveLength(20);
  });
});
