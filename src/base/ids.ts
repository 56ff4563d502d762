import { randomBytes, randomFillSync } from 'node:crypto';

declare const brand: unique symbol;
/** A text that stands for one kind of thing and is never mixed up with another kind. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type UserId = Id<'user'>;
export type KeyId = Id<'key'>;
/** The server's slug (`[a-z0-9-]+`): it stands in URLs, grants and prefixes, and never changes. */
export type ServerName = Id<'server'>;

const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

function random(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}

/** UUIDv7 (RFC 9562 section 5.7): sorts by the time of its making. `now` in milliseconds. */
export function uuidv7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  const tail = random(10).toString('hex');
  const variant = (8 + (Number.parseInt(tail.charAt(4), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(1, 4)}-${variant}${tail.slice(5, 8)}-${tail.slice(8, 20)}`;
}

/** `bytes` random bytes as base64url, for tokens and states. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
