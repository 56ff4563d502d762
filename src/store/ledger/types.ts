import type { ActivityRow, AuditRow, EventRow } from '../types.ts';

/** From `since` on and before `until`, in milliseconds since the epoch. */
export type Span = { readonly since?: number | undefined; readonly until?: number | undefined };

/** The newest rows, `before` the id of the last one that is known already. */
export type Paged = Span & { readonly limit: number; readonly before?: string | undefined };

type Wanted<Names extends string> = { readonly [Name in Names]?: string | undefined };

export type ActivityFilter = Paged &
  Wanted<
    'principal' | 'client' | 'server' | 'method' | 'target' | 'outcome' | 'fault' | 'session' | 'address'
  >;

export type EventFilter = Paged & Wanted<'type' | 'severity' | 'principal' | 'server' | 'address'>;

/** `actor`: as the log names them, or a person, by whatever they did it; `action`: one, or all of a kind (`user`). */
export type AuditFilter = Paged & Wanted<'actor' | 'action' | 'target'>;

/** `next`: the `before` of the next page. A page may hold less than it could, even nothing, and others follow. */
export type Found<Row> = { readonly rows: readonly Row[]; readonly next: string | undefined };

export type LedgerStore = {
  activity(filter: ActivityFilter): Promise<Found<ActivityRow>>;
  events(filter: EventFilter): Promise<Found<EventRow>>;
  audit(filter: AuditFilter): Promise<Found<AuditRow>>;
};
