import { setTimeout as pause } from 'node:timers/promises';
import { Fault, type ServerName } from '../../base/index.ts';
import type { Connection, ConnectionKey } from '../../store/index.ts';
import {
  type Account,
  accountOf,
  bindingOf,
  clientOf,
  keptClient,
  type OAuthEntry,
  sealable,
  union,
} from './account.ts';
import { type Accounts, ENDED, NEVER, type RefreshKind } from './accounts.ts';
import type { Clients } from './clients.ts';
import { canonicalOf, type Issuer } from './discovery/discover.ts';
import { firstScopes, type Learned } from './discovery/learned.ts';
import type { Way } from './discovery/way.ts';
import { parked, renewed } from './renewed.ts';
import { askTokens, type Counter, type GrantRequest, revokeAll } from './tokens.ts';
import { asFault, OAuthTrouble } from './trouble.ts';
import type { ConnectionsDeps, Lease } from './types.ts';

/** After which another process takes over from one that went away while it refreshed. */
const LOCK_MARGIN_MS = 10_000;
const WAIT_MS = 100;
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 5 * 60_000;

/** Answers after which the same question gets no other answer (RFC 6749 section 5.2). */
const FINAL: ReadonlySet<string> = new Set([
  'invalid_grant',
  'unauthorized_client',
  'access_denied',
  'invalid_scope',
  // What GitHub and Slack say for `invalid_grant`.
  'bad_refresh_token',
  'invalid_refresh_token',
]);

type Failures = { readonly count: number; readonly retryAt: number };
export type Refresh = { readonly kind: RefreshKind; readonly refused?: string | undefined };

export type RefresherParts = {
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly learned: Learned;
  readonly way: Way;
  readonly timeoutMs: number;
};

/** Gets new tokens for accounts: one at a time for each, also among processes that share a database. */
export class Refresher {
  readonly #deps: ConnectionsDeps;
  readonly #parts: RefresherParts;
  readonly #running = new Map<string, Promise<Lease>>();
  readonly #failures = new Map<string, Failures>();

  constructor(deps: ConnectionsDeps, parts: RefresherParts) {
    this.#deps = deps;
    this.#parts = parts;
  }

  /** Whoever asks while it runs gets the same answer. Rejects with a Fault where it did not work this time. */
  refresh(entry: OAuthEntry, key: ConnectionKey, refresh: Refresh): Promise<Lease> {
    const id = `${key.server} ${key.userId ?? ''}`;
    const running = this.#running.get(id);
    if (running) return running;
    const refreshing = this.#refresh(entry, key, refresh, id).finally(() => this.#running.delete(id));
    this.#running.set(id, refreshing);
    return refreshing;
  }

