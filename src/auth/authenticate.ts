import { LRUCache } from 'lru-cache';
import { type Clock, type KeyId, Secret, type ServerName, type UserId } from '../base/index.ts';
import type { Live, Snapshot } from '../live/index.ts';
import { type Caller, isMcpScope } from '../policy/index.ts';
import type { Store } from '../store/index.ts';
import { fixedTokenKey, hashSecret, parseApiKey } from './api-key.ts';
import { insufficientScope, refusal } from './challenge.ts';
import type { KeyRing } from './key-ring.ts';
import { ACCESS_TOKEN } from './keys/token-type.ts';
import { isSameHash, type Proof, proofOf, toCaller } from './proof.ts';

export type Endpoint = {
  /** Every `aud` that covers the endpoint, see `audiencesOf`; `any` where a credential only says who somebody is. */
  readonly audience: readonly string[] | 'any';
  readonly server?: ServerName | undefined;
};

export type Authenticator = {
  /**
   * Who sends this `Authorization`. A credential seen before is judged without waiting; the first use may give a
   * promise. Throws `unauthorized` or `insufficient_scope`; `challengeOf` makes the header from either.
   */
  authenticate(authorization: string | undefined, endpoint: Endpoint): Caller | Promise<Caller>;
  /** Whether what let this caller in still counts under `snapshot`: for `live.hold`. */
  isCurrent(caller: Caller, snapshot: Snapshot): boolean;
};

export type AuthenticatorDeps = {
  readonly live: Live;
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly origin: () => string;
  /** Who a request without `Authorization` is, where none is required. */
  readonly anonymous?: () => UserId | undefined;
  /** Credentials remembered, at most. */
  readonly maxEntries?: number;
};

/** A proof, and the caller that it made under the snapshot it was last used with. */
type Entry = { readonly proof: Proof; snapshot: Snapshot; caller: Caller };

const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Node refuses headers of 16 KB; nothing that this gateway gives out comes near this. */
const LONGEST = 8192;

function tokenOf(authorization: string): string {
  if (!/^bearer(?: |$)/i.test(authorization)) throw refusal('no_credentials');
  const [, token] = (authorization.length <= LONGEST && BEARER.exec(authorization)) || [];
  if (!token) throw refusal('invalid_token', 'The Authorization header is malformed');
  return token;
}

function checkEndpoint({ credential, scopes }: Caller, { audience, server }: Endpoint): void {
  if (audience === 'any') return;
  if (credential.kind === 'token' && !audience.includes(credential.audience)) {
    throw refusal('invalid_token', 'The access token is for another resource');
  }
  // Which servers the scopes cover is asked where it is known whether the person may use one at all.
  if (!scopes.some(isMcpScope)) throw insufficientScope(scopes, server);
}

class Doorkeeper implements Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #entries: LRUCache<string, Entry>;
  readonly #unknown: LRUCache<KeyId, number>;
  readonly #proofs = new WeakMap<Caller, Proof>();
  #nobody: Entry | undefined;
  readonly #asking = new Map<KeyId, Promise<void>>();

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    this.#entries = new LRUCache({ max: deps.maxEntries ?? 10_000 });
    this.#unknown = new LRUCache({ max: 10_000 });
  }

  authenticate(authorization: string | undefined, endpoint: Endpoint): Caller | Promise<Caller> {
    const known = authorization === undefined ? undefined : this.#entries.get(authorization);
    if (known) return this.#use(known, endpoint);
    if (authorization === undefined) return this.#letIn(endpoint);
    const token = tokenOf(authorization);
    const proof = JWT.test(token) ? this.#proveToken(token) : this.#proveKey(token);
    return proof instanceof Promise
      ? proof.then(found => this.#admit(authorization, found, endpoint))
      : this.#admit(authorization, proof, endpoint);
  }

  isCurrent(caller: Caller, snapshot: Snapshot): boolean {
    const proof = this.#proofs.get(caller);
    const { expiresAt } = caller.credential;
    if (!proof || (expiresAt !== undefined && this.#deps.clock.now() >= expiresAt)) return false;
    try {
      toCaller(proof, snapshot);
      return true;
    } catch {
      return false;
    }
  }

  #admit(authorization: string, proof: Proof, endpoint: Endpoint): Caller {
    const entry = this.#entryOf(proof);
    this.#entries.set(authorization, entry);
    return this.#use(entry, endpoint);
  }

  #letIn(endpoint: Endpoint): Caller {
    const user = this.#deps.anonymous?.();
    if (user === undefined) throw refusal('no_credentials');
    this.#nobody ??= this.#entryOf({ kind: 'open', user });
    return this.#use(this.#nobody, endpoint);
  }

  #entryOf(proof: Proof): Entry {
    const snapshot = this.#deps.live.current();
    return { proof, snapshot, caller: this.#callerOf(proof, snapshot) };
  }

  #callerOf(proof: Proof, snapshot: Snapshot): Caller {
    const caller = toCaller(proof, snapshot);
    this.#proofs.set(caller, proof);
    return caller;
  }

  /** The path of nearly every request: map reads and comparisons only. */
  #use(entry: Entry, endpoint: Endpoint): Caller {
    const snapshot = this.#deps.live.current();
    if (entry.snapshot !== snapshot) {
      entry.caller = this.#callerOf(entry.proof, snapshot);
      entry.snapshot = snapshot;
    }
    const { expiresAt } = entry.caller.credential;
    if (expiresAt !== undefined && this.#deps.clock.now() >= expiresAt) {
      throw refusal('invalid_token', 'The credential has expired');
    }
    checkEndpoint(entry.caller, endpoint);
    return entry.caller;
  }

  async #proveToken(token: string): Promise<Proof> {
    const verified = await this.#deps.keyRing.verify(token, ACCESS_TOKEN);
    if (!verified.ok && verified.why === 'expired')
      throw refusal('invalid_token', 'The access token has expired');
    const proof = verified.ok && verified.claims.iss === this.#deps.origin() && proofOf(verified.claims);
    if (!proof) throw refusal('invalid_token', 'The access token is not valid');
    return proof;
  }

  #proveKey(token: string): Proof | Promise<Proof> {
    const parsed = parseApiKey(token);
    const { id, secretHash } = parsed
      ? { id: parsed.id, secretHash: hashSecret(parsed.secret) }
      : fixedTokenKey(new Secret(token));
    if (this.#deps.live.current().keys.has(id)) return this.#compare(id, secretHash);
    return this.#askFor(id).then(() => this.#compare(id, secretHash));
  }

  #compare(id: KeyId, secretHash: string): Proof {
    const key = this.#deps.live.current().keys.get(id);
    if (key && isSameHash(key.secretHash, secretHash)) return { kind: 'key', id, secretHash };
    throw refusal('invalid_token', 'The API key is not valid');
  }

  /** A key that no map knows may be newer than the snapshot: the store is asked, once a second at most. */
  #askFor(id: KeyId): Promise<void> {
    const askedAt = this.#unknown.get(id);
    if (askedAt !== undefined && this.#deps.clock.now() - askedAt < 1000) return Promise.resolve();
    const asking = this.#asking.get(id) ?? this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  async #ask(id: KeyId): Promise<void> {
    if (await this.#deps.store.keyById(id)) await this.#deps.live.refresh();
    else this.#unknown.set(id, this.#deps.clock.now());
  }
}

/** Judges bearer tokens and API keys; what it proved it remembers, and asks the live snapshot at each use. */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  return new Doorkeeper(deps);
}
