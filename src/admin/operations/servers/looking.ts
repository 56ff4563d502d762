import { z } from 'zod';
import { randomToken, type ServerName } from '../../../base/index.ts';
import { isPerPerson, type ListName, type ServerEntry } from '../../../mcp/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { serverDraft } from '../../servers/draft.ts';
import type { Tried } from '../../servers/prober.ts';
import { draftServer, findServer } from './change-server.ts';
import { changesOperation } from './changes.ts';
import { byId, SERVERS } from './servers.ts';

const tried = z.object({
  /** `reachable`: it wants an account, which each person connects, and says no more without one. */
  status: z.enum(['online', 'offline', 'reachable']),
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

function statusOf({ error, wantsAccount }: Tried): z.input<typeof tried>['status'] {
  if (wantsAccount) return 'reachable';
  return error === undefined ? 'online' : 'offline';
}

function shown(found: Tried, now: number): z.input<typeof tried> {
  const { error, ms, protocols, serverInfo, offer } = found;
  const names = (list: ListName) => offer?.lists[list].map(one => one.key) ?? [];
  return {
    status: statusOf(found),
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

/** A draft that signs in by itself does so under a name of its own: it touches no account of a server that is there. */
async function tryDraft(kit: ApiKit, entry: ServerEntry): Promise<Tried> {
  if (entry.auth.kind !== 'oauth' || isPerPerson(entry)) return kit.tryServer(entry);
  const name = `draft-${randomToken(12)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '0')}` as ServerName;
  try {
    const found = await kit.tryServer({ ...entry, name });
    return { ...found, error: found.error?.replaceAll(name, entry.name) };
  } finally {
    await kit.store.deleteServer(name);
  }
}

const LISTS = [
  ['prompts', 'prompts'],
  ['resources', 'resources'],
  ['resource-templates', 'resourceTemplates'],
] as const;

/** What servers offer, and whether they answer. */
export const lookingOperations = [
  changesOperation,
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
      return shown(await tryDraft(kit, entry), kit.clock.now());
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
        return (kit.catalogue.offeredAt(entry)?.lists[list] ?? []).map(({ key, bytes }) => ({
          name: key,
          exposed: kit.catalogue.names.exposed(entry, kind, key) ?? null,
          definition: JSON.parse(bytes.toString('utf8')),
        }));
      },
    }),
  ),
];
