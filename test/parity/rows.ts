import type { Row } from './row.ts';
import { commandLineRows } from './rows/command-line.ts';
import { endpointRows } from './rows/endpoints.ts';
import { environmentRows } from './rows/environment.ts';
import { pageRows } from './rows/pages.ts';
import { readmeRows } from './rows/readme.ts';

/** Everything that version 1 offered, line by line. */
export const parityRows: readonly Row[] = [
  ...readmeRows,
  ...endpointRows,
  ...environmentRows,
  ...commandLineRows,
  ...pageRows,
];
