import type { Config } from '../load.ts';
import type { Resolved } from '../resolve-settings.ts';
import { type SettingKey, type SettingRow, type Settings, settingRow } from '../schema.ts';

/** What an administrator chose: values as JSON has them, by key, and who chose them when. */
export type StoredSettings = ReadonlyMap<
  string,
  { readonly value: unknown; readonly by: string; readonly at: number }
>;

type Row = {
  readonly key: string;
  /** JSON. */
  readonly value: string;
  readonly updatedBy: string;
  readonly updatedAt: number;
};

/** As the database holds them. */
export function readStored(rows: readonly Row[]): StoredSettings {
  return new Map(
    rows.map(({ key, value, updatedBy: by, updatedAt: at }) => [key, { value: JSON.parse(value), by, at }]),
  );
}

/** Whether the database may hold a value for this setting. */
export function isStorable({ isOutside, isSecret }: SettingRow): boolean {
  return !isOutside && !isSecret;
}

/** The value as the setting takes it; undefined: it does not. */
export function readSetting(row: SettingRow, value: unknown): { readonly value: unknown } | undefined {
  const read = row.kind.schema.safeParse(value);
  return read.success ? { value: read.data } : undefined;
}

const TIMEOUT: SettingKey = 'upstream.timeoutSeconds';

/** Below flag, environment and file, above the default. What a former version stored and no row takes is left out. */
export function withStored(config: Config, stored: StoredSettings): Config {
  const settings: Record<string, unknown> = { ...config.settings };
  const sources = new Map<SettingKey, ReturnType<Resolved['sources']['get']>>();
  for (const [key, { value, by, at }] of stored) {
    const row = settingRow(key);
    if (!row || !isStorable(row) || config.sourceOf(row.key).from !== 'default') continue;
    const read = readSetting(row, value);
    if (!read) continue;
    settings[row.key] = read.value;
    sources.set(row.key, { from: 'stored', by, at });
  }
  return {
    ...config,
    settings: settings as Settings,
    servers: sources.has(TIMEOUT) ? config.serversWithin(settings[TIMEOUT] as number) : config.servers,
    sourceOf: key => sources.get(key) ?? config.sourceOf(key),
  };
}

/** What came as JSON, with keys nested or dotted, in camelCase or in the snake_case of the reference. */
export type GivenSettings = readonly { readonly path: string; readonly value: unknown }[];

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The names of version 1 that are no spelling of a key. */
const FORMER: Readonly<Record<string, SettingKey>> = {
  'rateLimit.mcpLimit': 'rateLimit.mcp.max',
  'rateLimit.mcpWindow': 'rateLimit.mcp.window',
  'rateLimit.loginLimit': 'rateLimit.login.max',
  'rateLimit.loginWindow': 'rateLimit.login.window',
  'rateLimit.registerLimit': 'rateLimit.register.max',
  'rateLimit.registerWindow': 'rateLimit.register.window',
};

/** The row that a name of a document means: a key, another spelling of one, or the reference's name. */
export function settingNamed(name: string): SettingRow | undefined {
  const spelt = name.split('.').map(camel).join('.');
  return (
    settingRow(name) ??
    settingRow(spelt) ??
    (Object.hasOwn(FORMER, spelt) ? settingRow(FORMER[spelt] ?? '') : undefined)
  );
}

/** No key has more parts. */
const DEEPEST = 5;

/** Every value of a document with the name under which it stands; a list is a value. */
export function flattenSettings(document: object, path: readonly string[] = []): GivenSettings {
  return Object.entries(document).flatMap(([name, value]) => {
    const inner = [...path, name];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isGroup && inner.length < DEEPEST) return flattenSettings(value, inner);
    return [{ path: inner.join('.'), value }];
  });
}

/** The keys that the settings document of version 1 had, in its own words, by the rows that they mean. */
export const formerDocument: readonly (readonly [path: string, key: SettingKey])[] = [
  ['jwt.access_token_expire_minutes', 'jwt.accessTokenExpireMinutes'],
  ['jwt.refresh_token_expire_days', 'jwt.refreshTokenExpireDays'],
  ['jwt.enforce_single_session', 'jwt.enforceSingleSession'],
  ['password_policy.min_length', 'passwordPolicy.minLength'],
  ['password_policy.require_uppercase', 'passwordPolicy.requireUppercase'],
  ['password_policy.require_lowercase', 'passwordPolicy.requireLowercase'],
  ['password_policy.require_digit', 'passwordPolicy.requireDigit'],
  ['password_policy.require_special', 'passwordPolicy.requireSpecial'],
  ['system.allow_registration', 'system.allowRegistration'],
  ['system.allow_dcr', 'system.allowDcr'],
  ['system.auth_required', 'system.authRequired'],
  ['rate_limit.mcp_limit', 'rateLimit.mcp.max'],
  ['rate_limit.mcp_window', 'rateLimit.mcp.window'],
  ['rate_limit.login_limit', 'rateLimit.login.max'],
  ['rate_limit.login_window', 'rateLimit.login.window'],
  ['rate_limit.register_limit', 'rateLimit.register.max'],
  ['rate_limit.register_window', 'rateLimit.register.window'],
  ['ui.mcp_activity_window_seconds', 'ui.mcpActivityWindowSeconds'],
  ['timeouts.proxy_timeout', 'upstream.timeoutSeconds'],
  ['timeouts.health_check_timeout', 'health.timeoutSeconds'],
  ['timeouts.health_check_interval', 'health.intervalSeconds'],
];
