import { z } from 'zod';
import { Fault, type ServerName } from '../../../base/index.ts';
import type { ToolMapping } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation, wrong } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';

const PATH = '/admin/api/tool-mappings';

const mapping = z.object({
  name: z.string(),
  server: z.string(),
  tool: z.string(),
  changed_at: z.string().nullable(),
  changed_by: z.string(),
});

/** SEP-986 as it came into 2025-11-25 (server/tools, "Tool Names"), and no longer than the big model APIs take. */
const exposedName = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'has 1 to 64 letters, digits, _ . or -');
const byName = z.strictObject({ name: exposedName });
const ownName = z
  .string()
  .min(1)
  .max(256)
  .refine(name => name.isWellFormed() && !name.includes('\0'), 'is no name of a tool');

const showMapping = ({ name, server, tool, changedAt, changedBy }: ToolMapping) => ({
  ...{ name, server, tool },
  changed_at: isoTime(changedAt),
  changed_by: changedBy,
});

/** What is listed under a name stays where it is listed (C8). Fault `conflict`. */
function refuseListed({ catalogue }: ApiKit, name: string): void {
  const owner = catalogue.names.owner('tool', name);
  if (owner)
    throw new Fault('conflict', {
      says: `name: ${name} is what ${owner.original} of ${owner.server} is listed as`,
      data: { field: 'name' },
    });
}

/** Names on the endpoint of all servers that lead to a tool because somebody said so, and are listed nowhere. */
export const mappingOperations = [
  operation({
    id: 'tool-mappings.list',
    method: 'get',
    path: PATH,
    summary: 'Names of tools on /mcp that lead where an administrator said',
    access: 'read',
    answer: z.array(mapping),
    handle: async ({ store }) => (await store.access.listMappings()).map(showMapping),
  }),
  operation({
    id: 'tool-mappings.put',
    method: 'put',
    path: `${PATH}/:name`,
    summary: 'Let a name that is not listed lead to a tool of a server; who may call the tool stays as it is',
    access: 'change',
    params: byName,
    body: z.strictObject({ server: z.string(), tool: ownName }),
    answer: mapping,
    now: async ({ store }, { params }) => {
      const known = (await store.access.listMappings()).find(({ name }) => name === params.name);
      const fields = known ?? { server: null, tool: null };
      return { fields, action: 'tool-mapping.put', names: [params.name] };
    },
    turn: ({ params }) => `mapping ${params.name}`,
    handle: async (kit, asked) => {
      const { name } = asked.params;
      const { tool } = asked.body;
      const server = asked.body.server as ServerName;
      if (!kit.live.current().servers.has(server)) throw wrong('server', 'there is no such server');
      refuseListed(kit, name);
      const before = (await kit.store.access.listMappings()).find(one => one.name === name);
      const made = { name, server, tool, changedAt: kit.clock.now(), changedBy: asked.actor.name };
      await kit.store.access.putMapping(made);
      await audit(kit, asked, {
        action: 'tool-mapping.put',
        target: name,
        before: before && { server: before.server, tool: before.tool },
        after: { server, tool },
      });
      return showMapping(made);
    },
  }),
  operation({
    id: 'tool-mappings.delete',
    method: 'delete',
    path: `${PATH}/:name`,
    summary: 'A name leads again where it led by itself',
    access: 'change',
    params: byName,
    turn: ({ params }) => `mapping ${params.name}`,
    handle: async (kit, asked) => {
      const { name } = asked.params;
      const before = (await kit.store.access.listMappings()).find(one => one.name === name);
      if (!(await kit.store.access.deleteMapping(name)))
        throw new Fault('not_found', { says: 'There is no such mapping' });
      const was = before && { server: before.server, tool: before.tool };
      await audit(kit, asked, { action: 'tool-mapping.delete', target: name, before: was });
    },
  }),
];
