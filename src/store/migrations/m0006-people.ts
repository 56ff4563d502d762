import type { Migration } from './migration.ts';

export const m0006: Migration = {
  name: '0006-people',
  file: 'gateway',
  statements: [
    // `name_key` is the lower-case form that must be unique.
    `create table groups (
      id text primary key, name text not null, name_key text not null unique, description text,
      created_at bigint not null)`,
    `create table group_members (
      group_id text not null references groups (id) on delete cascade,
      user_id text not null references users (id) on delete cascade, primary key (group_id, user_id))`,
    'create index group_members_user on group_members (user_id)',
  ],
};
