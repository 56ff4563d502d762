import type { Histogram } from './histogram.ts';
import type { ActivityRow, AuditRow, EventRow, SignInRow } from './rows.ts';
import type { Kind, Sums } from './tally.ts';

/** From `since` on and before `until`, in milliseconds since the epoch. */
export type Span = { readonly since?: number | undefined; readonly until?: number | undefined };

/** The newest rows, `before` the id of the last one that is known already. */
export type Paged = Span & { readonly limit: number; readonly before?: string | undefined };

type Wanted<Names extends string> = { readonly [Name in Names]?: string | undefined };

type OfEntry =
  | 'id'
  | 'principal'
  | 'client'
  | 'server'
  | 'method'
  | 'target'
  | 'outcome'
  | 'fault'
  | 'session'
  | 'address'
  | 'era';

/** Tools of one server, by their own names. */
export type ToolOf = { readonly server: string; readonly names: readonly string[] };

export type ActivityFilter = Paged &
  Wanted<OfEntry> & {
    /** What an entry must not have. */
    readonly not?: Wanted<OfEntry> | undefined;
    /** The client and the server spoke different eras. */
    readonly isBridged?: boolean | undefined;
    /** Calls of these alone. */
    readonly tools?: readonly ToolOf[] | undefined;
  };

export type EventFilter = Paged & Wanted<'type' | 'severity' | 'principal' | 'server' | 'address'>;

/** `actor`: as the log names them, or a person, by whatever they did it; `action`: one, or all of a kind (`user`). */
export type AuditFilter = Paged & Wanted<'actor' | 'action' | 'target' | 'address'>;

export type SignInFilter = Paged &
  Wanted<'principal' | 'client' | 'address'> & {
    readonly types?: readonly string[] | undefined;
    readonly ok?: 0 | 1 | undefined;
    /** So many are passed over, as version 1 paged. */
    readonly offset?: number | undefined;
  };

/** `next`: the `before` of the next page. A page may hold less than it could, even nothing, and others follow. */
export type Found<Row> = { readonly rows: readonly Row[]; readonly next: string | undefined };

/** What was counted of one key; of times the histogram as well. */
export type Counts = Sums & { readonly key: string; readonly histogram: Histogram };

/** Of which window, and which key, or all that begin so. Whole minutes, unless `isExact`. */
export type SumQuery = {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
  readonly key?: string | undefined;
  readonly keyStart?: string | undefined;
  /** So many keys, those with most requests. */
  readonly top: number;
  readonly isExact?: boolean | undefined;
};

export type SeriesQuery = {
  readonly kind: Kind;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** Whole minutes. */
  readonly stepMs: number;
};

/** How often requests failed by each class, step by step. */
export type FailureQuery = Omit<SeriesQuery, 'kind' | 'key'> & {
  /** Of one server only. */
  readonly server?: string | undefined;
};
export type Failures = { readonly start: number; readonly failure: string; readonly count: number };

/** One step of a window, in which something happened. */
export type Series = Counts & { readonly start: number };

/** Logs that grow, and are kept for a while. */
export type LogTable = 'activity' | 'events' | 'sign_ins' | 'audit';

export type RunStart = { readonly id: string; readonly place: string; readonly at: number };

export type LedgerSize = {
  readonly rows: number;
  readonly events: number;
  readonly signIns: number;
  readonly bytes: number;
};

export type LedgerStore = {
  /** Gives up to when the former run at this place had written everything, where it did not end. */
  beginRun(run: RunStart): Promise<number | undefined>;
  /** What was closed before is on disk. */
  noteRun(id: string, at: number): Promise<void>;
  endRun(id: string, at: number): Promise<void>;
  /** When gateways started in a window, in order; the last few hundred are known. */
  starts(from: number, to: number): Promise<readonly number[]>;

  sums(query: SumQuery): Promise<readonly Counts[]>;
  series(query: SeriesQuery): Promise<readonly Series[]>;
  failures(query: FailureQuery): Promise<readonly Failures[]>;

  activity(filter: ActivityFilter): Promise<Found<ActivityRow>>;
  events(filter: EventFilter): Promise<Found<EventRow>>;
  audit(filter: AuditFilter): Promise<Found<AuditRow>>;
  signIns(filter: SignInFilter): Promise<Found<SignInRow>>;
  countSignIns(filter: SignInFilter): Promise<number>;

  /** The oldest rows of a table that began before `at`, and whether there are more than these. */
  oldest(table: 'activity', limit: number, before: number): Promise<readonly ActivityRow[]>;
  oldest(table: 'events', limit: number, before: number): Promise<readonly EventRow[]>;
  oldest(table: 'sign_ins', limit: number, before: number): Promise<readonly SignInRow[]>;
  /** Removes so many of the oldest rows that began before `at`; gives how many there were. */
  prune(table: LogTable, limit: number, before: number): Promise<number>;
  /** Removes what was counted before `at`. */
  pruneFigures(before: number): Promise<void>;
  /** How many entries, events and sign-ins there are, and about how many bytes the whole ledger takes. */
  size(): Promise<LedgerSize>;
};
