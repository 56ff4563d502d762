import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Admission } from '../ledger/admission.ts';
import { mergeHistograms } from '../ledger/histogram.ts';
import { ADD_UP, type Marks, ROLLUP_COLUMNS, rollUp, rowsOf, SET_MARK } from '../ledger/rollup-sql.ts';
import { type Counted, DAY_MS, HOUR_MS, tallyOf } from '../ledger/tally.ts';

type Prepare = (sql: string) => StatementSync;

const INSERT = `insert into rollups (${ROLLUP_COLUMNS.join(', ')})
  values (${ROLLUP_COLUMNS.map(() => '?').join(', ')}) ${ADD_UP}`;

/** What SQL says of histograms; PostgreSQL has the same two by a migration. */
export function teachHistograms(database: DatabaseSync): void {
  database.function('merge_histograms', { deterministic: true }, (one, other) =>
    mergeHistograms(String(one), String(other)),
  );
  database.aggregate('sum_histograms', {
    start: '{}',
    step: (sum, histogram) => mergeHistograms(String(sum), String(histogram)),
  });
}

/** Counts entries in the transaction that writes them. */
export class SqliteRollups {
  readonly #admission = new Admission();

  /** `rows` are those that were not there before. */
  count(rows: readonly Counted[], prepare: Prepare): void {
    if (rows.length === 0) return;
    const newest = rows.reduce((at, row) => Math.max(at, row.at), 0);
    const marks = this.#rollBefore(newest, prepare);
    const tallies = tallyOf(rows);
    for (const of of this.#admission.unknownOf(tallies)) {
      const found = prepare(
        "select distinct key from rollups where level = 'minute' and kind = ? and start >= ? and start < ?",
      ).all(of.kind, of.day, of.day + DAY_MS);
      this.#admission.learn(
        of,
        found.map(({ key }) => String(key)),
      );
    }
    const insert = prepare(INSERT);
    for (const row of rowsOf(this.#admission.admit(tallies), marks)) insert.run(...row);
  }

  #rollBefore(at: number, prepare: Prepare): Marks {
    const before = this.#marks(prepare);
    const marks = { hour: at - (at % HOUR_MS), day: at - (at % DAY_MS) };
    if (marks.hour <= before.hour) return before;
    const set = prepare(`insert into ledger_marks (name, value) values (?, ?) ${SET_MARK}`);
    for (const level of ['hour', 'day'] as const) {
      if (marks[level] <= before[level]) continue;
      prepare(rollUp(level, '?', '?')).run(before[level], marks[level]);
      set.run(level, marks[level]);
    }
    return marks;
  }

  #marks(prepare: Prepare): Marks {
    const found = prepare("select name, value from ledger_marks where name in ('hour', 'day')").all();
    const markOf = (level: keyof Marks) => Number(found.find(({ name }) => name === level)?.value ?? 0);
    return { hour: markOf('hour'), day: markOf('day') };
  }
}
