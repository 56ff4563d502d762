import { afterEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { type Collector, type SeenSpan, startCollector } from './collector.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SENT = `00-${TRACE}-b7ad6b7169203331-01`;
const TIMEOUT = { timeout: 10_000 };
let collector: Collector;
let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;
let token: string;

/** A gateway before one server of each era; with a collector unless `otel` is null. */
async function start(otel: object | null = {}): Promise<void> {
  [collector, old, modern] = await Promise.all([startCollector(), startEcho2025(), startEcho2026()]);
  gateway = await startGatewayHere({
    servers: { old: old.url, modern: modern.url },
    settings: otel ? { otel: { endpoint: collector.origin, ...otel } } : {},
  });
  token = await gateway.userToken('ann', ['old', 'modern']);
}

afterEach(async () => {
  await gateway.close();
  await Promise.all([collector.close(), old.close(), modern.close()]);
});

const client = (path = '/mcp') => modernClient({ url: gateway.url(path), token });
const call = (name: string, more: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  client().request('tools/call', { name, arguments: { text: 'hi' }, ...more }, { headers });
const ofKind = (kind: number) => collector.spans.filter(span => span.kind === kind);
const [SERVER, CLIENT] = [2, 3];
const underneath = ({ spanId }: SeenSpan) =>
  collector.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
const metaOf = (params: string | undefined) => JSON.parse(params ?? '{}')._meta ?? {};

describe('traces', () => {
  it('count as many spans as requests came, and one under each for what went to a server', async () => {
    await start();
    const legacy = await legacyClient({ url: gateway.url('/mcp'), token });
    for (let n = 0; n < 20; n++) await call('modern_echo');
    for (let n = 0; n < 10; n++) await legacy.request('tools/call', { name: 'old_echo', arguments: {} });
    await client().request('tools/list');
    // initialize, 30 calls and one list; a notification is no request.
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(32);
    expect(ofKind(CLIENT)).toHaveLength(30);
    const calls = ofKind(SERVER).filter(({ name }) => name.startsWith('tools/call'));
    for (const span of calls) {
      const [asked, ...others] = underneath(span);
      expect([asked?.kind, asked?.traceId, others]).toEqual([CLIENT, span.traceId, []]);
      expect(asked?.ms).toBeLessThanOrEqual(span.ms);
    }
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(62);
    expect(collector.spans.every(({ ms, isError }) => ms > 0 && !isError)).toBe(true);
  });

  it('speak the semantic conventions for MCP', async () => {
    await start({ serviceName: 'gate', headers: 'x-api-key=a%20b,x-team=ops' });
    await call('modern_echo');
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(1);
    const shared = {
      'service.name': 'gate',
      'service.version': '0.0.0-test',
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': '2026-07-28',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'echo',
      'network.transport': 'tcp',
      'authmcp.server': 'modern',
    };
    expect(ofKind(SERVER)[0]).toMatchObject({
      name: 'tools/call echo',
      attributes: { ...shared, 'jsonrpc.request.id': '1' },
    });
    expect(ofKind(CLIENT)[0]).toMatchObject({
      name: 'tools/call echo',
      attributes: { ...shared, 'server.address': '127.0.0.1', 'server.port': modern.port },
    });
    const [kept] = await gateway.store.listActivity(1);
    expect(kept?.traceId).toBe(ofKind(SERVER)[0]?.traceId);
    expect(collector.headers[0]).toMatchObject({ 'x-api-key': 'a b', 'x-team': 'ops' });
  });

  it('go on with the trace of the header, or of the message before it, and lead the server there', async () => {
    await start();
    const other = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    await call('modern_echo', {}, { traceparent: SENT });
    await call('modern_echo', { _meta: { traceparent: SENT, keep: 1 } }, { traceparent: other });
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(2);
    for (const span of ofKind(SERVER))
      expect(span).toMatchObject({ traceId: TRACE, parentSpanId: 'b7ad6b7169203331' });
    const told = ofKind(CLIENT).map(({ spanId }) => `00-${TRACE}-${spanId}-01`);
    const arrived = modern.journal.of('tools/call');
    expect(arrived.map(({ headers }) => headers.traceparent)).toEqual(told);
    expect(arrived.map(({ params }) => metaOf(params).traceparent)).toEqual(told);
    expect(arrived[1]?.params).toContain('"keep":1');
    const latest = async () => (await gateway.store.listActivity(1))[0]?.traceId;
    await expect.poll(latest, TIMEOUT).toBe(TRACE);
  });

  it('reach a server of 2025 in both places too, with and without `_meta` of the client', async () => {
    await start();
    const legacy = await legacyClient({ url: gateway.url('/mcp'), token });
    await legacy.request('tools/call', { name: 'old_echo', arguments: {} });
    await legacy.request('tools/call', { name: 'old_echo', arguments: {}, _meta: {} });
    await expect.poll(() => ofKind(CLIENT).length, TIMEOUT).toBe(2);
    const told = ofKind(CLIENT).map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
    const arrived = old.journal.of('tools/call');
    expect(arrived.map(({ headers }) => headers.traceparent)).toEqual(told);
    expect(arrived.map(({ params }) => metaOf(params).traceparent)).toEqual(told);
  });

  it('say what failed: a fault of the gateway, an error of the server', async () => {
    await start();
    await call('modern_nothing');
    await client().request('resources/read', { uri: 'nothing://there?key=secret' });
    await modern.close();
    await call('modern_echo');
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(3);
    expect(ofKind(SERVER).map(({ isError }) => isError)).toEqual([true, true, true]);
    expect(ofKind(SERVER).map(({ attributes }) => attributes['error.type'])).toEqual([
      'unknown_target',
      expect.any(String),
      'upstream_unreachable',
    ]);
    // Nothing was sent, so it was tried once more.
    const failed = { isError: true, attributes: { 'error.type': 'upstream_unreachable' } };
    expect(underneath(ofKind(SERVER)[2] as SeenSpan)).toMatchObject([failed, failed]);
    expect(JSON.stringify(collector.spans)).not.toContain('secret');
  });
});

describe('who is not recorded', () => {
  it('is so by the word of the sender, whose context passes as it came', async () => {
    await start();
    const unsampled = `00-${TRACE}-b7ad6b7169203331-00`;
    await call(
      'modern_echo',
      { _meta: { traceparent: unsampled } },
      { traceparent: unsampled, tracestate: 'a=b' },
    );
    await call('modern_echo');
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(1);
    const [first] = modern.journal.of('tools/call');
    expect(first?.headers).toMatchObject({ traceparent: unsampled, tracestate: 'a=b' });
    expect(metaOf(first?.params).traceparent).toBe(unsampled);
    expect(collector.spans.some(({ traceId }) => traceId === TRACE)).toBe(false);
  });

  it('is so by a ratio of nothing, except where the sender records', async () => {
    await start({ sampleRatio: 0 });
    for (let n = 0; n < 10; n++) await call('modern_echo');
    await call('modern_echo', {}, { traceparent: SENT });
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(1);
    expect(ofKind(SERVER)[0]?.traceId).toBe(TRACE);
    expect(modern.journal.of('tools/call')[0]?.headers.traceparent).toBeUndefined();
  });

  it('is everybody where no collector is configured: nothing is added, and what comes passes', async () => {
    await start(null);
    await call('modern_echo');
    await call('modern_echo', { _meta: { traceparent: SENT } }, { traceparent: SENT });
    const [without, with_] = modern.journal.of('tools/call');
    expect([without?.headers.traceparent, metaOf(without?.params).traceparent]).toEqual([
      undefined,
      undefined,
    ]);
    expect([with_?.headers.traceparent, metaOf(with_?.params).traceparent]).toEqual([SENT, SENT]);
    await expect.poll(async () => (await gateway.store.listActivity(1))[0]?.traceId, TIMEOUT).toBe(TRACE);
  });
});

describe('a traceparent that is none', () => {
  it.each([
    ['no text', 'x'],
    ['a forbidden version', SENT.replace('00-', 'ff-')],
    ['a trace of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper case', SENT.toUpperCase()],
    ['more than its version says', `${SENT}-more`],
    ['a very long one', `01-${TRACE}-b7ad6b7169203331-01-${'a'.repeat(5_000)}`],
    ['one with quotes', `${SENT}","x":"`],
  ])('is %s: the trace begins here, and the server is told a good one', async (_, bad) => {
    await start();
    const answer = await call('modern_echo', { _meta: { traceparent: bad } }, { traceparent: bad });
    expect(answer.message.error).toBeUndefined();
    await call('modern_echo', { _meta: { traceparent: 7 } });
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(2);
    for (const span of ofKind(SERVER)) expect(span.parentSpanId).toBeUndefined();
    for (const { headers, params } of modern.journal.of('tools/call')) {
      expect(headers.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
      expect(metaOf(params).traceparent).toBe(headers.traceparent);
    }
  });
});

describe('a collector that is of no use', () => {
  it.each(['fails', 'hangs'] as const)(
    '%s, and no call and no end of the gateway waits for it',
    async mood => {
      await start();
      collector.mood = mood;
      for (let n = 0; n < 5; n++) expect((await call('modern_echo')).status).toBe(200);
      await expect.poll(() => collector.batches, TIMEOUT).toBeGreaterThan(0);
      for (let n = 0; n < 5; n++) expect((await call('modern_echo')).status).toBe(200);
      const from = performance.now();
      await gateway.built.close();
      expect(performance.now() - from).toBeLessThan(4_000);
      gateway = { ...gateway, close: async () => {} };
    },
  );

  it('is taken again when it is well again, and what it missed stands in the metrics', async () => {
    await start();
    collector.mood = 'fails';
    await call('modern_echo');
    await expect.poll(() => collector.batches, TIMEOUT).toBe(1);
    collector.mood = 'takes';
    await call('modern_echo');
    await expect.poll(() => ofKind(SERVER).length, TIMEOUT).toBe(1);
    const metrics = await (await fetch(gateway.url('/metrics'))).text();
    expect(metrics).toMatch(/^authmcp_traces_dropped_total 2$/m);
  });

  it.each([
    [{ endpoint: 'ftp://h' }, 'otel.endpoint'],
    [{ endpoint: 'nonsense' }, 'otel.endpoint'],
    [{ headers: 'no pair' }, 'otel.headers'],
    [{ headers: 'a=b\r\nc: d' }, 'otel.headers'],
    [{ sampleRatio: 2 }, 'otel.sampleRatio'],
    [{ sampleRatio: 'half' }, 'otel.sampleRatio'],
  ])('cannot be configured as %o', async (bad, name) => {
    await start();
    await expect(startGatewayHere({ servers: {}, settings: { otel: bad } })).rejects.toThrow(name);
  });
});
