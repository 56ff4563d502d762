import { rows } from '../row.ts';

const METHODS = 'each MCP method of version 1 is answered on both endpoints';
const GONE = '%s by %s is gone, with one sentence';
const CHALLENGE = 'the machines’ addresses answer without a token';

export const endpointRows = [
  ...rows('http', { issue: 1, test: METHODS }, ['POST /mcp', 'POST /mcp/{server}']),
  ...rows('http', { issue: 1, test: CHALLENGE }, ['401 with WWW-Authenticate', 'GET /health']),
  ...rows('http', { issue: 2, test: 'of %s says that tools changed, once they were read again' }, [
    'GET /mcp',
    'GET /mcp/{server}',
  ]),
  ...rows('http', { issue: 2, test: 'calls, answers questions and hears progress and changes at %s' }, [
    'legacy stream with event: endpoint',
  ]),
  ...rows(
    'http',
    { issue: 1, test: GONE, retired: 'gone: a message belongs to the endpoint that it is for' },
    ['POST /mcp/messages', 'POST /mcp/{server}/messages'],
  ),
  ...rows('http', { issue: 1, test: 'gives tokens that work at once' }, ['POST /auth/login']),
  ...rows('http', { issue: 1, test: 'gives a new pair, and the old token no more after the grace' }, [
    'POST /auth/refresh',
  ]),
  ...rows('http', { issue: 1, test: 'ends the access token and the login at once' }, ['POST /auth/logout']),
  ...rows('http', { issue: 1, test: 'says who one is' }, ['GET /auth/me']),
  ...rows('http', { issue: 1, test: 'registers nobody' }, ['POST /auth/register while closed']),
  ...rows(
    'http',
    { issue: 4, test: 'makes a person as the reference does, who signs in and reaches no server' },
    ['POST /auth/register when enabled'],
  ),
  ...rows('http', { issue: 1, test: 'describes each endpoint at each of its addresses' }, [
    'GET /.well-known/oauth-protected-resource',
    'GET /.well-known/oauth-protected-resource/mcp',
    'GET /.well-known/oauth-protected-resource/mcp/{server}',
    'GET /mcp/.well-known/oauth-protected-resource',
    'GET /mcp/{server}/.well-known/oauth-protected-resource',
  ]),
  ...rows('http', { issue: 1, test: 'publishes the keys' }, [
    'GET /.well-known/jwks.json',
    'GET /mcp/{server}/.well-known/jwks.json',
  ]),
  ...rows(
    'http',
    {
      issue: 3,
      test: 'gets a code after the person signed in and agreed, tokens for it, and its call goes through',
    },
    ['GET /authorize', 'POST /oauth/token: authorization_code', 'ID token'],
  ),
  ...rows(
    'http',
    { issue: 3, retired: 'the form of /authorize is on a page of its own, /oauth/interaction/...' },
    ['POST /authorize'],
  ),
  ...rows('http', { issue: 3, test: 'gives a new one and is spent' }, ['POST /oauth/token: refresh_token']),
  ...rows('http', { issue: 3, test: 'K7 registers itself without anything being set up' }, [
    'POST /oauth/register',
  ]),
  ...rows(
    'http',
    { issue: 3, test: 'let a client read, change and delete its registration, and so does this' },
    [
      'GET /oauth/register/{client_id}',
      'PUT /oauth/register/{client_id}',
      'DELETE /oauth/register/{client_id}',
    ],
  ),
  ...rows('http', { issue: 3, test: 'is the same bytes at %s [K9, K15, K20]' }, [
    'GET /.well-known/oauth-authorization-server',
    'GET /.well-known/oauth-authorization-server/mcp/{server}',
    'GET /mcp/{server}/.well-known/oauth-authorization-server',
    'GET /.well-known/openid-configuration',
    'GET /.well-known/openid-configuration/oauth/token',
    'GET /.well-known/openid-configuration/mcp/{server}',
    'GET /oauth/token/.well-known/openid-configuration',
    'GET /mcp/{server}/.well-known/openid-configuration',
  ]),
  ...rows(
    'http',
    {
      issue: 3,
      test: 'had a password grant, which is refused by its name',
      retired: 'unsupported_grant_type: use POST /auth/login',
    },
    ['POST /oauth/token: password'],
  ),
  ...rows('http', { issue: 1, test: 'makes the administrator, signs in and goes on to the first server' }, [
    'GET /setup',
  ]),
  ...rows(
    'http',
    { issue: 1, test: GONE, retired: 'gone: the form of /setup posts to /setup and needs the printed token' },
    ['POST /setup/create-admin'],
  ),
  ...rows('http', { issue: 1, test: 'signs in and out' }, ['GET /login', 'GET /admin/login']),
  ...rows('http', { issue: 1, test: GONE, retired: 'gone: the form of /login posts to /login' }, [
    'POST /api/login',
    'POST /admin/api/login',
  ]),
  ...rows('http', { issue: 4, test: 'pages that kept their address ask for a sign-in and come back to it' }, [
    'GET /account',
  ]),
  ...rows(
    'http',
    {
      issue: 4,
      test: GONE,
      retired: 'gone: API keys of one’s own, named, shown once and revoked alone (/account/api/keys)',
    },
    [
      'GET /account/token',
      'POST /account/rotate',
      'GET /admin/api/access-token',
      'POST /admin/api/access-token/rotate',
    ],
  ),
  ...rows(
    'http',
    { issue: 4, test: GONE, retired: 'gone: /account/api/servers and /account/api/profile say more' },
    ['GET /account/info'],
  ),
  ...rows('http', { issue: 4, test: GONE, retired: 'gone: signing out is a form that a link cannot send' }, [
    'GET /account/logout',
  ]),
  ...rows('http', { issue: 4, test: 'are made as the reference makes them, and sign in' }, [
    'GET /admin/api/users',
    'POST /admin/api/users',
  ]),
  ...rows('http', { issue: 4, test: 'who were shut out come back only by signing in' }, [
    'PATCH /admin/api/users/{id}/status',
  ]),
  ...rows('http', { issue: 4, test: 'who are administrators no more cannot use a key for that either' }, [
    'PATCH /admin/api/users/{id}/superuser',
  ]),
  ...rows('http', { issue: 4, test: 'who are removed leave a name behind that somebody else may have' }, [
    'DELETE /admin/api/users/{id}',
  ]),
  ...rows('http', { issue: 4, test: 'are taken as version 1 wrote them, and shown so again' }, [
    'GET /admin/api/settings',
    'PUT /admin/api/settings',
  ]),
  ...rows(
    'http',
    { issue: 4, test: 'for itself acts as its service user, within its scopes, and ends with its removal' },
    ['DELETE /admin/api/oauth-clients/{client_id}'],
  ),
  ...rows('http', { issue: 4, test: 'are listed with who uses them, for those who may read' }, [
    'GET /admin/api/oauth-clients',
  ]),
  ...rows('http', { issue: 4, test: 'gets another secret, and the former one is refused at once' }, [
    'POST /admin/api/oauth-clients/{client_id}/rotate',
  ]),
  ...rows('http', { issue: 4, test: 'allow, deny and leave a whole server to the other rules' }, [
    'GET /admin/api/users/{id}/mcp-permissions',
    'PATCH /admin/api/users/{id}/mcp-permissions',
  ]),
  ...rows('http', { issue: 4, test: 'shows no secret anywhere, neither in answers nor in the audit log' }, [
    'GET /admin/api/mcp-servers',
  ]),
  ...rows(
    'http',
    { issue: 4, test: 'as version 1 did it, by an API key, is called at once with its token' },
    ['POST /admin/api/mcp-servers'],
  ),
  ...rows('http', { issue: 4, test: 'keeps what it does not name, the credential too, and is live' }, [
    'PATCH /admin/api/mcp-servers/{id}',
  ]),
  ...rows(
    'http',
    { issue: 4, test: 'removed while it is called ends the call, and its name leads nowhere' },
    ['DELETE /admin/api/mcp-servers/{id}'],
  ),
  ...rows(
    'http',
    { issue: 4, test: 'answers as version 1 did, and does not touch the sessions of callers' },
    ['POST /admin/api/mcp-servers/{id}/test'],
  ),
  ...rows('http', { issue: 4, test: 'is listed with its own definition and the name on /mcp' }, [
    'GET /admin/api/mcp-servers/{id}/tools',
  ]),
  ...rows('http', { issue: 4, test: 'has a status: %s (%s)' }, [
    'GET /admin/api/mcp-servers/{id}/token-status',
    'GET /admin/api/mcp-servers/token-statuses',
  ]),
  ...rows('http', { issue: 4, test: 'each refresh has a row: whose, why, what came of it' }, [
    'GET /admin/api/mcp-servers/token-audit-logs',
  ]),
  ...rows(
    'http',
    {
      issue: 4,
      test: 'the gateway’s own is connected by an administrator, and by a link that is theirs alone',
    },
    ['POST /admin/api/mcp-servers/{id}/refresh-token'],
  ),
  ...rows('http', { issue: 5, test: 'are shown by the command line and under the addresses of version 1' }, [
    'GET /admin/api/mcp-stats',
    'GET /admin/api/mcp-requests',
  ]),
  ...rows('http', { issue: 5, test: 'security events, as version 1 gave them' }, [
    'GET /admin/api/security-events',
  ]),
  ...rows('http', { issue: 5, test: 'is there under the addresses of version 1, with pages and a total' }, [
    'GET /admin/api/mcp-auth-events',
    'GET /admin/api/logs',
    'GET /admin/api/stats',
  ]),
  ...rows(
    'http',
    {
      issue: 5,
      test: 'removes what is older than it says, archives it, and is in the log of changes that it leaves alone',
    },
    ['POST /admin/api/logs/cleanup', 'POST /admin/api/cleanup-logs'],
  ),
  ...rows('http', { issue: 5, test: 'answers as version 1 did, at the end' }, [
    'POST /admin/api/run-mcp-audit',
    'POST /admin/api/export-mcp-audit',
  ]),
  ...rows('http', { issue: 1, test: 'the icon that browsers ask for is nothing, and no error' }, [
    'GET /favicon.ico',
  ]),
  ...rows('http', { issue: 1, test: '%s leads to %s' }, ['GET /']),
  ...rows('http', { issue: 6 }, ['GET /static/*']),
];
