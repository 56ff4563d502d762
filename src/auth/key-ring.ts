import {
  type CryptoKey,
  calculateJwkThumbprint,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { type Clock, deriveKey, Seal, type Secret } from '../base/index.ts';
import type { SigningKey, Store } from '../store/index.ts';

export type Verified =
  | { readonly ok: true; readonly claims: JWTPayload }
  | { readonly ok: false; readonly why: 'expired' | 'invalid'; readonly claims?: JWTPayload };

/** The keys that sign access tokens. The first one is made when it is first needed. */
export type KeyRing = {
  /** The public keys (RFC 7517), newest last. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Adds `kid`; `typ` goes into the protected header. */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** Signature, `typ` and time only: whose it is and what it is for is for the caller to judge. */
  verify(token: string, typ: string): Promise<Verified>;
};

export type KeyRingDeps = { readonly store: Store; readonly master: Secret; readonly clock: Clock };

type Key = { readonly row: SigningKey; readonly publicJwk: JWK; readonly publicKey: CryptoKey };

const RELOAD_AFTER_MS = 1000;
const ALGORITHM = 'ES256';

async function makeKey(seal: Seal, now: number): Promise<SigningKey> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    kid,
    algorithm: ALGORITHM,
    publicJwk: JSON.stringify({ ...publicJwk, kid, alg: ALGORITHM, use: 'sig' }),
    sealedPrivateJwk: seal.close(JSON.stringify(await exportJWK(pair.privateKey)), kid),
    state: 'current',
    createdAt: now,
  };
}

async function openKey(row: SigningKey): Promise<Key> {
  const publicJwk: JWK = JSON.parse(row.publicJwk);
  return { row, publicJwk, publicKey: (await importJWK(publicJwk, row.algorithm)) as CryptoKey };
}

async function openPrivate(row: SigningKey, seal: Seal): Promise<CryptoKey> {
  const jwk = seal.open(row.sealedPrivateJwk, row.kid);
  if (jwk) return (await importJWK(JSON.parse(jwk.toString()), row.algorithm)) as CryptoKey;
  throw new Error(
    'The signing key cannot be read: it was stored with another master key. Bring that key back to go on.',
  );
}

class Ring implements KeyRing {
  readonly #deps: KeyRingDeps;
  readonly #seal: Seal;
  #keys: ReadonlyMap<string, Key> = new Map();
  #signer: Promise<{ readonly kid: string; readonly key: CryptoKey }> | undefined;
  #loading: Promise<void> | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: KeyRingDeps) {
    this.#deps = deps;
    this.#seal = new Seal(deriveKey(deps.master, 'signing'), 's1');
  }

  async jwks(): Promise<{ readonly keys: readonly JWK[] }> {
    await this.#ready();
    await this.#load();
    return { keys: [...this.#keys.values()].map(key => key.publicJwk) };
  }

  async sign(claims: JWTPayload, typ: string): Promise<string> {
    const { kid, key } = await this.#ready();
    return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ, kid }).sign(key);
  }

  async verify(token: string, typ: string): Promise<Verified> {
    const key = await this.#keyOf(token);
    if (!key) return { ok: false, why: 'invalid' };
    const currentDate = new Date(this.#deps.clock.now());
    try {
      const options = { typ, algorithms: [key.row.algorithm], currentDate, requiredClaims: ['exp'] };
      return { ok: true, claims: (await jwtVerify(token, key.publicKey, options)).payload };
    } catch (error) {
      return error instanceof errors.JWTExpired
        ? { ok: false, why: 'expired', claims: error.payload }
        : { ok: false, why: 'invalid' };
    }
  }

  /** A key that another process made since is found by looking again, at most once a second. */
  async #keyOf(token: string): Promise<Key | undefined> {
    const kid = kidOf(token);
    if (kid === undefined) return undefined;
    if (!this.#keys.has(kid)) await this.#load();
    return this.#keys.get(kid);
  }

  #load(): Promise<void> {
    if (this.#loading) return this.#loading;
    if (this.#deps.clock.now() - this.#loadedAt < RELOAD_AFTER_MS) return Promise.resolve();
    return this.#reload();
  }

  #reload(): Promise<void> {
    this.#loading ??= this.#deps.store
      .listSigningKeys()
      .then(rows => Promise.all(rows.map(openKey)))
      .then(keys => {
        this.#keys = new Map(keys.map(key => [key.row.kid, key]));
        this.#loadedAt = this.#deps.clock.now();
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  #ready(): Promise<{ readonly kid: string; readonly key: CryptoKey }> {
    this.#signer ??= this.#findSigner().catch(error => {
      this.#signer = undefined;
      throw error;
    });
    return this.#signer;
  }

  /** Where two processes made one each, both go on with the older. */
  async #findSigner(): Promise<{ readonly kid: string; readonly key: CryptoKey }> {
    await this.#reload();
    if (!this.#current()) {
      await this.#deps.store.addSigningKey(await makeKey(this.#seal, this.#deps.clock.now()));
      await this.#reload();
    }
    const current = this.#current();
    if (!current) throw new Error('The store gave no signing key back');
    return { kid: current.row.kid, key: await openPrivate(current.row, this.#seal) };
  }

  #current(): Key | undefined {
    return [...this.#keys.values()].find(key => key.row.state === 'current');
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
export function createKeyRing(deps: KeyRingDeps): KeyRing {
  return new Ring(deps);
}
