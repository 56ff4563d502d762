import type { GroupId, KeyId, Secret, ServerName, UserId } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import type { Role, ToolSwitches } from '../policy/index.ts';
import type { AccessStore } from './access/types.ts';
import type { SecurityAuditStore } from './audits.ts';
import type { BlockedAddressStore } from './blocked-addresses.ts';
import type { ConnectionStore } from './connections/types.ts';
import type { Logs } from './db/database.ts';
import type { HealthStore } from './health.ts';
import type { ActivityRow, AuditRow, EventRow, LedgerBatch, NewAudit, SignInRow } from './ledger/rows.ts';
import type { LedgerStore } from './ledger/types.ts';
import type { OAuthStore } from './oauth/types.ts';
import type { KeptViewStore } from './people/kept-views.ts';
import type { ApiKey, ApiKeyUse, BrowserSession, Edit, LinkStore, SettingStore } from './people/types.ts';
import type { DataKeyStore } from './sealing/types.ts';

export type { ActivityRow, AuditRow, EventRow, LedgerBatch, Role, SignInRow };

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
  /** The address is what somebody says of themselves: it keeps nobody else from having it. */
  readonly isEmailClaimed?: boolean;
  readonly fullName?: string | undefined;
  /** argon2id or imported bcrypt, in the PHC or crypt form; undefined: cannot log in by password (service user). */
  readonly passwordHash: string | undefined;
  readonly role: Role;
};

export type Group = {
  readonly id: GroupId;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
};

export type NewGroup = { readonly name: string; readonly description?: string | undefined };

export type Member = { readonly groupId: GroupId; readonly userId: UserId };

/** What became of a change that may not leave the gateway without an administrator. */
export type Kept = 'done' | 'unknown' | 'last_admin';

/** How many of each ended with a person's access. Keys of the environment stay: they would come back. */
export type Revoked = {
  readonly sessions: number;
  readonly logins: number;
  readonly signIns: number;
  readonly consents: number;
  readonly keys: number;
  readonly links: number;
};

/** The simple form of a rule: one person may use one server as a whole. */
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

/** A signing key; the private part is sealed. */
export type SigningKey = {
  readonly kid: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly publicJwk: string;
  readonly sealedPrivateJwk: string;
  readonly state: 'next' | 'current' | 'previous';
  readonly createdAt: number;
  /** When it became `previous`. */
  readonly retiredAt: number | undefined;
};

