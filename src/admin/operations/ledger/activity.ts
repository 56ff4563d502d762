import { z } from 'zod';
import { showEntry } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';
import { exactly, nextField, pageFields } from './asked.ts';

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
  /** What was left for the gateway. */
  gateway_ms: count.nullable(),
  bytes_in: count,
  bytes_out: count,
  /** So many equal refusals came within ten seconds. */
  count,
  trace_id: text,
});

/** Which entries are meant, by any of their parts. */
export const entryFilter = {
  user_id: exactly,
  client: exactly,
  server: exactly,
  method: exactly,
  target: exactly,
  outcome: z.enum(['ok', 'error', 'refused', 'cancelled']).optional(),
  fault: exactly,
  session: exactly,
  address: exactly,
};

/** The requests of clients. */
export const activityList = operation({
  id: 'activity.list',
  method: 'get',
  path: '/admin/api/activity',
  summary: 'The requests of MCP clients, one entry each, without what they said; the latest first',
  access: 'read',
  query: z.strictObject({ ...pageFields, ...entryFilter }),
  answer: z.object({ entries: z.array(entry), next: nextField }),
  handle: async ({ store }, { query }) => {
    const { user_id: principal, limit = 100, ...rest } = query;
    const { rows, next } = await store.ledger.activity({ ...rest, principal, limit });
    return { entries: rows.map(showEntry), next: next ?? null };
  },
});
