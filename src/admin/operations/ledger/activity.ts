import { z } from 'zod';
import { showEntry } from '../../../ledger/index.ts';
import { TIERS, type Tier } from '../../../policy/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { exactly, nextField, pageFields } from './asked.ts';
import { toolsOfTier } from './tiers.ts';

const text = z.string().nullable();
const count = z.number();

/** One request of a client. What it said and what it was told is never kept. */
const entry = z.object({
  id: z.string(),
  at: text,
  user_id: text,
  username: text,
  credential: text,
  client: text,
  client_name: text,
  user_agent: text,
  address: text,
  endpoint: z.string(),
  era: text,
  /** The one in which the server was spoken to; null where none was. */
  server_era: text,
  /** The two differ, and the call was said in the server's terms. */
  bridged: z.boolean(),
  session: text,
  method: text,
  server: text,
  target: text,
  outcome: z.enum(['ok', 'error', 'refused', 'cancelled']),
  fault: text,
  code: count.nullable(),
  status: count,
  duration_ms: count,
  /** What the server took of it; null where none was asked. */
  upstream_ms: count.nullable(),
  /** The path: until the caller was known. */
  auth_ms: count.nullable(),
  /** What is asked, where to, and whether it is permitted, with what is waited for because of limits. */
  route_ms: count.nullable(),
  /** Until the server could be asked: that it starts, opens a session, or tells what it speaks. */
  connect_ms: count.nullable(),
  server_ms: count.nullable(),
  /** On the way back, besides the server's time. */
  relay_ms: count.nullable(),
  /** Once for each time that it was sent to the server again, and why. */
  sent_again: z.array(z.enum(['session_lost', 'connection_failed'])),
  /** What was left for the gateway. */
  gateway_ms: count.nullable(),
  bytes_in: count,
  bytes_out: count,
  /** So many equal refusals came within ten seconds. */
  count,
  trace_id: text,
});

const outcome = z.enum(['ok', 'error', 'refused', 'cancelled']);

/** Which entries are meant, by any of their parts. `not_server` and its like: all but those. */
export const entryFilter = {
  id: exactly,
  user_id: exactly,
  client: exactly,
  server: exactly,
  method: exactly,
  target: exactly,
  outcome: outcome.optional(),
  fault: exactly,
  session: exactly,
  address: exactly,
  era: exactly,
  bridged: z.enum(['0', '1']).optional(),
  /** Calls of tools that may change so much, as their servers describe them now. */
  tier: z.enum(TIERS).optional(),
  not_user_id: exactly,
  not_client: exactly,
  not_server: exactly,
  not_method: exactly,
  not_target: exactly,
  not_outcome: outcome.optional(),
  not_fault: exactly,
};

type Asked = { readonly [Name in Exclude<keyof typeof entryFilter, 'tier'>]?: string | undefined } & {
  readonly tier?: Tier | undefined;
};

/** What was asked, in the words of the store. */
export function filterOf<Rest extends object>(kit: ApiKit, asked: Asked & Rest) {
  const { bridged, tier, user_id: principal, not_user_id, not_client, not_server, ...more } = asked;
  const { not_method, not_target, not_outcome, not_fault, ...rest } = more;
  const not = {
    ...{ principal: not_user_id, client: not_client, server: not_server, method: not_method },
    ...{ target: not_target, outcome: not_outcome, fault: not_fault },
  };
  return {
    ...{ ...rest, principal, not },
    ...(bridged !== undefined && { isBridged: bridged === '1' }),
    ...(tier !== undefined && { tools: toolsOfTier(kit, tier) }),
  };
}

/** The requests of clients. */
export const activityList = operation({
  id: 'activity.list',
  method: 'get',
  path: '/admin/api/activity',
  summary: 'The requests of MCP clients, one entry each, without what they said; the latest first',
  access: 'read',
  query: z.strictObject({ ...pageFields, ...entryFilter }),
  answer: z.object({ entries: z.array(entry), next: nextField }),
  handle: async (kit, { query }) => {
    const filter = filterOf(kit, query);
    const { rows, next } = await kit.store.ledger.activity({ ...filter, limit: query.limit ?? 100 });
    return { entries: rows.map(showEntry), next: next ?? null };
  },
});
