import { reply } from './fake-authority.ts';
import { always, callback, changed, inServer, insider, jwtOf, type Row, row } from './twists.ts';

const EVIL = 'https://evil.example';
const BIG = 'x'.repeat(300 * 1024);
const NO_WAIT = ['--no-wait'];

const closed = always(403, { error: 'access_denied', error_description: 'closed' });
const refusal = (value: string) => ({ 'www-authenticate': `Bearer ${value}` });
const wrongAudience = reply(401, '', refusal('error="invalid_token", error_description="another audience"'));
const tooLittle = reply(403, '', refusal('error="insufficient_scope", scope="mcp admin"'));
const rpcError = reply(200, { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'no' } });

/** What breaks from the registration on. */
export const FLOW_ROWS: readonly Row[] = [
  row('no registration', 'client no_registration', inServer({ registration_endpoint: undefined })),
  row(
    'a refused one',
    'client registration_refused',
    { '/register': closed },
    { seen: /403 access_denied: closed/ },
  ),
  row('one without client_id', 'client registration_invalid', { '/register': always(201, { client_id: 7 }) }),
  row(
    'another redirect',
    'client redirect_changed',
    { '/register': changed({ redirect_uris: [EVIL] }) },
    { args: NO_WAIT },
  ),
  row('an unknown proof', 'client no_auth_method', {
    '/register': changed({ token_endpoint_auth_method: 'x' }),
  }),
  row('no client document', 'client cimd_document', {}, { args: ['--client-metadata-url', 'FAKE/none'] }),
  row('a taken port', 'client no_listener', {}, { args: ['--callback-port', 'PORT'] }),
  row(
    'a failing page',
    'authorize authorize_error',
    { '/authorize': always(500, '<h1>Oh no</h1>') },
    { seen: /500 Oh no/ },
  ),
  row(
    'a refused request',
    'authorize authorize_refused',
    {
      '/authorize': (_, { url }) => {
        const query = 'error=invalid_target&error_description=what%3F';
        return reply(302, '', { location: `${url.searchParams.get('redirect_uri')}?${query}` });
      },
    },
    { seen: /invalid_target: what\?/ },
  ),
  row('another state', 'callback callback_state', callback({ state: 'other' }), { seen: /other/ }),
  row('no state', 'callback callback_state', callback({ state: undefined }), { seen: /no state/ }),
  row('another iss', 'callback callback_iss', callback({ iss: EVIL }), { seen: /evil\.example is not/ }),
  row('another iss and an error', 'callback callback_iss', callback({ iss: EVIL, error: 'a' })),
  row('no iss', 'callback callback_no_iss', callback({ iss: undefined })),
  row('an error in red', 'callback callback_error', callback({ error: '\u001b[31mred' }), {
    seen: /\\u001b\[31mred/,
  }),
  row('no code', 'callback callback_no_code', callback({ code: undefined })),
  row(
    'a refused code',
    'token token_error',
    { '/token': always(400, { error: 'invalid_grant' }) },
    { seen: /400 invalid_grant/ },
  ),
  row('a page for a token', 'token token_unreadable', { '/token': always(200, '<p>') }),
  row(
    'a token of another type',
    'token token_type',
    { '/token': changed({ token_type: 'DPoP' }) },
    { seen: /DPoP/ },
  ),
  row('an endless token', 'token too_large', { '/token': always(200, BIG) }),
  row(
    'an expired token',
    'token token_stale',
    { '/token': changed({ access_token: jwtOf({ exp: 1 }) }) },
    { isLenient: true },
  ),
  row('a token for others', 'call token_refused', insider(wrongAudience), {
    seen: /401 invalid_token, another audience/,
  }),
  row('too little scope', 'call scope_refused', insider(tooLittle), {
    seen: /insufficient_scope, mcp admin/,
  }),
  row('a failing server', 'call call_failed', insider(reply(500, 'oops')), {
    seen: /initialize: HTTP 500 oops/,
  }),
  row('an error as answer', 'call call_failed', insider(rpcError), { seen: /-32603 no/ }),
  row('a refused refresh', 'refresh refresh_error', {
    '/token': (good, { form }) => (form.has('refresh_token') ? reply(400, { error: 'invalid_grant' }) : good),
  }),
];
