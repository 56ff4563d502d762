import { z } from 'zod';
import { operation } from '../../api/operation.ts';
import { healthShown, saysOf, showHealth } from '../../servers/health-shown.ts';
import { limitField } from '../fields.ts';
import { findServer } from './change-server.ts';
import { byId, SERVERS } from './servers.ts';

const change = healthShown
  .pick({ state: true, reason: true, says: true, latency_ms: true })
  .extend({ at: z.number() });

/** How a server is and was. */
export const healthOperation = operation({
  id: 'servers.health',
  method: 'get',
  path: `${SERVERS}/:id/health`,
  summary: 'How a server is now, since when and why, and the changes before, the latest first',
  access: 'read',
  params: byId,
  query: z.strictObject({ limit: limitField }),
  answer: healthShown.extend({ server: z.string(), history: z.array(change) }),
  handle: async (kit, { params, query }) => {
    const entry = findServer(kit, params.id);
    const found = await kit.store.health.list(entry.name, query.limit ?? 100);
    const history = found.map(({ at, state, reason, latencyMs }) => ({
      at,
      state: state as z.input<typeof change>['state'],
      reason: reason ?? null,
      says: saysOf(reason),
      latency_ms: latencyMs === undefined ? null : Math.round(latencyMs),
    }));
    return { server: entry.name, ...showHealth(kit, entry), history };
  },
});
