import { createHmac } from 'node:crypto';
import {
  type Clock,
  cut,
  deriveKey,
  printable,
  randomToken,
  type Secret,
  type UserId,
} from '../base/index.ts';
import type { Live } from '../live/index.ts';
import type { BrowserSession, Store, User } from '../store/index.ts';
import { hashSecret } from './api-key.ts';
import { cookieAttributes, cookieName, readCookie } from './cookies.ts';
import { createKnownBrowsers, type KnownBrowsers } from './login/known-browsers.ts';
import { isSameHash } from './proof.ts';

export type SignedIn = {
  readonly user: User;
  readonly session: BrowserSession;
  /** Goes into each form of this session. */
  readonly formToken: string;
};

export type BrowserSessionsDeps = {
  readonly store: Store;
  readonly live: Live;
  readonly master: Secret;
  readonly clock: Clock;
  readonly origin: () => string;
  /** Eight hours without a request, a day in all, unless said. */
  readonly life?: () => SessionLife;
};

/** Milliseconds: without a request, and in all. */
export type SessionLife = { readonly idleMs: number; readonly absoluteMs: number };

/** What a request says of the browser that sends it. */
export type Browser = {
  readonly cookies?: string | undefined;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
};

/** A session as its owner sees it. */
export type ListedSession = { readonly id: string; readonly session: BrowserSession };

/** Sessions of the pages, never of MCP. Functions take the whole `Cookie` header and give a `Set-Cookie` value. */
export type BrowserSessions = {
  /** Ends the session that the browser brought, so that nobody can plant one. Gives the cookies to set. */
  begin(user: Pick<User, 'id' | 'name'>, browser: Browser): Promise<readonly string[]>;
  read(cookies: string | undefined): Promise<SignedIn | undefined>;
  end(cookies: string | undefined): Promise<string>;
  isFormToken(signedIn: SignedIn, given: string): boolean;
  /** The password was given again. */
  renew(signedIn: SignedIn): Promise<void>;
  /** Those of a person, or (undefined) of everybody, that are not over; the one used last first. */
  list(user: UserId | undefined): Promise<readonly ListedSession[]>;
};

const HOUR_MS = 3_600_000;
const LIFE: SessionLife = { idleMs: 8 * HOUR_MS, absoluteMs: 24 * HOUR_MS };
const TOUCH_AFTER_MS = 60_000;

const NAME = 'amg_session';

/** What names a session to its owner: neither the cookie nor what is kept of it. */
const idOf = ({ hash }: BrowserSession) => hashSecret(`id ${hash}`).slice(0, 24);

class Sessions implements BrowserSessions {
  readonly #deps: BrowserSessionsDeps;
  readonly #formKey: Buffer;
  readonly #browsers: KnownBrowsers;

  constructor(deps: BrowserSessionsDeps) {
    this.#deps = deps;
    this.#formKey = deriveKey(deps.master, 'form');
    this.#browsers = createKnownBrowsers(deps);
  }

  async begin(user: Pick<User, 'id' | 'name'>, browser: Browser): Promise<readonly string[]> {
    const { cookies, address, userAgent } = browser;
    const former = this.#hashIn(cookies);
    if (former) await this.#deps.store.endSession(former);
    const value = randomToken(32);
    const now = this.#deps.clock.now();
    const times = {
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + this.#life().absoluteMs,
      passwordAt: now,
    };
    const from = { address, userAgent: userAgent && printable(cut(userAgent, 256)) };
    await this.#deps.store.addSession({ hash: hashSecret(value), userId: user.id, ...times, ...from });
    const origin = this.#deps.origin();
    const session = `${cookieName(origin, NAME)}=${value}; ${cookieAttributes(origin, 'Lax')}`;
    return [session, this.#browsers.remember(user.name)];
  }

  async read(cookies: string | undefined): Promise<SignedIn | undefined> {
    const hash = this.#hashIn(cookies);
    const session = hash === undefined ? undefined : await this.#deps.store.session(hash);
    if (!session || !(await this.#isAlive(session))) return undefined;
    const user = this.#deps.live.current().users.get(session.userId);
    if (!user || user.disabled) return undefined;
    return { user, session, formToken: this.#formToken(session) };
  }

  async end(cookies: string | undefined): Promise<string> {
    const hash = this.#hashIn(cookies);
    if (hash) await this.#deps.store.endSession(hash);
    const origin = this.#deps.origin();
    return `${cookieName(origin, NAME)}=; ${cookieAttributes(origin, 'Lax')}; Max-Age=0`;
  }

  async renew({ session }: SignedIn): Promise<void> {
    await this.#deps.store.renewSession(session.hash, this.#deps.clock.now());
  }

  async list(user: UserId | undefined): Promise<readonly ListedSession[]> {
    const now = this.#deps.clock.now();
    const kept = await this.#deps.store.listSessionsOf(user, now);
    const alive = kept.filter(({ lastSeenAt }) => now - lastSeenAt < this.#life().idleMs);
    return alive.map(session => ({ id: idOf(session), session }));
  }

  isFormToken({ formToken }: SignedIn, given: string): boolean {
    return isSameHash(formToken, given);
  }

  async #isAlive({ hash, expiresAt, lastSeenAt }: BrowserSession): Promise<boolean> {
    const now = this.#deps.clock.now();
    if (now >= expiresAt || now - lastSeenAt >= this.#life().idleMs) {
      await this.#deps.store.endSession(hash);
      return false;
    }
    if (now - lastSeenAt >= TOUCH_AFTER_MS) await this.#deps.store.touchSession(hash, now);
    return true;
  }

  #life(): SessionLife {
    return this.#deps.life?.() ?? LIFE;
  }

  #hashIn(cookies: string | undefined): string | undefined {
    const value = readCookie(cookies, cookieName(this.#deps.origin(), NAME));
    return value ? hashSecret(value) : undefined;
  }

  #formToken({ hash }: BrowserSession): string {
    return createHmac('sha256', this.#formKey).update(hash).digest('base64url');
  }
}

/** The cookie holds 256 random bits, the store their hash. */
export function createBrowserSessions(deps: BrowserSessionsDeps): BrowserSessions {
  return new Sessions(deps);
}
