import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

/** 256 bits for one purpose, derived from the master secret (HKDF-SHA-256, RFC 5869): one label, one key. */
export function deriveKey(master: Secret, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master.reveal(), 'authmcp-gateway', label, 32));
}

/** Keeps texts that leave the gateway or rest in its store from being read or forged (AES-256-GCM). */
export class Seal {
  readonly #key: Buffer;
  readonly #keyId: string;

  constructor(key: Buffer, keyId: string) {
    this.#key = key;
    this.#keyId = keyId;
  }

  /** base64url of key id, nonce, tag and ciphertext. `bound` must be the same text at `open`. */
  close(plain: string | Buffer, bound = ''): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(this.#keyId + bound));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return `${this.#keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** The plain bytes, or undefined when the text was not sealed by this key for `bound`. */
  open(sealed: string, bound = ''): Buffer | undefined {
    const dot = sealed.indexOf('.');
    if (sealed.slice(0, dot) !== this.#keyId) return undefined;
    const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
    if (bytes.length < 28 || bytes.toString('base64url') !== sealed.slice(dot + 1)) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(this.#keyId + bound));
    decipher.setAuthTag(bytes.subarray(12, 28));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}
