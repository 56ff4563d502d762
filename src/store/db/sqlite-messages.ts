import type { SQLInputValue } from 'node:sqlite';
import type { Positions } from './database.ts';

export type SqliteFile = 'gateway' | 'ledger';

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
      readonly inserts: readonly {
        readonly sql: string;
        readonly rows: string;
        /** Where in a row that stands which is counted as well. */
        readonly counted?: Positions;
      }[];
    }
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
