import { Fault, type ServerName, type UserId } from '../../base/index.ts';
import type { Params, ServerEntry } from '../../mcp/index.ts';
import { type Buckets, createBuckets } from '../../shared/index.ts';
import type { Connection, ConnectionKey } from '../../store/index.ts';
import { accountOf, bindingOf, clientOf, isOAuth, keyOf, type OAuthEntry } from './account.ts';
import { Accounts, ENDED, NEVER } from './accounts.ts';
import { type ClientDocument, Clients } from './clients.ts';
import { Learned } from './discovery/learned.ts';
import { Way } from './discovery/way.ts';
import { Journeys } from './journeys.ts';
import { Refresher } from './refresher.ts';
import { Refusals } from './refusals.ts';
import { revokeAll } from './tokens.ts';
import { asFault } from './trouble.ts';
import type {
  ConnectionsDeps,
  ConnectionTimes,
  ConnectionView,
  Finished,
  Lease,
  Plan,
  Refusal,
  Traveller,
} from './types.ts';

const TIMES: ConnectionTimes = { thresholdMs: 5 * 60_000, intervalMs: 300_000, timeoutMs: 60_000 };
/** A token that ends while the request is on its way is no token. */
const LEEWAY_MS = 5_000;
const LOOK_MS = 5_000;
const REVOKE_MS = 5_000;
/** For what a person waits for: discovery and registration. */
const DISCOVERY_MS = 15_000;
/** How many tokens are refreshed at once ahead of time. */
const AT_ONCE = 8;
/** How often one person may make the gateway ask about an account: each look asks the server and its issuer. */
const LOOKS = { capacity: 30, refillPerSecond: 30 / 600 };
/** How long the end waits for tokens that are on their way: what is not written down is lost. */
const CLOSE_MS = 10_000;
type Facts = Omit<Connection, 'payload' | 'version'>;
const viewOf = (connection: Facts): ConnectionView => ({
  server: connection.server,
  person: connection.userId,
  issuer: connection.issuer,
  scopes: connection.scopes,
  state: connection.state,
  connectedAt: connection.createdAt,
  refreshedAt: connection.refreshedAt,
  expiresAt: connection.expiresAt,
  isRefreshable: connection.isRefreshable,
});

