import * as oauth from 'oauth4webapi';
import { Fault, randomToken, Secret, type ServerName, type UserId } from '../../base/index.ts';
import type { Connection, ConnectionKey, ConnectState } from '../../store/index.ts';
import {
  type Account,
  accountOf,
  bindingOf,
  isOAuth,
  keptClient,
  keyOf,
  type OAuthEntry,
  sealable,
  sha256,
  union,
} from './account.ts';
import type { Accounts } from './accounts.ts';
import type { Clients } from './clients.ts';
import type { Issuer } from './discovery/discover.ts';
import { type Facts, firstScopes, type Learned } from './discovery/learned.ts';
import type { Way } from './discovery/way.ts';
import { type Luggage, readLuggage, urlTo } from './luggage.ts';
import { askTokens, readAnswer, type Tokens } from './tokens.ts';
import { OAuthTrouble } from './trouble.ts';
import type { ConnectionsDeps, Finished, OAuthClient, Plan, Traveller } from './types.ts';

const JOURNEY_MS = 10 * 60_000;

export type JourneyParts = {
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly learned: Learned;
  readonly way: Way;
};

type Kept = { readonly facts: Facts; readonly plan: Plan; readonly binding: string; readonly at: number };

const MAX_KEPT = 1000;

/** What an authorization server must offer before anybody is sent there. */
async function requireFit(
  way: Way,
  { issuer, authorization_endpoint, token_endpoint, ...rest }: Issuer,
): Promise<void> {
  // MCP authorization, "Authorization Code Protection": without S256 in the metadata clients MUST refuse.
  if (!rest.code_challenge_methods_supported?.includes('S256')) throw new OAuthTrouble('pkce', issuer);
  for (const endpoint of [authorization_endpoint, token_endpoint]) {
    const url = endpoint === undefined ? null : URL.parse(endpoint);
    if (!url || url.hash) throw new OAuthTrouble('metadata', issuer);
    await way.check(url);
  }
}

/** `offline_access` only where the authorization server lists it (MCP 2026-07-28, "Refresh Tokens"). */
function withOffline(scopes: readonly string[], { scopes_supported: known }: Issuer): readonly string[] {
  const isOffered = scopes.length > 0 && known?.includes('offline_access');
  return isOffered ? union(scopes, ['offline_access']) : scopes;
}

const refused = (why: Extract<Finished, { kind: 'refused' }>['why'], server?: ServerName): Finished => ({
  kind: 'refused',
  why,
  server,
});

const single = (params: URLSearchParams, name: string): string | undefined => {
  const all = params.getAll(name);
  return all.length === 1 ? all[0] : undefined;
};

/** The way of a person to an authorization server and back. */
export class Journeys {
  readonly #deps: ConnectionsDeps;
  readonly #parts: JourneyParts;
  readonly #kept = new Map<string, Kept>();

  constructor(deps: ConnectionsDeps, parts: JourneyParts) {
    this.#deps = deps;
    this.#parts = parts;
  }

  /** Who would be asked, and for what. Throws OAuthTrouble. */
  async plan(entry: OAuthEntry, key: ConnectionKey): Promise<Plan> {
    return (await this.#prepare(entry, key)).plan;
  }

  async #prepare(entry: OAuthEntry, key: ConnectionKey): Promise<Kept> {
    const facts = await this.#parts.learned.facts(entry);
    await requireFit(this.#parts.way, facts.issuer);
    const scopes = withOffline(await this.#scopes(entry, key, facts), facts.issuer);
    const plan = { issuer: facts.issuer.issuer, scopes };
    const kept = { facts, plan, binding: bindingOf(entry), at: this.#deps.clock.now() };
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(`${key.server} ${key.userId ?? ''}`, kept);
    return kept;
  }

  /** What was wanted before is asked for again, so that nothing is lost ("Step-Up Authorization Flow"). */
  async #scopes(entry: OAuthEntry, key: ConnectionKey, facts: Facts): Promise<readonly string[]> {
    const before = await this.#before(entry, key, facts.issuer);
    const first = firstScopes(entry, facts);
    const isOperators = entry.auth.scopes !== undefined && !before?.stepUps;
    return isOperators ? first : union(before?.wanted, first);
  }

  async #before(entry: OAuthEntry, key: ConnectionKey, { issuer }: Issuer): Promise<Account | undefined> {
    const connection = await this.#parts.accounts.read(entry, key);
    return connection?.issuer === issuer ? accountOf(connection) : undefined;
  }

  /** What is asked for has changed: a plan that somebody saw before does not hold. */
  forget({ server, userId }: ConnectionKey): void {
    this.#kept.delete(`${server} ${userId ?? ''}`);
  }

  /** The plan that the person saw, while it is young. */
  #agreed(entry: OAuthEntry, key: ConnectionKey): Kept | undefined {
    const kept = this.#kept.get(`${key.server} ${key.userId ?? ''}`);
    const isYoung = kept && this.#deps.clock.now() - kept.at < JOURNEY_MS;
    return isYoung && kept.binding === bindingOf(entry) ? kept : undefined;
  }

