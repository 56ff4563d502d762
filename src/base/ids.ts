import { randomBytes, randomUUID } from 'node:crypto';

declare const brand: unique symbol;
/** A text that stands for one kind of thing and is never mixed up with another kind. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type UserId = Id<'user'>;
export type GroupId = Id<'group'>;
export type KeyId = Id<'key'>;
/** The server's slug (`[a-z0-9-]+`): it stands in URLs, grants and prefixes, and never changes. */
export type ServerName = Id<'server'>;

let count = 0;
let tail = '';
/** The millisecond that was said last, and how. */
let saidAt = Number.NaN;
let time = '';

function timeOf(now: number): string {
  const hex = now.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/**
 * UUIDv7 (RFC 9562 section 5.7): sorts by the time of its making, and within a millisecond by a counter (section
 * 6.2, method 1). Unique, not secret. `now` in milliseconds.
 */
export function uuidv7(now: number): string {
  count = (count + 1) & 0xfff;
  // Variant and 62 random bits as a random UUID has them, drawn anew with each turn of the counter.
  if (count === 0 || tail === '') tail = randomUUID().slice(18);
  if (now !== saidAt) [saidAt, time] = [now, timeOf(now)];
  return `${time}-${(0x7000 + count).toString(16)}${tail}`;
}

/** Sorts before every UUIDv7 of this millisecond and after all earlier ones: where a span of time begins among ids. */
export function firstIdAt(at: number): string {
  return `${timeOf(Math.max(0, at))}-0000-0000-000000000000`;
}

/** `bytes` random bytes as base64url, for tokens and states. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