/** One turn of the signing keys. */
export type SigningKeyTurn = {
  /** The key that is taken to be current. */
  readonly from: string | undefined;
  /** The key that becomes current: one that is there, or one of `made`. */
  readonly to: string;
  /** Keys that are added. Others that waited as `next` go. */
  readonly made: readonly SigningKey[];
  readonly at: number;
  /** Previous keys that retired before this go. */
  readonly forgetBefore: number;
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
  /** Another password: whatever the former one opened ends, as with a change of rights. */
  setPassword(id: UserId, passwordHash: string): Promise<void>;
  /** The same password, hashed anew; nothing happens where it was changed meanwhile. */
  rehashPassword(id: UserId, from: string, to: string): Promise<void>;
  /** `undefined` takes away. Faultless names only. */
  editUser(id: UserId, edit: Edit): Promise<'done' | 'unknown' | 'name_taken' | 'email_taken'>;
  /** Any change of rights ends the user's sessions and refresh tokens. `last_admin`: nothing was changed. */
  setDisabled(id: UserId, isDisabled: boolean): Promise<Kept>;
  setRole(id: UserId, role: Role): Promise<Kept>;
  /** Also ends the user's keys, grants, sessions and refresh tokens. */
  deleteUser(id: UserId): Promise<Kept>;
  /** Ends whatever the user can act by: sessions, logins, sign-ins of programs with their consents, keys, links. `last_admin`: nothing ended. */
  revokeUser(id: UserId, isShutOut: boolean): Promise<Revoked | 'last_admin'>;
  noteLogin(id: UserId, now: number): Promise<void>;

  listGroups(): Promise<readonly Group[]>;
  createGroup(group: NewGroup, now: number): Promise<Group | 'name_taken'>;
  updateGroup(id: GroupId, group: NewGroup): Promise<boolean | 'name_taken'>;
  deleteGroup(id: GroupId): Promise<boolean>;
  listMembers(): Promise<readonly Member[]>;
  addMember(group: GroupId, user: UserId): Promise<boolean>;
  removeMember(group: GroupId, user: UserId): Promise<boolean>;

  createKey(key: ApiKey): Promise<void>;
  listKeys(): Promise<readonly ApiKey[]>;
  keyById(id: KeyId): Promise<ApiKey | undefined>;
  deleteKey(id: KeyId): Promise<boolean>;
  /** When and from where keys were last used: no change of what anybody may. */
  noteKeyUse(uses: readonly ApiKeyUse[]): Promise<void>;

  listServers(): Promise<readonly ServerEntry[]>;
  /** `false`: the name is taken. Tools are `on` unless said. Credentials and header values are sealed with the store's key. */
  createServer(server: ServerEntry, now: number, newTools?: ToolSwitches['newTools']): Promise<boolean>;
  updateServer(server: ServerEntry): Promise<boolean>;
  /** Also removes its rules, switches, limits, connections and catalogue rows; owned names stay, so that nobody else gets them. */
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
  /** Those of one person; undefined: of everybody. */
  listSessionsOf(id: UserId | undefined, now: number): Promise<readonly BrowserSession[]>;
  /** The password was given again. */
  renewSession(hash: string, now: number): Promise<void>;
  endSession(hash: string): Promise<void>;
  endSessionsOf(id: UserId): Promise<void>;

  /** One-time setup token: replaces the former one. */
  putSetupToken(hash: string, expiresAt: number): Promise<void>;
  hasSetupToken(hash: string, now: number): Promise<boolean>;
  takeSetupToken(hash: string, now: number): Promise<boolean>;

  listSigningKeys(): Promise<readonly SigningKey[]>;
  addSigningKey(key: SigningKey): Promise<void>;
  /** In one transaction; `false`, and no change, where another key is current than `from`. */
  rotateSigningKeys(turn: SigningKeyTurn): Promise<boolean>;

  loadCatalogue(): Promise<readonly CatalogueRow[]>;
  putCatalogue(row: CatalogueRow): Promise<void>;
  /** What was shown to one credential. */
  forgetCatalogue(server: ServerName, credential: string): Promise<void>;
  loadNames(): Promise<readonly OwnedName[]>;
  /** Inserts what nobody owns yet (first come, first kept) and returns the rows as they stand for those names. */
  claimNames(names: readonly OwnedName[]): Promise<readonly OwnedName[]>;

  addAudit(row: NewAudit): Promise<void>;
  listAudit(limit: number): Promise<readonly AuditRow[]>;

  /** Writes what happened in one transaction; resolves when it is on disk. */
  writeLedger(batch: LedgerBatch): Promise<void>;
  listActivity(limit: number): Promise<readonly ActivityRow[]>;
  /** The first request that went well, of another client than this; of one method, where it is named. */
  firstActivity(of: { readonly notBy: string; readonly method?: string }): Promise<ActivityRow | undefined>;
  listEvents(limit: number): Promise<readonly EventRow[]>;

  /** What happened, page by page and in figures: read beside everything that writes. */
  readonly ledger: LedgerStore;

  /** How the servers were, change by change. */
  readonly health: HealthStore;

  /** Who may use what and how much. */
  readonly access: AccessStore;

  /** What the authorization server keeps. */
  readonly oauth: OAuthStore;
  /** Invitations, and links to a new password. */
  readonly links: LinkStore;
  readonly settings: SettingStore;
  /** What the gateway keeps as a client of the servers behind it. */
  readonly connections: ConnectionStore;

  /** Pages that people named to find them again. */
  readonly keptViews: KeptViewStore;
  /** From where nobody signs in for a while. */
  readonly blockedAddresses: BlockedAddressStore;
  /** What the security auditor found. */
  readonly securityAudits: SecurityAuditStore;

  readonly dataKeys: DataKeyStore;

  close(): Promise<void>;
};

export type StoreDeps = {
  /** The master secret before the present one, while it is being changed. */
  readonly formerMaster?: Secret | undefined;
  /** `gateway.db` and `ledger.db` lie here (embedded), unless `databaseUrl` names a PostgreSQL. */
  readonly dataDir: string;
  readonly databaseUrl?: Secret | undefined;
  /** The master secret: the store derives the key that seals credentials. */
  readonly master: Secret;
  /** Where what happened stands as lines of JSON as well. */
  readonly logs?: Logs | undefined;
};
