import { LRUCache } from 'lru-cache';
import { type Clock, cut, Fault, randomToken, type Seal } from '../../base/index.ts';
import type { Params, Profile } from '../../mcp/index.ts';
import type { Caller } from '../../policy/index.ts';
import { SessionState } from './session-state.ts';

/** What a session of the 2025 revisions was agreed on. It never authenticates: the token does, on each request. */
export type ClientSession = {
  /** Names the session inside the gateway; never leaves it. */
  readonly key: string;
  /** `Mcp-Session-Id`: the whole agreement, sealed, so that any replica can open it. */
  readonly token: string;
  readonly principal: string;
  readonly place: string;
  readonly profile: Profile;
  readonly client: Params;
  readonly issuedAt: number;
  readonly state: SessionState;
};

type Sealed = { p: string; e: string; r: string; c: number; n: string; v: string; t: number; x: string };

const MAX_OPEN = 50_000;
const NAME_LENGTH = 64;

/** Why a session id is refused. Whoever shows it hears the same each time. */
export type SessionRefusal = 'forged' | 'other_principal' | 'other_endpoint' | 'expired' | 'ended';

export type RefusedSession = {
  readonly why: SessionRefusal;
  /** Who showed the id, where and from which address. */
  readonly caller: Caller;
  readonly place: string;
  readonly address: string;
  /** Undefined for an id that was never given out. */
  readonly session: ClientSession | undefined;
};

type Deps = {
  readonly seal: Seal;
  readonly clock: Clock;
  readonly lifeMs: number;
  readonly onRefused?: (refused: RefusedSession) => void;
};

/**
 * Under what an open session is found: the end of its id, which no two share. A lookup reads all of its key, and ids are
 * hundreds of characters.
 */
const KEY_CHARS = 32;
const keyOf = (token: string): string => token.slice(-KEY_CHARS);

function textOf(value: unknown): string {
  return typeof value === 'string' ? cut(value, NAME_LENGTH) : '';
}

/** Opens, recognises and ends the sessions of clients. */
export class ClientSessions {
  readonly #deps: Deps;
  readonly #open: LRUCache<string, ClientSession>;
  readonly #ended: LRUCache<string, true>;

  constructor(deps: Deps) {
    this.#deps = deps;
    const dispose = (session: ClientSession): void => session.state.end();
    this.#open = new LRUCache({ max: MAX_OPEN, ttl: deps.lifeMs, ttlResolution: 60_000, dispose });
    this.#ended = new LRUCache({ max: MAX_OPEN * 2, ttl: deps.lifeMs, ttlResolution: 60_000 });
  }

  begin(caller: Caller, place: string, profile: Profile, info: Params): ClientSession {
    const sealed: Sealed = {
      p: caller.principal,
      e: place,
      r: profile.revision,
      c: profile.capabilities,
      n: textOf(info.name),
      v: textOf(info.version),
      t: this.#deps.clock.now(),
      x: randomToken(16),
    };
    const session = this.#read(this.#deps.seal.close(JSON.stringify(sealed)), sealed);
    this.#open.set(keyOf(session.token), session);
    return session;
  }

  /** Fault `session_not_found` (404) for one that is forged, ended, expired, another person's or of another endpoint. */
  find(token: string, caller: Caller, place: string, address: string): ClientSession {
    const known = this.#open.get(keyOf(token));
    const session = known?.token === token ? known : this.#unseal(token);
    const why = session ? this.#refusalOf(session, caller, place) : 'forged';
    if (session && !why) return session;
    if (why) this.#deps.onRefused?.({ why, session, caller, place, address });
    throw new Fault('session_not_found');
  }

  /** That it is another person's comes first: it was theirs also when it has ended. */
  #refusalOf(session: ClientSession, caller: Caller, place: string): SessionRefusal | undefined {
    if (session.principal !== caller.principal) return 'other_principal';
    if (session.place !== place) return 'other_endpoint';
    if (this.#ended.has(session.key)) return 'ended';
    return session.issuedAt + this.#deps.lifeMs > this.#deps.clock.now() ? undefined : 'expired';
  }

  end(session: ClientSession): void {
    this.#ended.set(session.key, true);
    this.#open.delete(keyOf(session.token));
    session.state.end();
  }

  /** Ends the streams of every session, for the stop of the process. */
  close(): void {
    this.#open.clear();
  }

  get size(): number {
    return this.#open.size;
  }

  #unseal(token: string): ClientSession | undefined {
    if (token.length > 2048) return undefined;
    const plain = this.#deps.seal.open(token);
    if (!plain) return undefined;
    const session = this.#read(token, JSON.parse(plain.toString('utf8')) as Sealed);
    if (!this.#ended.has(session.key)) this.#open.set(keyOf(token), session);
    return session;
  }

  #read(token: string, sealed: Sealed): ClientSession {
    return {
      key: sealed.x,
      token,
      principal: sealed.p,
      place: sealed.e,
      profile: { era: 'legacy', revision: sealed.r, capabilities: sealed.c },
      client: { name: sealed.n, version: sealed.v },
      issuedAt: sealed.t,
      state: new SessionState(),
    };
  }
}
