import type { Pool, PoolClient } from 'pg';
import { Admission } from '../ledger/admission.ts';
import {
  ADD_UP,
  type Marks,
  ROLLUP_COLUMNS,
  rollUp,
  rowsOf,
  SET_MARK,
  SUM_COLUMNS,
} from '../ledger/rollup-sql.ts';
import { type Counted, DAY_MS, HOUR_MS, type Tally, tallyOf } from '../ledger/tally.ts';
import { asJson } from './postgres-json.ts';

/** Whoever counts holds it shared, whoever sums an hour alone: no count comes between the sum and its mark. */
const LOCK = 4_801_118;

const TYPES = ['text', 'bigint', 'text', 'text', ...Object.values(SUM_COLUMNS).map(typeOf), 'text'];

function typeOf(column: string): string {
  return column.endsWith('_ms') ? 'double precision' : 'bigint';
}

const INSERT = `insert into rollups (${ROLLUP_COLUMNS.join(', ')})
  select ${TYPES.map((type, at) => `(item ->> ${at})::${type}`).join(', ')}
  from json_array_elements($1::json) as item ${ADD_UP}`;

async function marksOf(client: Pool | PoolClient): Promise<Marks> {
  const { rows } = await client.query("select name, value from ledger_marks where name in ('hour', 'day')");
  const markOf = (level: keyof Marks) => Number(rows.find(({ name }) => name === level)?.value ?? 0);
  return { hour: markOf('hour'), day: markOf('day') };
}

/** Counts entries in the transaction that writes them. */
export class PostgresRollups {
  readonly #admission = new Admission();
  #rolled = 0;

  /** In a transaction of its own, before that of the entries: sums the hours and days that are over at `at`. */
  async rollBefore(at: number, work: (go: (client: PoolClient) => Promise<void>) => Promise<void>) {
    const marks = { hour: at - (at % HOUR_MS), day: at - (at % DAY_MS) };
    if (marks.hour <= this.#rolled) return;
    await work(async client => {
      await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
      const before = await marksOf(client);
      for (const level of ['hour', 'day'] as const) {
        if (marks[level] <= before[level]) continue;
        await client.query(rollUp(level, '$1', '$2'), [before[level], marks[level]]);
        await client.query(`insert into ledger_marks (name, value) values ($1, $2) ${SET_MARK}`, [
          level,
          marks[level],
        ]);
      }
    });
    this.#rolled = marks.hour;
  }

  /** `entries` are those that were not there before. */
  async count(entries: readonly Counted[], client: PoolClient): Promise<void> {
    if (entries.length === 0) return;
    await client.query('select pg_advisory_xact_lock_shared($1)', [LOCK]);
    const marks = await marksOf(client);
    const tallies = tallyOf(entries);
    await this.#learn(tallies, client);
    const rows = rowsOf(this.#admission.admit(tallies), marks);
    await client.query(INSERT, [asJson(rows)]);
  }

  async #learn(tallies: readonly Tally[], client: PoolClient): Promise<void> {
    for (const of of this.#admission.unknownOf(tallies)) {
      const { rows } = await client.query(
        "select distinct key from rollups where level = 'minute' and kind = $1 and start >= $2 and start < $3",
        [of.kind, of.day, of.day + DAY_MS],
      );
      this.#admission.learn(
        of,
        rows.map(({ key }) => String(key)),
      );
    }
  }
}
