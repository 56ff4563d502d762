import type { Migration } from './migration.ts';

export const m0030: Migration = {
  name: '0030-security-audits',
  file: 'gateway',
  statements: [
    // Looks of the security auditor at servers, with what was found (JSON).
    `create table security_audits (
      id text primary key, url text not null, started_by text not null, started_at bigint not null,
      ended_at bigint, state text not null, reason text, report text)`,
  ],
};

export const m0060: Migration = {
  name: '0060-tool-mappings',
  file: 'gateway',
  statements: [
    // Names of tools on the endpoint of all servers that lead where an administrator said.
    `create table tool_mappings (
      name text primary key, server text not null, tool text not null, changed_at bigint not null, changed_by text not null)`,
  ],
};

export const m0070: Migration = {
  name: '0070-blocked-addresses',
  file: 'gateway',
  statements: [
    // From where nobody signs in for a while, because an administrator said so.
    `create table blocked_addresses (
      network text primary key, address text not null, blocked_at bigint not null, blocked_by text not null,
      ends_at bigint not null)`,
  ],
};

export const m0071: Migration = {
  name: '0071-withheld',
  file: 'gateway',
  statements: [
    // Prompts of servers, and what servers say of themselves, that nobody is shown. The name of the latter is empty.
    `create table withheld (
      server text not null, kind text not null, name text not null, changed_at bigint not null,
      changed_by text not null, primary key (server, kind, name))`,
  ],
};

export const m0072: Migration = {
  name: '0072-audit-address',
  file: 'gateway',
  statements: [
    // From where a change was made; null for what came by no request.
    'alter table audit add column address text',
  ],
};

export const m0073: Migration = {
  name: '0073-kept-views',
  file: 'gateway',
  statements: [
    // Pages with their filters, by the names that a person gave them.
    `create table kept_views (
      id text primary key, user_id text not null references users (id) on delete cascade, name text not null,
      address text not null, made_at bigint not null, unique (user_id, name))`,
  ],
};
