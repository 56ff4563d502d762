import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely';
import { firstIdAt } from '../../base/index.ts';
import type { Database } from '../db/database.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Schema } from '../db/schema.ts';
import type { Histogram } from './histogram.ts';
import { LEVELS, type Marks, SUM_COLUMNS } from './rollup-sql.ts';
import { addTo, COUNTED, MINUTE_MS, type Sums, type Tally, tallyOf } from './tally.ts';
import type { Counts, FailureQuery, Failures, LedgerStore, Series, SeriesQuery, SumQuery } from './types.ts';
import { levelsWithin, type Part, partsOf } from './windows.ts';

/** Rows that are counted one by one come in pages: the thread that serves requests counts them. */
const PAGE = 2_000;

async function marksOf({ reports }: Database): Promise<Marks> {
  const rows = await reports.ledger.selectFrom('ledgerMarks').selectAll().execute();
  const markOf = (level: keyof Marks) => rows.find(({ name }) => name === level)?.value ?? 0;
  return { hour: markOf('hour'), day: markOf('day') };
}

const partsIn = async (database: Database, { from, to }: { readonly from: number; readonly to: number }) =>
  partsOf(from, to, await marksOf(database));

type Rollups = ExpressionBuilder<Schema, 'rollups'>;

const inParts = (parts: readonly Part[]) => (of: Rollups) =>
  of.or(
    parts.map(({ level, from, to }) =>
      of.and([of('level', '=', level), of('start', '>=', from), of('start', '<', to)]),
    ),
  );

/** PostgreSQL sums big integers to decimals, which come as texts. */
const summed = (column: string): RawBuilder<number> =>
  column.endsWith('_ms')
    ? sql<number>`cast(sum(${sql.ref(column)}) as double precision)`
    : sql<number>`cast(sum(${sql.ref(column)}) as bigint)`;

const SUMMED = Object.entries(SUM_COLUMNS).map(([name, column]) => summed(column).as(name));
const HISTOGRAM = sql<string>`sum_histograms(histogram)`.as('histogram');

type Summed = Sums & { readonly key: string; readonly histogram: string };

const countsOf = ({ histogram, ...row }: Summed): Counts => ({
  ...row,
  histogram: JSON.parse(histogram) as Histogram,
});

/** Which of the rollups are meant, at whichever levels. */
const meant =
  ({ kind, key, keyStart }: SumQuery, parts: readonly Part[]) =>
  (of: Rollups) =>
    of.and([
      of('kind', '=', kind),
      inParts(parts)(of),
      ...(key === undefined ? [] : [of('key', '=', key)]),
      ...(keyStart === undefined
        ? []
        : [sql<boolean>`substr(key, 1, ${sql.lit(keyStart.length)}) = ${keyStart}`]),
    ]);

/** Whole minutes, by key, those with most requests first. */
async function sumParts({ reports }: Database, query: SumQuery, parts: readonly Part[]) {
  if (parts.length === 0) return [];
  const most = query.kind === 'fault' ? sql`sum(errors) + sum(refused)` : sql`sum(requests)`;
  const found = reports.ledger.selectFrom('rollups').where(meant(query, parts)).groupBy('key');
  // Histograms cost most of all: they are added up for those that are wanted, not for all that were ranked.
  const top = found.select('key').orderBy(most, 'desc').orderBy('key').limit(query.top);
  const rows = await found
    .select(['key', ...SUMMED, HISTOGRAM])
    .$if(query.isExact !== true, all => all.where('key', 'in', top))
    .orderBy(most, 'desc')
    .orderBy('key')
    .execute();
  return (rows as unknown as readonly Summed[]).map(countsOf);
}

/** The entries of a part of a minute, counted one by one. */
async function countRows({ reports }: Database, query: SumQuery, from: number, to: number) {
  const found: Tally[] = [];
  for (let after = firstIdAt(from); from < to; ) {
    const rows = await reports.ledger
      .selectFrom('activity')
      .select(['id', ...COUNTED])
      .where('id', '>', after)
      .where('id', '<', firstIdAt(to))
      .orderBy('id')
      .limit(PAGE)
      .execute();
    found.push(...tallyOf(rows.map(withoutNulls), [query.kind]));
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.id ?? after;
  }
  const { key, keyStart } = query;
  return found.filter(
    one => (key === undefined || one.key === key) && (keyStart === undefined || one.key.startsWith(keyStart)),
  );
}

