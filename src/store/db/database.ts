import type { Kysely } from 'kysely';
import type { Counted } from '../ledger/tally.ts';
import type { Schema } from './schema.ts';

export type Positions = { readonly [Name in keyof Counted]: number };

/** What is counted of a row that stands as an array; member by member, because each request is one. */
export function countedOf(row: readonly unknown[], at: Positions): Counted {
  const found = {
    at: row[at.at],
    principal: row[at.principal] ?? undefined,
    client: row[at.client] ?? undefined,
    method: row[at.method] ?? undefined,
    server: row[at.server] ?? undefined,
    target: row[at.target] ?? undefined,
    outcome: row[at.outcome],
    fault: row[at.fault] ?? undefined,
    code: row[at.code] ?? undefined,
    durationMs: row[at.durationMs],
    upstreamMs: row[at.upstreamMs] ?? undefined,
    bytesIn: row[at.bytesIn],
    bytesOut: row[at.bytesOut],
    count: row[at.count],
  } satisfies Record<keyof Counted, unknown>;
  return found as Counted;
}

/** Rows for one table, each an array in the order of `columns`; column names and types as SQL spells them. */
export type Append = {
  readonly table: 'activity' | 'events' | 'sign_ins';
  readonly columns: Readonly<Record<string, 'text' | 'bigint' | 'double precision'>>;
  readonly rows: readonly (readonly unknown[])[];
  /** Where in a row that stands which is counted in figures as well. */
  readonly counted?: Positions;
  /** They are counted and logged, and not kept. */
  readonly isPassing?: boolean;
};

/** Files that have what happened as lines of JSON. `onProblem`: they could not be written. */
export type Logs = { readonly dir: string; readonly onProblem: (says: string) => void };

/** Where rows lie: two files of one thread, or one PostgreSQL that is both. */
export type Database = {
  readonly dialect: 'sqlite' | 'postgres';
  readonly gateway: Kysely<Schema>;
  readonly ledger: Kysely<Schema>;
  /** The same for whoever only reads, and may take long: writers do not wait for it. */
  readonly reports: { readonly gateway: Kysely<Schema>; readonly ledger: Kysely<Schema> };
  /** Many rows at once, in one transaction, past the query builder: it costs more than the insert. */
  append(batches: readonly Append[]): Promise<void>;
  /** Gives room that the ledger does not need any more back to the disk, in part. */
  shrink(): Promise<void>;
  close(): Promise<void>;
};
