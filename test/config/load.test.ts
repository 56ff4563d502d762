import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LoadInput, loadConfig } from '../../src/config/index.ts';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'amg-config-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

function load(files: Readonly<Record<string, string>> = {}, more: Partial<LoadInput> = {}) {
  return loadConfig({ env: {}, cwd: folder(files), ...more });
}

describe('where a value comes from', () => {
  it('is the flag, then the environment, then the file, then the default', () => {
    const files = { 'authmcp.yaml': 'settings: { port: 1, logLevel: debug, pageSize: 7 }' };
    const config = load(files, { flags: { port: '3' }, env: { PORT: '2', LOG_LEVEL: 'WARNING' } });
    expect([config.port, config.settings.logLevel, config.settings.pageSize]).toEqual([3, 'warn', 7]);
    expect(config.settings['rateLimit.mcp.max']).toBe(3000);
    expect(config.sourceOf('port')).toEqual({ from: 'flag', name: '--port' });
    expect(config.sourceOf('logLevel')).toEqual({ from: 'environment', name: 'LOG_LEVEL' });
    expect(config.sourceOf('pageSize')).toEqual({ from: 'file', at: 'authmcp.yaml:1' });
    expect(config.sourceOf('dataDir')).toEqual({ from: 'default' });
  });

  it('is .env in the working folder, below the real environment', () => {
    const files = { '.env': 'PORT=9000\nPASSWORD_REQUIRE_SPECIAL=true\nLOG_LEVEL=DEBUG\n' };
    const config = load(files, { env: { PORT: '9001', LOG_LEVEL: '' } });
    expect(config.port).toBe(9001);
    expect(config.settings['passwordPolicy.requireSpecial']).toBe(true);
    expect(config.settings.logLevel).toBe('debug');
  });

  it('reads the file of --env-file below the environment', () => {
    const files = { 'other.env': 'PORT=9000\nLOG_LEVEL=debug\n', '.env': 'PORT=1\n' };
    const config = load(files, { flags: { envFile: 'other.env' }, env: { LOG_LEVEL: 'error' } });
    expect([config.port, config.settings.logLevel]).toEqual([9000, 'error']);
  });

  it('may be a file for secrets', () => {
    const cwd = folder({ key: '0f9d3b1c7a5e2468ace013579bdf8642\n' });
    const config = loadConfig({ cwd, env: { JWT_SECRET_KEY_FILE: join(cwd, 'key') } });
    expect(config.master.reveal()).toBe('0f9d3b1c7a5e2468ace013579bdf8642');
    expect(existsSync(join(cwd, 'data', 'keys'))).toBe(false);
  });

  it('may use the words of the version 1 settings file', () => {
    const config = load({
      'authmcp.yaml': 'settings:\n  timeouts: { proxyTimeout: 12 }\n  stdio.fromDashboard: true\n',
    });
    expect(config.settings['upstream.timeoutSeconds']).toBe(12);
    expect(config.settings['stdio.fromDashboard']).toBe('true');
  });
});

