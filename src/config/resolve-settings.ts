import { didYouMean, printable } from '../base/index.ts';
import { ConfigError } from './config-error.ts';
import { type Env, lookUp } from './file/expand.ts';
import { asMap } from './file/fields.ts';
import type { Tree } from './file/tree.ts';
import {
  type SettingKey,
  type SettingRow,
  type Settings,
  settingNamesUnder,
  settingRow,
  settingRows,
} from './schema.ts';

/** Who decided a value: precedence is flag, environment, file, stored, default. */
export type Source =
  | { readonly from: 'flag' | 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly at: string }
  /** Chosen in the dashboard or by the command line: by whom and when, in milliseconds. */
  | { readonly from: 'stored'; readonly by: string; readonly at: number }
  | { readonly from: 'default' };

export type FlagValues = Readonly<Record<string, string | undefined>>;

type Found = { readonly value: unknown; readonly source: Source };

export type Resolved = { readonly settings: Settings; readonly sources: ReadonlyMap<SettingKey, Source> };

/** Every setting from the first layer that holds it. Throws ConfigError with the place of a wrong value. */
export function resolveSettings(flags: FlagValues, env: Env, file: Tree | undefined): Resolved {
  const inFile = file === undefined ? new Map<SettingKey, Found>() : readFileSettings(file);
  const found = settingRows.map(row => {
    const raw = fromFlag(row, flags) ?? fromEnv(row, env) ?? inFile.get(row.key);
    const result =
      raw === undefined ? { value: row.default, source: { from: 'default' } as const } : check(row, raw);
    return [row.key, result] as const;
  });
  return {
    settings: Object.fromEntries(found.map(([key, { value }]) => [key, value])) as Settings,
    sources: new Map(found.map(([key, { source }]) => [key, source])),
  };
}

function fromFlag(row: SettingRow, flags: FlagValues): Found | undefined {
  if (row.flag === undefined) return undefined;
  const name = row.flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const value = flags[name];
  return value === undefined ? undefined : { value, source: { from: 'flag', name: row.flag } };
}

function fromEnv(row: SettingRow, env: Env): Found | undefined {
  for (const name of row.env) {
    const value = row.isSecret ? lookUp(env, name) : env[name] || undefined;
    if (value !== undefined) return { value, source: { from: 'environment', name } };
  }
  return undefined;
}

function check(row: SettingRow, { value, source }: Found): Found {
  const result = row.kind.schema.safeParse(value);
  if (result.success) return { value: result.data, source };
  const shown = row.isSecret || typeof value === 'object' ? '' : `, not "${printable(String(value))}"`;
  throw new ConfigError(`${whereOf(row, source)} must be ${row.kind.expects}${shown}.`);
}

/** How a person finds the place again where a value stands. */
export function whereOf(row: SettingRow, source: Source): string {
  if (source.from === 'file') return `${source.at} settings.${row.key}`;
  return source.from === 'flag' || source.from === 'environment' ? source.name : row.key;
}

function readFileSettings(tree: Tree): ReadonlyMap<SettingKey, Found> {
  const found = new Map<SettingKey, Found>();
  walk(tree, '', found);
  return found;
}

function walk(tree: Tree, path: string, found: Map<SettingKey, Found>): void {
  for (const [name, { at, value }] of asMap(tree, path === '' ? 'settings' : `settings.${path}`)) {
    const inner = path === '' ? name : `${path}.${name}`;
    const row = settingRow(inner);
    if (row !== undefined) {
      const former = found.get(row.key);
      if (former) throw new ConfigError(`${at} settings.${inner} is given twice, in two spellings.`);
      // An empty value (`port:`) leaves the default.
      if (value.is !== 'scalar' || value.value !== null) {
        found.set(row.key, { value: plain(value, at), source: { from: 'file', at } });
      }
    } else if (settingNamesUnder(inner).length > 0) walk(value, inner, found);
    else throw unknownSetting(at, path, name);
  }
}

function unknownSetting(at: string, path: string, name: string): ConfigError {
  const under = settingNamesUnder(path);
  const meant = didYouMean(name, under);
  const shown = printable(path === '' ? name : `${path}.${name}`);
  return new ConfigError(
    `${at} settings.${shown} is not a setting; ${meant ? `did you mean ${meant}?` : 'see docs/configuration.md.'}`,
  );
}

function plain(tree: Tree, at: string): unknown {
  if (tree.is === 'scalar') return tree.value;
  if (tree.is === 'list') return tree.items.map(item => plain(item, at));
  return Object.fromEntries([...tree.entries].map(([name, entry]) => [name, plain(entry.value, at)]));
}
