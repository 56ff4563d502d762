import { isDeepStrictEqual } from 'node:util';
import { didYouMean, printable } from '../../base/index.ts';
import type { Config } from '../load.ts';
import type { Source } from '../resolve-settings.ts';
import { type SettingRow, settingRows } from '../schema.ts';
import {
  type GivenSettings,
  isStorable,
  readSetting,
  type StoredSettings,
  settingNamed,
} from './stored-settings.ts';

export type SettingChange = {
  readonly row: SettingRow;
  readonly before: unknown;
  /** Undefined: what was chosen is forgotten. */
  readonly after: unknown;
};

export type SettingProblem = {
  readonly kind: 'wrong' | 'pinned';
  /** The name as it was given. */
  readonly field: string;
  /** Ends a sentence that begins with the name. */
  readonly says: string;
};

export type SettingPlan = { readonly changes: readonly SettingChange[] } | SettingProblem;

/** Who decides a setting where what is stored does not, as the end of a sentence; undefined: nobody. */
export function pinnedBy(row: SettingRow, source: Source): string | undefined {
  if (source.from === 'flag') return `is set by the flag ${source.name}, which wins: change it there`;
  if (source.from === 'environment')
    return `is set by ${source.name} in the environment, which wins: change it there`;
  if (source.from === 'file') return `is set in ${source.at}, which wins: change it there`;
  if (isStorable(row)) return undefined;
  return `is decided before the database is open: set ${row.env[0]} in the environment, or settings.${row.key} in the configuration file`;
}

function wrong(field: string, says: string): SettingProblem {
  return { kind: 'wrong', field: printable(field), says };
}

function planOne(
  { path, value }: GivenSettings[number],
  config: Config,
  stored: StoredSettings,
): SettingChange | SettingProblem | undefined {
  const row = settingNamed(path);
  if (!row) {
    const meant = didYouMean(
      path,
      settingRows.map(({ key }) => key),
    );
    return wrong(path, `there is no such setting${meant ? `; did you mean ${meant}?` : ''}`);
  }
  const before: unknown = config.settings[row.key];
  const pin = pinnedBy(row, config.sourceOf(row.key));
  if (value === null) {
    if (pin !== undefined || !stored.has(row.key)) return undefined;
    return { row, before, after: undefined };
  }
  if (row.isSecret) return wrong(path, 'is a secret, which the environment or a file holds');
  const read = readSetting(row, value);
  if (!read || read.value === undefined) return wrong(path, `must be ${row.kind.expects}`);
  if (isDeepStrictEqual(read.value, before)) return undefined;
  if (pin !== undefined) return { kind: 'pinned', field: path, says: pin };
  return { row, before, after: read.value };
}

/** What is to be stored for a document that an administrator sends: everything, or nothing and why. */
export function planSettings(config: Config, given: GivenSettings, stored: StoredSettings): SettingPlan {
  const changes: SettingChange[] = [];
  const seen = new Set<string>();
  for (const one of given) {
    const key = settingNamed(one.path)?.key;
    if (key !== undefined && seen.has(key)) return wrong(one.path, 'is given twice, in two spellings');
    if (key !== undefined) seen.add(key);
    const planned = planOne(one, config, stored);
    if (planned && 'kind' in planned) return planned;
    if (planned) changes.push(planned);
  }
  return { changes };
}

/** When a change of the setting counts. */
export function appliesWhen(row: SettingRow): 'live' | 'restart' | 'outside' {
  if (!isStorable(row)) return 'outside';
  return row.isLive ? 'live' : 'restart';
}
