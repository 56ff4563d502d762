import { z } from 'zod';
import { showEvent } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';
import { nextField, pageFields } from '../ledger/asked.ts';
import { findServer } from './change-server.ts';
import { byId, SERVERS } from './servers.ts';

const field = z.object({
  /** A JSON pointer into the definition. */
  field: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

/** What was said of a change; texts are safe to print. */
const detail = z.object({
  kind: z.enum(['tool', 'prompt', 'resource', 'template', 'instructions', 'all']),
  name: z.string().nullable().default(null),
  change: z.enum(['added', 'removed', 'changed', 'many']),
  fields: z.array(field).default([]),
  /** So many members more differ. */
  more: z.number().default(0),
  /** Of the whole definitions, SHA-256. */
  hashes: z.object({ before: z.string().nullable(), after: z.string().nullable() }).nullable().default(null),
  action: z.enum(['logged', 'switched off', 'withheld']).default('logged'),
  /** So many definitions changed at once. */
  count: z.number().default(1),
});

const changes = z.object({
  entries: z.array(detail.extend({ id: z.string(), at: z.string().nullable() })),
  next: nextField,
});

/** What a server changed in what it offers. */
export const changesOperation = operation({
  id: 'servers.changes',
  method: 'get',
  path: `${SERVERS}/:id/changes`,
  summary:
    'What a server changed in its tools, prompts, resources and instructions, member by member; the latest first',
  access: 'read',
  params: byId,
  query: z.strictObject(pageFields),
  answer: changes,
  handle: async (kit, { params, query }) => {
    const { name: server } = findServer(kit, params.id);
    const { limit = 100, ...rest } = query;
    const found = await kit.store.ledger.events({ ...rest, limit, server, type: 'tool_changed' });
    const entries = found.rows.map(showEvent).flatMap(({ id, timestamp, details }) => {
      const read = detail.safeParse(details);
      return read.success ? [{ id, at: timestamp, ...read.data }] : [];
    });
    return { entries, next: found.next ?? null };
  },
});
