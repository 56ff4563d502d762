import type { ServerName } from '../../../src/base/index.ts';
import { Catalogue, View } from '../../../src/catalogue/index.ts';
import type { Profile, ServerEntry } from '../../../src/mcp/index.ts';
import type { Rights } from '../../../src/policy/index.ts';
import { createUpstreamWorld, result, type Script, startScripted } from '../../upstream/support/world.ts';

export const LEGACY: Profile = { era: 'legacy', revision: '2025-11-25', capabilities: 0 };

type Lists = {
  readonly tools?: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly templates?: readonly string[];
};

const named = (key: string, items: readonly (string | Readonly<Record<string, unknown>>)[] = []) =>
  items.map(item => (typeof item === 'string' ? { [key]: item } : item));

/** A server of the old era that offers these, each list in one page. */
export function offering(lists: Lists, capabilities = { tools: {}, prompts: {}, resources: {} }): Script {
  const pages = {
    'tools/list': { tools: named('name', lists.tools) },
    'prompts/list': { prompts: named('name', lists.prompts) },
    'resources/list': { resources: named('uri', lists.resources) },
    'resources/templates/list': { resourceTemplates: named('uriTemplate', lists.templates) },
  };
  const answers = Object.entries(pages).map(
    ([method, page]) =>
      [method, ((response, { id }) => result(response, id, page)) satisfies Script[string]] as const,
  );
  return {
    initialize: (response, { id }) =>
      result(response, id, { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 's' } }),
    ...Object.fromEntries(answers),
  };
}

/** A catalogue over real parts. `restart` makes one that finds what the former one kept. */
export async function createCatalogueWorld() {
  const world = await createUpstreamWorld();
  const { store, upstreams, ledger, clock, log } = world;
  const guarding = { attitude: () => 'log' as const, switchOff: async () => undefined };
  const make = () => new Catalogue({ store, upstreams, ledger, clock, log, guarding });
  const servers: Awaited<ReturnType<typeof startScripted>>[] = [];
  let catalogue = make();
  const take = async (...entries: ServerEntry[]): Promise<void> => {
    catalogue.take(world.apply(...entries));
    await catalogue.ensure(
      entries.map(({ name }) => name),
      LEGACY,
    );
  };
  const view = (
    entries: readonly ServerEntry[],
    more: { pageSize?: number; endpoint?: ServerName; rights?: Pick<Rights, 'permits'> } = {},
  ) =>
    new View(catalogue, {
      ...{ endpoint: 'all', servers: entries, profile: LEGACY, pageSize: 0 },
      ...more,
      // Real rights are an object of a class, whose methods no spread takes along.
      rights: {
        permits: (server, item) => more.rights?.permits(server, item) ?? true,
        hears: () => true,
      },
    });
  return {
    ...world,
    get catalogue() {
      return catalogue;
    },
    restart: async () => {
      catalogue.close();
      catalogue = make();
      await catalogue.load();
    },
    start: async (script: Script) => {
      const server = await startScripted(script);
      servers.push(server);
      return server;
    },
    take,
    view,
    close: async () => {
      catalogue.close();
      await world.close();
      await Promise.all(servers.map(server => server.close()));
    },
  };
}

export type CatalogueWorld = Awaited<ReturnType<typeof createCatalogueWorld>>;

/** The keys of a list as a client sees them. */
export const keysOf = (items: Buffer, key: string): unknown[] =>
  (JSON.parse(`[${items.toString()}]`) as Record<string, unknown>[]).map(item => item[key]);
