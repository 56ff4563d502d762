import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { operation } from '../../api/operation.ts';
import { serverDraft, serverPatch } from '../../servers/draft.ts';
import { serverShown, showServer, showServers } from '../../servers/shown.ts';
import {
  draftServer,
  findOwn,
  findServer,
  keepChanged,
  keepNew,
  patchServer,
  removeServer,
} from './change-server.ts';

export const SERVERS = '/admin/api/mcp-servers';
export const byId = z.strictObject({ id: z.string() });
const withWarnings = serverShown.extend({ warnings: z.array(z.string()) });

/** The servers behind the gateway: what there is, added, changed and removed. */
export const serverOperations = [
  operation({
    id: 'servers.list',
    method: 'get',
    path: SERVERS,
    summary: 'Every server, of the configuration file and added here, with its state',
    access: 'read',
    answer: z.array(serverShown),
    handle: async kit => showServers(kit, kit.live.current().servers.values()),
  }),
  operation({
    id: 'servers.create',
    method: 'post',
    path: SERVERS,
    summary: 'Add a server; one that cannot be reached now is kept and said to be down',
    access: 'rule',
    body: serverDraft,
    answer: withWarnings,
    status: 201,
    handle: async (kit, asked) => {
      const drafted = await draftServer(kit, asked, asked.body);
      await keepNew(kit, asked, drafted);
      await kit.live.refresh();
      // So that the answer can say whether it works; a server that is slow to answer is not waited for.
      await Promise.race([
        kit.upstreams.get(drafted.entry.name)?.probe(),
        setTimeout(1_500, undefined, { ref: false }),
      ]);
      return { ...showServer(kit, drafted.entry), warnings: [...drafted.warnings] };
    },
  }),
  operation({
    id: 'servers.get',
    method: 'get',
    path: `${SERVERS}/:id`,
    summary: 'One server',
    access: 'read',
    params: byId,
    answer: serverShown,
    handle: async (kit, { params }) => showServer(kit, findServer(kit, params.id)),
  }),
  operation({
    id: 'servers.update',
    method: 'patch',
    path: `${SERVERS}/:id`,
    summary: 'Change some fields of a server; what is not named stays, its credential too',
    access: 'rule',
    params: byId,
    body: serverPatch,
    answer: withWarnings,
    now: (kit, { params }) => {
      const shown = showServer(kit, findOwn(kit, params.id));
      return {
        ...{ fields: { ...shown, name: shown.title }, action: 'server.change', names: [shown.name] },
        auditedAs: { name: 'title', url: 'place' },
      };
    },
    turn: ({ params }) => `server ${params.id}`,
    handle: async (kit, asked) => {
      const before = findOwn(kit, asked.params.id);
      const { entry, warnings } = await patchServer(kit, asked, before, asked.body);
      await keepChanged(kit, asked, before, entry);
      await kit.live.refresh();
      return { ...showServer(kit, entry), warnings: [...warnings] };
    },
  }),
  operation({
    id: 'servers.remove',
    method: 'delete',
    path: `${SERVERS}/:id`,
    summary: 'Remove a server with its grants; its calls end',
    access: 'rule',
    params: byId,
    answer: z.object({ id: z.string(), removed: z.boolean() }),
    handle: async (kit, asked) => {
      const entry = findOwn(kit, asked.params.id);
      await removeServer(kit, asked, entry);
      return { id: entry.name, removed: true };
    },
  }),
];
