import { z } from 'zod';
import type { ListName } from '../../../mcp/index.ts';
import { operation } from '../../api/operation.ts';
import { serverDraft } from '../../servers/draft.ts';
import type { Tried } from '../../servers/prober.ts';
import { offerOf } from '../../servers/shown.ts';
import { draftServer, findServer } from './change-server.ts';
import { byId, SERVERS } from './servers.ts';

const tried = z.object({
  status: z.enum(['online', 'offline']),
  response_time_ms: z.number(),
  protocols: z.array(z.string()),
  server_info: z.unknown(),
  tools_count: z.number(),
  tools: z.array(z.string()),
  prompts: z.array(z.string()),
  resources: z.array(z.string()),
  /** A sentence of the gateway's own; null where it works. */
  error: z.string().nullable(),
  checked_at: z.number(),
});

function shown({ error, ms, protocols, serverInfo, offer }: Tried, now: number): z.input<typeof tried> {
  const names = (list: ListName) => offer?.lists[list].map(one => one.key) ?? [];
  return {
    status: error === undefined ? 'online' : 'offline',
    response_time_ms: ms,
    protocols: [...protocols],
    server_info: serverInfo ?? null,
    tools_count: names('tools').length,
    tools: names('tools'),
    prompts: names('prompts'),
    resources: names('resources'),
    error: error ?? null,
    checked_at: now,
  };
}

const LISTS = [
  ['prompts', 'prompts'],
  ['resources', 'resources'],
  ['resource-templates', 'resourceTemplates'],
] as const;

/** What servers offer, and whether they answer. */
export const lookingOperations = [
  operation({
    id: 'servers.probe',
    method: 'post',
    path: `${SERVERS}/probe`,
    summary: 'Ask a server what it speaks and offers; nothing is kept',
    access: 'rule',
    body: serverDraft,
    answer: tried,
    handle: async (kit, asked) => {
      const { entry } = await draftServer(kit, asked, asked.body);
      return shown(await kit.tryServer(entry), kit.clock.now());
    },
  }),
  operation({
    id: 'servers.test',
    method: 'post',
    path: `${SERVERS}/:id/test`,
    summary: 'Ask a server that is there; its sessions are not touched',
    access: 'change',
    params: byId,
    answer: tried.extend({ server_id: z.string(), server_name: z.string() }),
    handle: async (kit, { params }) => {
      const entry = findServer(kit, params.id);
      const found = shown(await kit.tryServer(entry), kit.clock.now());
      return { server_id: entry.name, server_name: entry.title, ...found };
    },
  }),
  ...LISTS.map(([name, list]) =>
    operation({
      id: `servers.${name}`,
      method: 'get',
      path: `${SERVERS}/:id/${name}`,
      summary: `The ${name.replace('-', ' ')} of a server as it defines them, with the names under which /mcp shows them`,
      access: 'read',
      params: byId,
      answer: z.array(
        z.object({ name: z.string(), exposed: z.string().nullable(), definition: z.unknown() }),
      ),
      handle: async (kit, { params }) => {
        const entry = findServer(kit, params.id);
        const kind = ({ prompts: 'prompt', resources: 'resource', resourceTemplates: 'template' } as const)[
          list
        ];
        return (offerOf(kit, entry)?.lists[list] ?? []).map(({ key, bytes }) => ({
          name: key,
          exposed: kit.catalogue.names.exposed(entry, kind, key) ?? null,
          definition: JSON.parse(bytes.toString('utf8')),
        }));
      },
    }),
  ),
];
