import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from './db/schema.ts';

export type Tx = Transaction<Schema>;
export type Db = Kysely<Schema>;

/**
 * A write that changes who may do what: the revision grows in the same transaction. Its row is touched first,
 * so that such writes follow one another in every process and read what the former wrote.
 */
export function change<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async tx => {
    await tx.updateTable('revision').set({ value: sql`value + 1` }).execute();
    return work(tx);
  });
}

/** Whether a statement touched a row. */
export function touched(result: {
  readonly numUpdatedRows?: bigint;
  readonly numDeletedRows?: bigint;
  readonly numInsertedOrUpdatedRows?: bigint | undefined;
}): boolean {
  return (result.numUpdatedRows ?? result.numDeletedRows ?? result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
