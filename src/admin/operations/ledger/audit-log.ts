import { z } from 'zod';
import type { AuditRow } from '../../../store/index.ts';
import { operation } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';
import { exactly, nextField, pageFields, readJson } from './asked.ts';

const entry = z.object({
  id: z.string(),
  at: z.string().nullable(),
  /** `user:alice`, `key:alice/laptop`, `cli:root`, `file`, `setup`. */
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});

const shownAudit = ({ id, at, actor, action, target, before, after }: AuditRow) => ({
  ...{ id, actor, action, target, at: isoTime(at) },
  ...{ before: readJson(before), after: readJson(after) },
});

/** What administrators, the command line and the file changed. */
export const auditLog = operation({
  id: 'audit.list',
  method: 'get',
  path: '/admin/api/audit',
  summary: 'Who changed what, with before and after; the latest first',
  access: 'read',
  query: z.strictObject({ ...pageFields, actor: exactly, action: exactly, target: exactly }),
  answer: z.object({ entries: z.array(entry), next: nextField }),
  handle: async ({ store }, { query }) => {
    const { rows, next } = await store.ledger.audit({ ...query, limit: query.limit ?? 100 });
    return { entries: rows.map(shownAudit), next: next ?? null };
  },
});
