import { z } from 'zod';
import { showEntry } from '../../../ledger/index.ts';
import type { Tier } from '../../../policy/index.ts';
import { operation } from '../../api/operation.ts';
import { entryFilter, filterOf } from './activity.ts';
import { pageFields } from './asked.ts';
import { nameOf } from './names.ts';
import { tierOfCall } from './tiers.ts';

/** Of so many entries, the latest, parts are counted: what is asked before every look has to cost little. */
const MOST = 2_000;
const MOST_VALUES = 100;

type Shown = ReturnType<typeof showEntry> & { readonly tier: Tier | null };

const FACETS = [
  'outcome',
  'fault',
  'server',
  'target',
  'tier',
  'user_id',
  'client',
  'method',
  'era',
  'bridged',
] as const;
type Facet = (typeof FACETS)[number];

const value = z.object({ value: z.string(), title: z.string().nullable(), count: z.number() });
const ms = z.number().nullable();

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

/** Programs that share a key are one client: it is called by all of their names, as far as they are few. */
function titleOf(names: ReadonlySet<string>): string | null {
  const [first, ...rest] = names;
  if (first === undefined) return null;
  return rest.length > 2 ? `${first} and ${rest.length} more` : [first, ...rest].join(', ');
}

/** How often each value of a part came, the most frequent first. */
function countValues(entries: readonly Shown[], facet: Facet) {
  const counts = new Map<string, { names: Set<string>; count: number }>();
  for (const entry of entries) {
    const of = entry[facet];
    if (of === null) continue;
    const key = facet === 'bridged' ? (of ? '1' : '0') : String(of);
    const there = counts.get(key) ?? { names: new Set(), count: 0 };
    if (facet === 'client' && entry.client_name !== null) there.names.add(entry.client_name);
    there.count += entry.count;
    counts.set(key, there);
  }
  return [...counts]
    .map(([value, { names, count }]) => ({ value, title: titleOf(names), count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_VALUES);
}

/** Which client asked which server, and how often in vain. */
function countPairs(entries: readonly Shown[]) {
  const pairs = new Map<
    string,
    { client: string; names: Set<string>; server: string; calls: number; failed: number }
  >();
  for (const { client, client_name: name, server, outcome, count } of entries) {
    if (client === null || server === null) continue;
    const key = JSON.stringify([client, server]);
    const pair = pairs.get(key) ?? { client, names: new Set(), server, calls: 0, failed: 0 };
    if (name !== null) pair.names.add(name);
    pair.calls += count;
    if (outcome === 'error' || outcome === 'refused') pair.failed += count;
    pairs.set(key, pair);
  }
  return [...pairs.values()]
    .map(({ names, ...pair }) => ({ ...pair, title: titleOf(names) }))
    .sort((a, b) => b.calls - a.calls);
}

/** In which eras each server was asked by clients, and spoken to. */
function countEras(entries: readonly Shown[]) {
  const found = new Map<string, { client: Set<string>; server: Set<string> }>();
  for (const { server, era, server_era } of entries) {
    if (server === null || server_era === null) continue;
    const eras = found.get(server) ?? { client: new Set(), server: new Set() };
    if (era !== null) eras.client.add(era);
    eras.server.add(server_era);
    found.set(server, eras);
  }
  const sorted = (eras: Set<string>) => [...eras].sort();
  return [...found].map(([server, eras]) => ({
    server,
    client_eras: sorted(eras.client),
    server_eras: sorted(eras.server),
  }));
}

/** What the latest entries have in common. */
export const activitySummary = operation({
  id: 'activity.summary',
  method: 'get',
  path: '/admin/api/activity/summary',
  summary: `The latest ${MOST} entries of a window by their parts: how many of each, who asks which server, what the gateway itself took`,
  access: 'read',
  query: z.strictObject({ since: pageFields.since, until: pageFields.until, ...entryFilter }),
  answer: z.object({
    /** So many entries were looked at. */
    entries: z.number(),
    /** So many requests they stand for: what is refused again and again is one entry. The parts count these. */
    requests: z.number(),
    /** The window holds no others. */
    is_all: z.boolean(),
    facets: z.object(
      Object.fromEntries(FACETS.map(facet => [facet, z.array(value)])) as Record<
        Facet,
        z.ZodArray<typeof value>
      >,
    ),
    pairs: z.array(
      z.object({
        client: z.string(),
        title: z.string().nullable(),
        server: z.string(),
        calls: z.number(),
        failed: z.number(),
      }),
    ),
    eras: z.array(
      z.object({ server: z.string(), client_eras: z.array(z.string()), server_eras: z.array(z.string()) }),
    ),
    gateway_p50_ms: ms,
    gateway_p99_ms: ms,
    /** The share of calls in which client and server spoke different eras, from 0 to 1. */
    bridged_share: ms,
  }),
  handle: async (kit, { query }) => {
    const { rows, next } = await kit.store.ledger.activity({ ...filterOf(kit, query), limit: MOST });
    const tierOf = tierOfCall(kit);
    const entries = rows.map(showEntry).map(one => ({ ...one, tier: tierOf(one) }));
    const times = entries.flatMap(({ gateway_ms }) => (gateway_ms === null ? [] : [gateway_ms]));
    times.sort((a, b) => a - b);
    const facets = Object.fromEntries(FACETS.map(facet => [facet, countValues(entries, facet)]));
    const people = facets.user_id?.map(one => ({ ...one, title: nameOf(kit, one.value) }));
    const asked = entries.filter(({ server_era }) => server_era !== null);
    const bridged = asked.filter(one => one.bridged).length;
    return {
      entries: entries.length,
      requests: entries.reduce((sum, { count }) => sum + count, 0),
      is_all: next === undefined,
      facets: { ...facets, user_id: people } as Record<Facet, ReturnType<typeof countValues>>,
      pairs: countPairs(entries),
      eras: countEras(entries),
      gateway_p50_ms: quantile(times, 0.5),
      gateway_p99_ms: quantile(times, 0.99),
      bridged_share: asked.length === 0 ? null : bridged / asked.length,
    };
  },
});
