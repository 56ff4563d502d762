import { bucketOf } from './histogram.ts';
import type { ActivityRow } from './rows.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What is counted of an entry. */
export type Counted = Pick<
  ActivityRow,
  | 'at'
  | 'principal'
  | 'client'
  | 'method'
  | 'server'
  | 'target'
  | 'outcome'
  | 'fault'
  | 'code'
  | 'durationMs'
  | 'upstreamMs'
  | 'bytesIn'
  | 'bytesOut'
  | 'count'
>;

export const COUNTED = [
  'at',
  'principal',
  'client',
  'method',
  'server',
  'target',
  'outcome',
  'fault',
  'code',
  'durationMs',
  'upstreamMs',
  'bytesIn',
  'bytesOut',
  'count',
] as const satisfies readonly (keyof Counted)[];

/** `requests` are those of known callers, however they ended; `refused` those of nobody. */
export type Sums = {
  requests: number;
  ok: number;
  errors: number;
  cancelled: number;
  refused: number;
  bytesIn: number;
  bytesOut: number;
  /** Of how many the time is in `durationMs` and the histogram: streams last as long as their readers like. */
  timed: number;
  durationMs: number;
  /** Of how many a server took `upstreamMs`. */
  asked: number;
  upstreamMs: number;
};

/** What is counted by itself: everything, and one of many by its key. */
export type Kind = 'all' | 'server' | 'tool' | 'user' | 'client' | 'fault';

/** One minute of one key. */
export type Tally = Sums & {
  readonly kind: Kind;
  readonly start: number;
  readonly key: string;
  readonly histogram: Record<string, number>;
};

const isStream = ({ method }: Counted) => method === 'GET' || method === 'subscriptions/listen';

/** Why it failed: the fault by its name, else what the server said. */
function classOf({ fault, code }: Pick<Counted, 'fault' | 'code'>): string {
  return fault ?? (code === undefined ? 'tool_error' : 'rpc_error');
}

const FAILED: readonly Counted['outcome'][] = ['error', 'refused'];

/** A server's name has no blank, so keys of two parts are read back at the first one. */
const KEY_OF: Readonly<Record<Kind, (row: Counted) => string | undefined>> = {
  all: () => '',
  server: row => row.server,
  tool: row =>
    row.method === 'tools/call' && row.server !== undefined && row.target !== undefined
      ? `${row.server} ${row.target}`
      : undefined,
  user: row => row.principal,
  client: row => row.client,
  fault: row => (FAILED.includes(row.outcome) ? `${row.server ?? ''} ${classOf(row)}` : undefined),
};

const KINDS = Object.keys(KEY_OF) as readonly Kind[];

const none = (): Sums => ({
  ...{ requests: 0, ok: 0, errors: 0, cancelled: 0, refused: 0, bytesIn: 0, bytesOut: 0 },
  ...{ timed: 0, durationMs: 0, asked: 0, upstreamMs: 0 },
});

const PLACE = { ok: 'ok', error: 'errors', cancelled: 'cancelled', refused: 'refused' } as const;

function count(tally: Tally, row: Counted): void {
  tally[PLACE[row.outcome]] += row.count;
  tally.bytesIn += row.bytesIn;
  tally.bytesOut += row.bytesOut;
  if (row.outcome === 'refused') return;
  tally.requests += row.count;
  if (row.upstreamMs !== undefined) {
    tally.asked += row.count;
    tally.upstreamMs += row.upstreamMs;
  }
  if (isStream(row)) return;
  tally.timed += row.count;
  tally.durationMs += row.durationMs;
  const bucket = bucketOf(row.durationMs);
  tally.histogram[bucket] = (tally.histogram[bucket] ?? 0) + row.count;
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
export const keepable = (key: string) => key.replaceAll('\0', '\ufffd').toWellFormed();

/** What two entries share that every key counts alike, besides the minute. */
const SHARED = [
  'principal',
  'client',
  'method',
  'server',
  'target',
  'outcome',
  'fault',
  'code',
] as const satisfies readonly (keyof Counted)[];

const minuteOf = ({ at }: Counted): number => at - (at % MINUTE_MS);

function isAlike(one: Counted, other: Counted): boolean {
  return minuteOf(one) === minuteOf(other) && SHARED.every(name => one[name] === other[name]);
}

type Group = { readonly row: Counted; readonly tally: Tally };

/** The entries that every key counts alike, counted once; most of a batch are of few kinds, and come in runs. */
function alike(rows: readonly Counted[]): Iterable<Group> {
  const found = new Map<string, Group>();
  let group: Group | undefined;
  for (const row of rows) {
    if (!group || !isAlike(group.row, row)) {
      const start = minuteOf(row);
      const place = JSON.stringify([start, ...SHARED.map(name => row[name])]);
      group = found.get(place) ?? { row, tally: { kind: 'all', start, key: '', ...none(), histogram: {} } };
      found.set(place, group);
    }
    count(group.tally, row);
  }
  return found.values();
}

/** The minutes that these entries began in, counted by each key. */
export function tallyOf(rows: readonly Counted[], kinds: readonly Kind[] = KINDS): Tally[] {
  const found = new Map<string, Tally>();
  for (const { row, tally: sums } of alike(rows)) {
    const { start } = sums;
    for (const kind of kinds) {
      const key = KEY_OF[kind](row);
      if (key === undefined) continue;
      const place = `${kind} ${start} ${key}`;
      let tally = found.get(place);
      if (!tally) {
        tally = { kind, start, key: keepable(key), ...none(), histogram: {} };
        found.set(place, tally);
      }
      addTo(tally, sums);
    }
  }
  return [...found.values()];
}

const NUMBERS = Object.keys(none()) as readonly (keyof Sums)[];

/** Adds what was counted in `from` to `to`. */
export function addTo(to: Tally, from: Tally): void {
  for (const name of NUMBERS) to[name] += from[name];
  for (const [bucket, many] of Object.entries(from.histogram))
    to.histogram[bucket] = (to.histogram[bucket] ?? 0) + many;
}
