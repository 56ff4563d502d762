import { metadataAt, reply, serverMetadataAt, type Twists } from './fake-authority.ts';
import {
  always,
  challenge,
  changed,
  inResource,
  inServer,
  jwtOf,
  moved,
  OPENID,
  RESOURCE,
  type Row,
  row,
  SERVER,
} from './twists.ts';

const NO_WAIT = { args: ['--no-wait'] };
const LENIENT = { isLenient: true };

const namedElsewhere: Twists = {
  ...challenge(({ url }) => `Bearer resource_metadata="${url.origin}/elsewhere"`),
  '/elsewhere': (_, { url }) => metadataAt(url.origin),
};
const onLocalhost = challenge(({ url }) => {
  const { port } = url;
  return `Bearer resource_metadata="http://localhost:${port}${RESOURCE}"`;
});
const ofOrigin: Twists = {
  ...challenge('Bearer'),
  [RESOURCE]: always(404),
  '/.well-known/oauth-protected-resource': (_, { url }) =>
    changed({ resource: url.origin })(metadataAt(url.origin), { url } as never) ?? reply(404),
};

/** What clients get on with, or some of them: nothing here breaks a hop. */
export const WARN_ROWS: readonly Row[] = [
  row('a GET that is answered', 'challenge get_no_401', {
    '/mcp': (good, { method }) => (method === 'GET' ? reply(405) : good),
  }),
  row('a challenge without an address', 'challenge challenge_without_metadata', challenge('Bearer')),
  row('metadata on another origin', 'challenge metadata_elsewhere', onLocalhost),
  row(
    'offline_access in the challenge',
    'challenge offline_access',
    challenge('Bearer scope="mcp offline_access"'),
  ),
  row('metadata only where it is named', 'resource well_known_missing', {
    ...namedElsewhere,
    [RESOURCE]: always(404),
  }),
  row('documents that differ', 'resource resource_documents_differ', {
    ...namedElsewhere,
    ...inResource({ resource: 'x' }),
  }),
  row('metadata of the origin alone', 'resource resource_is_origin', ofOrigin, NO_WAIT),
  row(
    'tokens in the address',
    'resource no_header_tokens',
    inResource({ bearer_methods_supported: ['query'] }),
  ),
  row('a document as text', 'resource wrong_type', {
    [RESOURCE]: good => ({ ...good, headers: { 'content-type': 'text/plain' } }),
  }),
  row(
    'a redirect to the document',
    'server redirected',
    {
      [SERVER]: moved('/here'),
      '/here': (_, { url }) => serverMetadataAt(url.origin),
    },
    { seen: /302 to \/here/ },
  ),
  row('an OpenID document alone', 'server oauth_document_missing', { [SERVER]: always(404) }),
  row('another OpenID document', 'server server_documents_differ', {
    [OPENID]: changed({ token_endpoint: 'x' }),
  }),
  row(
    'no iss announced',
    'server no_iss_flag',
    inServer({ authorization_response_iss_parameter_supported: false }),
  ),
  row(
    'http in a private network',
    'server http_private',
    inServer({ revocation_endpoint: 'http://10.1.1.1/r' }),
    NO_WAIT,
  ),
  row('a registration with 200', 'client registration_status', {
    '/register': good => ({ ...good, status: 200 }),
  }),
  row(
    'a registration with nulls',
    'client registration_nulls',
    { '/register': changed({ scope: null }) },
    { seen: /scope/ },
  ),
  row('no public clients', 'client no_public_clients', {}, { isConfidential: true }),
  row('a token that may be cached', 'token token_cached', {
    '/token': good => ({ ...good, headers: { 'content-type': 'application/json' } }),
  }),
  row('a token without end', 'token token_no_expiry', { '/token': changed({ expires_in: undefined }) }),
  row(
    'a token for others',
    'token token_audience',
    { '/token': changed({ access_token: jwtOf({ aud: 'x' }) }) },
    LENIENT,
  ),
  row('no refresh token', 'token no_refresh_token', { '/token': changed({ refresh_token: undefined }) }),
  row(
    'a refresh token that stays',
    'refresh refresh_not_rotated',
    { '/token': changed({ refresh_token: 'a' }) },
    LENIENT,
  ),
  row('a failing revocation', 'clean-up not_revoked', { '/revoke': always(503) }, { seen: /503/ }),
  row(
    'a failing deletion',
    'clean-up not_deleted',
    { '/register/client-1': always(500) },
    { seen: /client-1: HTTP 500/ },
  ),
];
