import { LRUCache } from 'lru-cache';
import { Fault } from '../../base/index.ts';
import { createBuckets } from '../../shared/index.ts';
import type { Connection, ConnectionKey } from '../../store/index.ts';
import { type OAuthEntry, sealable, union } from './account.ts';
import { type Accounts, ENDED, type Held, MORE_SCOPE } from './accounts.ts';
import type { Challenge } from './discovery/challenge.ts';
import type { Learned } from './discovery/learned.ts';
import type { Refresher } from './refresher.ts';
import { parked } from './renewed.ts';
import type { ConnectionsDeps, Lease, Refusal } from './types.ts';

const REFUSED_AGAIN_MS = 10_000;
/** How many new tokens are asked for at once and, in ten seconds each, after that where servers refuse what was just made. */
const ASKED_AGAIN = { capacity: 2, refillPerSecond: 1000 / REFUSED_AGAIN_MS };
const MAX_ACCOUNTS = 10_000;
/** "No more than a few times" (MCP, "Step-Up Authorization Flow"); one where the scopes were asked for already. */
const STEP_UPS = 3;
const STEP_UPS_MS = 3_600_000;
const LOCK_MS = 5_000;
const WAIT_MS = 100;

type RefusalParts = {
  readonly accounts: Accounts;
  readonly learned: Learned;
  readonly refresher: Refresher;
  readonly onMoreWanted: (key: ConnectionKey) => void;
};

export type Refused = {
  readonly entry: OAuthEntry;
  readonly key: ConnectionKey;
  readonly refusal: Refusal;
  readonly challenge: Challenge;
};

function refusedBy({ name }: OAuthEntry, why: string): Fault {
  return new Fault('upstream_refused', { says: `${name} refused the call: ${why}`, data: { server: name } });
}

/** What to do when a server does not take a token. */
export class Refusals {
  readonly #deps: ConnectionsDeps;
  readonly #parts: RefusalParts;
  readonly #asks: ReturnType<typeof createBuckets>;
  /** The token of each account about which its authorization server is asked, or was. */
  readonly #asked = new LRUCache<string, string>({ max: MAX_ACCOUNTS });

  constructor(deps: ConnectionsDeps, parts: RefusalParts) {
    this.#deps = deps;
    this.#parts = parts;
    this.#asks = createBuckets({ ...ASKED_AGAIN, clock: deps.clock });
  }

  /** A newer token, or what is missing. Rejects with a Fault where neither a token nor a person can help. */
  async refused(refused: Refused): Promise<Lease> {
    const { entry, key, refusal } = refused;
    const { accounts, refresher } = this.#parts;
    const since = accounts.generation;
    const connection = await accounts.read(entry, key);
    if (connection?.state === 'connected') {
      const held = accounts.hold(connection, since);
      const isOther =
        held.account.accessToken !== '' && held.lease.headers.authorization !== refusal.authorization;
      // One that came meanwhile is tried first.
      if (isOther) return held.lease;
      if (refusal.status === 403) return this.#stepUp(refused, held);
      if (await this.#hasMoved(entry, connection)) return this.#end(connection);
      this.#refuseAgain(entry, connection, refusal);
    }
    return refresher.refresh(entry, key, { kind: 'reactive', refused: refusal.authorization });
  }

  /**
   * A token that was just made and is refused: its consent may have been withdrawn meanwhile, which the authorization
   * server tells when it is asked for another. A server that refuses them all is not worth asking about again and again.
   */
  #refuseAgain(entry: OAuthEntry, connection: Connection, { authorization }: Refusal): void {
    const { server, userId = '', refreshedAt } = connection;
    const account = `${server} ${userId}`;
    const token = `${refreshedAt} ${authorization}`;
    if (this.#asked.get(account) === token) return;
    const isNew = refreshedAt !== undefined && this.#deps.clock.now() - refreshedAt <= REFUSED_AGAIN_MS;
    if (!this.#asks.take(account).ok && isNew)
      throw refusedBy(entry, 'it refused a token that was just made');
    this.#asked.set(account, token);
  }

  /** Whether the server's tokens come from another issuer by now ("Authorization Server Binding"). */
  async #hasMoved(entry: OAuthEntry, connection: Connection): Promise<boolean> {
    if (entry.auth.grant !== 'authorization_code') return false;
    try {
      return (await this.#parts.learned.facts(entry)).issuer.issuer !== connection.issuer;
    } catch {
      // What it is now is found out when somebody connects; tokens go to the issuer that they came from.
      return false;
    }
  }

  async #end(connection: Connection): Promise<Lease> {
    await this.#deps.store.connections.updateConnection(parked(connection));
    this.#parts.accounts.drop(connection);
    this.#parts.accounts.changed(connection);
    return ENDED;
  }

  /** What is wanted besides is asked for when the person connects next; what was granted stays good for the rest. */
  async #stepUp(refused: Refused, { connection, account }: Held): Promise<Lease> {
    const { entry, challenge } = refused;
    if (challenge.error !== 'insufficient_scope') throw refusedBy(entry, 'it does not allow this');
    const { scopes = [] } = challenge;
    const { clock, store } = this.#deps;
    const now = clock.now();
    const stepUps = now - connection.createdAt > STEP_UPS_MS ? 0 : account.stepUps;
    const isMore = scopes.some(scope => !account.wanted.includes(scope));
    if (account.isWaiting && !isMore) return MORE_SCOPE;
    if (!account.isWaiting && stepUps >= (isMore ? STEP_UPS : 1))
      throw refusedBy(entry, 'it asks for more rights again and again');
    // Whoever is refreshing it would else lose the successor of the refresh token.
    if (!(await store.connections.lockConnection(connection, now + LOCK_MS, now)))
      return this.#later(refused);
    const wanted = [...union(account.wanted, scopes)];
    const next = { ...account, wanted, isWaiting: true, stepUps: account.isWaiting ? stepUps : stepUps + 1 };
    await store.connections.updateConnection({ ...connection, payload: sealable(next) });
    this.#parts.accounts.drop(connection);
    this.#parts.onMoreWanted(connection);
    if (entry.auth.grant !== 'client_credentials') return MORE_SCOPE;
    return this.#parts.refresher.refresh(entry, connection, { kind: 'reactive' });
  }

  async #later(refused: Refused): Promise<Lease> {
    await new Promise(resolve => setTimeout(resolve, WAIT_MS));
    return this.refused(refused);
  }
}
