import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2025 } from '../fixtures/conformance-2025.ts';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { type Everything, startEverything } from '../support/everything.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient } from '../support/mcp.ts';
import { type Connected, connectV1, connectV2, curl, type To } from './support/sdk-clients.ts';
import { type Ask, type Tour, tour } from './support/tour.ts';

let everything: Everything;
let old: Awaited<ReturnType<typeof startConformance2025>>;
let modern: Awaited<ReturnType<typeof startConformance2026>>;
let gateway: GatewayHere;

beforeAll(async () => {
  [everything, old, modern] = await Promise.all([
    startEverything(),
    startConformance2025(),
    startConformance2026(),
  ]);
  gateway = await startGatewayHere({
    servers: { everything: everything.url, old: old.url, modern: modern.url },
  });
  await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([everything.close(), old.close(), modern.close()]);
});

const urlOf = (server: string) =>
  ({ everything: everything.url, old: old.url, modern: modern.url })[server] ?? '';
const through = (path: string): To => ({ url: gateway.url(path), token: gateway.adminToken });

const visit = async (connecting: Promise<Connected>, prefix?: string): Promise<Tour> => {
  const { ask, close } = await connecting;
  const seen = await tour(ask, prefix);
  await close();
  return seen;
};

type Connect = (to: To) => Promise<Connected>;
const viaCurl =
  (era: 'legacy' | 'modern'): Connect =>
  async to => ({ ask: curl(to, era), close: async () => {} });
/** What curl should see of a server that wants a session: the same as a client that can be asked nothing. */
const plain: Connect = async to => {
  const client = await legacyClient(to);
  const ask: Ask = async (method, params) => {
    const { message } = await client.request(method, params);
    if (message.error) throw new Error(`${message.error.code} ${message.error.message}`);
    return message.result;
  };
  return { ask, close: client.end };
};

type Row = {
  readonly client: string;
  readonly server: string;
  readonly connect: Connect;
  /** Straight to the server, where that takes another client. */
  readonly direct?: Connect;
};

const CLIENTS: readonly Row[] = [
  { client: 'SDK v2, legacy', server: 'everything', connect: to => connectV2(to, 'legacy') },
  { client: 'SDK v1', server: 'everything', connect: connectV1 },
  { client: 'curl', server: 'everything', connect: viaCurl('legacy'), direct: plain },
  { client: 'SDK v2, legacy', server: 'old', connect: to => connectV2(to, 'legacy') },
  { client: 'SDK v1', server: 'old', connect: connectV1 },
  { client: 'SDK v2, auto', server: 'modern', connect: to => connectV2(to, 'auto') },
  { client: 'curl', server: 'modern', connect: viaCurl('modern') },
];

/**
 * What differs for a reason: a resource that one call made is listed in that session alone, and a tool that runs as a task
 * only is refused by the server to clients that ask for none, where the gateway waits for its task.
 */
const DIFFERS = /session\/x\.gz$|^simulate-research-query$/;

/** Where two servers own one URI, the second one's has its name in front; a toggle depends on who toggled before. */
function comparable(seen: Tour): Tour {
  const compare = (found: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(found)
        .filter(([name]) => !DIFFERS.test(name))
        .map(([name, text]) => [
          name.replace(/^srv-[a-z]+\+/, ''),
          name.startsWith('toggle-') ? 'toggled' : text.replaceAll(/srv-[a-z]+\+/g, ''),
        ]),
    );
  const { tools, resources, templates, prompts } = seen;
  return {
    tools: compare(tools),
    resources: compare(resources),
    templates: compare(templates),
    prompts: compare(prompts),
  };
}

describe.for(CLIENTS)('$client before $server', ({ server, connect, direct = connect }) => {
  let expected: Tour;
  beforeAll(async () => {
    expected = await visit(direct({ url: urlOf(server) }));
  }, 60_000);

  it('has something of each kind to call', () => {
    for (const kind of Object.values(expected)) expect(Object.keys(kind)).not.toEqual([]);
  });

  it('sees and gets the same through the server’s own endpoint', { timeout: 60_000 }, async () => {
    expect(comparable(await visit(connect(through(`/mcp/${server}`))))).toEqual(comparable(expected));
  });

  it('sees and gets the same through the endpoint of all', { timeout: 60_000 }, async () => {
    const all = comparable(await visit(connect(through('/mcp')), `${server}_`));
    const { tools, prompts, resources, templates } = comparable(expected);
    expect([all.tools, all.prompts]).toEqual([tools, prompts]);
    expect(all.resources).toMatchObject(resources);
    expect(all.templates).toMatchObject(templates);
  });
});

/** What 2026-07-28 adds to each result says nothing of what the server answered. */
const neutral = (seen: Tour): Tour =>
  JSON.parse(
    JSON.stringify(comparable(seen))
      .replace(/\\"_meta\\":\{\\"io\.modelcontextprotocol\/serverInfo\\":\{[^{}]*\}\},?/g, '')
      .replace(/,?\\"(ttlMs\\":\d+|cacheScope\\":\\"\w+\\"|resultType\\":\\"complete\\")/g, '')
      .replaceAll('{,', '{'),
  );

describe('SDK v2, auto, before servers of the older protocol alone', () => {
  it('stays with its own protocol and gets what the server says, at either endpoint', {
    timeout: 60_000,
  }, async () => {
    const alone = await startGatewayHere({ servers: { everything: everything.url } });
    const expected = neutral(await visit(connectV2({ url: everything.url }, 'auto')));
    for (const [path, prefix] of [['/mcp/everything'], ['/mcp', 'everything_']] as const) {
      const to = { url: alone.url(path), token: alone.adminToken };
      expect(neutral(await visit(connectV2(to, 'auto'), prefix))).toEqual(expected);
    }
    await alone.close();
  });
});

describe('a client without a token', () => {
  it('of any kind does not connect', async () => {
    const to = { url: gateway.url('/mcp') };
    await expect(connectV1(to)).rejects.toThrow();
    await expect(connectV2(to, 'legacy')).rejects.toThrow();
    await expect(connectV2(to, 'auto')).rejects.toThrow();
  });
});
