import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
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
    return this.#close(plain, bound, randomBytes(12));
  }

  /**
   * The same text each time, for what is sealed again and again and must stay recognisable. The nonce is a keyed hash
   * of what it seals, so that it comes twice only with the same text (RFC 8452 section 1 on repeated nonces).
   */
  closeStable(plain: string, bound: string): string {
    const key = createHmac('sha256', this.#key).update('stable nonce').digest();
    const nonce = createHmac('sha256', key)
      .update(JSON.stringify([bound, plain]))
      .digest();
    return this.#close(plain, bound, nonce.subarray(0, 12));
  }

  #close(plain: string | Buffer, bound: string, nonce: Buffer): string {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(this.#keyId + bound));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return `${this.#keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** Whether it has this seal's key id. */
  isNewest(sealed: string): boolean {
    return sealed.startsWith(`${this.#keyId}.`);
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

/** What seals and opens, by one key or by several. */
export type Sealing = Pick<Seal, 'close' | 'open' | 'closeStable'> & {
  /** Whether it was sealed by the key that seals now. */
  isNewest(sealed: string): boolean;
};

/** Seals by the newest of several keys, and opens what any of them sealed. */
export class SealRing implements Sealing {
  #newest: Seal;
  #others: readonly Seal[];

  constructor(newest: Seal, others: readonly Seal[] = []) {
    this.#newest = newest;
    this.#others = others;
  }

  /** Goes on with other keys. */
  become(newest: Seal, others: readonly Seal[]): void {
    this.#newest = newest;
    this.#others = others;
  }

  close(plain: string | Buffer, bound = ''): string {
    return this.#newest.close(plain, bound);
  }

  closeStable(plain: string, bound: string): string {
    return this.#newest.closeStable(plain, bound);
  }

  isNewest(sealed: string): boolean {
    return this.#newest.isNewest(sealed);
  }

  open(sealed: string, bound = ''): Buffer | undefined {
    for (const seal of [this.#newest, ...this.#others]) {
      const plain = seal.open(sealed, bound);
      if (plain) return plain;
    }
    return undefined;
  }
}
