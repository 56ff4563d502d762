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
