import { didYouMean, printable, type ServerName } from '../../base/index.ts';
import { RESERVED_SERVER_NAMES, SERVER_NAME, type ServerEntry } from '../../mcp/index.ts';
import { ConfigError } from '../config-error.ts';
import { asBoolean, asChoice, asMap, asText, asTexts, type Fields } from './fields.ts';
import { readHeaders } from './headers.ts';
import { readAuth } from './server-auth.ts';
import { readTransport } from './server-transport.ts';
import type { Entry, Tree } from './tree.ts';

const KNOWN = [
  ...['url', 'serverUrl', 'httpUrl', 'headers', 'type', 'transport', 'command', 'args', 'env', 'cwd'],
  ...['prefix', 'enabled', 'disabled', 'timeout', 'protocol', 'auth', 'private', 'stateless', 'grants'],
  ...['stateful', 'deduplicate', 'elicitationHosts'],
];

/** What the clients' own programs do with a server; harmless in a pasted file. */
const OF_CLIENTS = [
  'autoApprove',
  'alwaysAllow',
  'description',
  'trust',
  'name',
  'gallery',
  'version',
  'iconUrl',
];

export type ServerReading = {
  /** Relative working folders of commands start here. */
  readonly folder: string;
  readonly source: ServerEntry['source'];
  readonly defaultTimeoutSeconds: number;
  readonly warn: (text: string) => void;
};

/** A map of servers as clients' configuration files hold it. Throws ConfigError with file and line. */
export function readServers(tree: Tree, reading: ServerReading): readonly ServerEntry[] {
  const owners = new Map<string, { readonly title: string; readonly at: string }>();
  return [...asMap(tree, 'mcpServers')].map(([title, entry]) => {
    const name = slugOf(title, entry.at);
    const owner = owners.get(name);
    if (owner) {
      throw new ConfigError(
        `${entry.at} "${printable(title)}" and "${printable(owner.title)}" (${owner.at}) are both ${name} in addresses. Rename one.`,
      );
    }
    owners.set(name, { title, at: entry.at });
    return readServer({ title, name, entry, reading });
  });
}

/** `GitHub MCP` becomes `github-mcp`, the name in addresses, grants and prefixes. */
function slugOf(title: string, at: string): ServerName {
  if (/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.test(title))
    throw new ConfigError(`${at} the server name "${printable(title)}" has characters that cannot be seen.`);
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
  if (!SERVER_NAME.test(slug)) {
    throw new ConfigError(`${at} the server name "${printable(title)}" needs a letter a-z or a digit.`);
  }
  if (RESERVED_SERVER_NAMES.includes(slug)) {
    throw new ConfigError(
      `${at} "${printable(title)}" is an address of the gateway itself. Choose another server name.`,
    );
  }
  return slug as ServerName;
}

type OneServer = {
  readonly title: string;
  readonly name: ServerName;
  readonly entry: Entry;
  readonly reading: ServerReading;
};

function readServer({ title, name, entry, reading }: OneServer): ServerEntry {
  const fields = asMap(entry.value, `server ${printable(title)}`);
  warnUnknown(fields, printable(title), reading.warn);
  const headers = readHeaders(fields.get('headers'), 'headers');
  const auth = readAuth(fields.get('auth'));
  const isAuthorized = Object.keys(headers).some(header => header.toLowerCase() === 'authorization');
  if (auth.kind !== 'none' && isAuthorized) {
    throw new ConfigError(
      `${entry.at} server ${printable(title)} has both auth and an Authorization header. Keep one.`,
    );
  }
  const transport = readTransport(fields, entry.at, reading.folder);
  const stateless = asBoolean(fields.get('stateless'), 'stateless') ?? false;
  const stateful = asBoolean(fields.get('stateful'), 'stateful') ?? false;
  if (stateless && stateful)
    throw new ConfigError(
      `${fields.get('stateful')?.at} server ${printable(title)} is either stateless or stateful, not both.`,
    );
  if (auth.kind === 'oauth' && transport.kind === 'stdio') {
    throw new ConfigError(
      `${fields.get('auth')?.at} server ${printable(title)}: auth.oauth goes with url; a command gets its credential by env.`,
    );
  }
  return {
    name,
    title,
    source: reading.source,
    transport,
    auth,
    headers,
    prefix: readPrefix(fields.get('prefix'), name),
    enabled: readEnabled(fields),
    timeoutMs: readTimeout(fields.get('timeout'), printable(title), reading) * 1000,
    protocol: asChoice(fields.get('protocol'), 'protocol', ['auto', 'legacy', 'modern']) ?? 'auto',
    private: asChoice(fields.get('private'), 'private', ['allow', 'deny']),
    stateless,
    stateful,
    deduplicate: asBoolean(fields.get('deduplicate'), 'deduplicate') ?? false,
    elicitationHosts: fields.has('elicitationHosts')
      ? asTexts(fields.get('elicitationHosts'), 'elicitationHosts')
      : undefined,
    grants: readGrants(fields.get('grants')),
    addressClass: undefined,
  };
}

function warnUnknown(fields: Fields, title: string, warn: ServerReading['warn']): void {
  for (const [key, { at }] of fields) {
    if (KNOWN.includes(key)) continue;
    const meant = OF_CLIENTS.includes(key) ? undefined : didYouMean(key, KNOWN);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    warn(`${at} server ${title}: ${printable(key)} means nothing here and is skipped${hint || '.'}`);
  }
}

function readEnabled(fields: Fields): boolean {
  const isDisabled = asBoolean(fields.get('disabled'), 'disabled') ?? false;
  return asBoolean(fields.get('enabled'), 'enabled') ?? !isDisabled;
}

/** Exposed names are prefix + name, so a prefix may hold only what a tool name may. */
function readPrefix(entry: Entry | undefined, name: ServerName): string {
  const prefix = asText(entry, 'prefix') ?? `${name}_`;
  if (!/^[A-Za-z0-9_.-]{0,65}$/.test(prefix)) {
    throw new ConfigError(`${entry?.at} prefix may hold letters, digits, _ . and - only, at most 65.`);
  }
  return prefix;
}

function readTimeout(entry: Entry | undefined, title: string, reading: ServerReading): number {
  if (entry === undefined) return reading.defaultTimeoutSeconds;
  const seconds = Number(asText(entry, 'timeout'));
  if (!(seconds > 0) || seconds > 3_600_000) {
    throw new ConfigError(`${entry.at} timeout must be a number of seconds from 1 to 3600.`);
  }
  if (seconds <= 3600) return seconds;
  reading.warn(
    `${entry.at} server ${title}: timeout ${seconds} is read as milliseconds, as some clients write it.`,
  );
  return seconds / 1000;
}

function readGrants(entry: Entry | undefined): readonly string[] {
  const grants = asTexts(entry, 'grants') ?? [];
  const wrong = grants.find(grant => !/^(\*|group:[^\s:]+|[^\s:*]+)$/.test(grant));
  if (wrong !== undefined) {
    throw new ConfigError(
      `${entry?.at} grants takes user names, group:NAME or "*", not "${printable(wrong)}".`,
    );
  }
  return grants;
}
