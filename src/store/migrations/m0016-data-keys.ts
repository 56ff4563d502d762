import type { Migration } from './migration.ts';

export const m0016: Migration = {
  name: '0016-data-keys',
  file: 'gateway',
  statements: [
    // Keys that seal what rests here, each wrapped by one that is derived from the master secret.
    'create table data_keys (id text primary key, wrapped text not null, created_at bigint not null)',
  ],
};