  /** Resolves when nothing is under way any more, or after `ms` milliseconds. */
  async settle(ms: number): Promise<void> {
    const all = Promise.allSettled([...this.#running.values()]);
    const timer = new AbortController();
    await Promise.race([all, pause(ms, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }

  async #refresh(entry: OAuthEntry, key: ConnectionKey, refresh: Refresh, id: string): Promise<Lease> {
    try {
      this.#waitOut(id, refresh.kind, entry.name);
      const lease = await this.#take(entry, key, refresh);
      this.#failures.delete(id);
      return lease;
    } catch (error) {
      if (error instanceof OAuthTrouble) this.#failed(id);
      throw asFault(error, entry.name);
    }
  }

  /** An authorization server that is in trouble is not asked with every call. */
  #waitOut(id: string, kind: RefreshKind, server: ServerName): void {
    const failures = this.#failures.get(id);
    const left = (failures?.retryAt ?? 0) - this.#deps.clock.now();
    if (left <= 0 || kind === 'manual') return;
    const says = `${server} cannot be called: its authorization server gave no new token; try again later`;
    throw new Fault('upstream_unreachable', { says, data: { server, retryAfterMs: left } });
  }

  #failed(id: string): void {
    const count = (this.#failures.get(id)?.count ?? 0) + 1;
    const wait = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (count - 1));
    this.#failures.set(id, { count, retryAt: this.#deps.clock.now() + wait });
  }

  /** Until the right to spend the refresh token is ours, or another has used it. */
  async #take(entry: OAuthEntry, key: ConnectionKey, refresh: Refresh): Promise<Lease> {
    const { accounts, timeoutMs } = this.#parts;
    const { store, clock } = this.#deps;
    const endsAt = performance.now() + timeoutMs + LOCK_MARGIN_MS;
    while (performance.now() < endsAt) {
      const since = accounts.generation;
      const connection = (await accounts.read(entry, key)) ?? (await this.#seed(entry, key));
      if (!connection) return NEVER;
      const lease = this.#standing(connection, refresh, since);
      if (lease) return lease;
      const now = clock.now();
      const until = now + timeoutMs + LOCK_MARGIN_MS;
      if (await store.connections.lockConnection(connection, until, now))
        return this.#spend(entry, connection, refresh);
      await pause(WAIT_MS);
    }
    throw new OAuthTrouble('unreachable', entry.name);
  }

  /** Where nothing has to be asked: it ended, it cannot be refreshed, or another was faster. */
  #standing(connection: Connection, { kind, refused }: Refresh, since: number): Lease | undefined {
    if (connection.state === 'ended' && kind !== 'manual') return ENDED;
    const held = this.#parts.accounts.hold(connection, since);
    if (kind === 'proactive' && this.#deps.clock.now() < held.freshUntil) return held.lease;
    const isOther = refused !== undefined && held.lease.headers.authorization !== refused;
    if (isOther && held.account.accessToken !== '') return held.lease;
    return undefined;
  }

  /** An account of the gateway's own begins without a person: with nothing, or with the configured refresh token. */
  async #seed(entry: OAuthEntry, key: ConnectionKey): Promise<Connection | undefined> {
    const { auth } = entry;
    if (auth.grant === 'authorization_code') return undefined;
    const { clock, store } = this.#deps;
    const issuer = auth.issuer ?? '';
    const account: Account = {
      accessToken: '',
      refreshToken: auth.refreshToken?.reveal(),
      issuer: { issuer },
      resource: '',
      wanted: [],
      stepUps: 0,
      client: { redirectUri: this.#parts.clients.redirectUri() },
    };
    const seed = {
      ...key,
      binding: bindingOf(entry),
      state: 'connected',
      issuer,
      scopes: [],
      payload: sealable(account),
      expiresAt: 0,
      isRefreshable: true,
      createdAt: clock.now(),
      refreshedAt: undefined,
    } as const;
    // One that does not open was sealed with another master key.
    return (await store.connections.seedConnection(seed)) ?? (await store.connections.putConnection(seed));
  }

  async #spend(entry: OAuthEntry, connection: Connection, refresh: Refresh): Promise<Lease> {
    const { accounts } = this.#parts;
    try {
      const next = await this.#ask(entry, connection, accountOf(connection));
      if (next === undefined) return await this.#end(connection, refresh);
      const since = accounts.generation;
      const written = await this.#write(next);
      const held = written && accounts.keep(written, since);
      await accounts.note(connection, refresh.kind, 'refreshed');
      if (held) return held.lease;
      // Somebody connected anew, or disconnected, while the answer was under way.
      const standing = await accounts.read(entry, connection);
      if (standing?.state === 'connected') return accounts.hold(standing, accounts.generation).lease;
      await this.#forsake(entry, next);
      return NEVER;
    } catch (error) {
      if (error instanceof OAuthTrouble && this.#isFinal(entry, error)) {
        const { issuer } = connection;
        const client = clientOf(entry, accountOf(connection));
        if (error.code === 'invalid_client') await this.#parts.clients.forget(issuer, client);
        return this.#end(connection, refresh);
      }
      await this.#deps.store.connections.unlockConnection(connection);
      await accounts.note(connection, refresh.kind, 'failed');
      throw error;
    }
  }

  /** Tokens that came for an account which is gone. */
  async #forsake(entry: OAuthEntry, connection: Connection): Promise<void> {
    const account = accountOf(connection);
    const counter = { way: this.#parts.way, issuer: account.issuer, client: clientOf(entry, account) };
    await revokeAll(counter, account);
  }

  /** The secret of a client that was registered by hand can be mended; a registration that is gone cannot. */
  #isFinal({ auth }: OAuthEntry, { code }: OAuthTrouble): boolean {
    if (code === undefined || auth.grant === 'client_credentials') return false;
    return FINAL.has(code) || (code === 'invalid_client' && auth.clientId === undefined);
  }

