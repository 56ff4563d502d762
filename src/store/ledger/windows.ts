import { LEVELS, type Level, type Marks } from './rollup-sql.ts';

/** A part of a window, whole at its level: from `from` on and before `to`. */
export type Part = { readonly level: Level; readonly from: number; readonly to: number };

const COARSEST_FIRST: readonly Level[] = ['day', 'hour', 'minute'];

/**
 * A window of whole minutes as the fewest rollups: days in the middle, where they are summed already, hours and
 * minutes at both edges.
 */
export function partsOf(
  from: number,
  to: number,
  marks: Marks,
  levels: readonly Level[] = COARSEST_FIRST,
): readonly Part[] {
  const [level, ...finer] = levels;
  if (level === undefined || from >= to) return [];
  if (level === 'minute') return [{ level, from, to }];
  const size = LEVELS[level];
  const first = Math.ceil(from / size) * size;
  const end = Math.floor(Math.min(to, marks[level]) / size) * size;
  if (first >= end) return partsOf(from, to, marks, finer);
  return [
    ...partsOf(from, first, marks, finer),
    { level, from: first, to: end },
    ...partsOf(end, to, marks, finer),
  ];
}

/** The levels whose rollups fit in steps of this length. */
export function levelsWithin(stepMs: number): readonly Level[] {
  return COARSEST_FIRST.filter(level => LEVELS[level] <= stepMs);
}
