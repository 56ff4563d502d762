import { ASKS } from './rows/asks.ts';
import { CALLS } from './rows/calls.ts';
import { CHANGES } from './rows/changes.ts';
import { LISTS, READS } from './rows/reads.ts';
import type { Row } from './rows/row.ts';
import { SESSION } from './rows/session.ts';
import { TASKS } from './rows/tasks.ts';

export type { Row };

export const ROWS: readonly Row[] = [
  ...SESSION,
  ...LISTS,
  ...CALLS,
  ...READS,
  ...ASKS,
  ...CHANGES,
  ...TASKS.map(row => ({ ...row, isTask: true })),
];
