import { boolean, choice, list, logLevel, optionalText, secret, setting, text, whole } from './kinds.ts';

/** Where the gateway listens, what it is called, where its data lies. */
export const networkSettings = {
  host: setting({
    kind: optionalText,
    default: undefined,
    env: ['HOST'],
    flag: '--host',
    about: 'Address to listen on; without it 127.0.0.1 and ::1, so that only this machine can connect.',
  }),
  port: setting({
    kind: whole(0, 65535),
    default: 8000,
    env: ['PORT'],
    flag: '--port',
    about: 'Port to listen on; 0 takes any free one.',
  }),
  publicUrl: setting({
    kind: optionalText,
    default: undefined,
    env: ['MCP_PUBLIC_URL'],
    about:
      'The address by which people and clients reach the gateway (scheme, host and port, no path); without it http://localhost:PORT.',
  }),
  allowInsecureHttp: setting({
    kind: boolean,
    default: false,
    env: ['ALLOW_INSECURE_HTTP'],
    about: 'Allows a public address with http on a host that is not this machine.',
  }),
  allowedHosts: setting({
    kind: list,
    default: [],
    env: ['TRANSPORT_ALLOWED_HOSTS'],
    about: 'More Host headers to answer, beside that of the public address (host or host:port).',
  }),
  corsOrigins: setting({
    kind: list,
    default: [],
    env: ['ALLOWED_ORIGINS', 'TRANSPORT_ALLOWED_ORIGINS'],
    aliases: ['allowedOrigins'],
    about: 'Origins of browser clients that may call, beside the gateway’s own.',
  }),
  trustedProxies: setting({
    kind: list,
    default: [],
    env: ['TRUSTED_PROXIES'],
    about: 'Addresses or networks (CIDR) of reverse proxies whose X-Forwarded-For is believed.',
  }),
  dataDir: setting({
    kind: text,
    default: './data',
    env: ['DATA_DIR'],
    flag: '--data-dir',
    about: 'The one folder of data: databases and keys.',
  }),
  sqlitePath: setting({
    kind: optionalText,
    default: undefined,
    env: ['AUTH_SQLITE_PATH'],
    flag: '--db-path',
    about:
      'Its folder is the data directory where dataDir is not set; the database there is gateway.db, and a database of version 1 is left alone.',
  }),
  databaseUrl: setting({
    kind: secret,
    default: undefined,
    env: ['DATABASE_URL'],
    isSecret: true,
    about: 'A PostgreSQL (postgres://...) instead of the embedded database.',
  }),
  logLevel: setting({
    kind: logLevel,
    default: 'info',
    env: ['LOG_LEVEL'],
    flag: '--log-level',
    about: 'How much is logged: fatal, error, warn, info, debug or trace; upper case is accepted.',
  }),
  gitCommit: setting({
    kind: optionalText,
    default: undefined,
    env: ['GIT_COMMIT'],
    about: 'The commit that was built, shown by `version`, the footer and /health.',
  }),
  'stdio.fromDashboard': setting({
    kind: choice('auto', 'true', 'false'),
    default: 'auto',
    env: ['STDIO_FROM_DASHBOARD'],
    about:
      'Whether administrators may add servers that are commands in the browser; auto: only where nobody but this machine can connect.',
    later: true,
  }),
  'stdio.wrapper': setting({
    kind: list,
    default: [],
    env: ['STDIO_WRAPPER'],
    about: 'Program and arguments put before each server that is a command (bwrap, docker run ...).',
    later: true,
  }),
};
