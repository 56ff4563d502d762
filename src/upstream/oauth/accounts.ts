import { type UserId, uuidv7 } from '../../base/index.ts';
import { rightsIn } from '../../live/index.ts';
import type { Connection, ConnectionKey } from '../../store/index.ts';
import { type Account, accountOf, bindingOf, type OAuthEntry } from './account.ts';
import type { ConnectionsDeps, Lease } from './types.ts';

export const NEVER = { kind: 'unconnected', why: 'never' } as const;
export const ENDED = { kind: 'unconnected', why: 'ended' } as const;
export const MORE_SCOPE = { kind: 'unconnected', why: 'scope' } as const;

/** An account in memory: what goes with each request, and until when. */
export type Held = {
  readonly connection: Connection;
  readonly account: Account;
  readonly binding: string;
  readonly lease: Extract<Lease, { kind: 'ready' }>;
  /** Until then nothing needs to be looked at. */
  freshUntil: number;
};

export type RefreshKind = 'proactive' | 'reactive' | 'manual';
type Outcome = 'refreshed' | 'ended' | 'failed';

const idOf = ({ server, userId }: ConnectionKey): string => `${server} ${userId ?? ''}`;

/** Accounts that are in use, so that a call costs a look into a map and nothing of the store. */
export class Accounts {
  readonly #deps: ConnectionsDeps;
  readonly #thresholdMs: number;
  readonly #held = new Map<string, Held>();
  readonly #release: () => void;
  readonly #listeners = new Set<(key: ConnectionKey) => void>();
  #generation = 0;

  constructor(deps: ConnectionsDeps, thresholdMs: number) {
    this.#deps = deps;
    this.#thresholdMs = thresholdMs;
    // Another process, or an administrator, may have ended an account.
    this.#release = deps.live.onSwap(() => this.#forgetAll());
  }

  close(): void {
    this.#release();
    this.#held.clear();
  }

  get generation(): number {
    return this.#generation;
  }

  #forgetAll(): void {
    this.#generation++;
    this.#held.clear();
  }

  /** Whether this person may have accounts at all; the gateway may. */
  isAllowed(userId: UserId | undefined): boolean {
    return userId === undefined || this.#deps.live.current().users.get(userId)?.disabled === false;
  }

  /** Whether its tokens are refreshed ahead of time: not for whom the server is there no more. */
  mayKeep({ name }: OAuthEntry, { userId }: ConnectionKey): boolean {
    if (userId === undefined) return true;
    return this.isAllowed(userId) && rightsIn(this.#deps.live.current(), userId).reaches(name);
  }

  /** Whether this person may connect it: their own while they may use the server, the gateway's as an administrator. */
  mayConnect(entry: OAuthEntry, key: ConnectionKey, person: UserId): boolean {
    if (key.userId !== undefined) return this.mayKeep(entry, key);
    return this.isAllowed(person) && this.#deps.live.current().users.get(person)?.role === 'admin';
  }

  /** One whose tokens need no look; a map read. */
  fresh(entry: OAuthEntry, key: ConnectionKey): Held | undefined {
    const held = this.#held.get(idOf(key));
    if (!held || held.binding !== bindingOf(entry)) return undefined;
    return this.#deps.clock.now() < held.freshUntil ? held : undefined;
  }

  /** What the store has for this very server, and not for what it was before. */
  async read(entry: OAuthEntry, key: ConnectionKey): Promise<Connection | undefined> {
    const connection = await this.#deps.store.connections.connection(key);
    return connection?.binding === bindingOf(entry) ? connection : undefined;
  }

  /** `since`: the generation in which it was read; what was read before a change is used once and not kept. */
  hold(connection: Connection, since: number): Held {
    const account = accountOf(connection);
    const held: Held = {
      connection,
      account,
      binding: connection.binding,
      lease: { kind: 'ready', headers: { authorization: `Bearer ${account.accessToken}` } },
      freshUntil: this.#refreshAt(connection, account),
    };
    if (since === this.#generation) this.#held.set(idOf(connection), held);
    return held;
  }

  /** One that was just written: what others read before it is not kept after it. `since`: before it was written. */
  keep(connection: Connection, since: number): Held {
    const isCurrent = since === this.#generation;
    this.#generation++;
    return this.hold(connection, isCurrent ? this.#generation : -1);
  }

  #refreshAt({ expiresAt, isRefreshable }: Connection, { lifeMs }: Account): number {
    if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
    if (!isRefreshable) return expiresAt;
    // A token that lives shorter than the threshold is refreshed in the second half of its life.
    return expiresAt - Math.min(this.#thresholdMs, (lifeMs ?? 0) / 2);
  }

  onChange(listener: (key: ConnectionKey) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody connected, or an account ended. */
  changed({ server, userId }: ConnectionKey): void {
    for (const listener of [...this.#listeners]) listener({ server, userId });
  }

  /** It is another by now: what was read before is not kept. */
  drop(key: ConnectionKey): void {
    this.#generation++;
    this.#held.delete(idOf(key));
  }

  /** Each refresh is a row and an event, without any token. */
  async note(key: ConnectionKey, kind: RefreshKind, outcome: Outcome): Promise<void> {
    const { ledger, store, clock } = this.#deps;
    const { server, userId } = key;
    ledger.event({
      type: 'token_refresh',
      severity: outcome === 'refreshed' ? 'low' : 'medium',
      principal: userId,
      server,
      detail: { kind, outcome },
    });
    const at = clock.now();
    // The event is written anyhow, and no call fails because a row of history could not be.
    await store.connections.addRefresh({ server, userId, id: uuidv7(at), at, kind, outcome }).catch(() => {});
  }
}
