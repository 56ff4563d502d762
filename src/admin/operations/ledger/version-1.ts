import { z } from 'zod';
import { EVERYTHING, topOf, totalsOf, windowOf } from '../../../ledger/index.ts';
import type { ActivityFilter, ActivityRow } from '../../../store/index.ts';
import { operation } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';
import { countField, exactly } from './asked.ts';

// What version 1 answered under these addresses, for the programs that read it there.

const HOUR_MS = 3_600_000;
const text = z.string().nullable();

const request = z.object({
  id: z.string(),
  timestamp: text,
  user_id: text,
  username: text,
  mcp_server_id: text,
  server_name: text,
  method: text,
  tool_name: text,
  success: z.boolean(),
  error_message: text,
  response_time_ms: z.number(),
  ip_address: text,
  client_id: text,
  client_name: text,
  user_agent: text,
  request_id: z.string(),
  path: z.string(),
  event_kind: z.enum(['work', 'system']),
});

function shownRequest(row: ActivityRow): z.input<typeof request> {
  const server = row.server ?? null;
  return {
    ...{ id: row.id, timestamp: isoTime(row.at), request_id: row.id, path: row.endpoint },
    ...{ user_id: row.principal ?? null, username: row.userName ?? null },
    ...{ mcp_server_id: server, server_name: server, method: row.method ?? null },
    tool_name: row.method === 'tools/call' ? (row.target ?? null) : null,
    success: row.outcome === 'ok',
    error_message: row.outcome === 'ok' ? null : (row.fault ?? row.outcome),
    response_time_ms: Math.round(row.durationMs),
    ...{ ip_address: row.address ?? null, client_id: row.client ?? null },
    ...{ client_name: row.clientName ?? null, user_agent: row.userAgent ?? null },
    event_kind: row.method === 'tools/call' ? 'work' : 'system',
  };
}

const KINDS = { work: { method: 'tools/call' }, system: { not: { method: 'tools/call' } } } as const;
const SUCCESS = { true: { outcome: 'ok' }, false: { not: { outcome: 'ok' } } } as const;

/** The newest requests. */
const mcpRequests = operation({
  id: 'mcp-requests.list',
  method: 'get',
  path: '/admin/api/mcp-requests',
  summary: 'The requests of the last seconds, as version 1 gave them',
  access: 'read',
  query: z.strictObject({
    limit: countField(200),
    last_seconds: countField(366 * 86_400),
    method: exactly,
    success: z.enum(['true', 'false']).optional(),
    event_kind: z.enum(['work', 'system']).optional(),
  }),
  answer: z.object({ requests: z.array(request) }),
  handle: async ({ store, clock }, { query }) => {
    const { limit = 50, last_seconds = 60, method, success, event_kind } = query;
    const filter: ActivityFilter = {
      since: clock.now() - last_seconds * 1000,
      limit,
      ...(event_kind && KINDS[event_kind]),
      ...(method !== undefined && { method }),
      ...(success && SUCCESS[success]),
    };
    const { rows } = await store.ledger.activity(filter);
    return { requests: rows.map(shownRequest) };
  },
});

const mcpStats = operation({
  id: 'mcp-stats.show',
  method: 'get',
  path: '/admin/api/mcp-stats',
  summary: 'How many requests, how many went well and how fast, as version 1 gave it',
  access: 'read',
  query: z.strictObject({
    last_hours: countField(87_600),
    include_top_tools: z.enum(['true', 'false']).optional(),
  }),
  answer: z.object({
    requests_24h: z.number(),
    active_servers: z.number(),
    total_servers: z.number(),
    /** In percent. */
    success_rate: z.number(),
    avg_response_time: z.number(),
    /** Requests against the window before. */
    trend: z.string(),
    top_tools: z.array(z.object({ name: z.string(), count: z.number(), server: z.string() })).optional(),
  }),
  handle: async (kit, { query }) => {
    const { last_hours = 24, include_top_tools } = query;
    const now = kit.clock.now();
    const length = last_hours * HOUR_MS;
    const window = windowOf({ since: now - length, isExact: true }, now);
    const before = { ...window, from: window.from - length, to: window.from };
    const store = kit.store.ledger;
    await kit.ledger.settle(now);
    const totals = await totalsOf(store, EVERYTHING, window);
    const former = await totalsOf(store, EVERYTHING, before);
    const change = former.requests && Math.round((totals.requests / former.requests - 1) * 100);
    const tools =
      include_top_tools === 'true' ? await topOf(store, { kind: 'tool', top: 5 }, window) : undefined;
    const servers = kit.upstreams.all();
    return {
      requests_24h: totals.requests,
      active_servers: servers.filter(({ status }) => status.state === 'ready').length,
      total_servers: kit.live.current().servers.size,
      success_rate: Number(((totals.success ?? 0) * 100).toFixed(2)),
      avg_response_time: Number((totals.mean ?? 0).toFixed(2)),
      trend: former.requests === 0 ? '' : `${change >= 0 ? '+' : ''}${change}%`,
      ...(tools && {
        top_tools: tools.map(({ key, requests }) => {
          const at = key.indexOf(' ');
          return { name: key.slice(at + 1), count: requests, server: key.slice(0, Math.max(0, at)) };
        }),
      }),
    };
  },
});

const DAY_MS = 24 * HOUR_MS;

const stats = operation({
  id: 'stats.show',
  method: 'get',
  path: '/admin/api/stats',
  summary: 'How many people there are, who of them signed in, and how tokens are made, as version 1 gave it',
  access: 'read',
  answer: z.object({
    total_users: z.number(),
    active_users: z.number(),
    superusers: z.number(),
    logins_24h: z.number(),
    jwt_algorithm: z.string(),
    access_token_expire_minutes: z.number(),
    refresh_token_expire_days: z.number(),
    mcp_public_url: z.string(),
  }),
  handle: async kit => {
    const users = [...kit.live.current().users.values()];
    const active = users.filter(({ disabled }) => !disabled);
    const { settings } = kit.configNow();
    await kit.ledger.settle(kit.clock.now());
    const since = kit.clock.now() - DAY_MS;
    const logins = { types: ['login', 'admin_login'], ok: 1, since, limit: 1 } as const;
    return {
      total_users: users.length,
      active_users: active.length,
      superusers: active.filter(({ role }) => role === 'admin').length,
      logins_24h: await kit.store.ledger.countSignIns(logins),
      jwt_algorithm: kit.config.signing.algorithm,
      access_token_expire_minutes: settings['jwt.accessTokenExpireMinutes'],
      refresh_token_expire_days: settings['jwt.refreshTokenExpireDays'],
      mcp_public_url: kit.origin(),
    };
  },
});

export const versionOneOperations = [mcpRequests, mcpStats, stats];