const rank = ({ kind }: SumQuery, { requests, errors, refused }: Sums) =>
  kind === 'fault' ? errors + refused : requests;

/** To the millisecond: whole minutes from the rollups, the rest of both edges from the entries. */
async function sumExactly(database: Database, query: SumQuery): Promise<readonly Counts[]> {
  const { from, to, kind, top } = query;
  const inner = {
    from: Math.ceil(from / MINUTE_MS) * MINUTE_MS,
    to: Math.floor(to / MINUTE_MS) * MINUTE_MS,
  };
  const isWithinOne = inner.from > inner.to;
  const edges = isWithinOne
    ? await countRows(database, query, from, to)
    : [
        ...(await countRows(database, query, from, inner.from)),
        ...(await countRows(database, query, inner.to, to)),
      ];
  const whole = isWithinOne ? [] : await sumParts(database, query, await partsIn(database, inner));
  const all = new Map(
    whole.map(one => [one.key, { ...one, kind, start: from, histogram: { ...one.histogram } }]),
  );
  for (const edge of edges) {
    const there = all.get(edge.key);
    if (there) addTo(there, edge);
    else all.set(edge.key, { ...edge });
  }
  const ranked = [...all.values()].sort(
    (a, b) => rank(query, b) - rank(query, a) || (a.key < b.key ? -1 : 1),
  );
  return ranked.slice(0, top).map(({ kind: _, start: __, ...counts }) => counts);
}

async function seriesOf(database: Database, query: SeriesQuery): Promise<readonly Series[]> {
  const { kind, key, from, to, stepMs } = query;
  const parts = partsOf(from, to, await marksOf(database), levelsWithin(stepMs));
  if (parts.length === 0) return [];
  const step = sql<number>`start - (start - ${sql.lit(from)}) % ${sql.lit(stepMs)}`;
  const rows = await database.reports.ledger
    .selectFrom('rollups')
    .select([step.as('start'), ...SUMMED, HISTOGRAM])
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where(inParts(parts))
    .groupBy(step)
    .orderBy(step)
    .execute();
  return (rows as unknown as readonly (Summed & { readonly start: number })[]).map(({ start, ...row }) => ({
    ...countsOf(row),
    start,
  }));
}

const keyOfFault = (key: string) => key.slice(key.indexOf(' ') + 1);

async function failuresOf(database: Database, query: FailureQuery): Promise<readonly Failures[]> {
  const { server, from, to, stepMs } = query;
  const parts = partsOf(from, to, await marksOf(database), levelsWithin(stepMs));
  if (parts.length === 0) return [];
  const step = sql<number>`start - (start - ${sql.lit(from)}) % ${sql.lit(stepMs)}`;
  const meantHere: SumQuery = {
    ...{ kind: 'fault', from, to, top: 0 },
    ...(server !== undefined && { keyStart: `${server} ` }),
  };
  const rows = await database.reports.ledger
    .selectFrom('rollups')
    .where(meant(meantHere, parts))
    .select([step.as('start'), 'key', summed('errors').as('errors'), summed('refused').as('refused')])
    .groupBy([step, 'key'])
    .orderBy(step)
    .execute();
  return rows.map(({ start, key, errors, refused }) => ({
    start,
    failure: keyOfFault(key),
    count: errors + refused,
  }));
}

/** What was counted. Windows of whole minutes, unless `isExact` asks for the entries of both edges as well. */
export function createFigures(database: Database): Pick<LedgerStore, 'sums' | 'series' | 'failures'> {
  return {
    failures: query => failuresOf(database, query),
    sums: async query =>
      query.isExact ? sumExactly(database, query) : sumParts(database, query, await partsIn(database, query)),
    series: query => {
      if (query.stepMs % LEVELS.minute !== 0) throw new Error('A step is of whole minutes');
      return seriesOf(database, query);
    },
  };
}
