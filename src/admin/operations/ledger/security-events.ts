import { z } from 'zod';
import type { EventRow } from '../../../store/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';
import { countField, exactly, pageFields, readJson } from './asked.ts';
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

const shownEvent = (kit: ApiKit, { id, at, type, severity, principal, address, ...row }: EventRow) => ({
  ...{ id, severity, event_type: type, timestamp: isoTime(at), count: row.count },
  ...{ user_id: principal ?? null, username: nameOf(kit, principal) },
  ...{ ip_address: address ?? null, server: row.server ?? null, details: readJson(row.detail) },
});

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
    event_type: exactly,
    severity: z.enum(['low', 'medium', 'high', 'critical']).optional(),
    user_id: exactly,
    server: exactly,
    address: exactly,
  }),
  answer: z.array(event),
  handle: async (kit, { query }) => {
    const { event_type: type, user_id: principal, last_hours, limit = 100, ...rest } = query;
    const since = last_hours === undefined ? query.since : kit.clock.now() - last_hours * HOUR_MS;
    const { rows } = await kit.store.ledger.events({ ...rest, since, type, principal, limit });
    return rows.map(row => shownEvent(kit, row));
  },
});
