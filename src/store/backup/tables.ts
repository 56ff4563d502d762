import type { SqliteFile } from '../db/sqlite-messages.ts';

type Kept = { readonly file: SqliteFile; readonly pagedBy?: readonly string[] };

/**
 * What a backup holds, in an order in which each row finds what it refers to. Left out is what belongs to browsers
 * of this moment: people sign in again.
 */
export const TABLES: Readonly<Record<string, Kept>> = {
  users: { file: 'gateway' },
  groups: { file: 'gateway' },
  group_members: { file: 'gateway' },
  api_keys: { file: 'gateway' },
  servers: { file: 'gateway' },
  rules: { file: 'gateway' },
  tool_policies: { file: 'gateway' },
  tool_switches: { file: 'gateway' },
  withheld: { file: 'gateway' },
  tool_mappings: { file: 'gateway' },
  limits: { file: 'gateway' },
  kept_views: { file: 'gateway' },
  blocked_addresses: { file: 'gateway' },
  refresh_tokens: { file: 'gateway' },
  revoked_tokens: { file: 'gateway' },
  data_keys: { file: 'gateway' },
  signing_keys: { file: 'gateway' },
  person_links: { file: 'gateway' },
  stored_settings: { file: 'gateway' },
  oauth_clients: { file: 'gateway' },
  oauth_artifacts: { file: 'gateway' },
  oauth_consents: { file: 'gateway' },
  connections: { file: 'gateway' },
  upstream_clients: { file: 'gateway' },
  client_issuers: { file: 'gateway' },
  connection_refreshes: { file: 'gateway', pagedBy: ['id'] },
  catalogue: { file: 'gateway' },
  owned_names: { file: 'gateway' },
  audit: { file: 'gateway', pagedBy: ['id'] },
  security_audits: { file: 'gateway', pagedBy: ['id'] },
  activity: { file: 'ledger', pagedBy: ['id'] },
  events: { file: 'ledger', pagedBy: ['id'] },
  sign_ins: { file: 'ledger', pagedBy: ['id'] },
  rollups: { file: 'ledger', pagedBy: ['level', 'kind', 'start', 'key'] },
  server_health: { file: 'ledger' },
  ledger_marks: { file: 'ledger' },
};

/** Some rows of one table; each row in the order of the columns. */
export type Part = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
};
