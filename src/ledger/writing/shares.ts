import type { LogTable } from '../../store/index.ts';

export type Kept = Exclude<LogTable, 'audit'>;
export type RowsOf = Record<Kept, number>;

/** What a log keeps of the room whatever the others write: a flood of events by strangers erases no activity. */
const OWN: RowsOf = { activity: 1 / 2, events: 1 / 4, sign_ins: 1 / 4 };

/**
 * How many rows of each log go where all of them together have room for this share of what there is: each in
 * proportion to what it has above its own.
 */
export function excessOf(rows: RowsOf, share: number): RowsOf {
  const total = rows.activity + rows.events + rows.sign_ins;
  const fitting = total * Math.min(share, 1);
  const above = (table: Kept) => Math.max(rows[table] - fitting * OWN[table], 0);
  const allAbove = above('activity') + above('events') + above('sign_ins');
  const part = allAbove > 0 ? (total - fitting) / allAbove : 0;
  const excess = (table: Kept) => Math.ceil(above(table) * part);
  return { activity: excess('activity'), events: excess('events'), sign_ins: excess('sign_ins') };
}
