import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1 = (key: KeyObject) => key.export({ type: 'pkcs1', format: 'pem' }).toString();
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const locked = rsa.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

type Given = { readonly key?: string; readonly pub?: string; readonly mode?: number };

function load({ key, pub, mode = 0o600 }: Given, env: Readonly<Record<string, string>> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'amg-signing-'));
  const paths: Record<string, string> = {};
  if (key !== undefined) {
    writeFileSync(join(cwd, 'own.pem'), key);
    chmodSync(join(cwd, 'own.pem'), mode);
    paths.JWT_PRIVATE_KEY_PATH = 'own.pem';
  }
  if (pub !== undefined) {
    writeFileSync(join(cwd, 'pub.pem'), pub);
    paths.JWT_PUBLIC_KEY_PATH = 'pub.pem';
  }
  return loadConfig({ cwd, env: { JWT_ALGORITHM: 'RS256', ...paths, ...env } });
}

describe('the key that signs', () => {
  it.each([
    ['PKCS #8', { key: pkcs8(rsa.privateKey) }],
    ['PKCS #1, with its public half', { key: pkcs1(rsa.privateKey), pub: spki(rsa.publicKey) }],
    ['a file that a group may read', { key: pkcs8(rsa.privateKey), mode: 0o640 }],
  ])('may be a file: %s', (_, given) => {
    const { signing, warnings } = load(given);
    expect(signing.algorithm).toBe('RS256');
    expect(signing.pem?.reveal()).toBe(pkcs8(rsa.privateKey));
    expect(JSON.stringify(signing)).not.toContain('PRIVATE KEY');
    expect(warnings).toEqual([]);
  });

  it.each(['ES256', 'HS256', 'RS256'])('is made with %s where no file is named', algorithm => {
    const { signing, warnings } = load({}, { JWT_ALGORITHM: algorithm });
    expect(signing).toEqual({ algorithm, pem: undefined });
    expect(warnings).toEqual([]);
  });

  it.each<readonly [string, Given, RegExp]>([
    ['too short', { key: pkcs8(short.privateKey) }, /^JWT_PRIVATE_KEY_PATH: .* has 1024 bits, RS256 needs/],
    ['no RSA key', { key: pkcs8(elliptic.privateKey) }, /is no RSA key, RS256 needs RSA of at least 2048/],
    ['no key', { key: 'hello' }, /own\.pem is no PEM file of such a key\. Make one: openssl genrsa/],
    ['a public key', { key: spki(rsa.publicKey) }, /own\.pem is no PEM file of such a key/],
    ['under a passphrase', { key: locked }, /own\.pem is protected by a passphrase\. Remove it:/],
    ['readable by others', { key: pkcs8(rsa.privateKey), mode: 0o644 }, /other users .* chmod 600/],
    [
      'not that of the public one',
      { key: pkcs8(rsa.privateKey), pub: spki(other.publicKey) },
      /^JWT_PUBLIC_KEY_PATH: .*pub\.pem does not belong to the key of JWT_PRIVATE_KEY_PATH/,
    ],
    ['beside nonsense', { key: pkcs8(rsa.privateKey), pub: 'x' }, /pub\.pem is no PEM file of such a key/],
    ['absent', { pub: spki(rsa.publicKey) }, /^JWT_PUBLIC_KEY_PATH is set without JWT_PRIVATE_KEY_PATH/],
  ])('is refused in one sentence: %s', (_, given, says) => {
    expect(() => load(given)).toThrow(says);
  });

  it('is refused where its file is not there', () => {
    expect(() => load({}, { JWT_PRIVATE_KEY_PATH: '/nowhere/key.pem' })).toThrow(
      'JWT_PRIVATE_KEY_PATH: /nowhere/key.pem cannot be read.',
    );
  });

  it('of a file that is not looked at is said', () => {
    const { warnings } = load({ key: pkcs8(rsa.privateKey) }, { JWT_ALGORITHM: 'ES256' });
    expect(warnings).toEqual([
      'JWT_PRIVATE_KEY_PATH counts only with JWT_ALGORITHM=RS256; tokens are signed with ES256.',
    ]);
  });
});
