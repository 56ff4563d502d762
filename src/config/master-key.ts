import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Secret } from '../base/index.ts';
import { ConfigError } from './config-error.ts';

const ADVICE = 'Remove the line (a key is made for you) or set 32 random characters: openssl rand -hex 32';

const PLACEHOLDER =
  /change.?(me|this)|your.{0,3}(secret|key|jwt)|my.?secret|super.?secret|secret.?key|placeholder|example|min.?32|replace|password|xxxx/i;

export type MasterKey = { readonly master: Secret; readonly wasMade: boolean };

/** The secret from which all keys are derived: `JWT_SECRET_KEY`, or a file in the data directory, made once. */
export function readMasterKey(given: Secret | undefined, dataDir: string): MasterKey {
  if (given !== undefined) {
    refuseWeak(given.reveal(), 'JWT_SECRET_KEY');
    return { master: given, wasMade: false };
  }
  const path = join(dataDir, 'keys', 'master.key');
  const wasMade = statSync(path, { throwIfNoEntry: false }) === undefined && makeKey(path);
  return { master: new Secret(readKey(path)), wasMade };
}

/** Refuses what is short, known to everybody, or easily guessed. */
export function refuseWeak(value: string, name: string): void {
  if (PLACEHOLDER.test(value)) throw new ConfigError(`${name} is the example from .env.example. ${ADVICE}`);
  if (Buffer.byteLength(value) < 32) {
    throw new ConfigError(`${name} is shorter than 32 characters. ${ADVICE}`);
  }
  if (bitsOf(value) < 80 || isRegular(value)) throw new ConfigError(`${name} is easily guessed. ${ADVICE}`);
}

/** Shannon's measure over the characters: 0 for one repeated character, about 120 for 32 hex digits. */
function bitsOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / value.length);
  return bits;
}

/** `abcdefgh...`, `12345678...`, or a short text repeated. */
function isRegular(value: string): boolean {
  let steps = 0;
  for (let i = 1; i < value.length; i++) {
    if (Math.abs(value.charCodeAt(i) - value.charCodeAt(i - 1)) === 1) steps += 1;
  }
  return steps > value.length / 2 || /^(.{1,16}?)\1+.{0,15}$/s.test(value);
}

/** False when another process was first. The link appears whole or not at all. */
function makeKey(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(file);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(file);
    rmSync(draft, { force: true });
  }
}

function readKey(path: string): string {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new ConfigError(`${path} can be read by other users of this machine. Try: chmod 600 ${path}`);
  }
  const key = readText(path);
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new ConfigError(
      `${path} is damaged: it does not hold 64 hexadecimal digits. Restore it from a backup.`,
    );
  }
  return key;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new ConfigError(`${path} cannot be read by you. Try: sudo chown $USER ${path}`);
  }
}
