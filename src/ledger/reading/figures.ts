import {
  type Counts,
  type FailureQuery,
  type LedgerStore,
  quantile,
  type Series,
  type SumQuery,
} from '../../store/index.ts';
import { BLAMES, type Blame, blameOf } from './blame.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** From `from` on and before `to`. */
export type Window = { readonly from: number; readonly to: number; readonly isExact: boolean };

type Asked = {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly isExact?: boolean;
};

const wholeMinute = (at: number) => at - (at % MINUTE_MS);

/** The window that is meant; unless it is to be exact, it is of whole minutes and ends with the last full one. */
export function windowOf({ since, until, isExact = false }: Asked, now: number): Window {
  const end = Math.min(until ?? now, now);
  const to = isExact ? end : wholeMinute(end);
  const from = since ?? to - DAY_MS;
  return { from: Math.min(isExact ? from : wholeMinute(from), to), to, isExact };
}

/** As long as this one, and before it. */
export function windowBefore({ from, to, isExact }: Window): Window {
  return { from: from - (to - from), to: from, isExact };
}

/** The counts as people read them. Times in milliseconds; undefined where nothing was timed. */
export type Figures = {
  readonly requests: number;
  readonly ok: number;
  readonly errors: number;
  readonly cancelled: number;
  /** Requests of nobody that is known. */
  readonly refused: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The share of what went well among what was not cancelled, from 0 to 1. */
  readonly success: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly mean: number | undefined;
  /** Of requests for which a server was asked: what it took, on average. */
  readonly upstreamMean: number | undefined;
};

const share = (part: number, whole: number) => (whole === 0 ? undefined : part / whole);

const NOTHING: Counts = {
  ...{ key: '', histogram: {}, requests: 0, ok: 0, errors: 0, cancelled: 0, refused: 0, bytesIn: 0 },
  ...{ bytesOut: 0, timed: 0, durationMs: 0, asked: 0, upstreamMs: 0 },
};

function figuresOf(counts: Counts = NOTHING): Figures {
  const { requests, ok, errors, cancelled, refused, bytesIn, bytesOut, histogram } = counts;
  return {
    ...{ requests, ok, errors, cancelled, refused, bytesIn, bytesOut },
    success: share(ok, ok + errors),
    p50: quantile(histogram, 0.5),
    p95: quantile(histogram, 0.95),
    p99: quantile(histogram, 0.99),
    mean: share(counts.durationMs, counts.timed),
    upstreamMean: share(counts.upstreamMs, counts.asked),
  };
}

/** Everything, or one server, person or client. */
export type Scope = Pick<SumQuery, 'kind'> & { readonly key: string };

export const EVERYTHING: Scope = { kind: 'all', key: '' };

type Store = Pick<LedgerStore, 'sums' | 'series'>;

/** The figures of one scope in a window. */
export async function totalsOf(store: Store, { kind, key }: Scope, window: Window): Promise<Figures> {
  const [found] = await store.sums({ ...window, kind, key, top: 1 });
  return figuresOf(found);
}

export type Ranked = Figures & { readonly key: string };

/** The busiest of a kind; of faults the most frequent. */
export async function topOf(
  store: Store,
  asked: Pick<SumQuery, 'kind' | 'keyStart' | 'top'>,
  window: Window,
): Promise<readonly Ranked[]> {
  const found = await store.sums({ ...window, ...asked });
  return found.map(counts => ({ key: counts.key, ...figuresOf(counts) }));
}

/** So many points a chart has at most. */
const MOST_STEPS = 120;
const STEP_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200];

/** The shortest step, of a length that people count in, by which a chart of the window has few enough points. */
export function stepOf({ from, to }: Window): number {
  const least = (to - from) / MOST_STEPS;
  const minutes = STEP_MINUTES.find(step => step * MINUTE_MS >= least) ?? 43_200;
  return minutes * MINUTE_MS;
}

export type Step = Figures & { readonly at: number };

/** A window step by step; steps in which nothing happened are among them. */
export async function stepsOf(
  store: Store,
  scope: Scope,
  window: Window,
  stepMs: number,
): Promise<readonly Step[]> {
  const found = await store.series({ ...scope, from: window.from, to: window.to, stepMs });
  const byStart = new Map(found.map((one: Series) => [one.start, one]));
  const count = Math.ceil((window.to - window.from) / stepMs);
  return Array.from({ length: count }, (_, n) => {
    const at = window.from + n * stepMs;
    return { at, ...figuresOf(byStart.get(at)) };
  });
}

export type Blamed = Readonly<Record<Blame, number>>;

/** Of the same steps, how many requests failed by whose fault; of one server where it is named. */
export async function blamesOf(
  store: Pick<LedgerStore, 'failures'>,
  { from, to, stepMs, server }: FailureQuery,
): Promise<ReadonlyMap<number, Blamed>> {
  const found = new Map<number, Record<Blame, number>>();
  for (const { start, failure, count } of await store.failures({ from, to, stepMs, server })) {
    const step = found.get(start) ?? noBlame();
    step[blameOf(failure)] += count;
    found.set(start, step);
  }
  return found;
}

export const noBlame = (): Record<Blame, number> =>
  Object.fromEntries(BLAMES.map(blame => [blame, 0])) as Record<Blame, number>;
