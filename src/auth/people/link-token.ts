import { randomBytes } from 'node:crypto';
import { hashSecret } from '../api-key.ts';

/** Base32 without the letters that look like others (Crockford): 26 of them are 130 bits. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/** The token of a link, in groups of five, the last of six. */
export function makeLinkToken(): string {
  const letters = Array.from(randomBytes(LENGTH), byte => LETTERS.charAt(byte & 31)).join('');
  return letters.replace(/^(.{5})(.{5})(.{5})(.{5})(.{6})$/, '$1-$2-$3-$4-$5');
}

/** As a person may type it: any case, any grouping, look-alikes for what they look like. */
export function hashLinkToken(token: string): string {
  const letters = token.toUpperCase().replace(/[\s-]/g, '');
  return hashSecret(letters.replaceAll('O', '0').replace(/[IL]/g, '1'));
}
