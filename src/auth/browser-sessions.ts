import { createHmac } from 'node:crypto';
import { type Clock, deriveKey, randomToken, type Secret, type UserId } from '../base/index.ts';
import type { Live } from '../live/index.ts';
import type { BrowserSession, Store, User } from '../store/index.ts';
import { hashSecret } from './api-key.ts';
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
  /** Milliseconds without a request after which a session is over; eight hours unless said. */
  readonly idleMs?: number;
  /** Milliseconds after which it is over anyway; a day unless said. */
  readonly absoluteMs?: number;
};

/** Sessions of the pages, never of MCP. Functions take the whole `Cookie` header and give a `Set-Cookie` value. */
export type BrowserSessions = {
  /** Ends the session that the browser brought, so that nobody can plant one. */
  begin(userId: UserId, cookies: string | undefined): Promise<string>;
  read(cookies: string | undefined): Promise<SignedIn | undefined>;
  end(cookies: string | undefined): Promise<string>;
  isFormToken(signedIn: SignedIn, given: string): boolean;
};

const HOUR_MS = 3_600_000;
const IDLE_MS = 8 * HOUR_MS;
const ABSOLUTE_MS = 24 * HOUR_MS;
const TOUCH_AFTER_MS = 60_000;

/** `__Host-` (RFC 6265bis section 4.1.3.2) needs Secure, and so https. */
function cookieOf(origin: string): { readonly name: string; readonly attributes: string } {
  const isHttps = origin.startsWith('https:');
  return {
    name: isHttps ? '__Host-amg_session' : 'amg_session',
    attributes: `Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`,
  };
}

/** The value of a cookie; undefined when it is missing or stands there twice with two values. */
function readCookie(cookies: string | undefined, name: string): string | undefined {
  const pairs = (cookies ?? '').split(';').map(pair => pair.trim());
  const values = new Set(
    pairs.filter(pair => pair.startsWith(`${name}=`)).map(pair => pair.slice(name.length + 1)),
  );
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

class Sessions implements BrowserSessions {
  readonly #deps: BrowserSessionsDeps;
  readonly #formKey: Buffer;

  constructor(deps: BrowserSessionsDeps) {
    this.#deps = deps;
    this.#formKey = deriveKey(deps.master, 'form');
  }

  async begin(userId: UserId, cookies: string | undefined): Promise<string> {
    const former = this.#hashIn(cookies);
    if (former) await this.#deps.store.endSession(former);
    const value = randomToken(32);
    const now = this.#deps.clock.now();
    const times = {
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + (this.#deps.absoluteMs ?? ABSOLUTE_MS),
      passwordAt: now,
    };
    await this.#deps.store.addSession({ hash: hashSecret(value), userId, ...times });
    const { name, attributes } = cookieOf(this.#deps.origin());
    return `${name}=${value}; ${attributes}`;
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
    const { name, attributes } = cookieOf(this.#deps.origin());
    return `${name}=; ${attributes}; Max-Age=0`;
  }

  isFormToken({ formToken }: SignedIn, given: string): boolean {
    return isSameHash(formToken, given);
  }

  async #isAlive({ hash, expiresAt, lastSeenAt }: BrowserSession): Promise<boolean> {
    const now = this.#deps.clock.now();
    if (now >= expiresAt || now - lastSeenAt >= (this.#deps.idleMs ?? IDLE_MS)) {
      await this.#deps.store.endSession(hash);
      return false;
    }
    if (now - lastSeenAt >= TOUCH_AFTER_MS) await this.#deps.store.touchSession(hash, now);
    return true;
  }

  #hashIn(cookies: string | undefined): string | undefined {
    const value = readCookie(cookies, cookieOf(this.#deps.origin()).name);
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
