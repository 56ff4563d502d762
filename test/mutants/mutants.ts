import { AUDITOR_MUTANTS } from './auditor.ts';
import { BRIDGE_MUTANTS } from './bridge.ts';
import { CLIENT_MUTANTS } from './clients.ts';
import type { Mutant } from './mutant.ts';
import { PATH_MUTANTS } from './path.ts';
import { PEOPLE_MUTANTS } from './people.ts';
import { PIPE_MUTANTS } from './pipes.ts';
import { ACCOUNT_MUTANTS } from './ruling/accounts.ts';
import { CHANGE_MUTANTS } from './ruling/changes.ts';
import { CONNECTION_MUTANTS } from './ruling/connections.ts';
import { GRANT_MUTANTS } from './ruling/grants.ts';
import { SIGNING_IN_MUTANTS } from './signing-in.ts';
import { TASK_MUTANTS } from './tasks.ts';
import { DETECTOR_MUTANTS } from './watching/detectors.ts';
import { HEALTH_MUTANTS } from './watching/health.ts';
import { LEDGER_MUTANTS } from './watching/ledger.ts';
import { WIRE_MUTANTS } from './wire.ts';

export const MUTANTS: readonly Mutant[] = [
  ...PEOPLE_MUTANTS,
  ...SIGNING_IN_MUTANTS,
  ...WIRE_MUTANTS,
  ...PATH_MUTANTS,
  ...PIPE_MUTANTS,
  ...CLIENT_MUTANTS,
  ...BRIDGE_MUTANTS,
  ...TASK_MUTANTS,
  ...CONNECTION_MUTANTS,
  ...GRANT_MUTANTS,
  ...ACCOUNT_MUTANTS,
  ...AUDITOR_MUTANTS,
  ...CHANGE_MUTANTS,
  ...LEDGER_MUTANTS,
  ...HEALTH_MUTANTS,
  ...DETECTOR_MUTANTS,
];
