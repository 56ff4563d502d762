/** What a server says that it wants (RFC 6750 section 3, RFC 9728 section 5.1). */
export type Challenge = {
  readonly resourceMetadata: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly error: string | undefined;
};

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
/** A parameter, the beginning of the next challenge, or what nobody understands up to the next comma. */
const PART = new RegExp(
  `[\\s,]*(?:(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))|(${TOKEN})(?=\\s|,|$)(?:[ \\t]+[A-Za-z0-9\\-._~+/]+=*(?=\\s*(?:,|$)))?)`,
  'y',
);
const MAX_LENGTH = 8 * 1024;

/** The parameters of the first Bearer challenge of a `WWW-Authenticate` field (RFC 9110 section 11.6.1). */
function bearerParams(field: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  const text = field.slice(0, MAX_LENGTH);
  let scheme = '';
  PART.lastIndex = 0;
  for (let found = PART.exec(text); found; found = PART.exec(text)) {
    const [, name, quoted, plain, nextScheme] = found;
    if (nextScheme !== undefined) {
      if (scheme === 'bearer') break;
      scheme = nextScheme.toLowerCase();
    } else if (name !== undefined && scheme === 'bearer' && !params.has(name.toLowerCase())) {
      params.set(name.toLowerCase(), plain ?? (quoted ?? '').replace(/\\(.)/g, '$1'));
    }
  }
  return params;
}

/** Scope tokens (RFC 6749 section 3.3); what is none is left out. */
export function scopesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const scopes = text.split(' ').filter(scope => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  return [...new Set(scopes)].slice(0, 200);
}

/** Reads a `WWW-Authenticate` field; what is malformed counts as absent. */
export function readChallenge(field: string | undefined): Challenge {
  const params = bearerParams(field ?? '');
  const scopes = scopesOf(params.get('scope'));
  return {
    resourceMetadata: params.get('resource_metadata'),
    scopes: scopes?.length ? scopes : undefined,
    error: params.get('error'),
  };
}
