import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import { operation } from '../../api/operation.ts';
import { SHELL_TOKEN } from '../../clients/snippets.ts';
import { clients } from '../../clients.ts';
import { permittedServers } from '../../permitted.ts';

const place = z.object({
  name: z.string(),
  title: z.string(),
  url: z.string(),
  enabled: z.boolean(),
  /** `false`: nobody gets an answer from it now. */
  answers: z.boolean(),
});

const SILENT: readonly (string | undefined)[] = ['down', 'parked'];

const client = z.object({
  id: z.string(),
  title: z.string(),
  /** It calls from its maker's cloud, which must be able to reach the gateway. */
  needs_public_https: z.boolean(),
  is_possible: z.boolean(),
  sees: z.string(),
  snippets: z.array(
    z.object({
      way: z.enum(['oauth', 'key', 'stdio']),
      kind: z.enum(['shell', 'json', 'toml', 'link', 'address']),
      where: z.string(),
      text: z.string(),
    }),
  ),
});

/** What one can reach, and how programs are connected to it. */
export const reachOperations = [
  operation({
    id: 'account.servers',
    method: 'get',
    path: '/account/api/servers',
    summary: 'The servers that you may use, each with its own address, and the address of all',
    access: 'own',
    answer: z.object({ url: z.string(), servers: z.array(place) }),
    handle: async ({ live, origin, health }, { actor }) => ({
      url: `${origin()}/mcp`,
      servers: permittedServers(live.current(), actor.user.id).map(({ name, title, enabled }) => ({
        name,
        title,
        url: `${origin()}/mcp/${name}`,
        enabled,
        answers: !SILENT.includes(health.of(name)?.state),
      })),
    }),
  }),
  operation({
    id: 'account.clients',
    method: 'get',
    path: '/account/api/clients',
    summary: 'How each client is connected, with lines to copy; $TOKEN stands for an API key of yours',
    access: 'own',
    query: z.strictObject({ server: z.string().max(64).optional() }),
    answer: z.array(client),
    handle: async ({ live, origin, config }, { actor, query }) => {
      const mine = permittedServers(live.current(), actor.user.id);
      const server = mine.find(({ name }) => name === query.server);
      if (query.server !== undefined && !server)
        throw new Fault('not_found', { says: 'There is no such server, or you may not use it' });
      const url = server ? `${origin()}/mcp/${server.name}` : `${origin()}/mcp`;
      const at = { url, name: server?.name ?? 'authmcp', token: SHELL_TOKEN };
      const isPublic = config.mode.kind === 'served' && config.mode.isHttps;
      return clients.map(({ id, title, needsPublicHttps, sees, snippets }) => ({
        id,
        title,
        needs_public_https: needsPublicHttps,
        is_possible: !needsPublicHttps || isPublic,
        sees,
        snippets: snippets.map(({ way, kind, where, text }) => ({ way, kind, where, text: text(at) })),
      }));
    },
  }),
];
