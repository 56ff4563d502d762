import type { Config } from '../../../config/index.ts';
import type { Offline } from '../../offline.ts';

export type Mark = 'ok' | 'warn' | 'BROKEN' | 'skipped';

/** What a check saw. `todo`: what to do about it. */
export type Finding = { readonly mark: Mark; readonly says: string; readonly todo?: string };

/** The headings under which the README tells of the same. */
export const HEADINGS = [
  'The gateway does not start',
  'Cannot open `/admin` or the setup page',
  'A server is shown as down',
  '401 Unauthorized',
  'A client cannot sign in',
  '429 Too Many Requests',
] as const;

type Row<Needs> = {
  readonly heading: (typeof HEADINGS)[number];
  readonly name: string;
  readonly look: (from: Needs) => Promise<readonly Finding[]> | readonly Finding[];
};

/** A check that needs the configuration alone, and one that needs the store as well. */
export type ConfigCheck = Row<Config>;
export type StoreCheck = Row<Offline>;

export type Line = Finding & { readonly heading: string; readonly name: string };

export const ok = (says: string): Finding => ({ mark: 'ok', says });
export const warn = (says: string, todo: string): Finding => ({ mark: 'warn', says, todo });
export const broken = (says: string, todo: string): Finding => ({ mark: 'BROKEN', says, todo });
export const skipped = (says: string): Finding => ({ mark: 'skipped', says });
