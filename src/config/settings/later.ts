import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../base/index.ts';
import { type Resolved, whereOf } from '../resolve-settings.ts';
import { type SettingRow, settingRows } from '../schema.ts';

/** What the documents say behind the meaning of a setting. */
export function laterNote({ later }: SettingRow): string {
  if (later === undefined) return '';
  return later === true ? 'Takes effect in a later release.' : `${later.join(', ')}: in a later release.`;
}

/** One sentence per setting that somebody gave and that does nothing yet. */
export function laterWarnings({ settings, sources }: Resolved): readonly string[] {
  return settingRows.flatMap(row => {
    const value: unknown = settings[row.key];
    const where = whereOf(row, sources.get(row.key) ?? { from: 'default' });
    if (row.later === undefined || isDeepStrictEqual(value, row.default)) return [];
    if (row.later === true) return [`${where} takes effect in a later release.`];
    if (!row.later.includes(value)) return [];
    return [`${where} is ${printable(String(value))}, which takes effect in a later release.`];
  });
}
