import { redirectKindOf } from './redirect-uris.ts';

export type Refused = { readonly error: string; readonly error_description: string };
type Metadata = Record<string, unknown>;

/** What a client says of itself and may (RFC 7591 section 2); everything else is left out, as the RFC allows. */
const KEPT = [
  'application_type',
  'client_name',
  'client_uri',
  'contacts',
  'grant_types',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'redirect_uris',
  'response_types',
  'software_id',
  'software_version',
  'token_endpoint_auth_method',
  'tos_uri',
] as const;

/** Shown to people, or fetched by nobody: one that is malformed is no reason to refuse the client. */
const ORNAMENTS = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri'];
export const GRANTS: ReadonlySet<string> = new Set([
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
]);
/** Acting without a person is for clients that an administrator made. */
const MOST_REDIRECTS = 20;

const isAbsent = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

function invalid(error_description: string, error = 'invalid_client_metadata'): Refused {
  return { error, error_description };
}

function isWebAddress(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');
}

function clean(given: Metadata): Metadata {
  const kept: Metadata = {};
  for (const name of KEPT) if (Object.hasOwn(given, name) && !isAbsent(given[name])) kept[name] = given[name];
  for (const name of ORNAMENTS) if (!isWebAddress(kept[name])) delete kept[name];
  for (const name of ['software_id', 'software_version'])
    if (typeof kept[name] !== 'string') delete kept[name];
  return kept;
}

function readRedirects(value: unknown): readonly string[] | Refused {
  const bad = (says: string) => invalid(says, 'invalid_redirect_uri');
  if (value === undefined) return [];
  if (!Array.isArray(value)) return bad('redirect_uris must be a list');
  if (value.length > MOST_REDIRECTS) return bad(`redirect_uris may hold ${MOST_REDIRECTS} at most`);
  for (const uri of value) {
    if (typeof uri !== 'string' || redirectKindOf(uri) === undefined)
      return bad('redirect_uris must be https, http on this machine, or a scheme of the program’s own');
  }
  return value;
}

function readGrants(value: unknown): readonly string[] | Refused {
  if (value === undefined) return ['authorization_code', 'refresh_token'];
  if (!Array.isArray(value)) return invalid('grant_types must be a list');
  const kept = value.filter(grant => GRANTS.has(grant));
  return kept.length > 0 ? kept : invalid('grant_types must name authorization_code or device_code');
}

/** Nobody needs more of a name, and no control character in it; not cut within a character. */
export function nameOf(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 200)
    .toWellFormed();
}

/**
 * The metadata to register, or why not (RFC 7591 section 3.2.2). A client with a redirect on this machine or with a
 * scheme of its own is `native` whatever it said: only those get a free port (RFC 8252 section 7.3).
 */
export function prepareRegistration(given: unknown): Metadata | Refused {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return invalid('the body must be a JSON object');
  const kept = clean(given as Metadata);
  const redirects = readRedirects(kept.redirect_uris);
  if ('error' in redirects) return redirects;
  const grants = readGrants(kept.grant_types);
  if ('error' in grants) return grants;
  const usesCode = grants.includes('authorization_code');
  if (usesCode && redirects.length === 0) return invalid('redirect_uris is missing', 'invalid_redirect_uri');
  const isNative = redirects.some(uri => redirectKindOf(uri) !== 'https');
  return {
    // RFC 7591 has client_secret_basic here; the clients that leave it out are programs that keep no secret.
    token_endpoint_auth_method: 'none',
    ...kept,
    redirect_uris: redirects,
    grant_types: grants,
    response_types: usesCode ? ['code'] : [],
    application_type: isNative || kept.application_type !== 'web' ? 'native' : 'web',
    ...(typeof kept.client_name === 'string' && { client_name: nameOf(kept.client_name) }),
  };
}

export function isRefused(value: Metadata | Refused): value is Refused {
  return typeof value.error === 'string';
}
