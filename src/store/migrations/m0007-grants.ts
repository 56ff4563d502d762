import type { Migration } from './migration.ts';

const RULE =
  'id, effect, subject_kind, subject_id, user_id, server, kind, pattern, tier, created_at, created_by';

export const m0007: Migration = {
  name: '0007-grants',
  file: 'gateway',
  statements: [
    // Who may use what. A rule goes with the person, group or key that it is about, so these stand once more as
    // foreign keys; a client may be forgotten and come back under its id, so its rules stay. Tier '' is none.
    `create table rules (
      id text primary key, effect text not null, subject_kind text not null, subject_id text not null,
      user_id text references users (id) on delete cascade,
      group_id text references groups (id) on delete cascade,
      key_id text references api_keys (id) on delete cascade,
      server text not null, kind text not null, pattern text not null, tier text not null, note text,
      created_at bigint not null, created_by text not null,
      unique (effect, subject_kind, subject_id, server, kind, pattern, tier))`,
    'create index rules_user on rules (user_id)',
    'create index rules_group on rules (group_id)',
    'create index rules_key on rules (key_id)',
    `insert into rules (${RULE})
      select user_id || '.' || server, 'allow', 'user', user_id, user_id, server, 'all', '*', '', 0, 'grants'
      from grants`,
    'drop table grants',
    // What becomes of the tools of a server that nobody switched, and when an administrator saw the list.
    `create table tool_policies (
      server text primary key, new_tools text not null, seen_at bigint, seen_by text)`,
    // Tools that somebody switched on or off, for everybody.
    `create table tool_switches (
      server text not null, tool text not null, is_on integer not null, changed_at bigint not null,
      changed_by text not null, primary key (server, tool))`,
    // What somebody may use at most, where that differs from the settings. NULL is as there.
    `create table limits (
      subject_kind text not null, subject_id text not null,
      user_id text references users (id) on delete cascade,
      key_id text references api_keys (id) on delete cascade,
      requests bigint, concurrent bigint, bytes_in bigint, bytes_out bigint, window_s bigint,
      changed_at bigint not null, changed_by text not null, primary key (subject_kind, subject_id))`,
  ],
};
