import type { Secret, ServerName, UserId } from '../../base/index.ts';

/** Whose account at which server: a person's, or the gateway's own (undefined). */
export type ConnectionKey = { readonly server: ServerName; readonly userId: UserId | undefined };

/** An account at a server. Times in milliseconds. */
export type Connection = ConnectionKey & {
  /** Hash of what of the server's configuration it belongs to: a server that became another one gets no token of it. */
  readonly binding: string;
  /** `ended`: its authorization server said no for good; somebody has to connect again. */
  readonly state: 'connected' | 'ended';
  readonly issuer: string;
  /** As granted, or asked for where the authorization server did not say. */
  readonly scopes: readonly string[];
  /** JSON, with tokens and client secret; sealed at rest. */
  readonly payload: Secret;
  readonly expiresAt: number | undefined;
  readonly isRefreshable: boolean;
  /** Drawn anew with each write. */
  readonly version: string;
  readonly createdAt: number;
  readonly refreshedAt: number | undefined;
};

/** The gateway as a client that an authorization server knows under this redirect URI. */
export type Registration = {
  readonly issuer: string;
  readonly redirectUri: string;
  readonly clientId: string;
  /** The registration's answer as JSON, with the client secret; sealed at rest. */
  readonly metadata: Secret;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
};

/** A person who was sent to an authorization server. */
export type ConnectState = {
  /** SHA-256 of the state. */
  readonly hash: string;
  readonly server: ServerName;
  readonly userId: UserId;
  /** SHA-256 of the browser session's id. */
  readonly sessionHash: string;
  /** JSON, with verifier and issuer; sealed at rest. */
  readonly payload: Secret;
  readonly createdAt: number;
  readonly expiresAt: number;
};

/** One refresh of a connection's tokens, or the attempt. */
export type ConnectionRefresh = ConnectionKey & {
  readonly id: string;
  readonly at: number;
  readonly kind: 'proactive' | 'reactive' | 'manual';
  readonly outcome: 'refreshed' | 'ended' | 'failed';
};

/** What may be shown of an account; `opens`: what is sealed in it was sealed with this master key. */
export type ConnectionFacts = Omit<Connection, 'payload' | 'version'> & { readonly opens: boolean };

export type ConnectionStore = {
  connection(key: ConnectionKey): Promise<Connection | undefined>;
  /** Those of one person, or (undefined) the gateway's. */
  listConnections(userId: UserId | undefined): Promise<readonly Connection[]>;
  /** Everybody's at one server, or at all; the gateway's own among them. */
  listAccounts(server?: ServerName): Promise<readonly ConnectionFacts[]>;
  /** Of people, those that may be used: for the snapshot. */
  connectedAccounts(): Promise<
    readonly { readonly server: ServerName; readonly userId: UserId; readonly createdAt: number }[]
  >;
  /** Whose tokens expire before this moment and can be refreshed. */
  dueConnections(before: number): Promise<readonly ConnectionKey[]>;
  /** Replaces what was there. */
  putConnection(connection: Omit<Connection, 'version'>): Promise<Connection>;
  /** Where there is none, or one of another binding; the answer is what stands. */
  seedConnection(connection: Omit<Connection, 'version'>): Promise<Connection | undefined>;
  /** The right to spend its refresh token, until `until`; `false`: another has it, or it is not this version. */
  lockConnection(connection: Connection, until: number, now: number): Promise<boolean>;
  /** Gives the right back without a change. */
  unlockConnection(connection: Connection): Promise<void>;
  /** Writes over the version that `connection` names, and gives the right back; undefined: it is another by now. */
  updateConnection(connection: Connection): Promise<Connection | undefined>;
  deleteConnection(key: ConnectionKey): Promise<boolean>;

  putConnectState(state: ConnectState): Promise<void>;
  /** Spends it, whoever asks; undefined: there is none, or it expired. */
  takeConnectState(hash: string, now: number): Promise<ConnectState | undefined>;

  registration(issuer: string, redirectUri: string, now: number): Promise<Registration | undefined>;
  /** The first one stays; the answer is the one that stands. One that expired is replaced. */
  keepRegistration(registration: Registration): Promise<Registration>;
  deleteRegistration(registration: Registration): Promise<void>;
  /** Where a client that an operator registered belongs, as far as is known. */
  issuerOf(server: ServerName, clientId: string): Promise<string | undefined>;
  /** The first issuer stays. */
  bindClient(server: ServerName, clientId: string, issuer: string, now: number): Promise<void>;

  addRefresh(refresh: ConnectionRefresh): Promise<void>;
  /** The latest first, of one server or of all. */
  listRefreshes(server: ServerName | undefined, limit: number): Promise<readonly ConnectionRefresh[]>;
};
