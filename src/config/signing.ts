import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Secret } from '../base/index.ts';
import { ConfigError } from './config-error.ts';
import type { Settings } from './schema.ts';

/** What signs tokens: `pem` is the operator's own RSA key. */
export type Signing = { readonly algorithm: 'ES256' | 'RS256' | 'HS256'; readonly pem: Secret | undefined };

/** RFC 7518 section 3.3. */
const RSA_BITS = 2048;
const PRIVATE = 'JWT_PRIVATE_KEY_PATH';
const PUBLIC = 'JWT_PUBLIC_KEY_PATH';

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`${name}: ${path} cannot be read. Correct the path, or: sudo chown $USER ${path}`);
  }
}

function parse(name: string, path: string, make: (pem: string) => KeyObject): KeyObject {
  const pem = readPem(name, path);
  try {
    return make(pem);
  } catch {
    const isLocked = pem.includes('ENCRYPTED');
    throw new ConfigError(
      isLocked
        ? `${name}: ${path} is protected by a passphrase. Remove it: openssl pkey -in ${path} -out key.pem`
        : `${name}: ${path} is no PEM file of such a key. Make one: openssl genrsa -out ${path} 2048`,
    );
  }
}

function refuseWeakKey(path: string, key: KeyObject): void {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType === 'rsa' && bits !== undefined && bits >= RSA_BITS) return;
  const found = key.asymmetricKeyType === 'rsa' ? `has ${bits} bits` : 'is no RSA key';
  throw new ConfigError(
    `${PRIVATE}: the key in ${path} ${found}, RS256 needs RSA of at least ${RSA_BITS}. Make one: openssl genrsa -out ${path} ${RSA_BITS}`,
  );
}

/** A group may read it: orchestrators hand secrets to a group of their own. */
function refuseOpenFile(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform === 'win32' || (mode & 0o007) === 0) return;
  throw new ConfigError(
    `${PRIVATE}: ${path} can be read by other users of this machine. Try: chmod 600 ${path}`,
  );
}

function refuseOther(path: string, privateKey: KeyObject): void {
  const publicKey = parse(PUBLIC, path, createPublicKey);
  if (createPublicKey(privateKey).equals(publicKey)) return;
  throw new ConfigError(`${PUBLIC}: ${path} does not belong to the key of ${PRIVATE}. Leave it out.`);
}

/** The RSA key that the settings name, checked; a public key beside it only has to fit. */
function ownKey(settings: Settings, cwd: string): Secret | undefined {
  const { 'jwt.privateKeyPath': privatePath, 'jwt.publicKeyPath': publicPath } = settings;
  if (privatePath === undefined) {
    if (publicPath === undefined) return undefined;
    throw new ConfigError(`${PUBLIC} is set without ${PRIVATE}. Set both, or neither: then a key is made.`);
  }
  const path = resolve(cwd, privatePath);
  const key = parse(PRIVATE, path, createPrivateKey);
  refuseOpenFile(path);
  refuseWeakKey(path, key);
  if (publicPath !== undefined) refuseOther(resolve(cwd, publicPath), key);
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Throws ConfigError for a key that cannot be used. */
export function readSigning(settings: Settings, cwd: string): Signing {
  const algorithm = settings['jwt.algorithm'];
  return { algorithm, pem: algorithm === 'RS256' ? ownKey(settings, cwd) : undefined };
}

/** Paths of version 1's `.env` that are not looked at. */
export function signingWarning(settings: Settings): string | undefined {
  const { 'jwt.algorithm': algorithm, 'jwt.privateKeyPath': path } = settings;
  if (algorithm === 'RS256' || path === undefined) return undefined;
  return `${PRIVATE} counts only with JWT_ALGORITHM=RS256; tokens are signed with ${algorithm}.`;
}
