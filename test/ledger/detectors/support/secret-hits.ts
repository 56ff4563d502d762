import { createHash } from 'node:crypto';

/** As random as a secret, the same at each run, and nobody's. */
function made(length: number, alphabet: string, seed: string): string {
  let text = '';
  for (let i = 0; text.length < length; i++) {
    const bytes = createHash('sha256').update(`${seed} ${i}`).digest();
    for (const byte of bytes) if (text.length < length) text += alphabet[byte % alphabet.length];
  }
  return text;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const URL_SAFE = `${ALNUM}-_`;

/** Put together here, so that no scanner takes this file for a leak. */
const FORMS: readonly ((seed: string) => string)[] = [
  seed => `AKIA${made(16, UPPER, seed)}`,
  seed => `ASIA${made(16, UPPER, seed)}`,
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map(kind => (seed: string) => `${kind}_${made(36, ALNUM, seed)}`),
  seed => `github_pat_${made(22, ALNUM, seed)}_${made(59, ALNUM, seed)}`,
  seed => `glpat-${made(20, URL_SAFE, seed)}`,
  seed => `xoxb-${made(12, '0123456789', seed)}-${made(24, ALNUM, seed)}`,
  seed => `xoxp-${made(11, '0123456789', seed)}-${made(24, ALNUM, seed)}`,
  seed => `AIza${made(35, URL_SAFE, seed)}`,
  seed => `sk-ant-api03-${made(80, URL_SAFE, seed)}`,
  seed => `sk-proj-${made(48, ALNUM, seed)}`,
  seed => `sk_live_${made(24, ALNUM, seed)}`,
  seed => `npm_${made(36, ALNUM, seed)}`,
  seed => `hf_${made(34, ALNUM, seed)}`,
  seed => `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${made(64, ALNUM, seed)}`,
  seed => `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\n${made(64, ALNUM, seed)}`,
  seed => `eyJ${made(20, ALNUM, seed)}.eyJ${made(40, ALNUM, seed)}.${made(43, URL_SAFE, seed)}`,
  seed => `postgres://app:${made(16, ALNUM, seed)}@db.internal:5432/app`,
  seed => `amg_${made(8, ALNUM, seed)}_${made(32, URL_SAFE, seed)}`,
];

const AROUND: readonly ((secret: string) => string)[] = [
  secret => secret,
  secret => `Authorization: Bearer ${secret}`,
  secret => `please use ${secret} for it, thanks`,
  secret => `export KEY="${secret}"\nnpm run deploy`,
];

export const SECRET_HITS: readonly string[] = FORMS.flatMap((form, i) =>
  AROUND.map((around, j) => around(form(`${i} ${j}`))),
);
