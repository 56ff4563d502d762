import type { Migration } from './migration.ts';

export const m0015: Migration = {
  name: '0015-servers',
  file: 'gateway',
  statements: [
    'alter table servers add column description text',
    // JSON; null: pages may be anywhere that is secure.
    'alter table servers add column elicitation_hosts text',
  ],
};
