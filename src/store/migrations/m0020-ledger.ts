import type { Migration } from './migration.ts';

export const m0020: Migration = {
  name: '0020-figures',
  file: 'ledger',
  statements: [
    // The era that the server was spoken to in; it was bridged where that is another one.
    'alter table activity add column server_era text',
    'alter table activity add column trace_id text',
    // What was counted in a minute, hour or day, by kind and key. Histogram: JSON, counts by bucket.
    `create table rollups (
      level text not null, start bigint not null, kind text not null, key text not null,
      requests bigint not null, ok bigint not null, errors bigint not null, cancelled bigint not null,
      refused bigint not null, bytes_in bigint not null, bytes_out bigint not null,
      timed bigint not null, duration_ms double precision not null,
      asked bigint not null, upstream_ms double precision not null, histogram text not null,
      primary key (level, kind, start, key))`,
    // Up to where hours and days are summed.
    'create table ledger_marks (name text primary key, value bigint not null)',
  ],
  // SQLite has these from the thread that owns the connection.
  postgres: [
    `create or replace function merge_histograms(one text, other text) returns text language sql immutable as $$
      select coalesce(json_object_agg(bucket, total)::text, '{}') from (
        select bucket, sum(many::bigint) as total from (
          select key as bucket, value as many from json_each_text(one::json)
          union all select key, value from json_each_text(other::json)) as parts group by bucket) as merged $$`,
    `create or replace aggregate sum_histograms(text)
      (sfunc = merge_histograms, stype = text, initcond = '{}')`,
  ],
};

export const m0021: Migration = {
  name: '0021-sign-ins',
  file: 'ledger',
  statements: [
    // The log of authentication.
    `create table sign_ins (
      id text primary key, at bigint not null, type text not null, ok bigint not null, principal text,
      user_name text, client text, address text, user_agent text, detail text, count bigint not null)`,
    // From when to when a gateway wrote: one that did not end may have lost what it had not written yet.
    `create table ledger_runs (
      id text primary key, place text not null, started_at bigint not null, seen_at bigint not null,
      ended_at bigint)`,
  ],
};

export const m0074: Migration = {
  name: '0074-phases',
  file: 'ledger',
  statements: [
    // Three numbers (µs): until its caller was known, until a server was asked, and waited before one could be asked.
    'alter table activity add column phases text',
  ],
};

export const m0040: Migration = {
  name: '0040-health',
  file: 'ledger',
  statements: [
    // How a server was from that moment on, until the next row.
    `create table server_health (
      server text not null, at bigint not null, state text not null, reason text, latency_ms double precision)`,
    'create index server_health_by_server on server_health (server, at)',
  ],
};
