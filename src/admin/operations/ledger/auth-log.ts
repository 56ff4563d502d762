import { z } from 'zod';
import { showSignIn } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';
import { countField, exactly, nextField, pageFields } from './asked.ts';

const text = z.string().nullable();

const entry = z.object({
  id: z.string(),
  timestamp: text,
  event_type: z.string(),
  success: z.boolean(),
  user_id: text,
  username: text,
  client_id: text,
  ip_address: text,
  user_agent: text,
  details: text,
  /** So many equal failures came within ten seconds. */
  count: z.number(),
});

const SUCCESS = { true: 1, false: 0 } as const;
const DAY_MS = 86_400_000;

export const authLogFilter = {
  event_type: exactly,
  success: z.enum(['true', 'false']).optional(),
  user_id: exactly,
  client: exactly,
  address: exactly,
};

type Asked = { readonly [Name in keyof typeof authLogFilter]?: z.output<(typeof authLogFilter)[Name]> };

/** As the store asks it. */
export function signInFilterOf({ event_type, success, user_id: principal, client, address }: Asked) {
  return {
    ...{ principal, client, address },
    types: event_type === undefined ? undefined : [event_type],
    ok: success === undefined ? undefined : SUCCESS[success],
  };
}

/** The events of OAuth between MCP clients and the gateway. */
const OAUTH = [
  'mcp_oauth_authorize',
  'mcp_oauth_token',
  'mcp_oauth_refresh',
  'mcp_oauth_revoke',
  'mcp_oauth_error',
];

const offsetField = z
  .string()
  .regex(/^\d{1,9}$/, 'is a whole number')
  .transform(Number)
  .optional();

/** Who signed in and out, and what was given to whom: now, and under the addresses of version 1. */
export const authLogOperations = [
  operation({
    id: 'auth-log.list',
    method: 'get',
    path: '/admin/api/auth-log',
    summary: 'Logins, tokens, registrations and consents, refused ones too; the latest first',
    access: 'read',
    query: z.strictObject({ ...pageFields, ...authLogFilter }),
    answer: z.object({ entries: z.array(entry), next: nextField }),
    handle: async ({ store }, { query }) => {
      const { since, until, before, limit = 100 } = query;
      const filter = { ...signInFilterOf(query), since, until, before, limit };
      const { rows, next } = await store.ledger.signIns(filter);
      return { entries: rows.map(showSignIn), next: next ?? null };
    },
  }),
  operation({
    id: 'logs.list',
    method: 'get',
    path: '/admin/api/logs',
    summary: 'The log of authentication, as version 1 gave it',
    access: 'read',
    query: z.strictObject({
      event_type: exactly,
      days: countField(3650),
      limit: countField(1000),
      offset: offsetField,
    }),
    answer: z.object({ logs: z.array(entry), total: z.number(), limit: z.number(), offset: z.number() }),
    handle: async ({ store, clock }, { query }) => {
      const { event_type, days, limit = 50, offset = 0 } = query;
      const since = days === undefined ? undefined : clock.now() - days * DAY_MS;
      const filter = { ...signInFilterOf({ event_type }), since, limit, offset };
      const [found, total] = [await store.ledger.signIns(filter), await store.ledger.countSignIns(filter)];
      return { logs: found.rows.map(showSignIn), total, limit, offset };
    },
  }),
  operation({
    id: 'mcp-auth-events.list',
    method: 'get',
    path: '/admin/api/mcp-auth-events',
    summary: 'What MCP clients did to be let in, as version 1 gave it',
    access: 'read',
    query: z.strictObject({ limit: countField(1000), last_seconds: countField(366 * 86_400) }),
    answer: z.object({ events: z.array(entry) }),
    handle: async ({ store, clock }, { query }) => {
      const { limit = 10, last_seconds } = query;
      const since = last_seconds === undefined ? undefined : clock.now() - last_seconds * 1000;
      const { rows } = await store.ledger.signIns({ types: OAUTH, since, limit });
      return { events: rows.map(showSignIn) };
    },
  }),
];
