import { Fault } from '../../base/index.ts';

/** Where a JSON value stands in the bytes: `start` inclusive, `end` exclusive. */
export type Range = { readonly start: number; readonly end: number };

/** The members of one object: names decoded, values as ranges. */
export type Members = ReadonlyMap<string, Range>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** First byte at or after `at` that is not JSON white space (RFC 8259 section 2). */
function skipSpace(bytes: Buffer, at: number): number {
  let i = at;
  for (
    let byte = bytes[i];
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    byte = bytes[++i]
  );
  return i;
}

/** The byte after the string that opens at `at`. */
function skipString(bytes: Buffer, at: number): number {
  for (let close = bytes.indexOf(QUOTE, at + 1); close !== -1; close = bytes.indexOf(QUOTE, close + 1)) {
    let slashes = 0;
    while (bytes[close - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return close + 1;
  }
  return bytes.length;
}

/** The byte after the object or array that opens at `at`. */
function skipNested(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let i = at; i < bytes.length; ) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = skipString(bytes, i);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return i + 1;
    i++;
  }
  return bytes.length;
}

/** The byte after the value that starts at `at`. */
function skipValue(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return skipString(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, at);
  let i = at;
  for (let byte = bytes[i]; i < bytes.length; byte = bytes[++i]) {
    if (
      byte === COMMA ||
      byte === CLOSE_BRACE ||
      byte === CLOSE_BRACKET ||
      (byte !== undefined && byte <= 0x20)
    )
      break;
  }
  return i;
}

function decodeKey(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString('utf8', start, end);
  return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
}

/**
 * The members of the object that opens at `at`, in bytes already known to be valid JSON.
 * A key given twice, however escaped, is `invalid_request`: two readers would disagree on which one counts
 * (RFC 8259 section 4).
 */
export function members(bytes: Buffer, at = skipSpace(bytes, 0)): Members {
  const found = new Map<string, Range>();
  let i = skipSpace(bytes, at + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_BRACE) {
    const keyEnd = skipString(bytes, i);
    const key = decodeKey(bytes, i, keyEnd);
    if (found.has(key))
      throw new Fault('invalid_request', { says: 'Invalid request: a key stands twice in one object' });
    let start = skipSpace(bytes, keyEnd);
    if (bytes[start] === COLON) start = skipSpace(bytes, start + 1);
    const end = skipValue(bytes, start);
    found.set(key, { start, end });
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return found;
}

/** The ranges of the elements of the array that opens at `at`, in bytes already known to be valid JSON. */
export function elements(bytes: Buffer, at: number): readonly Range[] {
  const found: Range[] = [];
  let i = skipSpace(bytes, at + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_BRACKET) {
    const end = skipValue(bytes, i);
    found.push({ start: i, end });
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return found;
}

/** Whether the value at `range` is an object. */
export function isObjectAt(bytes: Buffer, range: Range | undefined): range is Range {
  return range !== undefined && bytes[range.start] === OPEN_BRACE;
}