/** The gateway as an OAuth client of the servers behind it: an account per person, or one of its own. */
export class Connections {
  readonly #deps: ConnectionsDeps;
  readonly #accounts: Accounts;
  readonly #clients: Clients;
  readonly #learned: Learned;
  readonly #refresher: Refresher;
  readonly #journeys: Journeys;
  readonly #refusals: Refusals;
  readonly #timer: NodeJS.Timeout;
  readonly #times: ConnectionTimes;
  readonly #looks: Buckets;
  #sweeping: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: ConnectionsDeps, client: Params = { name: 'authmcp-gateway', version: '2' }) {
    const times = { ...TIMES, ...deps.times };
    this.#deps = deps;
    this.#times = times;
    this.#looks = createBuckets({ ...LOOKS, clock: deps.clock });
    this.#accounts = new Accounts(deps, times.thresholdMs);
    const discoveryMs = Math.min(DISCOVERY_MS, times.timeoutMs);
    const discovery = new Way(deps, discoveryMs);
    this.#clients = new Clients(deps, discovery);
    this.#learned = new Learned(deps, discovery, discoveryMs, client);
    const parts = {
      accounts: this.#accounts,
      clients: this.#clients,
      learned: this.#learned,
      way: new Way(deps, times.timeoutMs),
    };
    this.#refresher = new Refresher(deps, { ...parts, timeoutMs: times.timeoutMs });
    this.#journeys = new Journeys(deps, parts);
    this.#refusals = new Refusals(deps, {
      ...parts,
      refresher: this.#refresher,
      onMoreWanted: key => this.#journeys.forget(key),
    });
    this.#timer = setInterval(() => void this.sweep(), times.intervalMs);
    this.#timer.unref();
  }

  /** Waits for tokens that are on their way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#accounts.close();
    await this.#refresher.settle(CLOSE_MS);
  }

  /**
   * What goes with a request to the server: a map read in the common case, a promise where tokens are loaded or
   * refreshed. Rejects with a Fault where the authorization server is in trouble and the token has expired.
   */
  lease(entry: ServerEntry, person: UserId | undefined): Lease | Promise<Lease> {
    if (!isOAuth(entry)) return NEVER;
    const key = keyOf(entry, person);
    if (!key) return NEVER;
    if (!this.#accounts.isAllowed(key.userId)) return ENDED;
    return this.#accounts.fresh(entry, key)?.lease ?? this.#load(entry, key);
  }

  async #load(entry: OAuthEntry, key: ConnectionKey): Promise<Lease> {
    const since = this.#accounts.generation;
    const connection = await this.#accounts.read(entry, key);
    if (!connection && entry.auth.grant === 'authorization_code') return NEVER;
    if (connection?.state === 'ended') return ENDED;
    const now = this.#deps.clock.now();
    const proactive = { kind: 'proactive' } as const;
    if (!connection) return this.#refresher.refresh(entry, key, proactive);
    const held = this.#accounts.hold(connection, since);
    if (now < held.freshUntil) return held.lease;
    const lastsUntil = (connection.expiresAt ?? 0) - LEEWAY_MS;
    if (now >= lastsUntil) return this.#refresher.refresh(entry, key, proactive);
    // Still good: nobody waits for its successor.
    held.freshUntil = Math.min(lastsUntil, now + LOOK_MS);
    this.#refresher.refresh(entry, key, proactive).catch(() => {});
    return held.lease;
  }

  /**
   * A server answered 401 or 403. Gives a newer token, or says what is missing; what the server asks for is
   * remembered. Rejects with a Fault where neither a token nor a person can help.
   */
  async refused(entry: ServerEntry, person: UserId | undefined, refusal: Refusal): Promise<Lease> {
    if (!isOAuth(entry)) return NEVER;
    const key = keyOf(entry, person);
    const challenge = this.#learned.learn(entry, refusal);
    if (!key || !this.#accounts.isAllowed(key.userId)) return NEVER;
    return this.#refusals.refused({ entry, key, refusal, challenge });
  }

  /** Whether this person may connect an account there, by what holds now. */
  mayConnect(entry: ServerEntry, person: UserId): boolean {
    const key = isOAuth(entry) ? keyOf(entry, person) : undefined;
    return isOAuth(entry) && key !== undefined && this.#accounts.mayConnect(entry, key, person);
  }

  /** Who would be asked, and for which scopes: for the page that asks the person. Rejects with a Fault. */
  async plan(entry: ServerEntry, person: UserId): Promise<Plan> {
    const { oauth, key } = this.#connectable(entry, person);
    this.#look(person);
    try {
      return await this.#journeys.plan(oauth, key);
    } catch (error) {
      throw asFault(error, entry.name);
    }
  }

  /**
   * The address to send a person to, after the person agreed (to `agreed`, where it is given). Rejects with a Fault.
   */
  async begin(entry: ServerEntry, who: Traveller, agreed?: Plan): Promise<URL> {
    const { oauth, key } = this.#connectable(entry, who.person);
    this.#look(who.person);
    try {
      return await this.#journeys.begin(oauth, key, who, agreed);
    } catch (error) {
      throw asFault(error, entry.name);
    }
  }

  /** What came of it: `params` are those of the callback. */
  finish(params: URLSearchParams, who: Traveller): Promise<Finished> {
    return this.#journeys.finish(params, who);
  }

  #look(person: UserId | undefined): void {
    const taken = this.#looks.take(person ?? '');
    if (!taken.ok) throw new Fault('limit_exceeded', { data: { retryAfterMs: taken.retryAfterMs } });
  }

  #connectable(
    entry: ServerEntry,
    person: UserId,
  ): { readonly oauth: OAuthEntry; readonly key: ConnectionKey } {
    const key = isOAuth(entry) ? keyOf(entry, person) : undefined;
    const server = entry.name;
    if (!isOAuth(entry) || !key || entry.auth.grant !== 'authorization_code') {
      throw new Fault('not_connected', { says: `${server} takes no account of yours`, data: { server } });
    }
    if (!this.#accounts.mayConnect(entry, key, person)) {
      const says =
        key.userId === undefined
          ? `An administrator has to connect ${server}`
          : `${server} is not yours to use any more`;
      throw new Fault('not_connected', { says, data: { server } });
    }
    return { oauth: entry, key };
  }

  /** The accounts of a person, or (undefined) the gateway's; that of a server which became another one has ended. */
  async list(person: UserId | undefined): Promise<readonly ConnectionView[]> {
    const all = await this.#deps.store.connections.listConnections(person);
    return all.map(connection => this.#standing(connection));
  }

  /** Everybody's at one server, the gateway's own among them; one whose secrets do not open has ended. */
  async listAt(server: ServerName): Promise<readonly ConnectionView[]> {
    const all = await this.#deps.store.connections.listAccounts(server);
    return all.map(one => (one.opens ? this.#standing(one) : { ...viewOf(one), state: 'ended' }));
  }

  #standing(connection: Facts): ConnectionView {
    const entry = this.#deps.live.current().servers.get(connection.server);
    const isSame = entry && isOAuth(entry) && bindingOf(entry) === connection.binding;
    return isSame ? viewOf(connection) : { ...viewOf(connection), state: 'ended' };
  }

  /** Forgets the tokens, and ends them where they came from as far as that works. `false`: there were none. */
  async disconnect(entry: ServerEntry, person: UserId | undefined): Promise<boolean> {
    const key = isOAuth(entry) ? keyOf(entry, person) : undefined;
    return key ? this.remove(key) : false;
  }

  /** The same for any account, also one of what the server was before, or of one that is gone. */
  async remove(key: ConnectionKey): Promise<boolean> {
    const found = this.#deps.live.current().servers.get(key.server);
    const entry = found && isOAuth(found) ? found : undefined;
    const connection = entry && (await this.#accounts.read(entry, key));
    const isGone = await this.#deps.store.connections.deleteConnection(key);
    this.#accounts.drop(key);
    if (!isGone) return false;
    this.#accounts.changed(key);
    const { server, userId } = key;
    this.#deps.ledger.event({
      type: 'disconnected',
      severity: 'low',
      principal: userId,
      server,
      detail: {},
    });
    if (connection) await this.#revoke(entry, connection);
    return true;
  }

  async #revoke(entry: OAuthEntry, connection: Connection): Promise<void> {
    const account = accountOf(connection);
    const way = new Way(this.#deps, REVOKE_MS);
    const counter = { way, issuer: account.issuer, client: clientOf(entry, account) };
    await revokeAll(counter, account);
  }

  /** New tokens now, because somebody asked. Rejects with a Fault where that did not work. */
  async refreshNow(entry: ServerEntry, person: UserId | undefined): Promise<Lease> {
    const key = isOAuth(entry) ? keyOf(entry, person) : undefined;
    if (!isOAuth(entry) || !key || !this.#accounts.isAllowed(key.userId)) return NEVER;
    this.#look(person);
    return this.#refresher.refresh(entry, key, { kind: 'manual' });
  }

  /** In this process somebody connected or disconnected, or an account ended; the rest learns it by the snapshot. */
  onChange(listener: (key: ConnectionKey) => void): () => void {
    return this.#accounts.onChange(listener);
  }

  /** The document at the address that is the gateway's client id; undefined where it has none. */
  clientMetadata(): ClientDocument | undefined {
    return this.#clients.document();
  }

  /** Refreshes what is about to expire; called by the clock, one look at a time. */
  sweep(): Promise<void> {
    this.#sweeping = this.#sweeping.then(() => this.#sweep()).catch(() => {});
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { store, clock, live } = this.#deps;
    const due = await store.connections.dueConnections(clock.now() + this.#times.thresholdMs);
    const work = due.values();
    const next = async (): Promise<void> => {
      for (const key of work) {
        if (this.#isClosed) return;
        const entry = live.current().servers.get(key.server);
        if (!entry?.enabled || !isOAuth(entry) || !this.#accounts.mayKeep(entry, key)) continue;
        await this.#refresher.refresh(entry, key, { kind: 'proactive' }).catch(() => {});
      }
    };
    // One that does not answer keeps only one of the others from their turn.
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }
}
