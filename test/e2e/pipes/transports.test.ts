import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Everything, everythingCommand, startEverything } from '../../support/everything.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { connectV1, connectV2, type To } from '../support/sdk-clients.ts';
import { type Tour, tour } from '../support/tour.ts';

let http: Everything;
let sse: Everything;
let gateway: GatewayHere;

beforeAll(async () => {
  [http, sse] = await Promise.all([startEverything(), startEverything('sse')]);
  gateway = await startGatewayHere({
    servers: {
      http: http.url,
      older: { url: sse.url, type: 'sse' },
      // Nobody says that it is the older transport.
      unsaid: sse.url,
      stdio: everythingCommand,
    },
  });
});
afterAll(async () => {
  await gateway?.close();
  await Promise.all([http.close(), sse.close()]);
});

type Connect = (to: To) => ReturnType<typeof connectV1>;

const CLIENTS: readonly (readonly [client: string, connect: Connect])[] = [
  ['SDK v1', connectV1],
  ['SDK v2', to => connectV2(to, 'legacy')],
  ['SDK v2 of the other era', to => connectV2(to, 'auto')],
];

async function visit(connect: Connect, to: To, prefix?: string): Promise<Tour> {
  const { ask, close } = await connect(to);
  const seen = await tour(ask, prefix);
  await close();
  return seen;
}

/** Tools that ask in the middle of a call, and what stands in their answers only if these clients have answered. */
const QUESTIONS = [
  ['trigger-elicitation-request', {}, 'Ada'],
  ['trigger-sampling-request', { prompt: 'words', maxTokens: 10 }, 'sampled words'],
  ['get-roots-list', {}, 'file:///tmp/root'],
] as const;

/**
 * What differs for a reason: it depends on who called before, shows the environment of the process, or is a tool that runs
 * as a task only, which the server refuses to these clients and the gateway waits for.
 */
const DIFFERS = /session\/x\.gz$|^toggle-|^get-env$|^simulate-research-query$/;

/** Towards a client of 2026-07-28 each result says who answered, and those of lists and reads how long they hold. */
const STAMP =
  /"ttlMs":0,"cacheScope":"private",|"_meta":\{"io\.modelcontextprotocol\/serverInfo":\{[^}]*\}\},/g;

function comparable(seen: Tour): Tour {
  const keep = (found: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(found)
        .filter(([name]) => !DIFFERS.test(name))
        .map(([name, text]) => [name.replace(/^srv-[a-z]+\+/, ''), text.replaceAll(STAMP, '')]),
    );
  const { tools, prompts, resources, templates } = seen;
  return {
    tools: keep(tools),
    prompts: keep(prompts),
    resources: keep(resources),
    templates: keep(templates),
  };
}

it('servers over each transport are found ready, also where nobody said which', async () => {
  const states = () => gateway.built.servers().map(({ name, status }) => `${name} ${status.state}`);
  await expect
    .poll(states, { timeout: 20_000 })
    .toEqual(['http ready', 'older ready', 'unsaid ready', 'stdio ready']);
});

describe.for(CLIENTS)('%s before server-everything', ([, connect]) => {
  let expected: Tour;
  beforeAll(async () => {
    expected = comparable(await visit(connect, { url: http.url }));
  }, 60_000);

  it.for(['http', 'stdio', 'older'])('over %s is asked by it, and it hears the answer', async server => {
    const { ask, close } = await connect({ url: gateway.url(`/mcp/${server}`), token: gateway.adminToken });
    for (const [name, args, answer] of QUESTIONS)
      expect(JSON.stringify(await ask('tools/call', { name, arguments: args }))).toContain(answer);
    await close();
  });

  it.for(['stdio', 'older', 'unsaid'])(
    'over %s gets what it gets straight over Streamable HTTP',
    {
      timeout: 60_000,
    },
    async (server: string) => {
      const to = { url: gateway.url(`/mcp/${server}`), token: gateway.adminToken };
      const seen = comparable(await visit(connect, to));
      expect(Object.keys(seen.tools).length).toBeGreaterThan(8);
      expect(seen).toEqual(expected);
    },
  );
});
