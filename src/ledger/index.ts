export {
  EVERYTHING,
  type Figures,
  type Ranked,
  type Scope,
  stepOf,
  stepsOf,
  topOf,
  totalsOf,
  type Window,
  windowBefore,
  windowOf,
} from './figures.ts';
export { type Entry, type EventType, Ledger, type SecurityEvent } from './ledger.ts';
export { createLog, type Log } from './log.ts';
export type { Metrics } from './metrics.ts';
