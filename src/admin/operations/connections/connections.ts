import { z } from 'zod';
import { Fault, type ServerName, type UserId } from '../../../base/index.ts';
import { isPerPerson, type ServerEntry } from '../../../mcp/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { byId, isoTime, limitField } from '../fields.ts';
import { findServer } from '../servers/change-server.ts';
import { SERVERS } from '../servers/servers.ts';
import { accountFields, link, refreshAccount, removeAccount, removed, showAccount } from './account.ts';
import { tokenStatus, tokenStatusOf } from './token-status.ts';

/** The name under which the gateway's own account stands where people's stand by their ids. */
const GATEWAY = 'gateway';

const someAccount = z.object({ user_id: z.string(), username: z.string().nullable(), ...accountFields });
const refresh = z.object({
  id: z.string(),
  at: z.string().nullable(),
  server_id: z.string(),
  /** Whose account: a person's, or null for the gateway's own. */
  user_id: z.string().nullable(),
  username: z.string().nullable(),
  kind: z.enum(['proactive', 'reactive', 'manual']),
  outcome: z.enum(['refreshed', 'ended', 'failed']),
});

const nameOf = ({ live }: ApiKit, person: UserId | undefined) =>
  person === undefined ? null : (live.current().users.get(person)?.name ?? null);

/** One at which the gateway has an account. Faults `conflict`. */
function findGateways(kit: ApiKit, id: string): ServerEntry {
  const entry = findServer(kit, id);
  if (entry.auth.kind !== 'oauth')
    throw new Fault('conflict', { says: `${entry.name} has no OAuth account: its credential is fixed` });
  if (isPerPerson(entry))
    throw new Fault('conflict', {
      says: `Everybody has an account of their own at ${entry.name}, and connects it in their own account pages`,
    });
  return entry;
}

const own = ({ name: server }: ServerEntry) => ({ server, userId: undefined });

/** Credentials and accounts at servers: how they stand, renewed, connected and removed. Never a token. */
export const connectionOperations = [
  operation({
    id: 'servers.token-statuses',
    method: 'get',
    path: `${SERVERS}/token-statuses`,
    summary: 'Of every server whether its credential is good, and for how long',
    access: 'read',
    answer: z.array(tokenStatus),
    handle: kit =>
      Promise.all([...kit.live.current().servers.values()].map(entry => tokenStatusOf(kit, entry))),
  }),
  operation({
    id: 'servers.token-audit-logs',
    method: 'get',
    path: `${SERVERS}/token-audit-logs`,
    summary: 'When tokens were refreshed, whose, why, and what came of it; the latest first',
    access: 'read',
    query: z.strictObject({ limit: limitField, server_id: z.string().max(256).optional() }),
    answer: z.array(refresh),
    handle: async (kit, { query }) => {
      const { limit = 100, server_id } = query;
      const server = server_id === undefined ? undefined : findServer(kit, server_id).name;
      const rows = await kit.store.connections.listRefreshes(server, limit);
      return rows.map(({ id, at, userId, kind, outcome, ...row }) => ({
        ...{ id, kind, outcome, at: isoTime(at), server_id: row.server },
        user_id: userId ?? null,
        username: nameOf(kit, userId),
      }));
    },
  }),
  operation({
    id: 'servers.token-status',
    method: 'get',
    path: `${SERVERS}/:id/token-status`,
    summary: 'Whether the credential of a server is good, and for how long',
    access: 'read',
    params: byId,
    answer: tokenStatus,
    handle: (kit, { params }) => tokenStatusOf(kit, findServer(kit, params.id)),
  }),
  operation({
    id: 'servers.refresh-token',
    method: 'post',
    path: `${SERVERS}/:id/refresh-token`,
    summary: 'Get new tokens for the gateway’s own account now',
    access: 'change',
    params: byId,
    answer: z.object({ server: z.string(), ...accountFields }),
    handle: async (kit, asked) => {
      const entry = findGateways(kit, asked.params.id);
      return refreshAccount(kit, asked, entry, own(entry));
    },
  }),
  operation({
    id: 'servers.connect',
    method: 'post',
    path: `${SERVERS}/:id/connect`,
    summary: 'The address of the page where you connect the gateway’s own account, for you and ten minutes',
    access: 'rule',
    params: byId,
    answer: link,
    handle: async (kit, asked) => {
      const entry = findGateways(kit, asked.params.id);
      if (entry.auth.kind === 'oauth' && entry.auth.grant !== 'authorization_code')
        throw new Fault('conflict', { says: `${entry.name} connects by itself (${entry.auth.grant})` });
      const back = `/admin/servers/${entry.name}?tab=credentials`;
      return { url: kit.connectLinks.make(asked.actor.user.id, entry.name, back).url };
    },
  }),
  operation({
    id: 'servers.connections',
    method: 'get',
    path: `${SERVERS}/:id/connections`,
    summary: 'The accounts at a server, people’s or the gateway’s own (user_id gateway)',
    access: 'read',
    params: byId,
    answer: z.array(someAccount),
    handle: async (kit, { params }) => {
      const views = await kit.connections.listAt(findServer(kit, params.id).name);
      return views.map(view => ({
        user_id: view.person ?? GATEWAY,
        username: nameOf(kit, view.person),
        ...showAccount(view),
      }));
    },
  }),
  operation({
    id: 'servers.remove-connection',
    method: 'delete',
    path: `${SERVERS}/:id/connections/:user`,
    summary: 'Forget an account at a server, and give its tokens back',
    access: 'rule',
    params: z.strictObject({ id: z.string(), user: z.string() }),
    answer: removed,
    handle: (kit, asked) => {
      const { id, user } = asked.params;
      const userId = user === GATEWAY ? undefined : (user as UserId);
      // A server that the configuration file does not name any more may have left accounts behind.
      return removeAccount(kit, asked, { server: id as ServerName, userId });
    },
  }),
];