describe('the first load', () => {
  it('makes the data directory and a key for this user alone, the second keeps them', () => {
    const cwd = folder();
    const first = loadConfig({ env: {}, cwd });
    const second = loadConfig({ env: {}, cwd });
    expect([first.made, second.made]).toEqual([
      { dataDir: true, masterKey: true },
      { dataDir: false, masterKey: false },
    ]);
    expect(second.master.reveal()).toBe(first.master.reveal());
    expect(statSync(join(cwd, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(cwd, 'data/keys/master.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(cwd, 'data/keys/master.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('takes the folder of AUTH_SQLITE_PATH, and leaves a database of version 1 alone', () => {
    const cwd = folder();
    const old = join(cwd, 'old', 'auth.db');
    mkdirSync(join(cwd, 'old'));
    writeFileSync(old, 'SQLite format 3\0 CREATE TABLE user_mcp_permissions (id)');
    const config = loadConfig({ cwd, env: { AUTH_SQLITE_PATH: 'old/auth.db' } });
    expect(config.dataDir).toBe(join(cwd, 'old'));
    expect(config.warnings.join()).toContain('import --from old/auth.db');
    expect(loadConfig({ cwd, env: { AUTH_SQLITE_PATH: 'old/auth.db', DATA_DIR: 'new' } }).dataDir).toBe(
      join(cwd, 'new'),
    );
  });

  it('says what a retired name is worth', () => {
    const { warnings } = load({}, { env: { MCP_TRUSTED_IPS: '10.0.0.1', DISABLE_DNS_REBINDING: 'true' } });
    expect(warnings).toEqual([
      expect.stringMatching(/^MCP_TRUSTED_IPS is not used: an address proves/),
      expect.stringMatching(/^DISABLE_DNS_REBINDING is not used: the Host check stays on/),
    ]);
  });

  it('says that a short fixed token can be guessed, without saying the token', () => {
    const warnings = (tokens: string) => load({}, { env: { STATIC_BEARER_TOKENS: tokens } }).warnings;
    expect(warnings('abc').join()).toMatch(/STATIC_BEARER_TOKENS holds a token of fewer than 16 characters/);
    expect(warnings('abc').join()).not.toContain('abc');
    expect(warnings('0f3a9c81b27d4e65')).toEqual([]);
  });

  it('keeps secrets out of whatever is printed', () => {
    const env = {
      ADMIN_USERNAME: 'root',
      ADMIN_PASSWORD: 'Hunter-2-hunter',
      STATIC_BEARER_TOKENS: 'abc,def',
    };
    const config = load({}, { env });
    expect(JSON.stringify(config)).not.toMatch(/unter|abc/);
    expect(config.settings.staticBearerTokens.map(token => token.reveal())).toEqual(['abc', 'def']);
  });
});

describe('a refusal is one sentence that says what to do', () => {
  const key = (value: string) => ({ env: { JWT_SECRET_KEY: value } });
  const yaml = (text: string) => ({ files: { 'authmcp.yaml': text } });
  const cases: readonly [string, { files?: Record<string, string> } & Partial<LoadInput>, RegExp][] = [
    ['short key', key('abc'), /^JWT_SECRET_KEY is shorter than 32 .* openssl rand -hex 32$/],
    ['example key', key('change-me-to-a-secure-random-string-min-32-characters'), /is the example from/],
    ['repeated key', key('a'.repeat(64)), /is easily guessed/],
    ['pattern key', key('abcabcabcabcabcabcabcabcabcabcabcabcabc'), /is easily guessed/],
    ['counting key', key('abcdefghijklmnopqrstuvwxyz0123456789'), /is easily guessed/],
    ['port', { env: { PORT: '70000' } }, /^PORT must be a whole number from 0 to 65535, not "70000"\.$/],
    ['flag', { flags: { port: 'x' } }, /^--port must be a whole number/],
    ['boolean', { env: { RATE_LIMIT_ENABLED: 'maybe' } }, /^RATE_LIMIT_ENABLED must be true or false/],
    [
      'misspelt key',
      yaml('settings:\n  ratelimit: {}'),
      /^authmcp\.yaml:2 settings\.ratelimit is not a setting; did you mean rateLimit\?$/,
    ],
    [
      'misspelt inner key',
      yaml('settings:\n  jwt:\n    algorythm: x'),
      /^authmcp\.yaml:3 settings\.jwt\.algorythm .* did you mean algorithm\?/,
    ],
    ['value in the file', yaml('settings:\n\n  port: eighty'), /^authmcp\.yaml:3 settings\.port must be/],
    ['misspelt top', yaml('mcpServer: {}'), /^authmcp\.yaml:1 mcpServer .* did you mean mcpServers\?/],
    ['bad YAML', yaml('a: [1\nb: {'), /^authmcp\.yaml:\d+ is not valid YAML: /],
    [
      'doubled key',
      yaml('settings: {}\nsettings: {}'),
      /^authmcp\.yaml:2 settings is given twice; it stands at authmcp\.yaml:1/,
    ],
    [
      'doubled spelling',
      yaml('settings: { timeouts.proxyTimeout: 1, upstream.timeoutSeconds: 2 }'),
      /given twice/,
    ],
    ['list at the top', yaml('- 1'), /must be a map/],
    [
      '__proto__ as a setting',
      yaml('settings: { __proto__: { port: 1 } }'),
      /settings\.__proto__ is not a setting/,
    ],
    ['missing --config', { flags: { config: 'no.yaml' } }, /^no\.yaml does not exist\. Correct --config/],
    ['missing --env-file', { flags: { envFile: 'no.env' } }, /^no\.env does not exist/],
    [
      'missing secret file',
      { env: { ADMIN_PASSWORD_FILE: '/no/such' } },
      /^ADMIN_PASSWORD_FILE names \/no\/such/,
    ],
    [
      'data directory below a file',
      { files: { f: '' }, flags: { dataDir: 'f/data' } },
      /\.\/f\/data is a file, or lies below one/,
    ],
    [
      'data directory is a file',
      { files: { f: '' }, flags: { dataDir: 'f' } },
      /--data-dir with another path/,
    ],
    ['data directory in /proc', { flags: { dataDir: '/proc/data' } }, /^\/proc\/data cannot be made here/],
  ];
  it.each(cases)('%s', (_, { files, ...input }, says) => {
    expect(() => load(files, input)).toThrow(says);
    expect(() => load(files, input)).toThrow(/^[^\n]+$/);
  });

  it('T37 for a file that others may change, and for a key that others may read', () => {
    const cwd = folder({ 'authmcp.yaml': 'settings: {}' });
    chmodSync(join(cwd, 'authmcp.yaml'), 0o666);
    expect(() => loadConfig({ env: {}, cwd })).toThrow(/Try: chmod go-w \.\/authmcp\.yaml$/);
    chmodSync(join(cwd, 'authmcp.yaml'), 0o644);
    loadConfig({ env: {}, cwd });
    chmodSync(join(cwd, 'data/keys/master.key'), 0o640);
    expect(() => loadConfig({ env: {}, cwd })).toThrow(/Try: chmod 600 .*master\.key$/);
    chmodSync(join(cwd, 'data/keys/master.key'), 0o600);
    writeFileSync(join(cwd, 'data/keys/master.key'), 'rubbish');
    expect(() => loadConfig({ env: {}, cwd })).toThrow(/is damaged/);
  });

  it('for aliases that multiply', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 9; i++) {
      const former = String.fromCharCode(96 + i);
      lines.push(
        `${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${Array(10).fill(`*${former}`)}]`,
      );
    }
    expect(() => load({ 'authmcp.yaml': lines.join('\n') })).toThrow(/aliases that multiply/);
  });
});
