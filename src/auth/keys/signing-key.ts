import { createPrivateKey } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type KeyObject,
} from 'jose';
import type { Sealing, Secret } from '../../base/index.ts';
import type { SigningKey } from '../../store/index.ts';

/** A stored key with its public half in both forms. */
export type Key = { readonly row: SigningKey; readonly publicJwk: JWK; readonly publicKey: CryptoKey };

export type Algorithm = SigningKey['algorithm'];

/** The members of a private key that are public (RFC 7518 sections 6.2.1 and 6.3.1). */
const PUBLIC = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

function publicPart(jwk: JWK): JWK {
  return Object.fromEntries(PUBLIC.flatMap(name => (jwk[name] === undefined ? [] : [[name, jwk[name]]])));
}

async function seal(
  key: CryptoKey | KeyObject,
  algorithm: Algorithm,
  { seal, now }: Making,
): Promise<SigningKey> {
  const privateJwk = await exportJWK(key);
  const publicJwk = publicPart(privateJwk);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    kid,
    algorithm,
    publicJwk: JSON.stringify({ ...publicJwk, kid, alg: algorithm, use: 'sig' }),
    sealedPrivateJwk: seal.close(JSON.stringify(privateJwk), kid),
    state: 'next',
    createdAt: now,
    retiredAt: undefined,
  };
}

type Making = { readonly seal: Sealing; readonly now: number };

/** A new key, not yet in use. */
export async function makeKey(algorithm: Algorithm, making: Making): Promise<SigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  return seal(pair.privateKey, algorithm, making);
}

/** The operator's own RSA key. */
export function keyOfPem(pem: Secret, making: Making): Promise<SigningKey> {
  return seal(createPrivateKey(pem.reveal()), 'RS256', making);
}

export async function openKey(row: SigningKey): Promise<Key> {
  const publicJwk: JWK = JSON.parse(row.publicJwk);
  return { row, publicJwk, publicKey: (await importJWK(publicJwk, row.algorithm)) as CryptoKey };
}

/** The private half with the names under which its public half is published. */
export function openPrivate({ row, publicJwk }: Key, seal: Sealing): JWK {
  const jwk = seal.open(row.sealedPrivateJwk, row.kid);
  if (jwk) return { ...JSON.parse(jwk.toString()), ...publicJwk };
  throw new Error(
    'The signing key cannot be read: it was stored with another master key. Bring that key back to go on.',
  );
}
