export { Feed, type Happened, type Reader, type Told } from './feed.ts';
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
export { exported, FORMATS, type Format, type Shown } from './lines.ts';
export { createLog, type Log } from './log.ts';
export type { Metrics } from './metrics.ts';
export { showAudit, showEntry, showEvent } from './shown.ts';
