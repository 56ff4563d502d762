import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Secret } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import { ConfigError } from './config-error.ts';
import { isVersion1Database, prepareDataDir } from './data-dir.ts';
import { readConfigFile } from './file/config-file.ts';
import { type Env, expandWith } from './file/expand.ts';
import { openFile } from './file/open-file.ts';
import { readMasterKey, refuseWeak } from './master-key.ts';
import { decideMode, type Mode } from './mode.ts';
import { type Resolved, resolveSettings, type Source } from './resolve-settings.ts';
import type { SettingKey, Settings } from './schema.ts';
import { laterWarnings } from './settings/later.ts';
import { retiredWarnings } from './settings/retired.ts';
import { readSigning, type Signing, signingWarning } from './signing.ts';

/** Everything that is fixed while the process runs, but for what the watched file changes. */
export type Config = {
  readonly settings: Settings;
  /** Who decided a setting: flag, environment, file or default. */
  sourceOf(key: SettingKey): Source;
  readonly mode: Mode;
  /** Addresses to listen on. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Absolute; `dataDirShown` is how a person wrote it. */
  readonly dataDir: string;
  readonly dataDirShown: string;
  readonly databaseUrl: Secret | undefined;
  readonly master: Secret;
  readonly formerMaster: Secret | undefined;
  readonly signing: Signing;
  readonly servers: readonly ServerEntry[];
  /** The same where those that say nothing have so many seconds for an answer. */
  serversWithin(seconds: number): readonly ServerEntry[];
  /** Sentences to show at start. */
  readonly warnings: readonly string[];
  /** Where the configuration file is or would be; it may appear later. */
  readonly configFile: string;
  readonly configFileShown: string;
  readonly hasConfigFile: boolean;
  readonly adminUsername: string | undefined;
  readonly adminPassword: Secret | undefined;
  readonly adminEmail: string | undefined;
  /** Of the environment, what programs that the gateway starts may have. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** What this load made. */
  readonly made: { readonly dataDir: boolean; readonly masterKey: boolean };
  /** The same flags and environment with the file as it is now. */
  reload(): Config;
};

export type Flags = Readonly<
  Partial<
    Record<'config' | 'envFile' | 'host' | 'port' | 'dataDir' | 'dbPath' | 'logLevel', string | undefined>
  >
>;

export type LoadInput = {
  readonly flags?: Flags;
  /** Without it, the environment of the process. */
  readonly env?: Env;
  readonly cwd?: string;
};

const FILE_NAMES = ['authmcp.yaml', 'authmcp.yml', 'authmcp.json'] as const;

/**
 * Reads flags, environment, `.env` and the configuration file, and makes the data directory and its key where
 * they are missing. Throws ConfigError, whose message is one sentence for the terminal.
 */
export function loadConfig(input: LoadInput = {}): Config {
  const { flags = {}, env: given = process.env, cwd = process.cwd() } = input;
  const env = { ...readEnvFile(flags.envFile ?? given.AUTHMCP_ENV_FILE, cwd), ...withoutEmpty(given) };
  const path = findConfigFile(flags.config, env.AUTHMCP_CONFIG, cwd);
  const shown = show(path, cwd);
  const file = readConfigFile(path, shown, expandWith(env));
  const resolved = resolveSettings(flags, env, file.settings);
  const { settings, sources } = resolved;
  const mode = decideMode(settings);
  const dataDir = dataDirOf(resolved, cwd);
  const wasDirMade = prepareDataDir(dataDir, show(dataDir, cwd));
  const { master, wasMade } = readMasterKey(settings['jwt.secretKey'], dataDir);
  const former = settings['jwt.secretKeyPrevious'];
  if (former) refuseWeak(former.reveal(), 'JWT_SECRET_KEY_PREVIOUS');
  const signing = readSigning(settings, cwd);
  const servers = file.servers(settings['upstream.timeoutSeconds']);
  return {
    settings,
    sourceOf: key => sources.get(key) ?? { from: 'default' },
    mode,
    addresses: settings.host === undefined ? ['127.0.0.1', '::1'] : [settings.host],
    port: settings.port,
    dataDir,
    dataDirShown: show(dataDir, cwd),
    databaseUrl: settings.databaseUrl,
    master,
    formerMaster: former,
    signing,
    servers: servers.entries,
    serversWithin: seconds => file.servers(seconds).entries,
    warnings: [
      ...retiredWarnings(env),
      ...laterWarnings(resolved),
      ...warningsOf(settings, mode, cwd),
      ...file.warnings,
      ...servers.warnings,
    ],
    configFile: path,
    configFileShown: shown,
    hasConfigFile: file.exists,
    ...adminOf(settings),
    childEnv: childEnvOf(given),
    made: { dataDir: wasDirMade, masterKey: wasMade },
    reload: () => loadConfig(input),
  };
}

