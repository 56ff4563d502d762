import { z } from 'zod';
import type { ServerEntry } from '../../mcp/index.ts';
import { HEALTH_SAYS, type Health, type HealthReason } from '../../upstream/index.ts';
import type { ApiKit } from '../api/kit.ts';

const STATES = ['online', 'degraded', 'down', 'parked', 'unknown', 'disabled'] as const;

/** Times in milliseconds since the epoch. */
export const healthShown = z.object({
  state: z.enum(STATES),
  since: z.number().nullable(),
  reason: z.string().nullable(),
  /** The reason in a sentence of the gateway's own. */
  says: z.string().nullable(),
  checked_at: z.number().nullable(),
  latency_ms: z.number().nullable(),
  last_error: z.object({ at: z.number(), reason: z.string(), says: z.string() }).nullable(),
});

type Shown = z.input<typeof healthShown>;

const DISABLED: Shown = {
  state: 'disabled',
  since: null,
  reason: null,
  says: null,
  checked_at: null,
  latency_ms: null,
  last_error: null,
};

/** In words, where the reason is one that this release knows. */
export const saysOf = (reason: string | undefined): string | null =>
  HEALTH_SAYS[reason as HealthReason] ?? null;

function errorOf({ lastError }: Health): Shown['last_error'] {
  return lastError ? { ...lastError, says: HEALTH_SAYS[lastError.reason] } : null;
}

/** How a server is now. */
export function showHealth({ health }: Pick<ApiKit, 'health'>, entry: ServerEntry): Shown {
  const found = health.of(entry.name);
  if (!found) return DISABLED;
  return {
    state: found.state,
    since: found.since ?? null,
    reason: found.reason ?? null,
    says: saysOf(found.reason),
    checked_at: found.checkedAt ?? null,
    latency_ms: found.latencyMs === undefined ? null : Math.round(found.latencyMs),
    last_error: errorOf(found),
  };
}
