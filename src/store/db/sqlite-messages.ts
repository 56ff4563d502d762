import type { SQLInputValue } from 'node:sqlite';
import type { Positions } from './database.ts';

export type SqliteFile = 'gateway' | 'ledger';

export type SqliteInsert = {
  readonly table: string;
  readonly columns: readonly string[];
  /** Without it the rows are counted and logged, and not kept. */
  readonly sql?: string | undefined;
  readonly rows: string;
  /** Where in a row that stands which is counted as well. */
  readonly counted?: Positions | undefined;
};

/** What the thread is asked. `rows` of an append are the JSON text of an array of arrays. */
export type SqliteAsk =
  | {
      readonly kind: 'open';
      readonly paths: Readonly<Record<SqliteFile, string>>;
      /** For a thread of reports beside the one that writes. */
      readonly isReadOnly?: boolean;
    }
  | {
      readonly kind: 'query';
      readonly file: SqliteFile;
      readonly sql: string;
      readonly parameters: readonly SQLInputValue[];
    }
  | {
      readonly kind: 'append';
      readonly file: SqliteFile;
      readonly inserts: readonly SqliteInsert[];
      /** The folder of log files that have them as lines as well. */
      readonly logDir?: string | undefined;
    }
  /** Lines alone, for a database that is elsewhere. */
  | { readonly kind: 'log'; readonly logDir: string; readonly inserts: readonly SqliteInsert[] }
  /** Gives pages that hold nothing back to the disk, a few at a time. */
  | { readonly kind: 'shrink'; readonly file: SqliteFile }
  | { readonly kind: 'recognise'; readonly path: string }
  | { readonly kind: 'close' };

export type SqliteAnswer = {
  readonly rows: readonly unknown[];
  readonly changes: number;
};

export type SqliteRequest = { readonly id: number; readonly ask: SqliteAsk };

export type SqliteReply =
  | { readonly id: number; readonly answer: SqliteAnswer }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string } };
