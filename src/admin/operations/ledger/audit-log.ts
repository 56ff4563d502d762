import { z } from 'zod';
import { showAudit } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';
import { exactly, nextField, pageFields } from './asked.ts';

const entry = z.object({
  id: z.string(),
  at: z.string().nullable(),
  /** `user:alice`, `key:alice/laptop`, `cli:root`, `file`, `setup`. */
  actor: z.string(),
  /** From where; null for what came by no request, as by the command line. */
  address: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});

export const auditFilter = { actor: exactly, action: exactly, target: exactly, address: exactly };

/** What administrators, the command line and the file changed. */
export const auditLog = operation({
  id: 'audit.list',
  method: 'get',
  path: '/admin/api/audit',
  summary: 'Who changed what and from where, with before and after; the latest first',
  access: 'read',
  query: z.strictObject({ ...pageFields, ...auditFilter }),
  answer: z.object({ entries: z.array(entry), next: nextField }),
  handle: async ({ store }, { query }) => {
    const { rows, next } = await store.ledger.audit({ ...query, limit: query.limit ?? 100 });
    return { entries: rows.map(showAudit), next: next ?? null };
  },
});
