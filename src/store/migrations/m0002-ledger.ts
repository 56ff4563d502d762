import type { Migration } from './migration.ts';

export const m0002: Migration = {
  name: '0002-ledger',
  file: 'ledger',
  statements: [
    // One row per request. The key sorts by time; every further index would cost more than the row itself.
    `create table activity (
      id text primary key, at bigint not null, principal text, user_name text, credential text, client text,
      client_name text, user_agent text, address text, endpoint text not null, era text, session text,
      method text, server text, target text, outcome text not null, fault text, code bigint,
      status bigint not null, duration_ms double precision not null, upstream_ms double precision,
      bytes_in bigint not null, bytes_out bigint not null, count bigint not null)`,
    // Security events.
    `create table events (
      id text primary key, at bigint not null, type text not null, severity text not null, principal text,
      address text, server text, detail text not null, count bigint not null)`,
  ],
};
