export { findHidden, findInstructions, findSecrets } from './detectors/index.ts';
export type { Entry } from './entry.ts';
export type { EventType, SecurityEvent } from './event.ts';
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
export { Ledger } from './ledger.ts';
export { exported, FORMATS, type Format, type Shown } from './lines.ts';
export { createLog, type Log } from './log.ts';
export type { Metrics } from './metrics.ts';
export { beginRun, type Run } from './run.ts';
export { showAudit, showEntry, showEvent } from './shown.ts';
export type { SignIn, SignInType } from './sign-in.ts';
