import { boolean, choice, list, logLevel, optionalText, secret, setting, text, whole } from './kinds.ts';

/** Where the gateway listens, what it is called, where its data lies. */
export const networkSettings = {
  host: setting({
    kind: optionalText,
    default: undefined,
    env: ['HOST'],
    flag: '--host',
    about: 'Address to listen on; without it 127.0.0.1 and ::1, so that only this machine can connect.',
    isOutside: true,
  }),
  port: setting({
    kind: whole(0, 65535),
    default: 8000,
    env: ['PORT'],
    flag: '--port',
    about: 'Port to listen on; 0 takes any free one.',
    isOutside: true,
  }),
  publicUrl: setting({
    kind: optionalText,
    default: undefined,
    env: ['MCP_PUBLIC_URL'],
    about:
      'The address by which people and clients reach the gateway (scheme, host and port, no path); without it http://localhost:PORT.',
    isOutside: true,
  }),
  allowInsecureHttp: setting({
    kind: boolean,
    default: false,
    env: ['ALLOW_INSECURE_HTTP'],
    about: 'Allows a public address with http on a host that is not this machine.',
    isOutside: true,
  }),
  allowedHosts: setting({
    kind: list,
    default: [],
    env: ['TRANSPORT_ALLOWED_HOSTS'],
    about: 'More Host headers to answer, beside that of the public address (host or host:port).',
    isOutside: true,
  }),
  corsOrigins: setting({
    kind: list,
    default: [],
    env: ['ALLOWED_ORIGINS', 'TRANSPORT_ALLOWED_ORIGINS'],
    aliases: ['allowedOrigins'],
    about: 'Origins of browser clients that may call, beside the gateway’s own.',
    isOutside: true,
  }),
  trustedProxies: setting({
    kind: list,
    default: [],
    env: ['TRUSTED_PROXIES'],
    about: 'Addresses or networks (CIDR) of reverse proxies whose X-Forwarded-For is believed.',
    isOutside: true,
  }),
  dataDir: setting({
    kind: text,
    default: './data',
    env: ['DATA_DIR'],
    flag: '--data-dir',
    about: 'The one folder of data: databases and keys.',
    isOutside: true,
  }),
  sqlitePath: setting({
    kind: optionalText,
    default: undefined,
    env: ['AUTH_SQLITE_PATH'],
    flag: '--db-path',
    about:
      'Its folder is the data directory where dataDir is not set; the database there is gateway.db, and a database of version 1 is left alone.',
    isOutside: true,
  }),
  databaseUrl: setting({
    kind: secret,
    default: undefined,
    env: ['DATABASE_URL'],
    isSecret: true,
    about: 'A PostgreSQL (postgres://...) instead of the embedded database.',
    isOutside: true,
  }),
  logLevel: setting({
    kind: logLevel,
    default: 'info',
    env: ['LOG_LEVEL'],
    flag: '--log-level',
    about: 'How much is logged: fatal, error, warn, info, debug or trace; upper case is accepted.',
    isOutside: true,
  }),
  gitCommit: setting({
    kind: optionalText,
    default: undefined,
    env: ['GIT_COMMIT'],
    about: 'The commit that was built, shown by `version`, the footer and /health.',
    isOutside: true,
  }),
  'stdio.fromDashboard': setting({
    kind: choice('auto', 'true', 'false'),
    default: 'auto',
    env: ['STDIO_FROM_DASHBOARD'],
    about:
      'Whether administrators may add servers that are commands in the browser; auto: only where nobody but this machine can connect.',
    isOutside: true,
  }),
  'stdio.wrapper': setting({
    kind: list,
    default: [],
    env: ['STDIO_WRAPPER'],
    about:
      'Program and arguments put before each server that is a command (bwrap ..., docker run --rm -i ...).',
    isOutside: true,
  }),
  'stdio.idleMinutes': setting({
    kind: whole(1, 10_080),
    default: 10,
    env: ['STDIO_IDLE_MINUTES'],
    about:
      'Minutes without a call after which a server that is a command is ended; the next call starts it again.',
  }),
  'stdio.maxProcesses': setting({
    kind: whole(1, 10_000),
    default: 100,
    env: ['STDIO_MAX_PROCESSES'],
    about: 'Programs that may run at once, of all servers that are commands together.',
  }),
  'stdio.parallelStarts': setting({
    kind: whole(1, 100),
    default: 4,
    env: ['STDIO_PARALLEL_STARTS'],
    about: 'Programs that may be starting at once; the others wait for their turn.',
  }),
};
