import type { SecurityEvent } from '../../api/live.ts';

/** Events of one kind and actor, of which none is an hour from the next. */
export type Incident = {
  readonly key: string;
  readonly type: string;
  readonly severity: SecurityEvent['severity'];
  readonly who: string | null;
  readonly address: string | null;
  readonly server: string | null;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly events: readonly SecurityEvent[];
};

const HOUR_MS = 3_600_000;
const RANK = { critical: 0, high: 1, medium: 2, low: 3 } as const;

const timeOf = ({ timestamp }: SecurityEvent) => Date.parse(timestamp ?? '') || 0;

/** Folds events, the latest first, into incidents, the latest first. */
export function incidentsOf(events: readonly SecurityEvent[]): readonly Incident[] {
  const open = new Map<string, Incident>();
  const done: Incident[] = [];
  for (const event of events) {
    const { event_type: type, severity, username, ip_address: address, server, count } = event;
    const key = JSON.stringify([type, username ?? address, server]);
    const at = timeOf(event);
    const there = open.get(key);
    if (there && there.first - at <= HOUR_MS) {
      const worse = RANK[severity] < RANK[there.severity] ? severity : there.severity;
      open.set(key, {
        ...there,
        severity: worse,
        count: there.count + count,
        first: at,
        events: [...there.events, event],
      });
      continue;
    }
    if (there) done.push(there);
    open.set(key, {
      key: event.id,
      type,
      severity,
      who: username,
      address,
      server,
      count,
      first: at,
      last: at,
      events: [event],
    });
  }
  return [...done, ...open.values()].sort((a, b) => b.last - a.last);
}

/** How many came when, from the first to the last, in so many parts. */
export function sparkOf({ events, first, last }: Incident, parts = 24): readonly number[] {
  const bins = Array.from({ length: parts }, () => 0);
  for (const event of events) {
    const share = last === first ? 0 : (timeOf(event) - first) / (last - first);
    const at = Math.min(parts - 1, Math.floor(share * parts));
    bins[at] = (bins[at] ?? 0) + event.count;
  }
  return bins;
}
