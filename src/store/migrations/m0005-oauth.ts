import type { Migration } from './migration.ts';

export const m0005: Migration = {
  name: '0005-oauth',
  file: 'gateway',
  statements: [
    // Programs that may ask people for access. A secret rests as its SHA-256 inside `metadata`.
    `create table oauth_clients (
      id text primary key, source text not null, name text, metadata text not null,
      user_id text references users (id) on delete cascade, access_ttl_ms bigint, refresh_ttl_ms bigint,
      created_at bigint not null, created_address text, last_seen_at bigint, last_address text, last_agent text,
      last_token_at bigint)`,
    // Codes, refresh tokens, grants and whatever else the authorization server remembers: by hash, the payload sealed.
    `create table oauth_artifacts (
      kind text not null, hash text not null, payload text not null, grant_id text,
      user_id text references users (id) on delete cascade, client_id text, user_code_hash text,
      created_at bigint not null, expires_at bigint not null, consumed_at bigint, primary key (kind, hash))`,
    'create index oauth_artifacts_grant on oauth_artifacts (grant_id)',
    'create index oauth_artifacts_user on oauth_artifacts (user_id)',
    'create index oauth_artifacts_client on oauth_artifacts (client_id)',
    'create index oauth_artifacts_code on oauth_artifacts (user_code_hash)',
    'create index oauth_artifacts_expiry on oauth_artifacts (expires_at)',
    // What a person agreed to: `key` is the hash of everything that must ask again when it changes.
    `create table oauth_consents (
      id text primary key, user_id text not null references users (id) on delete cascade,
      client_id text not null, key text not null, redirect_uri text not null, scopes text not null,
      resource text not null, created_at bigint not null, used_at bigint not null,
      unique (user_id, key))`,
  ],
};
