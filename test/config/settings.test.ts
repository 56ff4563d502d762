import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  foreignNames,
  loadConfig,
  renderConfigurationDoc,
  renderEnvExample,
  retiredNames,
  type SettingRow,
  settingRows,
} from '../../src/config/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'amg-settings-'));
const STRONG = '0f9d3b1c7a5e2468ace013579bdf8642';

/** A value that a setting takes and that is not its default, where it has another one. */
function sampleOf({ key, kind, default: given }: SettingRow): string {
  if (key.startsWith('jwt.secretKey')) return STRONG;
  if (key === 'publicUrl') return 'http://localhost:9105';
  if (key === 'system.authRequired') return 'true';
  if (key === 'upstream.clientMetadataUrl') return 'https://a.example/client.json';
  if (key === 'otel.endpoint') return 'http://collector.example:4318';
  if (key === 'otel.headers') return 'authorization=Bearer%20a';
  if (key === 'otel.sampleRatio') return '0.5';
  if (key === 'corsOrigins') return 'https://a.example';
  if (typeof given === 'boolean') return String(!given);
  if (typeof given === 'number') return String(given + 1);
  return /^one of .*, (\w+)$/.exec(kind.expects)?.[1] ?? 'value';
}

describe('the table of settings', () => {
  it('each environment name reaches its setting', () => {
    for (const row of settingRows) {
      for (const name of row.env) {
        const config = loadConfig({ cwd: folder(), env: { [name]: sampleOf(row) } });
        expect(config.sourceOf(row.key), name).toEqual({ from: 'environment', name });
      }
    }
  });

  it('each key of the file and each other spelling reaches its setting', () => {
    for (const row of settingRows) {
      for (const key of [row.key, ...(row.aliases ?? [])]) {
        const cwd = folder();
        writeFileSync(join(cwd, 'authmcp.yaml'), JSON.stringify({ settings: { [key]: sampleOf(row) } }));
        expect(loadConfig({ cwd, env: {} }).sourceOf(row.key), key).toEqual({
          from: 'file',
          at: 'authmcp.yaml:1',
        });
      }
    }
  });

  it('refuses what has the wrong kind, and names it', () => {
    const [bad, seen] = [{ a: 1 }, new Set<string>()];
    for (const row of settingRows) {
      const cwd = folder();
      writeFileSync(join(cwd, 'authmcp.yaml'), JSON.stringify({ settings: { [row.key]: bad } }));
      expect(() => loadConfig({ cwd, env: {} }), row.key).toThrow(
        `authmcp.yaml:1 settings.${row.key} must be ${row.kind.expects}`,
      );
      seen.add(row.key);
    }
    expect(seen.size).toBe(settingRows.length);
  });

  it('no name means two things', () => {
    const names = [
      ...settingRows.flatMap(row => row.env),
      ...Object.keys(retiredNames),
      ...Object.keys(foreignNames),
    ];
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('each retired name says its sentence when it is set, and nothing when it is empty', () => {
    for (const [name, says] of Object.entries(retiredNames)) {
      expect(loadConfig({ cwd: folder(), env: { [name]: 'x' } }).warnings).toEqual([`${name} ${says}.`]);
      expect(loadConfig({ cwd: folder(), env: { [name]: '' } }).warnings).toEqual([]);
    }
  });

  it('what takes effect later is said where somebody set it, once each', () => {
    const later = settingRows.filter(row => row.later === true);
    // Those of the ledger; with the release that brings it the list is empty.
    expect(later.length).toBeGreaterThan(0);
    for (const row of later) {
      const [name = ''] = row.env;
      const { warnings } = loadConfig({ cwd: folder(), env: { [name]: sampleOf(row) } });
      expect(warnings).toEqual([`${name} takes effect in a later release.`]);
    }
    const cwd = folder();
    writeFileSync(
      join(cwd, 'authmcp.yaml'),
      'settings:\n  ui: { mcpActivityWindowSeconds: 60 }\n  upstream: { private: ask }\n',
    );
    expect(loadConfig({ cwd, env: {} }).warnings).toEqual([
      'authmcp.yaml:3 settings.upstream.private is ask, which takes effect in a later release.',
      'authmcp.yaml:2 settings.ui.mcpActivityWindowSeconds takes effect in a later release.',
    ]);
  });

  it('says nothing about a setting of a later release that has its default value', () => {
    const env = { JWT_ALGORITHM: 'ES256', ALLOW_DCR: 'true', STDIO_WRAPPER: '', UPSTREAM_PRIVATE: 'deny' };
    expect(loadConfig({ cwd: folder(), env }).warnings).toEqual([]);
  });
});

describe('the documents that are made from it', () => {
  const text = (name: string) =>
    readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');

  it('are up to date', () => {
    expect(text('docs/configuration.md')).toBe(renderConfigurationDoc());
    expect(text('.env.example')).toBe(renderEnvExample());
  });

  it('leave everything at its default when .env.example is copied', () => {
    const cwd = folder();
    writeFileSync(join(cwd, '.env'), renderEnvExample());
    const config = loadConfig({ cwd, env: {} });
    expect(settingRows.filter(row => config.sourceOf(row.key).from !== 'default')).toEqual([]);
    expect(config.warnings).toEqual([]);
  });
});
