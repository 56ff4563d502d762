import { z } from 'zod';
import type { ActivityRow } from '../../../store/index.ts';
import { operation } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';
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

const rounded = (ms: number) => Math.round(ms * 1000) / 1000;

/** An entry as it is shown, exported and logged. */
function shownEntry(row: ActivityRow): z.input<typeof entry> {
  const { id, endpoint, outcome, status, durationMs, upstreamMs } = row;
  return {
    ...{ id, at: isoTime(row.at), endpoint, outcome, status, count: row.count },
    ...{ user_id: row.principal ?? null, username: row.userName ?? null },
    ...{ credential: row.credential ?? null, client: row.client ?? null },
    ...{ client_name: row.clientName ?? null, user_agent: row.userAgent ?? null },
    ...{ address: row.address ?? null, era: row.era ?? null, session: row.session ?? null },
    ...{ server_era: row.serverEra ?? null, trace_id: row.traceId ?? null },
    bridged: row.serverEra !== undefined && row.serverEra !== row.era,
    ...{ method: row.method ?? null, server: row.server ?? null, target: row.target ?? null },
    ...{ fault: row.fault ?? null, code: row.code ?? null },
    duration_ms: rounded(durationMs),
    upstream_ms: upstreamMs === undefined ? null : rounded(upstreamMs),
    gateway_ms: upstreamMs === undefined ? null : rounded(Math.max(0, durationMs - upstreamMs)),
    ...{ bytes_in: row.bytesIn, bytes_out: row.bytesOut },
  };
}

/** Which entries are meant, by any of their parts. */
const entryFilter = {
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
    return { entries: rows.map(shownEntry), next: next ?? null };
  },
});
