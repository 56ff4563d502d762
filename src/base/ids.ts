import { randomBytes, randomUUID } from 'node:crypto';

declare const brand: unique symbol;
/** A text that stands for one kind of thing and is never mixed up with another kind. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type UserId = Id<'user'>;
export type KeyId = Id<'key'>;
/** The server's slug (`[a-z0-9-]+`): it stands in URLs, grants and prefixes, and never changes. */
export type ServerName = Id<'server'>;

/** UUIDv7 (RFC 9562 section 5.7): sorts by the time of its making. `now` in milliseconds. */
export function uuidv7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  // A random UUID (version 4) has the same form behind its version: variant and 74 random bits are taken from it.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** `bytes` random bytes as base64url, for tokens and states. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