  /** Parks it: nothing is asked any more until somebody connects. */
  async #end(connection: Connection, { kind }: Refresh): Promise<Lease> {
    const { accounts } = this.#parts;
    await this.#deps.store.connections.updateConnection(parked(connection));
    accounts.drop(connection);
    accounts.changed(connection);
    await accounts.note(connection, kind, 'ended');
    return ENDED;
  }

  /** Three times: what the authorization server gave out is nowhere else. */
  async #write(next: Connection): Promise<Connection | undefined> {
    for (let left = 2; ; left--) {
      try {
        return await this.#deps.store.connections.updateConnection(next);
      } catch (error) {
        if (left === 0) throw error;
        await pause(WAIT_MS);
      }
    }
  }

  /** `undefined`: there is nothing left to ask with. */
  async #ask(entry: OAuthEntry, connection: Connection, account: Account): Promise<Connection | undefined> {
    const { way, clients } = this.#parts;
    const { auth } = entry;
    const isFirst = account.resource === '';
    const { issuer, resource, scopes } =
      isFirst || auth.grant === 'client_credentials'
        ? await this.#where(entry, account)
        : { ...account, scopes: [] };
    const client =
      isFirst || auth.grant === 'client_credentials'
        ? await clients.for(entry, issuer)
        : clientOf(entry, account);
    const request = this.#requestOf(entry, account, resource, scopes);
    if (!request) return undefined;
    const counter: Counter = { way, issuer, client };
    await clients.bind(entry, issuer);
    const tokens = await askTokens(counter, request);
    const known = {
      ...account,
      issuer,
      resource,
      client: keptClient(auth, client),
      wanted: [...union(account.wanted, scopes)],
      isWaiting: false,
    };
    const granted = connection.scopes.length > 0 ? connection.scopes : scopes;
    return renewed(
      { ...connection, issuer: issuer.issuer, scopes: granted },
      known,
      tokens,
      this.#deps.clock.now(),
    );
  }

  #requestOf(
    { auth }: OAuthEntry,
    account: Account,
    resource: string,
    scopes: readonly string[],
  ): GrantRequest | undefined {
    if (auth.grant === 'client_credentials') return { kind: 'client_credentials', resource, scopes };
    const { refreshToken } = account;
    return refreshToken === undefined ? undefined : { kind: 'refresh', resource, refreshToken };
  }

  /** Where an account of the gateway's own gets its tokens: at the configured endpoint, or where the server says. */
  async #where(
    entry: OAuthEntry,
    account: Account,
  ): Promise<{ issuer: Issuer; resource: string; scopes: readonly string[] }> {
    const { auth } = entry;
    const wanted = union(auth.scopes, account.wanted);
    if (auth.tokenEndpoint !== undefined) {
      const issuer = auth.issuer ?? new URL(auth.tokenEndpoint).origin;
      return {
        issuer: { issuer, token_endpoint: auth.tokenEndpoint },
        resource: canonicalOf(entry),
        scopes: wanted,
      };
    }
    const facts = await this.#parts.learned.facts(entry);
    return { ...facts, scopes: union(firstScopes(entry, facts), account.wanted) };
  }
}
