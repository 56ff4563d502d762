import {
  type CryptoKey,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { deriveKey } from '../base/index.ts';
import { KeptKeys, type KeptKeysDeps, type Rotated } from './keys/kept-keys.ts';
import { type Algorithm, type Key, openPrivate } from './keys/signing-key.ts';
import { ACCESS_TOKEN } from './keys/token-type.ts';

export type Verified =
  | { readonly ok: true; readonly claims: JWTPayload }
  | { readonly ok: false; readonly why: 'expired' | 'invalid'; readonly claims?: JWTPayload };

/** What signs access tokens now; `key` is the shared secret with HS256, else the private key. */
export type AccessKey = {
  readonly alg: Algorithm | 'HS256';
  readonly kid: string;
  readonly key: CryptoKey | Uint8Array;
};

/**
 * The keys that sign tokens: `current` signs, `next` is published before it does, `previous` ones verify until what
 * they signed has expired. The first ones are made when one is needed.
 */
export type KeyRing = {
  /** The public keys (RFC 7517): current, next, previous. Never the secret of HS256. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
  /** The private keys in the same order, for ID tokens: asymmetric whatever signs access tokens. */
  signingJwks(): Promise<readonly JWK[]>;
  accessKey(): Promise<AccessKey>;
  /** Adds `kid`; `typ` goes into the protected header. Only access tokens are ever signed with HS256. */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** Signature, `typ` and time only: whose it is and what it is for is for the caller to judge. */
  verify(token: string, typ: string): Promise<Verified>;
  /** The next key becomes current, in every process within a second; undefined where somebody else was faster. */
  rotate(): Promise<Rotated | undefined>;
  /** Told after each change of the keys or of their order; the answer ends that. */
  onChange(listener: () => void): () => void;
};

/** Before the kid of a key, names the HS256 secret that belongs to it. */
const SHARED = 'hs256-';

class Ring implements KeyRing {
  readonly #deps: KeptKeysDeps;
  readonly #kept: KeptKeys;
  readonly #isShared: boolean;
  #signer: { readonly kid: string; readonly key: Promise<AccessKey> } | undefined;

  constructor(deps: KeptKeysDeps) {
    this.#deps = deps;
    this.#kept = new KeptKeys(deps);
    this.#isShared = deps.signing?.algorithm === 'HS256';
  }

  async jwks(): Promise<{ readonly keys: readonly JWK[] }> {
    await this.#kept.settle();
    await this.#kept.look();
    return { keys: this.#kept.valid().map(key => key.publicJwk) };
  }

  async signingJwks(): Promise<readonly JWK[]> {
    await this.#kept.settle();
    return this.#kept.valid().map(key => openPrivate(key, this.#kept.seal));
  }

  async accessKey(): Promise<AccessKey> {
    const own = await this.#ownKey();
    return this.#isShared ? { alg: 'HS256', kid: SHARED + own.kid, key: this.#sharedOf(own.kid) } : own;
  }

  async sign(claims: JWTPayload, typ: string): Promise<string> {
    const { alg, kid, key } = await (typ === ACCESS_TOKEN ? this.accessKey() : this.#ownKey());
    return new SignJWT(claims).setProtectedHeader({ alg, typ, kid }).sign(key);
  }

  async verify(token: string, typ: string): Promise<Verified> {
    const found = await this.#verifierOf(token, typ);
    if (!found) return { ok: false, why: 'invalid' };
    const currentDate = new Date(this.#deps.clock.now());
    try {
      // The algorithm is the key's, never the header's (RFC 8725 section 3.1).
      const options = { typ, algorithms: [found.alg], currentDate, requiredClaims: ['exp'] };
      return { ok: true, claims: (await jwtVerify(token, found.key, options)).payload };
    } catch (error) {
      return error instanceof errors.JWTExpired
        ? { ok: false, why: 'expired', claims: error.payload }
        : { ok: false, why: 'invalid' };
    }
  }

  rotate(): Promise<Rotated | undefined> {
    return this.#kept.rotate();
  }

  onChange(listener: () => void): () => void {
    return this.#kept.onChange(listener);
  }

  async #verifierOf(token: string, typ: string): Promise<Omit<AccessKey, 'kid'> | undefined> {
    const named = kidOf(token);
    if (named === undefined) return undefined;
    const isShared = this.#isShared && typ === ACCESS_TOKEN && named.startsWith(SHARED);
    const kid = isShared ? named.slice(SHARED.length) : named;
    if (!this.#kept.find(kid)) await this.#kept.look();
    const key = this.#kept.find(kid);
    if (!key) return undefined;
    return isShared
      ? { alg: 'HS256', key: this.#sharedOf(kid) }
      : { alg: key.row.algorithm, key: key.publicKey };
  }

  /** Derived, so that it turns with the key and rests nowhere. */
  #sharedOf(kid: string): Uint8Array {
    return deriveKey(this.#deps.master, `access-token ${kid}`);
  }

  async #ownKey(): Promise<AccessKey> {
    await this.#kept.settle();
    const { current } = this.#kept;
    if (!current) throw new Error('The store gave no signing key back');
    const { kid } = current.row;
    if (this.#signer?.kid !== kid) this.#signer = { kid, key: this.#open(current) };
    return this.#signer.key;
  }

  async #open(key: Key): Promise<AccessKey> {
    const { kid, algorithm: alg } = key.row;
    const opened = await importJWK(openPrivate(key, this.#kept.seal), alg);
    return { alg, kid, key: opened as CryptoKey };
  }
}

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

/** Private halves rest sealed with a key derived from the master secret. */
export function createKeyRing(deps: KeptKeysDeps): KeyRing {
  return new Ring(deps);
}
