import { accessSettings } from './settings/access.ts';
import { compatSettings } from './settings/compat.ts';
import { detectorSettings } from './settings/detectors.ts';
import type { Setting } from './settings/kinds.ts';
import { networkSettings } from './settings/network.ts';
import { telemetrySettings } from './settings/telemetry.ts';
import { trafficSettings } from './settings/traffic.ts';

const table = {
  ...networkSettings,
  ...accessSettings,
  ...trafficSettings,
  ...detectorSettings,
  ...compatSettings,
  ...telemetrySettings,
};

export type SettingKey = keyof typeof table;

/** Every setting by its dotted key, validated. */
export type Settings = {
  readonly [K in SettingKey]: (typeof table)[K] extends Setting<infer T> ? T : never;
};

/** One row as the loader and the documents see it, whatever its type. */
export type SettingRow = Setting<unknown> & { readonly key: SettingKey };

export const settingRows: readonly SettingRow[] = Object.entries(table).map(([key, row]) => ({
  ...(row as Setting<unknown>),
  key: key as SettingKey,
}));

const byName = new Map<string, SettingRow>(
  settingRows.flatMap(row => [row.key, ...(row.aliases ?? [])].map(name => [name, row] as const)),
);

/** The setting of a key or of another spelling of it. */
export function settingRow(name: string): SettingRow | undefined {
  return byName.get(name);
}

/** The names that may stand under `path` in the file (`''`: the top). */
export function settingNamesUnder(path: string): readonly string[] {
  const start = path === '' ? '' : `${path}.`;
  const names = [...byName.keys()].filter(name => name.startsWith(start));
  return [...new Set(names.map(name => name.slice(start.length).split('.')[0] ?? ''))];
}
