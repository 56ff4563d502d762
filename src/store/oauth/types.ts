import type { UserId } from '../../base/index.ts';

/** A program that asks people for access. Times in milliseconds. */
export type OAuthClient = {
  readonly id: string;
  /** `dcr`: it registered itself, `cimd`: its id is the address of its document, `admin`: made here. */
  readonly source: 'dcr' | 'cimd' | 'admin';
  readonly name: string | undefined;
  /** Client metadata (RFC 7591 section 2) as JSON; a secret in it is `sha256:` and its hash. */
  readonly metadata: string;
  /** As whom it acts for itself (client credentials). */
  readonly userId: UserId | undefined;
  /** How long its tokens live where that differs from the settings. */
  readonly accessTtlMs: number | undefined;
  readonly refreshTtlMs: number | undefined;
  readonly createdAt: number;
  readonly createdAddress: string | undefined;
  readonly lastSeenAt: number | undefined;
  readonly lastAddress: string | undefined;
  readonly lastAgent: string | undefined;
  readonly lastTokenAt: number | undefined;
};

/** A code, a token, a grant ...: what the authorization server remembers of one flow. */
export type OAuthArtifact = {
  readonly kind: string;
  /** SHA-256 of its id. */
  readonly hash: string;
  /** JSON; sealed at rest, since it holds the id itself. */
  readonly payload: string;
  readonly grantId: string | undefined;
  readonly userId: UserId | undefined;
  readonly clientId: string | undefined;
  readonly userCodeHash: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly consumedAt: number | undefined;
};

/** What one person agreed to for one client. */
export type OAuthConsent = {
  readonly id: string;
  readonly userId: UserId;
  readonly clientId: string;
  /** Hash of everything that must ask again when it changes. */
  readonly key: string;
  readonly redirectUri: string;
  readonly scopes: string;
  readonly resource: string;
  readonly createdAt: number;
  readonly usedAt: number;
};

/** A grant that lives: one person, one client, one sign-in. */
export type OAuthGrant = {
  readonly grantId: string;
  readonly userId: UserId;
  readonly clientId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

/** Whose grants: of a person, of a client, or of one person at one client. */
export type Whose = { readonly userId?: UserId; readonly clientId?: string };

export type ClientSeen = {
  readonly at: number;
  readonly address: string;
  readonly agent: string | undefined;
  readonly gotToken: boolean;
};

export type OAuthStore = {
  /** Replaces what is there; `keepsFirst` leaves it. */
  putArtifact(artifact: OAuthArtifact, keepsFirst?: boolean): Promise<void>;
  artifact(kind: string, hash: string): Promise<OAuthArtifact | undefined>;
  artifactByUserCode(kind: string, userCodeHash: string): Promise<OAuthArtifact | undefined>;
  /** `false`: somebody was faster. */
  consumeArtifact(kind: string, hash: string, now: number): Promise<boolean>;
  /** `false`: somebody was faster. */
  deleteArtifact(kind: string, hash: string): Promise<boolean>;
  /** The grant, what came of it, and its access tokens. */
  endGrant(grantId: string): Promise<void>;
  /** All of these, in one transaction; gives their ids. */
  endGrants(whose: Whose): Promise<readonly string[]>;
  listGrants(whose: Whose): Promise<readonly OAuthGrant[]>;
  /** Forgets what has expired. */
  sweepArtifacts(now: number): Promise<void>;

  putClient(client: OAuthClient): Promise<void>;
  client(id: string): Promise<OAuthClient | undefined>;
  listClients(): Promise<readonly OAuthClient[]>;
  countClients(source: OAuthClient['source']): Promise<number>;
  /** Its grants and consents end with it. */
  deleteClient(id: string): Promise<boolean>;
  noteClient(id: string, seen: ClientSeen): Promise<void>;
  /** Deletes clients that registered themselves and got no token since `unusedBefore`, or were not seen since `idleBefore`. */
  sweepClients(unusedBefore: number, idleBefore: number): Promise<number>;

  putConsent(consent: OAuthConsent): Promise<void>;
  consent(userId: UserId, key: string): Promise<OAuthConsent | undefined>;
  listConsents(whose: Whose): Promise<readonly OAuthConsent[]>;
  /** Those of one person at one client; their grants end too. */
  withdrawConsent(userId: UserId, clientId: string): Promise<boolean>;
};
