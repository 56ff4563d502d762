import type { Kysely } from 'kysely';
import type { Counted } from '../ledger/tally.ts';
import type { Schema } from './schema.ts';

export type Positions = { readonly [Name in keyof Counted]: number };

/** What is counted of a row that stands as an array. */
export function countedOf(row: readonly unknown[], at: Readonly<Record<string, number>>): Counted {
  const found = Object.entries(at).map(([name, position]) => [name, row[position] ?? undefined]);
  return Object.fromEntries(found) as Counted;
}

/** Rows for one table, each an array in the order of `columns`; column names and types as SQL spells them. */
export type Append = {
  readonly table: 'activity' | 'events';
  readonly columns: Readonly<Record<string, 'text' | 'bigint' | 'double precision'>>;
  readonly rows: readonly (readonly unknown[])[];
  /** Where in a row that stands which is counted in figures as well. */
  readonly counted?: Positions;
};

/** Where rows lie: two files of one thread, or one PostgreSQL that is both. */
export type Database = {
  readonly dialect: 'sqlite' | 'postgres';
  readonly gateway: Kysely<Schema>;
  readonly ledger: Kysely<Schema>;
  /** The same for whoever only reads, and may take long: writers do not wait for it. */
  readonly reports: { readonly gateway: Kysely<Schema>; readonly ledger: Kysely<Schema> };
  /** Many rows at once, in one transaction, past the query builder: it costs more than the insert. */
  append(batches: readonly Append[]): Promise<void>;
  close(): Promise<void>;
};