  /** Throws OAuthTrouble; a Fault where what was agreed to is no longer what would be asked. */
  async begin(entry: OAuthEntry, key: ConnectionKey, who: Traveller, agreed: Plan | undefined): Promise<URL> {
    const { facts, plan } = this.#agreed(entry, key) ?? (await this.#prepare(entry, key));
    if (
      agreed &&
      JSON.stringify([agreed.issuer, agreed.scopes]) !== JSON.stringify([plan.issuer, plan.scopes])
    ) {
      const says = `What ${entry.name} asks for has changed; look at it again`;
      throw new Fault('not_connected', { says, status: 409, data: { server: entry.name } });
    }
    const client = await this.#parts.clients.for(entry, facts.issuer);
    const before = await this.#before(entry, key, facts.issuer);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = randomToken(32);
    const packed: Luggage = {
      binding: bindingOf(entry),
      verifier,
      issuer: facts.issuer,
      resource: facts.resource,
      scopes: [...plan.scopes],
      stepUps: before?.stepUps ?? 0,
      client: { ...keptClient(entry.auth, client), id: client.id ?? '' },
      back: who.back,
    };
    const now = this.#deps.clock.now();
    await this.#deps.store.connections.putConnectState({
      hash: sha256(state),
      server: entry.name,
      userId: who.person,
      sessionHash: sha256(who.session),
      payload: new Secret(JSON.stringify(packed)),
      createdAt: now,
      expiresAt: now + JOURNEY_MS,
    });
    return urlTo(packed, client, state);
  }

  /** What an authorization server sent a person back with. Its own words are never shown. */
  async finish(params: URLSearchParams, who: Traveller): Promise<Finished> {
    const state = single(params, 'state');
    const { store, clock } = this.#deps;
    const taken =
      state === undefined ? undefined : await store.connections.takeConnectState(sha256(state), clock.now());
    if (taken === undefined || state === undefined) return refused('unknown');
    if (taken.userId !== who.person || taken.sessionHash !== sha256(who.session)) {
      this.#event('connect_hijack', taken, { by: who.person });
      return refused('other_person', taken.server);
    }
    const packed = readLuggage(taken);
    const entry = this.#deps.live.current().servers.get(taken.server);
    if (!entry?.enabled || !isOAuth(entry) || bindingOf(entry) !== packed.binding)
      return refused('changed', taken.server);
    // Ten minutes may have passed: no code is spent for whom it is too late.
    if (!this.#mayKeep(entry, taken.userId)) return refused('withdrawn', taken.server);
    return this.#arrive({ entry, taken, packed, params, state });
  }

  async #arrive(arrival: Arrival): Promise<Finished> {
    const { entry, taken, packed, params } = arrival;
    const answer = this.#read(arrival);
    if (answer === undefined) {
      this.#event('connect_refused', taken, { reason: 'wrong_issuer' });
      return refused('wrong_issuer', entry.name);
    }
    const code = single(params, 'code');
    if (answer === 'error' || !code) {
      return refused(single(params, 'error') === 'access_denied' ? 'denied' : 'failed', entry.name);
    }
    const { auth } = entry;
    const { secret, ...rest } = packed.client;
    const kept = secret === undefined ? undefined : new Secret(secret);
    const client: OAuthClient = {
      ...{ method: undefined, privateKey: auth.privateKey, privateKeyAlg: auth.privateKeyAlg },
      ...rest,
      secret: auth.clientId === undefined ? kept : auth.clientSecret,
    };
    try {
      const { issuer, resource, verifier } = packed;
      const counter = { way: this.#parts.way, issuer, client };
      await this.#parts.clients.bind(entry, issuer);
      const tokens = await askTokens(counter, { kind: 'code', resource, answer, verifier });
      return await this.#settle(arrival, tokens);
    } catch (error) {
      if (!(error instanceof OAuthTrouble)) throw error;
      if (error.code === 'invalid_client') await this.#parts.clients.forget(packed.issuer.issuer, client);
      this.#event('connect_refused', taken, { reason: error.code ?? error.kind });
      return refused('failed', entry.name);
    }
  }

  /**
   * The parameters, when they are from whom was asked: `iss` (RFC 9207 section 2.4) and the redirect URI of that
   * issuer. On errors too, whose text is not looked at.
   */
  #read({ packed, params, state }: Arrival): Answer | undefined {
    const tag = new URL(packed.client.redirectUri).searchParams.get('as') ?? undefined;
    if (params.getAll('as').length > 1 || (params.get('as') ?? undefined) !== tag) return undefined;
    if (params.getAll('iss').length > 1 || params.getAll('code').length > 1) return undefined;
    try {
      return readAnswer(packed.issuer, packed.client.id, params, state);
    } catch (error) {
      return error instanceof oauth.AuthorizationResponseError ? 'error' : undefined;
    }
  }

  async #settle({ entry, taken, packed }: Arrival, tokens: Tokens): Promise<Finished> {
    const { accounts, learned } = this.#parts;
    const { clock, store } = this.#deps;
    const key = keyOf(entry, taken.userId);
    if (!key || !this.#mayKeep(entry, taken.userId)) return refused('withdrawn', entry.name);
    const now = clock.now();
    const { accessToken, refreshToken, lifeMs } = tokens;
    const { issuer, resource, scopes, stepUps, client } = packed;
    const account: Account = {
      accessToken,
      refreshToken,
      lifeMs,
      issuer,
      resource,
      stepUps,
      client,
      wanted: scopes,
    };
    const granted = tokens.scopes ?? scopes;
    const connection: Omit<Connection, 'version'> = {
      ...key,
      binding: packed.binding,
      state: 'connected',
      issuer: issuer.issuer,
      scopes: granted,
      payload: sealable(account),
      expiresAt: lifeMs === undefined ? undefined : now + lifeMs,
      isRefreshable: refreshToken !== undefined,
      createdAt: now,
      refreshedAt: undefined,
    };
    const since = accounts.generation;
    accounts.keep(await store.connections.putConnection(connection), since);
    accounts.changed(key);
    learned.forget(entry);
    this.forget(key);
    this.#event('connected', taken, { issuer: issuer.issuer, per: entry.auth.per });
    return { kind: 'connected', server: entry.name, scopes: granted, back: packed.back };
  }

  /** Whether the person is still who may. */
  #mayKeep(entry: OAuthEntry, person: UserId): boolean {
    const key = keyOf(entry, person);
    return key !== undefined && this.#parts.accounts.mayConnect(entry, key, person);
  }

  #event(
    type: 'connected' | 'connect_refused' | 'connect_hijack',
    { server, userId }: ConnectState,
    detail: object,
  ): void {
    const severity = type === 'connect_hijack' ? 'high' : type === 'connected' ? 'low' : 'medium';
    this.#deps.ledger.event({ type, severity, principal: userId, server, detail: { ...detail } });
  }
}

type Answer = URLSearchParams | 'error';

type Arrival = {
  readonly entry: OAuthEntry;
  readonly taken: ConnectState;
  readonly packed: Luggage;
  readonly params: URLSearchParams;
  readonly state: string;
};
