import type { Migration } from './migration.ts';

export const m0004: Migration = {
  name: '0004-retired-keys',
  file: 'gateway',
  // Since when a signing key only verifies: after the life of a token it does not even that.
  statements: ['alter table signing_keys add column retired_at bigint'],
};
