import type { GroupId, KeyId, ServerName, UserId } from '../../base/index.ts';
import type { Rule, Subject, Tier, ToolSwitches } from '../../policy/index.ts';
import type { LimitSubject, ToolMapping } from '../access/types.ts';
import type { SecurityAudit } from '../audits.ts';
import type { BlockedAddress } from '../blocked-addresses.ts';
import type { ConnectionRefresh, ConnectState, Registration } from '../connections/types.ts';
import type { HealthChange } from '../health.ts';
import type { Level } from '../ledger/rollup-sql.ts';
import type { Kind, Sums } from '../ledger/tally.ts';
import type { OAuthArtifact, OAuthClient, OAuthConsent } from '../oauth/types.ts';
import type { KeptView } from '../people/kept-views.ts';
import type { PersonLink, StoredSetting } from '../people/types.ts';
import type {
  ActivityRow,
  AuditRow,
  CatalogueRow,
  EventRow,
  Member,
  OwnedName,
  Role,
  SignInRow,
  SigningKey,
} from '../types.ts';

/** A type whose absent members rest as NULL. */
type Kept<Row> = {
  [Column in keyof Row]: undefined extends Row[Column] ? Exclude<Row[Column], undefined> | null : Row[Column];
};

/** SQLite has no boolean that can be bound, so both dialects keep 0 and 1. */
type Flag = 0 | 1;

type UserTable = {
  id: UserId;
  name: string;
  /** `name` in lower case: two people never differ in case alone. */
  nameKey: string;
  email: string | null;
  emailKey: string | null;
  fullName: string | null;
  passwordHash: string | null;
  role: Role;
  disabled: Flag;
  createdAt: number;
  lastLoginAt: number | null;
};

type GroupTable = {
  id: GroupId;
  name: string;
  nameKey: string;
  description: string | null;
  createdAt: number;
};

type ApiKeyTable = {
  id: KeyId;
  userId: UserId;
  name: string;
  secretHash: string;
  scopes: string;
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
  lastUsedAddress: string | null;
};

/** `transport`, `auth` and `headers` are JSON in which each secret is sealed by itself. */
type ServerTable = {
  name: ServerName;
  title: string;
  transport: string;
  auth: string;
  headers: string;
  prefix: string;
  enabled: Flag;
  timeoutMs: number;
  protocol: 'auto' | 'legacy' | 'modern';
  private: 'allow' | 'deny' | null;
  stateless: Flag;
  stateful: Flag;
  deduplicate: Flag;
  grants: string;
  addressClass: 'public' | 'private' | null;
  description: string | null;
  elicitationHosts: string | null;
  createdAt: number;
};

type RefreshTokenTable = {
  hash: string;
  family: string;
  userId: UserId;
  clientId: string;
  issuedAt: number;
  expiresAt: number;
  familyExpiresAt: number;
  usedAt: number | null;
};

type BrowserSessionTable = {
  hash: string;
  userId: UserId;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
  passwordAt: number;
  address: string | null;
  userAgent: string | null;
};

/** `owner` is the user's id, or `gateway`. */
type ConnectionTable = {
  server: ServerName;
  owner: string;
  userId: UserId | null;
  binding: string;
  state: 'connected' | 'ended';
  issuer: string;
  scopes: string;
  payload: string;
  expiresAt: number | null;
  refreshable: Flag;
  version: string;
  lockedUntil: number;
  createdAt: number;
  refreshedAt: number | null;
};

export type RuleTable = Pick<
  Rule,
  'id' | 'effect' | 'server' | 'kind' | 'pattern' | 'createdAt' | 'createdBy'
> & {
  subjectKind: Subject['kind'];
  /** '' for everybody. */
  subjectId: string;
  userId: UserId | null;
  groupId: GroupId | null;
  keyId: KeyId | null;
  tier: Tier | '';
  note: string | null;
};

type ToolPolicyTable = {
  server: ServerName;
  newTools: ToolSwitches['newTools'];
  seenAt: number | null;
  seenBy: string | null;
};

type ToolSwitchTable = {
  server: ServerName;
  tool: string;
  isOn: Flag;
  changedAt: number;
  changedBy: string;
};

type WithheldTable = {
  server: ServerName;
  kind: 'prompt' | 'instructions';
  name: string;
  changedAt: number;
  changedBy: string;
};

export type LimitTable = {
  subjectKind: LimitSubject['kind'];
  subjectId: string;
  userId: UserId | null;
  keyId: KeyId | null;
  requests: number | null;
  concurrent: number | null;
  bytesIn: number | null;
  bytesOut: number | null;
  windowS: number | null;
  changedAt: number;
  changedBy: string;
};

/** `histogram` is JSON: counts by bucket. */
type RollupTable = Sums & { level: Level; start: number; kind: Kind; key: string; histogram: string };

/** Both dialects hold these tables; columns are snake_case in SQL. */
export type Schema = {
  revision: { id: 1; value: number };
  users: UserTable;
  groups: GroupTable;
  groupMembers: Member;
  apiKeys: ApiKeyTable;
  servers: ServerTable;
  rules: RuleTable;
  toolPolicies: ToolPolicyTable;
  toolSwitches: ToolSwitchTable;
  withheld: WithheldTable;
  toolMappings: ToolMapping;
  limits: LimitTable;
  blockedAddresses: BlockedAddress;
  keptViews: KeptView;
  refreshTokens: RefreshTokenTable;
  revokedTokens: { jti: string; expiresAt: number };
  browserSessions: BrowserSessionTable;
  personLinks: Omit<Kept<PersonLink>, 'groups'> & { groups: string };
  storedSettings: StoredSetting;
  setupTokens: { id: 1; hash: string; expiresAt: number };
  signingKeys: Kept<SigningKey>;
  oauthClients: Kept<OAuthClient>;
  oauthArtifacts: Kept<OAuthArtifact>;
  oauthConsents: OAuthConsent;
  connections: ConnectionTable;
  upstreamClients: Omit<Kept<Registration>, 'metadata'> & { metadata: string };
  clientIssuers: { server: ServerName; clientId: string; issuer: string; createdAt: number };
  connectStates: Omit<ConnectState, 'payload'> & { payload: string };
  connectionRefreshes: Kept<ConnectionRefresh>;
  catalogue: CatalogueRow;
  ownedNames: OwnedName;
  audit: Kept<AuditRow>;
  securityAudits: Kept<SecurityAudit>;
  activity: Kept<ActivityRow>;
  events: Kept<EventRow>;
  signIns: Kept<SignInRow>;
  ledgerRuns: { id: string; place: string; startedAt: number; seenAt: number; endedAt: number | null };
  rollups: RollupTable;
  serverHealth: Kept<HealthChange>;
  ledgerMarks: { name: string; value: number };
  dataKeys: { id: string; wrapped: string; createdAt: number };
  schemaMigrations: { name: string; appliedAt: number };
};
