import { boolean, choice, optionalText, setting, whole } from './kinds.ts';

const WINDOW = whole(1, 86400);
const COUNT = whole(1);

/** How much passes, how long it may take, and what is kept about it. */
export const trafficSettings = {
  'rateLimit.enabled': setting({
    kind: boolean,
    default: true,
    env: ['RATE_LIMIT_ENABLED'],
    about: 'Limits are applied at all.',
  }),
  'rateLimit.mcp.max': setting({
    kind: COUNT,
    default: 3000,
    env: ['RATE_LIMIT_MCP_MAX'],
    about: 'MCP requests of one principal per window.',
  }),
  'rateLimit.mcp.window': setting({
    kind: WINDOW,
    default: 60,
    env: ['RATE_LIMIT_MCP_WINDOW'],
    about: 'That window, in seconds.',
  }),
  'rateLimit.mcp.burst': setting({
    kind: COUNT,
    default: 500,
    env: ['RATE_LIMIT_MCP_BURST'],
    about: 'MCP requests of one principal that may come at once.',
  }),
  'rateLimit.login.max': setting({
    kind: COUNT,
    default: 5,
    env: ['RATE_LIMIT_LOGIN_MAX'],
    about: 'Logins of one address per window.',
  }),
  'rateLimit.login.window': setting({
    kind: WINDOW,
    default: 60,
    env: ['RATE_LIMIT_LOGIN_WINDOW'],
    about: 'That window, in seconds.',
  }),
  'rateLimit.register.max': setting({
    kind: COUNT,
    default: 3,
    env: ['RATE_LIMIT_REGISTER_MAX'],
    about: 'New accounts of one address per window.',
  }),
  'rateLimit.register.window': setting({
    kind: WINDOW,
    default: 300,
    env: ['RATE_LIMIT_REGISTER_WINDOW'],
    about: 'That window, in seconds.',
  }),
  'rateLimit.dcr.max': setting({
    kind: COUNT,
    default: 20,
    env: ['RATE_LIMIT_DCR_MAX'],
    about: 'OAuth client registrations of one address per window.',
  }),
  'rateLimit.dcr.window': setting({
    kind: WINDOW,
    default: 3600,
    env: ['RATE_LIMIT_DCR_WINDOW'],
    about: 'That window, in seconds.',
  }),
  'rateLimit.failedAuth.max': setting({
    kind: COUNT,
    default: 30,
    env: ['RATE_LIMIT_FAILED_AUTH_MAX'],
    about: 'Requests with a bad credential of one address per window.',
  }),
  'rateLimit.failedAuth.window': setting({
    kind: WINDOW,
    default: 60,
    env: ['RATE_LIMIT_FAILED_AUTH_WINDOW'],
    about: 'That window, in seconds.',
  }),
  'limits.bodyBytes': setting({
    kind: whole(1024, 1024 ** 3),
    default: 4 * 1024 * 1024,
    env: ['MAX_BODY_BYTES'],
    about: 'Bytes of the largest request body.',
  }),
  pageSize: setting({
    kind: whole(0, 100000),
    default: 0,
    env: ['PAGE_SIZE'],
    about: 'Most entries of one page of a list; 0: one page up to 4 MB.',
  }),
  'upstream.private': setting({
    kind: choice('allow', 'ask', 'deny'),
    default: 'allow',
    env: ['UPSTREAM_PRIVATE'],
    about: 'Whether servers that an administrator adds may have loopback or private addresses.',
  }),
  'upstream.timeoutSeconds': setting({
    kind: whole(1, 3600),
    default: 30,
    env: ['PROXY_TIMEOUT_SECONDS'],
    aliases: ['timeouts.proxyTimeout'],
    about: 'Seconds that a server has for its answer; progress starts them anew.',
  }),
  'upstream.newTools': setting({
    kind: choice('auto', 'on', 'review', 'off'),
    default: 'auto',
    env: ['NEW_TOOLS'],
    about:
      'What happens to destructive or unannotated tools of a server that is added in the browser; auto: review when served, on otherwise.',
  }),
  'health.timeoutSeconds': setting({
    kind: whole(1, 600),
    default: 10,
    env: ['HEALTH_CHECK_TIMEOUT_SECONDS'],
    aliases: ['timeouts.healthCheckTimeout'],
    about: 'Seconds that a server has for a health check.',
  }),
  'health.intervalSeconds': setting({
    kind: whole(1, 86400),
    default: 60,
    env: ['HEALTH_CHECK_INTERVAL_SECONDS'],
    aliases: ['timeouts.healthCheckInterval'],
    about: 'Seconds between two health checks of a server.',
  }),
  'tokenRefresh.intervalSeconds': setting({
    kind: whole(1, 86400),
    default: 300,
    env: ['MCP_TOKEN_REFRESH_INTERVAL'],
    about: 'Seconds between two looks at the tokens of servers.',
  }),
  'tokenRefresh.thresholdMinutes': setting({
    kind: whole(1, 1440),
    default: 5,
    env: ['MCP_TOKEN_REFRESH_THRESHOLD'],
    about: 'Minutes before its expiry at which a token of a server is refreshed.',
  }),
  'tokenRefresh.timeoutSeconds': setting({
    kind: whole(1, 600),
    default: 60,
    env: ['REQUEST_TIMEOUT_SECONDS'],
    about: 'Seconds that an authorization server has for its answer.',
  }),
  'ledger.enabled': setting({
    kind: boolean,
    default: true,
    env: ['MCP_LOG_DB_ENABLED'],
    about: 'Requests are kept in the ledger.',
  }),
  'ledger.daysToKeep': setting({
    kind: whole(1, 3650),
    default: 30,
    env: ['MCP_LOG_DB_DAYS_TO_KEEP'],
    about: 'Days that entries are kept.',
  }),
  'ledger.maxMb': setting({
    kind: whole(1),
    default: 2000,
    env: ['MCP_LOG_DB_MAX_MB'],
    about: 'Megabytes above which the oldest entries go.',
  }),
  'ledger.maxRows': setting({
    kind: whole(1),
    default: 10_000_000,
    env: ['MCP_LOG_DB_MAX_ROWS'],
    about: 'Entries above which the oldest go.',
  }),
  'ledger.checkIntervalSeconds': setting({
    kind: whole(1, 86400),
    default: 300,
    env: ['MCP_LOG_DB_CHECK_INTERVAL_SECONDS'],
    about: 'Seconds between two looks at age and size.',
  }),
  'ledger.archiveEnabled': setting({
    kind: boolean,
    default: false,
    env: ['MCP_LOG_DB_ARCHIVE_ENABLED'],
    about: 'Entries that go are written to a JSONL file first.',
  }),
  'ledger.archivePath': setting({
    kind: optionalText,
    default: undefined,
    env: ['MCP_LOG_DB_ARCHIVE_PATH'],
    about: 'That file; without it `archive.jsonl` in the data directory.',
  }),
  'ui.mcpActivityWindowSeconds': setting({
    kind: whole(60, 86400),
    default: 7200,
    env: ['UI_MCP_ACTIVITY_WINDOW_SECONDS'],
    about: 'Window that the activity page shows at first, in seconds.',
  }),
};
