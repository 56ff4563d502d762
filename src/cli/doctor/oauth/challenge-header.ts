const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PART = new RegExp(`(${TOKEN})(?:\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+)))?`, 'g');

export type Challenge = ReadonlyMap<string, string>;

/**
 * The parameters of the first Bearer challenge in `WWW-Authenticate` (RFC 9110 section 11.6.1): a name without a
 * value begins a challenge, one with a value belongs to it.
 */
export function bearerChallenge(header: string | undefined): Challenge | undefined {
  let scheme = '';
  let found: Map<string, string> | undefined;
  for (const [, name = '', quoted, bare] of (header ?? '').matchAll(PART)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) {
      if (found) return found;
      scheme = name.toLowerCase();
      if (scheme === 'bearer') found = new Map();
    } else if (scheme === 'bearer' && !found?.has(name.toLowerCase())) {
      found?.set(name.toLowerCase(), value);
    }
  }
  return found;
}
