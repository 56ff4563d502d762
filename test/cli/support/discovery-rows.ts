import { reply } from './fake-authority.ts';
import {
  always,
  challenge,
  changed,
  inResource,
  inServer,
  moved,
  OPENID,
  RESOURCE,
  type Row,
  row,
  SERVER,
  stranger,
} from './twists.ts';

const PUBLIC = 'http://93.184.215.14:1';
const METADATA_SERVICE = 'http://169.254.169.254/mcp';
const BIG = 'x'.repeat(300 * 1024);

const withoutChallenge = stranger(reply(401));
const slashMore = changed({ issuer: 'http://127.0.0.1/' });

/** What breaks before a client is registered. */
export const DISCOVERY_ROWS: readonly Row[] = [
  row('no 401', 'challenge no_401', { '/mcp': always(200, {}) }, { seen: /200/ }),
  row('a 403 instead', 'challenge no_401', { '/mcp': always(403) }, { seen: /403/ }),
  row('nothing at the address', 'challenge no_endpoint', {}, { url: '/other' }),
  row(
    'an endpoint that moved',
    'challenge endpoint_moved',
    { '/mcp': moved('/mcp/') },
    { seen: /302 to \/mcp\// },
  ),
  row('another host', 'challenge wrong_host', { '/mcp': always(421) }),
  row('no challenge', 'challenge no_challenge', withoutChallenge, { seen: /there is no WWW/ }),
  row('another challenge', 'challenge no_challenge', challenge('Basic realm="Bearer a=b"'), {
    seen: /Basic/,
  }),
  row(
    'a challenge to a script',
    'challenge challenge_bad_url',
    challenge('Bearer resource_metadata="data:,x"'),
  ),
  row('a closed port', 'challenge unreachable', {}, { url: 'http://127.0.0.1:1/mcp', seen: /ECONNREFUSED/ }),
  row('http on a public host', 'challenge http_public', {}, { url: `${PUBLIC}/mcp`, seen: /the endpoint/ }),
  row('a metadata service', 'challenge blocked_address', {}, { url: METADATA_SERVICE }),
  row('an endless body', 'challenge too_large', { '/mcp': always(401, BIG) }),
  row(
    'no resource metadata',
    'resource resource_metadata_missing',
    { [RESOURCE]: always(404) },
    { seen: /404/ },
  ),
  row(
    'a page for metadata',
    'resource resource_metadata_unreadable',
    { [RESOURCE]: always(200, '<p>') },
    { seen: /text\/html/ },
  ),
  row('a list for metadata', 'resource resource_metadata_unreadable', { [RESOURCE]: always(200, []) }),
  row('a foreign resource', 'resource resource_mismatch', inResource({ resource: 'https://evil.example' }), {
    seen: /evil/,
  }),
  row('no resource', 'resource resource_missing', inResource({ resource: undefined })),
  row('no server', 'resource no_authorization_servers', inResource({ authorization_servers: [] })),
  row(
    'a server of another type',
    'resource no_authorization_servers',
    inResource({ authorization_servers: 7 }),
  ),
  row('a server that is no URL', 'resource issuer_bad_url', inResource({ authorization_servers: ['auth'] })),
  row(
    'an issuer with a query',
    'resource issuer_bad_url',
    inResource({ authorization_servers: ['https://a/?b'] }),
  ),
  row('an http issuer', 'resource http_public', inResource({ authorization_servers: [PUBLIC] }), {
    seen: /the issuer/,
  }),
  row('redirects in a circle', 'resource too_many_redirects', { [RESOURCE]: moved(RESOURCE) }),
  row('a redirect inwards', 'resource blocked_address', { [RESOURCE]: moved(METADATA_SERVICE) }),
  row('no server metadata', 'server server_metadata_missing', {
    [SERVER]: always(404),
    [OPENID]: always(500),
  }),
  row('pages for it', 'server server_metadata_unreadable', {
    [SERVER]: always(200, '<p>'),
    [OPENID]: always(404),
  }),
  row(
    'another issuer',
    'server issuer_mismatch',
    { [SERVER]: slashMore, [OPENID]: slashMore },
    { seen: /\/" is not http/ },
  ),
  row('no issuer', 'server issuer_mismatch', inServer({ issuer: undefined }), { seen: /undefined is not/ }),
  row('plain PKCE', 'server no_s256', inServer({ code_challenge_methods_supported: ['plain'] }), {
    seen: /plain/,
  }),
  row('no word of PKCE', 'server no_s256', inServer({ code_challenge_methods_supported: undefined }), {
    seen: /none/,
  }),
  row('no code flow', 'server no_code_flow', inServer({ response_types_supported: ['token'] })),
  row('no token endpoint', 'server endpoint_missing', inServer({ token_endpoint: undefined })),
  row(
    'a script for a page',
    'server endpoint_missing',
    inServer({ authorization_endpoint: 'javascript:alert(1)' }),
  ),
  row('an http endpoint', 'server http_public', inServer({ token_endpoint: PUBLIC }), {
    seen: /token_endpoint/,
  }),
];
