import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createUpstreamWorld,
  entry,
  result,
  type Script,
  startScripted,
  type UpstreamWorld,
} from './support/world.ts';

const LEGACY: Script = {
  initialize: (response, { id, params }) =>
    result(response, id, {
      protocolVersion: params?.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: {},
    }),
};
const MODERN: Script = {
  'server/discover': (response, { id }) =>
    result(response, id, {
      supportedVersions: ['2026-07-28'],
      capabilities: { prompts: {} },
      instructions: 'hello',
    }),
};

let world: UpstreamWorld;
let server: Awaited<ReturnType<typeof startScripted>>;
beforeEach(async () => {
  world = await createUpstreamWorld();
  server = await startScripted({});
});
afterEach(async () => {
  await world.close();
  await server.close();
});

/** Which eras the probe found, or why it found nothing. */
async function probe(script: Script, more: Parameters<typeof entry>[2] = {}) {
  server.play(script);
  const upstream = world.add(entry('home', server.url, more));
  // As for a client of 2025: all that it speaks.
  const probed = await upstream.probeLegacy();
  return probed.kind === 'unknown' ? probed.reply : upstream;
}

const erasOf = (upstream: Awaited<ReturnType<typeof probe>>) =>
  'speaks' in upstream ? (['legacy', 'modern'] as const).filter(era => upstream.speaks(era)) : upstream;

const status =
  (code: number): Script[string] =>
  response =>
    void response.writeHead(code).end();

describe('a server', () => {
  it('speaks what it answers: the old era, the new one, or both', async () => {
    expect(erasOf(await probe(LEGACY))).toEqual(['legacy']);
    expect(erasOf(await probe(MODERN, { title: 'second' }))).toEqual(['modern']);
    expect(erasOf(await probe({ ...LEGACY, ...MODERN }, { title: 'third' }))).toEqual(['legacy', 'modern']);
  });

  it('of the new era is asked whether it speaks the old one when a client of the old era is there, and not before', async () => {
    server.play({ ...LEGACY, ...MODERN });
    const upstream = world.add(entry('lazy', server.url));
    await upstream.probe();
    expect([erasOf(upstream), server.count('initialize')]).toEqual([['modern'], 0]);
    expect(upstream.isLegacyUnasked).toBe(true);
    await Promise.all([upstream.probeLegacy(), upstream.probeLegacy(), upstream.probe()]);
    expect([erasOf(upstream), server.count('initialize')]).toEqual([['legacy', 'modern'], 1]);
    expect(upstream.isLegacyUnasked).toBe(false);
    // Later it stays known.
    await upstream.probe();
    expect(erasOf(upstream)).toEqual(['legacy', 'modern']);
  });

  it('that refuses a version and names it as one that it speaks is asked once more', async () => {
    let refused = 0;
    server.play({
      'server/discover': (response, asked, request) => {
        if (refused++ > 0) return MODERN['server/discover']?.(response, asked, request);
        const error = { code: -32022, message: 'no', data: { supported: ['2026-07-28'] } };
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id: asked.id, error }));
      },
    });
    const upstream = world.add(entry('again', server.url));
    await upstream.probe();
    expect([erasOf(upstream), server.count('server/discover')]).toEqual([['modern'], 2]);
  });

  it('that speaks only newer revisions than the gateway is not asked for a handshake', async () => {
    const newer = (supported: readonly string[]): Script => ({
      ...LEGACY,
      'server/discover': (response, { id }) => {
        const error = { code: -32022, message: 'Unsupported protocol version', data: { supported } };
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id, error }));
      },
    });
    expect(erasOf(await probe(newer(['2031-01-01']), { title: 'newer' }))).toEqual([]);
    expect(server.count('initialize')).toBe(0);
    expect(erasOf(await probe(newer(['2031-01-01', '2025-11-25']), { title: 'both' }))).toEqual(['legacy']);
  });

  it('is not asked for an era that the operator ruled out', async () => {
    await probe({ ...LEGACY, ...MODERN }, { protocol: 'legacy' });
    expect(server.count('server/discover')).toBe(0);
    await probe({ ...LEGACY, ...MODERN }, { protocol: 'modern' });
    expect(server.count('initialize')).toBe(1);
  });

  it('is known by what it says of itself', async () => {
    const upstream = await probe(MODERN);
    expect('eras' in upstream && upstream.eras?.modern).toEqual({
      capabilities: { prompts: {} },
      instructions: 'hello',
      serverInfo: {},
    });
  });

  it('is asked once, however many want to know', async () => {
    server.play({ ...LEGACY, ...MODERN });
    const upstream = world.add(entry('home', server.url));
    await Promise.all([upstream.probeLegacy(), upstream.probeLegacy(), upstream.probe()]);
    expect([server.count('server/discover'), server.count('initialize')]).toEqual([1, 1]);
  });

  it('that speaks only unknown revisions speaks no era', async () => {
    const future: Script = {
      initialize: (response, { id }) =>
        result(response, id, { protocolVersion: '2099-01-01', capabilities: {} }),
      'server/discover': (response, { id }) => result(response, id, { supportedVersions: ['2099-01-01'] }),
    };
    expect(erasOf(await probe(future))).toEqual([]);
  });
});

describe('no evidence of an era is', () => {
  it.each([401, 403, 429, 500, 502, 503, 504])('HTTP %i, which says nothing of the protocol', async code => {
    const refusal = { 'server/discover': status(code), initialize: status(code) };
    expect(await probe(refusal)).toMatchObject({ kind: 'http', status: code });
    expect(world.upstreams.all()[0]?.eras).toBeUndefined();
  });

  it('such a status with an error of JSON-RPC in it', async () => {
    const refuse: Script[string] = (response, { id }) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'not now' } }));
    };
    expect(await probe({ 'server/discover': refuse, initialize: refuse })).toMatchObject({ kind: 'error' });
  });

  it('a server that is not there', async () => {
    await server.close();
    expect(await probe({})).toEqual({ kind: 'failed', failure: 'unreachable' });
  });

  it('and what was known before stays known', async () => {
    const upstream = await probe({ ...LEGACY, ...MODERN });
    server.play({ 'server/discover': status(401), initialize: status(503) });
    if (!('speaks' in upstream)) throw new Error('The first probe failed');
    await upstream.probe();
    expect(erasOf(upstream)).toEqual(['legacy', 'modern']);
  });
});

describe('an answer that is none', () => {
  it.each<[string, Script[string]]>([
    ['HTML', response => void response.setHeader('content-type', 'text/html').end('<html>')],
    ['another id', response => result(response, 'other', { supportedVersions: ['2026-07-28'] })],
    [
      'a list of versions that is no list',
      (response, { id }) => result(response, id, { supportedVersions: 'all' }),
    ],
    ['a broken connection', response => void response.destroy()],
    ['not found', status(404)],
  ])('to discover means the old era is tried: %s', async (_, answer) => {
    expect(erasOf(await probe({ ...LEGACY, 'server/discover': answer }))).toEqual(['legacy']);
  });
});
