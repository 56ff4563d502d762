import { createHmac } from 'node:crypto';
import { type Clock, deriveKey, randomToken, Secret, type UserId, uuidv7 } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { RefreshToken, Store } from '../../store/index.ts';
import { hashSecret } from '../api-key.ts';
import { DEFAULT_ACCESS_TTL_MS, keyLifeOf, LOGIN_CLIENT } from '../mint.ts';

export type RefreshFamiliesDeps = {
  readonly store: Store;
  readonly live: Live;
  readonly master: Secret;
  readonly clock: Clock;
  /** Asked at each use; an hour, thirty and ninety days unless said. */
  readonly life?: () => LoginLife;
  /** Who hears that a token was used twice. */
  readonly ledger?: Pick<Ledger, 'event'>;
};

/** Milliseconds. */
export type LoginLife = {
  /** Of an access token: so long must an ended family be remembered. */
  readonly accessTtlMs: number;
  /** From one refresh to the latest next one. */
  readonly slidingMs: number;
  /** From the login to its end. */
  readonly absoluteMs: number;
  /** A login ends the former ones of its user. */
  readonly isSingle: boolean;
};

export type Refreshed =
  | { readonly ok: true; readonly token: Secret; readonly userId: UserId; readonly family: string }
  | { readonly ok: false; readonly why: 'unknown' | 'expired' | 'reused' | 'other_client' };

/** The refresh tokens of one login are a family: each is good once and gives the next. */
export type RefreshFamilies = {
  begin(userId: UserId): Promise<{ readonly token: Secret; readonly family: string }>;
  /** A spent token gives its successor again for ten seconds; later its family ends. */
  next(token: Secret): Promise<Refreshed>;
  /** The refresh tokens of the family and every access token that it gave. */
  end(family: string): Promise<void>;
  /** Ends the family of a token if it is this user's. */
  endBy(token: Secret, userId: UserId): Promise<void>;
};

const DAY_MS = 86_400_000;
const LIFE: LoginLife = {
  accessTtlMs: DEFAULT_ACCESS_TTL_MS,
  slidingMs: 30 * DAY_MS,
  absoluteMs: 90 * DAY_MS,
  isSingle: false,
};
const GRACE_MS = 10_000;

class Families implements RefreshFamilies {
  readonly #deps: RefreshFamiliesDeps;
  readonly #key: Buffer;

  constructor(deps: RefreshFamiliesDeps) {
    this.#deps = deps;
    this.#key = deriveKey(deps.master, 'refresh');
  }

  async begin(userId: UserId): Promise<{ readonly token: Secret; readonly family: string }> {
    const now = this.#deps.clock.now();
    const token = new Secret(`amr_${randomToken(32)}`);
    const family = uuidv7(now);
    const { store } = this.#deps;
    const { absoluteMs, isSingle } = this.#life();
    const former = isSingle ? await store.refreshFamiliesOf(userId) : [];
    const whose = { family, userId, clientId: LOGIN_CLIENT, familyExpiresAt: now + absoluteMs };
    await store.addRefreshToken(this.#row(token, whose));
    for (const each of former) await this.end(each);
    return { token, family };
  }

  async next(token: Secret): Promise<Refreshed> {
    const hash = hashSecret(token.reveal());
    const row = await this.#deps.store.refreshToken(hash);
    const now = this.#deps.clock.now();
    if (!row) return { ok: false, why: 'unknown' };
    if (row.clientId !== LOGIN_CLIENT) return { ok: false, why: 'other_client' };
    if (now >= row.expiresAt) return { ok: false, why: 'expired' };
    const successor = this.#successorOf(token);
    if (row.usedAt === undefined) {
      const isFirst = await this.#deps.store.rotateRefreshToken(hash, this.#row(successor, row), now);
      if (isFirst) return { ok: true, token: successor, userId: row.userId, family: row.family };
    }
    return this.#again(row, successor);
  }

  async end(family: string): Promise<void> {
    const { store, live, clock } = this.#deps;
    await store.endRefreshFamily(family);
    // Its access tokens may be of a time when they lived longer.
    await store.revokeToken(family, clock.now() + keyLifeOf(this.#life().accessTtlMs));
    await live.refresh();
  }

  async endBy(token: Secret, userId: UserId): Promise<void> {
    const row = await this.#deps.store.refreshToken(hashSecret(token.reveal()));
    if (row?.userId === userId && row.clientId === LOGIN_CLIENT) await this.end(row.family);
  }

  #life(): LoginLife {
    return this.#deps.life?.() ?? LIFE;
  }

  /** RFC 9700 section 4.14.2: a token used twice was probably stolen, unless its own client asked in parallel. */
  async #again({ hash, family, userId }: RefreshToken, successor: Secret): Promise<Refreshed> {
    const { store, clock, ledger } = this.#deps;
    // Read once more: the one who was faster may have spent it only now.
    const spent = await store.refreshToken(hash);
    if (!spent) return { ok: false, why: 'unknown' };
    if (spent.usedAt !== undefined && clock.now() - spent.usedAt <= GRACE_MS) {
      return { ok: true, token: successor, userId, family };
    }
    await this.end(family);
    ledger?.event({ type: 'token_reuse', severity: 'high', principal: userId, detail: { family } });
    return { ok: false, why: 'reused' };
  }

  /** Computed, so that parallel refreshes get one successor and none rests in clear. */
  #successorOf(token: Secret): Secret {
    return new Secret(`amr_${createHmac('sha256', this.#key).update(token.reveal()).digest('base64url')}`);
  }

  #row(
    token: Secret,
    whose: Pick<RefreshToken, 'family' | 'userId' | 'clientId' | 'familyExpiresAt'>,
  ): RefreshToken {
    const { family, userId, clientId, familyExpiresAt } = whose;
    const issuedAt = this.#deps.clock.now();
    const expiresAt = Math.min(issuedAt + this.#life().slidingMs, familyExpiresAt);
    const hash = hashSecret(token.reveal());
    return { hash, family, userId, clientId, issuedAt, expiresAt, familyExpiresAt, usedAt: undefined };
  }
}

/** Only hashes are kept. */
export function createRefreshFamilies(deps: RefreshFamiliesDeps): RefreshFamilies {
  return new Families(deps);
}
