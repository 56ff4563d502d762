import type { Migration } from './migration.ts';

export const m0003: Migration = {
  name: '0003-stateful',
  file: 'gateway',
  // Whether a server that is a command runs once for each client session.
  statements: ['alter table servers add column stateful integer not null default 0'],
};