/** An empty value in the environment does not hide one in `.env`. */
function withoutEmpty(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

const FOR_CHILDREN = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const;

function childEnvOf(env: Env): Readonly<Record<string, string>> {
  const entries = FOR_CHILDREN.flatMap(name => (env[name] ? [[name, env[name]] as const] : []));
  return Object.fromEntries(entries);
}

function adminOf(settings: Settings): Pick<Config, 'adminUsername' | 'adminPassword' | 'adminEmail'> {
  return {
    adminUsername: settings['admin.username'],
    adminPassword: settings['admin.password'],
    adminEmail: settings['admin.email'],
  };
}

/** `.env` in the working folder may be missing, a file that was named may not. */
function readEnvFile(given: string | undefined, cwd: string): Env {
  const text = openFile(resolve(cwd, given ?? '.env'), given ?? '.env');
  if (text === undefined && given !== undefined) {
    throw new ConfigError(`${given} does not exist. Correct --env-file, or leave it out.`);
  }
  return text === undefined ? {} : parseEnv(text);
}

/** A file that the command line names must be there; any other may appear later. */
function findConfigFile(flag: string | undefined, named: string | undefined, cwd: string): string {
  if (flag !== undefined) {
    const path = resolve(cwd, flag);
    if (!existsSync(path))
      throw new ConfigError(`${flag} does not exist. Correct --config, or leave it out.`);
    return path;
  }
  if (named) return resolve(cwd, named);
  const found = FILE_NAMES.map(name => join(cwd, name)).find(path => existsSync(path));
  return found ?? join(cwd, FILE_NAMES[0]);
}

/** A path as a person would type it from the working folder. */
function show(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : `./${near}`;
}

const RANK = { flag: 0, environment: 1, file: 2, stored: 3, default: 4 } as const;

/** `AUTH_SQLITE_PATH` names a file, of which only the folder counts; the stronger of the two settings wins. */
function dataDirOf({ settings, sources }: Resolved, cwd: string): string {
  const rankOf = (key: SettingKey) => RANK[sources.get(key)?.from ?? 'default'];
  const { sqlitePath, dataDir } = settings;
  const isByPath = sqlitePath !== undefined && rankOf('sqlitePath') < rankOf('dataDir');
  return resolve(cwd, isByPath ? dirname(sqlitePath) : dataDir);
}

const GUESSABLE_BYTES = 16;

function warningsOf(settings: Settings, mode: Mode, cwd: string): readonly string[] {
  const { sqlitePath } = settings;
  const old = sqlitePath !== undefined && isVersion1Database(resolve(cwd, sqlitePath));
  const isOpen = mode.kind === 'served' && !mode.isHttps;
  const isHalfAdmin =
    (settings['admin.username'] === undefined) !== (settings['admin.password'] === undefined);
  return [
    old &&
      `${sqlitePath} is a database of version 1: it is left alone and gateway.db is made beside it; a later release brings its people over by: authmcp-gateway import --from ${sqlitePath}`,
    isOpen &&
      'The public address is http: passwords and tokens can be read on the way. Use https, or a reverse proxy that has it.',
    !settings['system.authRequired'] &&
      'AUTH_REQUIRED=false: every program of this machine may call as anonymous.',
    settings.staticBearerTokens.some(token => Buffer.byteLength(token.reveal()) < GUESSABLE_BYTES) &&
      `STATIC_BEARER_TOKENS holds a token of fewer than ${GUESSABLE_BYTES} characters, which can be guessed. Make a key instead: authmcp-gateway token create.`,
    isHalfAdmin &&
      'ADMIN_USERNAME and ADMIN_PASSWORD make an administrator only together; the other one is not set.',
    signingWarning(settings),
  ].filter(text => typeof text === 'string');
}

/** The commit that was built, or undefined. */
export function builtCommit(env: Env = process.env): string | undefined {
  return env.GIT_COMMIT || undefined;
}

/** The port of a gateway that was started here without flags. What it went on with after a wrong edit is not known. */
export function portHere(given: Env = process.env, cwd = process.cwd()): number {
  try {
    const env = { ...readEnvFile(given.AUTHMCP_ENV_FILE, cwd), ...withoutEmpty(given) };
    const path = findConfigFile(undefined, env.AUTHMCP_CONFIG, cwd);
    const file = readConfigFile(path, show(path, cwd), expandWith(env));
    return resolveSettings({}, { PORT: env.PORT }, file.settings).settings.port;
  } catch {
    return resolveSettings({}, { PORT: given.PORT }, undefined).settings.port;
  }
}

/** The token of a client that runs here. */
export function tokenHere(given: Env = process.env): string | undefined {
  return given.AUTHMCP_TOKEN;
}
