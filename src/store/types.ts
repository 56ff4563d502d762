import type { KeyId, Secret, ServerName, UserId } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';

export type Role = 'user' | 'admin';

export type User = {
  readonly id: UserId;
  readonly name: string;
  readonly email: string | undefined;
  readonly fullName: string | undefined;
  readonly role: Role;
  readonly disabled: boolean;
  readonly createdAt: number;
  readonly lastLoginAt: number | undefined;
};

export type NewUser = {
  readonly name: string;
  readonly email?: string | undefined;
  readonly fullName?: string | undefined;
  /** argon2id or imported bcrypt, in the PHC or crypt form; undefined: cannot log in by password (service user). */
  readonly passwordHash: string | undefined;
  readonly role: Role;
};

/** An API key as kept: the secret itself never rests anywhere. */
export type ApiKey = {
  readonly id: KeyId;
  readonly userId: UserId;
  readonly name: string;
  /** SHA-256 of the secret part, hex. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
};

export type Grant = { readonly userId: UserId; readonly server: ServerName };

/** One refresh token of one login. `successorHash`: hash of the token that replaced it, within the grace. */
export type RefreshToken = {
  readonly hash: string;
  readonly family: string;
  readonly userId: UserId;
  readonly clientId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When the family ends whatever happens. */
  readonly familyExpiresAt: number;
  readonly usedAt: number | undefined;
};

export type BrowserSession = {
  readonly hash: string;
  readonly userId: UserId;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** When the password was last given. */
  readonly passwordAt: number;
};

/** A signing key; the private part is sealed. */
export type SigningKey = {
  readonly kid: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly publicJwk: string;
  readonly sealedPrivateJwk: string;
  readonly state: 'next' | 'current' | 'previous';
  readonly createdAt: number;
};

/** What a server offered to one credential and capability profile, as the server's own texts. */
export type CatalogueRow = {
  readonly server: ServerName;
  /** Credential identity: `gateway`, or a user's id where the server has an account per person. */
  readonly credential: string;
  /** Era, revision and declared capabilities, as one text. */
  readonly profile: string;
  /** JSON: see `catalogue/`. */
  readonly body: string;
  readonly hash: string;
  readonly readAt: number;
};

/** Who owns an exposed name or URI: kept for ever, never computed anew. */
export type OwnedName = {
  readonly kind: 'tool' | 'prompt' | 'resource' | 'template' | 'raw-tool' | 'raw-prompt';
  readonly exposed: string;
  readonly server: ServerName;
  readonly original: string;
  readonly createdAt: number;
};

export type AuditRow = {
  readonly id: string;
  readonly at: number;
  /** `admin`, `cli:<system user>`, `file`, `setup` ... */
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** JSON. */
  readonly before: string | undefined;
  readonly after: string | undefined;
};

/** A security event. */
export type EventRow = {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly principal: string | undefined;
  readonly address: string | undefined;
  readonly server: string | undefined;
  /** JSON. */
  readonly detail: string;
  readonly count: number;
};

/** One request of a client. Times in milliseconds, sizes in bytes. */
export type ActivityRow = {
  readonly id: string;
  readonly at: number;
  readonly principal: string | undefined;
  readonly userName: string | undefined;
  readonly credential: string | undefined;
  readonly client: string | undefined;
  readonly clientName: string | undefined;
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
  readonly endpoint: string;
  readonly era: string | undefined;
  readonly session: string | undefined;
  readonly method: string | undefined;
  readonly server: string | undefined;
  readonly target: string | undefined;
  readonly outcome: 'ok' | 'error' | 'refused' | 'cancelled';
  readonly fault: string | undefined;
  readonly code: number | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly upstreamMs: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly count: number;
};

/**
 * Everything that outlives the process. Each write that changes who may do what bumps `revision()` in its own
 * transaction; all functions are asynchronous because the embedded database lives in a worker thread.
 */
export type Store = {
  readonly dialect: 'sqlite' | 'postgres';
  /** Grows with each change to users, keys, servers, grants, sessions or revocations, by whichever process. */
  revision(): Promise<number>;

  createUser(user: NewUser, now: number): Promise<User | 'name_taken' | 'email_taken'>;
  /** The first administrator, atomically: `exists` when any administrator is there already. */
  createFirstAdmin(user: NewUser, now: number): Promise<User | 'exists' | 'name_taken'>;
  listUsers(): Promise<readonly User[]>;
  userByName(name: string): Promise<User | undefined>;
  passwordHashOf(id: UserId): Promise<string | undefined>;
  setPassword(id: UserId, passwordHash: string): Promise<void>;
  setDisabled(id: UserId, isDisabled: boolean): Promise<boolean>;
  setRole(id: UserId, role: Role): Promise<boolean>;
  /** Also ends the user's keys, grants, sessions and refresh tokens. */
  deleteUser(id: UserId): Promise<boolean>;
  noteLogin(id: UserId, now: number): Promise<void>;

  createKey(key: ApiKey): Promise<void>;
  listKeys(): Promise<readonly ApiKey[]>;
  keyById(id: KeyId): Promise<ApiKey | undefined>;
  deleteKey(id: KeyId): Promise<boolean>;

  listServers(): Promise<readonly ServerEntry[]>;
  /** `false`: the name is taken. Credentials and header values are sealed with the store's key. */
  createServer(server: ServerEntry, now: number): Promise<boolean>;
  updateServer(server: ServerEntry): Promise<boolean>;
  /** Also removes its grants and catalogue rows; owned names stay, so that nobody else gets them. */
  deleteServer(name: ServerName): Promise<boolean>;

  listGrants(): Promise<readonly Grant[]>;
  addGrant(grant: Grant): Promise<boolean>;
  removeGrant(grant: Grant): Promise<boolean>;

  addRefreshToken(token: RefreshToken): Promise<void>;
  refreshToken(hash: string): Promise<RefreshToken | undefined>;
  /** Spends `hash` and adds its successor in one transaction; `false` when it was spent already. */
  rotateRefreshToken(hash: string, successor: RefreshToken, now: number): Promise<boolean>;
  endRefreshFamily(family: string): Promise<void>;
  /** The families of a user's logins that have not ended. */
  refreshFamiliesOf(id: UserId): Promise<readonly string[]>;

  /** Access tokens that were logged out; kept until they would have expired. */
  revokeToken(jti: string, expiresAt: number): Promise<void>;
  revokedTokens(now: number): Promise<readonly string[]>;

  addSession(session: BrowserSession): Promise<void>;
  session(hash: string): Promise<BrowserSession | undefined>;
  touchSession(hash: string, now: number): Promise<void>;
  endSession(hash: string): Promise<void>;
  endSessionsOf(id: UserId): Promise<void>;

  /** One-time setup token: replaces the former one. */
  putSetupToken(hash: string, expiresAt: number): Promise<void>;
  hasSetupToken(hash: string, now: number): Promise<boolean>;
  takeSetupToken(hash: string, now: number): Promise<boolean>;

  listSigningKeys(): Promise<readonly SigningKey[]>;
  addSigningKey(key: SigningKey): Promise<void>;

  loadCatalogue(): Promise<readonly CatalogueRow[]>;
  putCatalogue(row: CatalogueRow): Promise<void>;
  loadNames(): Promise<readonly OwnedName[]>;
  /** Inserts what nobody owns yet (first come, first kept) and returns the rows as they stand for those names. */
  claimNames(names: readonly OwnedName[]): Promise<readonly OwnedName[]>;

  addAudit(row: AuditRow): Promise<void>;
  listAudit(limit: number): Promise<readonly AuditRow[]>;

  /** Writes activity and events in one batch; resolves when it is on disk. */
  writeLedger(batch: {
    readonly activity: readonly ActivityRow[];
    readonly events: readonly EventRow[];
  }): Promise<void>;
  listActivity(limit: number): Promise<readonly ActivityRow[]>;
  listEvents(limit: number): Promise<readonly EventRow[]>;

  close(): Promise<void>;
};

export type StoreDeps = {
  /** `gateway.db` and `ledger.db` lie here (embedded), unless `databaseUrl` names a PostgreSQL. */
  readonly dataDir: string;
  readonly databaseUrl?: Secret | undefined;
  /** The master secret: the store derives the key that seals credentials. */
  readonly master: Secret;
};
