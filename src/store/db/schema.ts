import type { KeyId, ServerName, UserId } from '../../base/index.ts';
import type {
  ActivityRow,
  AuditRow,
  CatalogueRow,
  EventRow,
  Grant,
  OwnedName,
  Role,
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

type ApiKeyTable = {
  id: KeyId;
  userId: UserId;
  name: string;
  secretHash: string;
  scopes: string;
  createdAt: number;
  expiresAt: number | null;
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
  deduplicate: Flag;
  grants: string;
  addressClass: 'public' | 'private' | null;
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
};

/** Both dialects hold these tables; columns are snake_case in SQL. */
export type Schema = {
  revision: { id: 1; value: number };
  users: UserTable;
  apiKeys: ApiKeyTable;
  servers: ServerTable;
  grants: Grant;
  refreshTokens: RefreshTokenTable;
  revokedTokens: { jti: string; expiresAt: number };
  browserSessions: BrowserSessionTable;
  setupTokens: { id: 1; hash: string; expiresAt: number };
  signingKeys: SigningKey;
  catalogue: CatalogueRow;
  ownedNames: OwnedName;
  audit: Kept<AuditRow>;
  activity: Kept<ActivityRow>;
  events: Kept<EventRow>;
  schemaMigrations: { name: string; appliedAt: number };
};
