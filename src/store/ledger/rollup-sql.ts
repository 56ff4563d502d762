import { addTo, DAY_MS, HOUR_MS, MINUTE_MS, type Sums, type Tally } from './tally.ts';

/** The levels of rollups: days are summed from hours, and hours from minutes, when they are over. */
export const LEVELS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const;
export type Level = keyof typeof LEVELS;

/** The numbers of a rollup by the names of their columns. */
export const SUM_COLUMNS = {
  requests: 'requests',
  ok: 'ok',
  errors: 'errors',
  cancelled: 'cancelled',
  refused: 'refused',
  bytesIn: 'bytes_in',
  bytesOut: 'bytes_out',
  timed: 'timed',
  durationMs: 'duration_ms',
  asked: 'asked',
  upstreamMs: 'upstream_ms',
} as const satisfies Record<keyof Sums, string>;

const SUMS = Object.values(SUM_COLUMNS);
export const ROLLUP_COLUMNS = ['level', 'start', 'kind', 'key', ...SUMS, 'histogram'] as const;

const ADDED = [
  ...SUMS.map(column => `${column} = rollups.${column} + excluded.${column}`),
  'histogram = merge_histograms(rollups.histogram, excluded.histogram)',
].join(', ');

/** What was counted before and now is one row. */
export const ADD_UP = `on conflict (level, kind, start, key) do update set ${ADDED}`;

/** `from` and `until` are places for parameters. */
export function rollUp(level: 'hour' | 'day', from: string, until: string): string {
  const start = `start - start % ${LEVELS[level]}`;
  return `insert into rollups (${ROLLUP_COLUMNS.join(', ')})
    select '${level}', ${start}, kind, key, ${SUMS.map(column => `sum(${column})`).join(', ')},
      sum_histograms(histogram)
    from rollups where level = '${level === 'hour' ? 'minute' : 'hour'}' and start >= ${from} and start < ${until}
    group by ${start}, kind, key ${ADD_UP}`;
}

/** Up to where each level is rolled up. */
export type Marks = { readonly hour: number; readonly day: number };

export const SET_MARK =
  'on conflict (name) do update set value = case when excluded.value > ledger_marks.value then excluded.value else ledger_marks.value end';

type Row = readonly (string | number)[];

function valuesOf(level: Level, tally: Tally): Row {
  const sums = (Object.keys(SUM_COLUMNS) as (keyof Sums)[]).map(name => tally[name]);
  return [level, tally.start, tally.kind, tally.key, ...sums, JSON.stringify(tally.histogram)];
}

/**
 * The rows to write, each once, in the order of `ROLLUP_COLUMNS`. What comes when its hour is over already is counted
 * there as well.
 */
export function rowsOf(tallies: readonly Tally[], marks: Marks): readonly Row[] {
  const rows = new Map<string, { readonly level: Level; readonly tally: Tally }>();
  for (const tally of tallies) {
    for (const level of ['minute', 'hour', 'day'] as const) {
      if (level !== 'minute' && tally.start >= marks[level]) continue;
      const start = tally.start - (tally.start % LEVELS[level]);
      const place = `${level} ${tally.kind} ${start} ${tally.key}`;
      const there = rows.get(place);
      if (there) addTo(there.tally, tally);
      else rows.set(place, { level, tally: { ...tally, start, histogram: { ...tally.histogram } } });
    }
  }
  // In one order in every process, so that no two wait for each other's rows.
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { level, tally }]) => valuesOf(level, tally));
}
