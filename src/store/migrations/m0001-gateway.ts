import type { Migration } from './migration.ts';

// Ids are UUIDv7 text, times integer milliseconds UTC, JSON is text, flags are 0 and 1.
export const m0001: Migration = {
  name: '0001-gateway',
  file: 'gateway',
  statements: [
    // One row: grows with each change of who may do what. Its lock also puts such changes in a row.
    'create table revision (id integer primary key check (id = 1), value bigint not null)',
    'insert into revision (id, value) values (1, 1)',
    // People and service users. The _key columns are the lower-case forms that must be unique.
    `create table users (
      id text primary key, name text not null, name_key text not null unique, email text,
      email_key text unique, full_name text, password_hash text, role text not null,
      disabled integer not null, created_at bigint not null, last_login_at bigint)`,
    // API keys by id; only the SHA-256 of the secret is kept.
    `create table api_keys (
      id text primary key, user_id text not null references users (id) on delete cascade, name text not null,
      secret_hash text not null, scopes text not null, created_at bigint not null, expires_at bigint)`,
    'create index api_keys_user on api_keys (user_id)',
    // Servers that an administrator added; secrets inside the JSON columns are sealed one by one.
    `create table servers (
      name text primary key, title text not null, transport text not null, auth text not null,
      headers text not null, prefix text not null, enabled integer not null, timeout_ms bigint not null,
      protocol text not null, private text, stateless integer not null, deduplicate integer not null, grants text not null,
      address_class text, created_at bigint not null)`,
    // Who may use which server. The server may be one of the configuration file, so it is no foreign key.
    `create table grants (
      user_id text not null references users (id) on delete cascade, server text not null,
      primary key (user_id, server))`,
    // Refresh tokens by hash; spent ones stay until they expire, so that a second use is noticed.
    `create table refresh_tokens (
      hash text primary key, family text not null, user_id text not null references users (id) on delete cascade,
      client_id text not null, issued_at bigint not null, expires_at bigint not null,
      family_expires_at bigint not null, used_at bigint)`,
    'create index refresh_tokens_family on refresh_tokens (family)',
    'create index refresh_tokens_user on refresh_tokens (user_id)',
    'create index refresh_tokens_expiry on refresh_tokens (expires_at)',
    // Access tokens that ended before their time.
    'create table revoked_tokens (jti text primary key, expires_at bigint not null)',
    // Browser sessions by hash of the cookie.
    `create table browser_sessions (
      hash text primary key, user_id text not null references users (id) on delete cascade,
      created_at bigint not null, last_seen_at bigint not null, expires_at bigint not null,
      password_at bigint not null)`,
    'create index browser_sessions_user on browser_sessions (user_id)',
    // At most one: the token of the setup link.
    `create table setup_tokens (
      id integer primary key check (id = 1), hash text not null, expires_at bigint not null)`,
    // Keys that sign access tokens; the private half is sealed.
    `create table signing_keys (
      kid text primary key, algorithm text not null, public_jwk text not null, sealed_private_jwk text not null,
      state text not null, created_at bigint not null)`,
    // What servers offered last, so that a restart needs none of them.
    `create table catalogue (
      server text not null, credential text not null, profile text not null, body text not null,
      hash text not null, read_at bigint not null, primary key (server, credential, profile))`,
    // Whose an exposed name is, for ever.
    `create table owned_names (
      kind text not null, exposed text not null, server text not null, original text not null,
      created_at bigint not null, primary key (kind, exposed))`,
    // What administrators changed.
    `create table audit (
      id text primary key, at bigint not null, actor text not null, action text not null, target text not null,
      before text, after text)`,
  ],
};
