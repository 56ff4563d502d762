import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { Seal, Secret } from '../../base/index.ts';
import { Refusal } from '../refusal.ts';
import type { SealedKeys } from './format.ts';

type Cost = Pick<SealedKeys, 'n' | 'r' | 'p'>;

/** OWASP Password Storage: N 2^17, r 8, p 1, which is 128 MB for a moment. */
const COST: Cost = { n: 2 ** 17, r: 8, p: 1 };
const SALT_BYTES = 32;
const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

async function sealOf(passphrase: Secret, salt: string, { n, r, p }: Cost): Promise<Seal> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  const text = passphrase.reveal().normalize('NFC');
  return new Seal(await derive(text, Buffer.from(salt, 'base64url'), 32, options), 'b1');
}

/** The master key, for whoever has the passphrase. */
export async function sealKeys(master: Secret, passphrase: Secret): Promise<SealedKeys> {
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  const seal = await sealOf(passphrase, salt, COST);
  return { kdf: 'scrypt', ...COST, salt, sealed: seal.close(master.reveal(), salt) };
}

/** Throws a Refusal where the passphrase is another one, or what is sealed is not a key. */
export async function openKeys(keys: SealedKeys, passphrase: Secret): Promise<Secret> {
  if (!Number.isInteger(Math.log2(keys.n)))
    throw new Refusal('The backup is damaged: its key cannot be read.');
  const seal = await sealOf(passphrase, keys.salt, keys);
  const plain = seal.open(keys.sealed, keys.salt)?.toString('utf8');
  if (plain === undefined) throw new Refusal('The passphrase is wrong. Nothing was changed.');
  if (!/^[0-9a-f]{64}$/.test(plain)) throw new Refusal('The backup is damaged: it holds no key.');
  return new Secret(plain);
}
