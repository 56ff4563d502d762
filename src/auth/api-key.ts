import { createHash, randomBytes } from 'node:crypto';
import { type KeyId, Secret } from '../base/index.ts';

export type NewApiKey = {
  readonly id: KeyId;
  /** The whole key, shown once. */
  readonly key: Secret;
  readonly secretHash: string;
};

const API_KEY = /^amg_([0-9a-z]{8})_([A-Za-z0-9_-]{32})$/;

/** SHA-256 in hex. Enough for 192 random bits: nothing to guess that a slow hash would protect. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** `amg_<id>_<192 random bits>`. */
export function makeApiKey(): NewApiKey {
  const id = randomBytes(4).toString('hex') as KeyId;
  const secret = randomBytes(24).toString('base64url');
  return { id, key: new Secret(`amg_${id}_${secret}`), secretHash: hashSecret(secret) };
}

/** The parts of a key, or undefined when the text has another form. */
export function parseApiKey(text: string): { readonly id: KeyId; readonly secret: string } | undefined {
  const [, id, secret] = API_KEY.exec(text) ?? [];
  return id && secret ? { id: id as KeyId, secret } : undefined;
}

/** Id and hash under which a token chosen by the operator is kept: it has no id of its own, so its hash gives one. */
export function fixedTokenKey(token: Secret): { readonly id: KeyId; readonly secretHash: string } {
  const secretHash = hashSecret(token.reveal());
  return { id: `fixed-${secretHash.slice(0, 24)}` as KeyId, secretHash };
}
