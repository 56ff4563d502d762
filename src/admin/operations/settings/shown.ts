import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import {
  appliesWhen,
  formerDocument,
  pinnedBy,
  type SettingRow,
  settingRows,
} from '../../../config/index.ts';
import type { ApiKit } from '../../api/kit.ts';

/** One setting: what it is, who decided it, and what may be done about it. */
export const settingShown = z.object({
  key: z.string(),
  /** Null for secrets, and where there is none. */
  value: z.unknown(),
  is_set: z.boolean(),
  default: z.unknown(),
  from: z.enum(['flag', 'environment', 'file', 'stored', 'default']),
  /** The flag, variable, line or person that decided it. */
  by: z.string().nullable(),
  /** Why it cannot be changed here, as the end of a sentence; null: it can. */
  pinned: z.string().nullable(),
  about: z.string(),
  expects: z.string(),
  env: z.array(z.string()),
  applies: z.enum(['live', 'restart', 'outside']),
  /** What is running still has another value. */
  needs_restart: z.boolean(),
  is_secret: z.boolean(),
  is_security: z.boolean(),
  /** Read and checked, without effect in this release. */
  is_later: z.boolean(),
});

function describeSetting(row: SettingRow, { config, configNow }: ApiKit): z.output<typeof settingShown> {
  const now = configNow();
  const source = now.sourceOf(row.key);
  const value: unknown = now.settings[row.key];
  const by = 'name' in source ? source.name : source.from === 'file' ? source.at : undefined;
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
  return {
    key: row.key,
    value: row.isSecret ? null : (value ?? null),
    is_set: !isEmpty,
    default: row.isSecret ? null : (row.default ?? null),
    from: source.from,
    by: (source.from === 'stored' ? source.by : by) ?? null,
    pinned: pinnedBy(row, source) ?? null,
    about: row.about,
    expects: row.kind.expects,
    env: [...row.env],
    applies: appliesWhen(row),
    needs_restart: !row.isLive && !row.isSecret && !isDeepStrictEqual(value, config.settings[row.key]),
    is_secret: row.isSecret === true,
    is_security: row.isSecurity === true,
    is_later: row.later === true,
  };
}

export function describeSettings(kit: ApiKit): z.output<typeof settingShown>[] {
  return settingRows.map(row => describeSetting(row, kit));
}

/** The document of version 1, in its own words. */
export function describeFormer({ configNow }: ApiKit): Record<string, Record<string, unknown>> {
  const { settings } = configNow();
  const document: Record<string, Record<string, unknown>> = {};
  for (const [path, key] of formerDocument) {
    const [group = '', name = ''] = path.split('.');
    document[group] = { ...document[group], [name]: settings[key] };
  }
  return document;
}
