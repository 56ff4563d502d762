import { z } from 'zod';
import {
  exported,
  FORMATS,
  type Shown,
  showAudit,
  showEntry,
  showEvent,
  showSignIn,
} from '../../../ledger/index.ts';
import type { Found } from '../../../store/index.ts';
import { streamed } from '../../api/operation.ts';
import { entryFilter, filterOf } from './activity.ts';
import { pageFields } from './asked.ts';
import { auditFilter } from './audit-log.ts';
import { authLogFilter, signInFilterOf } from './auth-log.ts';
import { eventFilter } from './security-events.ts';

/** Rows of one page: a slow reader holds no more of them in memory. */
const PAGE = 1_000;

const { since, until } = pageFields;
const common = { since, until, format: z.enum(['csv', 'jsonl']) };
const media = Object.values(FORMATS).map(format => format.media.split(';')[0] ?? '');

type Page<Row> = (before: string | undefined) => Promise<Found<Row>>;

function download<Row>(
  name: string,
  format: keyof typeof FORMATS,
  { page, show }: { readonly page: Page<Row>; readonly show: (row: Row) => Shown },
): Response {
  const rows = exported(page, show, FORMATS[format]);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async controller => {
      const { value, done } = await rows.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => {
      await rows.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': FORMATS[format].media,
      'content-disposition': `attachment; filename="${name}.${format}"`,
    },
  });
}

/** What happened as a file, of any length. */
export const exportOperations = [
  streamed({
    id: 'activity.export',
    method: 'get',
    path: '/admin/api/activity/export',
    summary: 'The requests of MCP clients as CSV or JSON lines',
    access: 'read',
    query: z.strictObject({ ...common, ...entryFilter }),
    media,
    handle: async (kit, { query }) => {
      const { format, ...rest } = query;
      const filter = filterOf(kit, rest);
      const page: Page<Parameters<typeof showEntry>[0]> = before =>
        kit.store.ledger.activity({ ...filter, before, limit: PAGE });
      return download('activity', format, { page, show: showEntry });
    },
  }),
  streamed({
    id: 'security-events.export',
    method: 'get',
    path: '/admin/api/security-events/export',
    summary: 'Security events as CSV or JSON lines',
    access: 'read',
    query: z.strictObject({ ...common, ...eventFilter }),
    media,
    handle: async ({ store }, { query }) => {
      const { format, user_id: principal, event_type: type, ...rest } = query;
      const page: Page<Parameters<typeof showEvent>[0]> = before =>
        store.ledger.events({ ...rest, principal, type, before, limit: PAGE });
      return download('security-events', format, { page, show: showEvent });
    },
  }),
  streamed({
    id: 'auth-log.export',
    method: 'get',
    path: '/admin/api/auth-log/export',
    summary: 'The log of authentication as CSV or JSON lines',
    access: 'read',
    query: z.strictObject({ ...common, ...authLogFilter }),
    media,
    handle: async ({ store }, { query }) => {
      const filter = { ...signInFilterOf(query), since: query.since, until: query.until };
      const page: Page<Parameters<typeof showSignIn>[0]> = before =>
        store.ledger.signIns({ ...filter, before, limit: PAGE });
      return download('auth-log', query.format, { page, show: showSignIn });
    },
  }),
  streamed({
    id: 'audit.export',
    method: 'get',
    path: '/admin/api/audit/export',
    summary: 'The audit log as CSV or JSON lines',
    access: 'read',
    query: z.strictObject({ ...common, ...auditFilter }),
    media,
    handle: async ({ store }, { query }) => {
      const { format, ...rest } = query;
      const page: Page<Parameters<typeof showAudit>[0]> = before =>
        store.ledger.audit({ ...rest, before, limit: PAGE });
      return download('audit', format, { page, show: showAudit });
    },
  }),
];
