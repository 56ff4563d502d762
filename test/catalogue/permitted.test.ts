import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerName } from '../../src/base/index.ts';
import type { View } from '../../src/catalogue/index.ts';
import type { ServerEntry } from '../../src/mcp/index.ts';
import { type Item, Policy } from '../../src/policy/index.ts';
import { mayByTheBook } from '../policy/support/oracle.ts';
import { type Case, policyCase, SEED, SERVERS } from '../policy/support/worlds.ts';
import { entry } from '../upstream/support/world.ts';
import { type CatalogueWorld, createCatalogueWorld, offering } from './support/world.ts';

const CASES = 10_000;

const HINTS = {
  read_mail: { readOnlyHint: true },
  read: { readOnlyHint: true, destructiveHint: true },
  send_mail: { destructiveHint: false },
  delete_all: { destructiveHint: true },
  list_all: {},
} as const;
const TIERS = {
  read_mail: 'read',
  read: 'read',
  send_mail: 'write',
  delete_all: 'destructive',
  list_all: 'destructive',
} as const;
const TOOLS = Object.keys(HINTS) as (keyof typeof HINTS)[];

const toolOf = (name: keyof typeof HINTS): Item => ({ kind: 'tool', name, tier: TIERS[name] });
const promptOf = (name: string): Item => ({ kind: 'prompt', name, tier: 'read' });
const resourceOf = (name: string): Item => ({ kind: 'resource', name, tier: 'read' });

let world: CatalogueWorld;
let entries: ServerEntry[];
beforeAll(async () => {
  world = await createCatalogueWorld();
  entries = [];
  for (const name of SERVERS) {
    const tools = TOOLS.map(tool => ({
      name: tool,
      annotations: HINTS[tool],
      inputSchema: { type: 'object' },
    }));
    const server = await world.start(
      offering({
        ...{ tools, prompts: ['read', 'read_mail'], resources: [`note://a/1?${name}`, `note://a/2?${name}`] },
        templates: [`note://${name}/{id}`],
      }),
    );
    entries.push(entry(name, server.url));
  }
  await world.take(...entries);
});
afterAll(() => world.close());

/** The keys of everything that is listed under a member, on one page. */
function listed(view: View, list: Parameters<View['page']>[0], key: string): readonly unknown[] {
  const all = JSON.parse(`[${view.page(list).items}]`) as Record<string, unknown>[];
  return all.map(one => one[key]);
}

function check(one: Case): void {
  const rights = new Policy(one).rightsOf(one.who);
  const may = (server: ServerName, item: Item): boolean => mayByTheBook(one, server, item);
  const servers = entries.filter(({ name }) => rights.reaches(name));
  const view = world.view(servers, { rights });
  const expected = <T>(of: (server: ServerName) => readonly (readonly [T, Item])[]): readonly T[] =>
    SERVERS.flatMap(server => of(server).flatMap(([shown, item]) => (may(server, item) ? [shown] : [])));
  const tools = expected(server => TOOLS.map(name => [`${server}_${name}`, toolOf(name)]));
  expect(listed(view, 'tools', 'name')).toEqual(tools);
  const prompts = expected(server =>
    ['read', 'read_mail'].map(name => [`${server}_${name}`, promptOf(name)]),
  );
  expect(listed(view, 'prompts', 'name')).toEqual(prompts);
  const uris = expected(server =>
    [1, 2].map(at => [`note://a/${at}?${server}`, resourceOf(`note://a/${at}?${server}`)]),
  );
  expect(listed(view, 'resources', 'uri')).toEqual(uris);
  const templates = expected(server => [[`note://${server}/{id}`, resourceOf(`note://${server}/{id}`)]]);
  expect(listed(view, 'resourceTemplates', 'uriTemplate')).toEqual(templates);
  for (const server of SERVERS) {
    for (const name of TOOLS)
      expect(view.find('tool', `${server}_${name}`) !== undefined).toBe(tools.includes(`${server}_${name}`));
    for (const name of ['read', 'read_mail'])
      expect(view.find('prompt', `${server}_${name}`) !== undefined).toBe(
        prompts.includes(`${server}_${name}`),
      );
    for (const at of [1, 2]) {
      const uri = `note://a/${at}?${server}`;
      expect(view.findUri(uri) !== undefined).toBe(uris.includes(uri));
    }
    const template = `note://${server}/{id}`;
    expect(view.findTemplate(template) !== undefined).toBe(templates.includes(template));
    const covered = `note://${server}/b`;
    expect(view.findUri(covered) !== undefined).toBe(may(server, resourceOf(covered)));
    const alone = servers.filter(({ name }) => name === server);
    const own = world.view(alone, { rights, endpoint: server });
    for (const name of TOOLS) {
      const isFound =
        own.find('tool', name) !== undefined || own.unlisted('tool', server, name) !== undefined;
      expect(isFound, name).toBe(may(server, toolOf(name)));
    }
    const unheard = { kind: 'tool', name: 'unheard', tier: 'destructive' } as const;
    expect(own.unlisted('tool', server, 'unheard') !== undefined).toBe(may(server, unheard));
  }
  // Names without their prefix lead to the first server alone, and for whoever may call it.
  for (const name of TOOLS)
    expect(view.find('tool', name)?.server).toBe(
      may('home' as ServerName, toolOf(name)) ? 'home' : undefined,
    );
}

it(`what is listed is what is found, and nothing else is (${CASES} policies, seed ${SEED})`, () => {
  fc.assert(fc.property(policyCase, check), { numRuns: CASES, seed: SEED });
}, 120_000);
