import type { Migration } from './migration.ts';

export const m0009: Migration = {
  name: '0009-people',
  file: 'gateway',
  statements: [
    // From where a browser signed in, so that its owner knows it again.
    'alter table browser_sessions add column address text',
    'alter table browser_sessions add column user_agent text',
    'alter table api_keys add column last_used_at bigint',
    'alter table api_keys add column last_used_address text',
    // Links by which a person comes in, by the hash of their token. `made_by`: the link dies with its maker's account.
    `create table person_links (
      id text primary key, kind text not null, hash text not null unique,
      user_id text references users (id) on delete cascade, name text, email text, full_name text,
      role text not null, groups text not null, made_by text references users (id) on delete cascade,
      maker text not null, created_at bigint not null, expires_at bigint not null)`,
    'create index person_links_user on person_links (user_id)',
    // Settings that an administrator chose, as JSON; flag, environment and file win over them.
    `create table stored_settings (
      key text primary key, value text not null, updated_at bigint not null, updated_by text not null)`,
  ],
};
