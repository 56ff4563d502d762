import { rows } from '../row.ts';

const METHODS = 'each MCP method of version 1 is answered on both endpoints';
const CURLS = 'the login curl and the four MCP curls run as printed';
const FIRST_START = 'the first says what was made and how to go on';

export const readmeRows = [
  ...rows('readme', { issue: 1, test: CURLS }, [
    'login curl',
    'tools/list curl',
    'resources/list curl',
    'prompts/list curl',
    'ping curl',
  ]),
  ...rows('readme', { issue: 1, test: METHODS }, [
    'method initialize',
    'method ping',
    'method tools/list',
    'method tools/call by prefix',
    'method resources/list',
    'method resources/read by URI',
    'method resources/templates/list',
    'method prompts/list',
    'method prompts/get by name',
    'method logging/setLevel',
  ]),
  ...rows(
    'readme',
    { issue: 1, test: 'completion/complete and notifications are answered on both endpoints' },
    ['method completion/complete by ref', 'notifications/* are accepted'],
  ),
  ...rows('readme', { issue: 1, test: 'an unknown method with a namespace is -32601 on both endpoints' }, [
    'unknown namespaced method -32601',
  ]),
  ...rows(
    'readme',
    { issue: 3, test: 'goes through a session, without parameters, in a batch and on HTTP+SSE too' },
    ['direct tool name as method'],
  ),
  ...rows(
    'readme',
    {
      issue: 3,
      test: 'gets a code after the person signed in and agreed, tokens for it, and its call goes through',
    },
    ['OAuth 2.0 with PKCE'],
  ),
  ...rows('readme', { issue: 3, test: 'K7 registers itself without anything being set up' }, [
    'dynamic client registration',
  ]),
  ...rows('readme', { issue: 3, test: 'K11 may come back with its code minutes later, by curl' }, [
    'Codex login, steps 1 to 4',
  ]),
  ...rows('readme', { issue: 3, test: 'is the same bytes at %s [K9, K15, K20]' }, ['discovery aliases']),
  ...rows('readme', { issue: 3, test: 'of one sign-in leaves the others of the same person alone [K13]' }, [
    'Codex on several machines',
  ]),
  ...rows('readme', { issue: 3, test: 'K12: who is locked out of Codex finds the way back' }, [
    'headless token storage note',
  ]),
  ...rows(
    'readme',
    {
      issue: 3,
      retired: 'docs/clients.md says what to do: authmcp-gateway token create, or codex mcp login',
    },
    ['scripts/codex_refresh_mcp.py'],
  ),
  ...rows(
    'readme',
    { issue: 4, test: 'refreshes what nobody uses, and each refresh is a row and an event without a token' },
    ['backend token refresh'],
  ),
  ...rows('readme', { issue: 6 }, ['add a server in the dashboard']),
  ...rows(
    'readme',
    { issue: 4, test: 'leads where an administrator said, for clients of each era, and is in no list' },
    ['routing by mapping'],
  ),
  ...rows(
    'readme',
    {
      issue: 4,
      test: 'add "GitHub MCP" with its token, which is called with it, and tell how credentials stand',
    },
    ['POST /admin/api/mcp-servers curl with backend_token'],
  ),
  ...rows('readme', { issue: 4, test: 'whose role changes sign in anew, whatever they came in by' }, [
    'roles',
  ]),
  ...rows(
    'readme',
    { issue: 4, test: 'are made, shown once, used, listed with their last use, and revoked at once' },
    ['show and rotate token in the portal'],
  ),
  ...rows(
    'readme',
    { issue: 4, test: 'makes a person as the reference does, who signs in and reaches no server' },
    ['open registration'],
  ),
  ...rows('readme', { issue: 1, test: FIRST_START }, [
    'first run makes data directory and key',
    'first run makes the database',
    'setup link instead of an open wizard',
  ]),
  ...rows('readme', { issue: 1, test: 'is .env in the working folder, below the real environment' }, [
    'PORT=9000 in .env',
    'PASSWORD_REQUIRE_SPECIAL in .env',
    'LOG_LEVEL=DEBUG in .env',
  ]),
  ...rows('readme', { issue: 1, test: 'leave everything at its default when .env.example is copied' }, [
    'cp .env.example .env',
    '.env.example.pypi',
  ]),
  ...rows(
    'readme',
    { issue: 1, test: 'the compose file publishes the port of GATEWAY_PORT under the reference’s names' },
    ['docker-compose up -d', 'docker logs -f authmcp-gateway', 'panel at :9105'],
  ),
  ...rows('readme', { issue: 1, test: 'the README keeps the headings that people look for' }, [
    'Troubleshooting: admin panel',
    'Troubleshooting: server offline',
    'Troubleshooting: 401',
    'docs/RELEASE.md',
    'which columns are encrypted',
  ]),
  ...rows('readme', { issue: 1, test: 'T9 lets pages of this machine and named origins call' }, [
    'CORS protection',
  ]),
  ...rows('readme', { issue: 1, test: 'gives the capacity at once and then says how long to wait' }, [
    'rate limiting per user',
  ]),
  ...rows('readme', { issue: 1, test: 'are added by URL or command; credentials are kept and never shown' }, [
    'stored credentials of servers',
    'name with spaces ("GitHub MCP")',
  ]),
  ...rows('readme', { issue: 1, retired: 'the key of a call is declared by the tool’s own schema' }, [
    '_meta.execution overrides of a server',
  ]),
  ...rows(
    'readme',
    {
      issue: 2,
      test: 'gives the same generated key to both tries of an idempotent tool, and tells it to the client',
    },
    ['safe retries by annotation, with generated key'],
  ),
  ...rows(
    'readme',
    {
      issue: 2,
      test: 'run once while the first runs and after it went well, and each gets the answer under its own id',
    },
    ['opt-in deduplication'],
  ),
  ...rows(
    'readme',
    { issue: 5, test: 'tells each request when it has ended, without what it said, and security events' },
    ['live activity feed'],
  ),
  ...rows(
    'readme',
    {
      issue: 5,
      test: 'come for each tool, server, person, client and failure, and for one server or person alone',
    },
    ['performance metrics', 'per-server statistics'],
  ),
  ...rows('readme', { issue: 5, test: 'happens by itself, by the settings of the moment' }, [
    'kept requests with retention',
  ]),
  ...rows('readme', { issue: 5, test: 'is put aside when its day is over, and thirty are kept' }, [
    'auth.log and mcp_requests.log, rotated',
  ]),
  ...rows(
    'readme',
    { issue: 5, test: 'each kind goes on to the server and is an event with its place, never with its text' },
    ['security event logging with suspicious payloads'],
  ),
  ...rows(
    'readme',
    {
      issue: 5,
      test: 'follows it down and up again without a single call, and each change is kept and told',
    },
    ['health checking'],
  ),
  ...rows('readme', { issue: 5, test: 'finds just what is planted, fifty seeds' }, ['MCP security audit']),
  ...rows('readme', { issue: 5, test: 'says what it found, the worst first, and ends with 1' }, [
    'scripts/test_mcp_security as a command',
  ]),
  ...rows('readme', { issue: 6 }, [
    'dashboard in the browser',
    'version and commit in the footer',
    'API test page',
  ]),
];
