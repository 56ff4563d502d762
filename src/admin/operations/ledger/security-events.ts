import { z } from 'zod';
import { showEvent } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';
import { countField, exactly, pageFields } from './asked.ts';
import { nameOf } from './names.ts';

const event = z.object({
  id: z.string(),
  timestamp: z.string().nullable(),
  event_type: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  user_id: z.string().nullable(),
  username: z.string().nullable(),
  ip_address: z.string().nullable(),
  server: z.string().nullable(),
  details: z.unknown(),
  /** So many equal ones came within ten seconds. */
  count: z.number(),
});

export const eventFilter = {
  event_type: exactly,
  severity: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  user_id: exactly,
  server: exactly,
  address: exactly,
};

const HOUR_MS = 3_600_000;

/** What detectors and refusals said. */
export const securityEvents = operation({
  id: 'security-events.list',
  method: 'get',
  path: '/admin/api/security-events',
  summary: 'What was refused, found or changed that concerns security; the latest first',
  access: 'read',
  query: z.strictObject({
    ...pageFields,
    last_hours: countField(87_600),
    ...eventFilter,
  }),
  answer: z.array(event),
  handle: async (kit, { query }) => {
    const { event_type: type, user_id: principal, last_hours, limit = 100, ...rest } = query;
    const since = last_hours === undefined ? query.since : kit.clock.now() - last_hours * HOUR_MS;
    const { rows } = await kit.store.ledger.events({ ...rest, since, type, principal, limit });
    return rows.map(row => ({ ...showEvent(row), username: nameOf(kit, row.principal) }));
  },
});
