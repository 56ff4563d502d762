import type { Migration } from './migration.ts';

export const m0008: Migration = {
  name: '0008-connections',
  file: 'gateway',
  statements: [
    // Accounts at servers: a person's own, or the gateway's (owner `gateway`). Tokens and client secrets lie sealed in
    // `payload`. `version` is drawn anew with each write, so that of two who would spend one refresh token one loses.
    `create table connections (
      server text not null, owner text not null, user_id text references users (id) on delete cascade,
      binding text not null, state text not null, issuer text not null, scopes text not null, payload text not null,
      expires_at bigint, refreshable integer not null, version text not null, locked_until bigint not null,
      created_at bigint not null, refreshed_at bigint, primary key (server, owner))`,
    'create index connections_user on connections (user_id)',
    'create index connections_expiry on connections (expires_at)',
    // The gateway's own registrations at authorization servers. The metadata, with the secret, is sealed.
    `create table upstream_clients (
      issuer text not null, redirect_uri text not null, client_id text not null, metadata text not null,
      created_at bigint not null, expires_at bigint, primary key (issuer, redirect_uri))`,
    // Whose a client is that an operator registered by hand: the first issuer that it was used at.
    `create table client_issuers (
      server text not null, client_id text not null, issuer text not null, created_at bigint not null,
      primary key (server, client_id))`,
    // People who were sent to an authorization server: by the hash of the state; verifier and issuer are sealed.
    `create table connect_states (
      hash text primary key, server text not null, user_id text not null references users (id) on delete cascade,
      session_hash text not null, payload text not null, created_at bigint not null, expires_at bigint not null)`,
    'create index connect_states_user on connect_states (user_id)',
    'create index connect_states_expiry on connect_states (expires_at)',
    // Each refresh, or the attempt: never a token.
    `create table connection_refreshes (
      id text primary key, at bigint not null, server text not null,
      user_id text references users (id) on delete cascade, kind text not null, outcome text not null)`,
    'create index connection_refreshes_server on connection_refreshes (server, at)',
    'create index connection_refreshes_user on connection_refreshes (user_id)',
  ],
};
