import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/cli/sample/sample-server.ts';
import type { ServerEntry } from '../../src/mcp/index.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

let gateway: GatewayHere;
let clock: TestClock;
beforeEach(async () => {
  clock = createClock(Date.now());
  const servers = { notes: { command: '/no/such/program' } };
  gateway = await startGatewayHere({ servers, clock });
});
afterEach(() => gateway.close());

async function call(path: string, method: string, params: object, token = gateway.adminToken) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(gateway.url(path), { method: 'POST', headers, body });
  return (await response.json()) as { readonly error?: { readonly code: number; readonly message: string } };
}

describe('a server that was not granted', () => {
  it('does not exist', async () => {
    const bob = await gateway.userToken('bob', []);
    expect((await call('/mcp/notes', 'ping', {}, bob)).error?.message).toBe('There is no such server');
    const unknown = await call('/mcp', 'tools/call', { name: 'notes_write', arguments: {} }, bob);
    expect(unknown.error).toMatchObject({ code: -32602, message: 'Unknown tool: notes_write' });
  });
});

describe('a server whose name was public when it was added', () => {
  it('T49 is not called where the name leads to this machine later, and the event says so', async () => {
    const sample = await startSampleServer();
    const entry: ServerEntry = {
      name: 'taken' as ServerEntry['name'],
      title: 'taken',
      source: 'store',
      transport: { kind: 'http', url: sample.url.replace('127.0.0.1', 'localhost') },
      auth: { kind: 'none' },
      headers: {},
      prefix: 'taken_',
      enabled: true,
      timeoutMs: 5000,
      protocol: 'auto',
      private: undefined,
      stateless: false,
      grants: [],
      addressClass: 'public',
    };
    await gateway.store.createServer(entry, clock.now());
    const down = { state: 'down', reason: 'blocked' };
    await expect
      .poll(() => gateway.built.servers().find(({ name }) => name === 'taken')?.status, { timeout: 5000 })
      .toMatchObject(down);
    clock.pass(10_000);
    await expect
      .poll(async () => (await gateway.store.listEvents(10)).map(({ type, server }) => [type, server]), {
        timeout: 5000,
      })
      .toContainEqual(['ssrf_blocked', 'taken']);
    await sample.close();
  });
});
