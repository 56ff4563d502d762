export {
  createInspector,
  type Finding,
  findHidden,
  findInstructions,
  findInText,
  findSecrets,
  type Inspector,
  type Mark,
  type PayloadDetector,
  textsIn,
} from './detectors/index.ts';
export { type Entry, SENT_AGAIN } from './kinds/entry.ts';
export { EVENT_TYPES, type EventType, type SecurityEvent } from './kinds/event.ts';
export type { SignIn, SignInType } from './kinds/sign-in.ts';
export { Ledger } from './ledger.ts';
export { createLog, type Log } from './log.ts';
export type { Metrics, Reading, Sample } from './metrics/metrics.ts';
export { Feed, type Happened, type Reader, type Told } from './reading/feed.ts';
export * from './reading/figures.ts';
export { exported, FORMATS, type Format, type Shown } from './reading/lines.ts';
export { showAudit, showEntry, showEvent, showSignIn } from './reading/shown.ts';
export { SpanExporter } from './traces/exporter.ts';
export { type ServerSpan, Tracer } from './traces/tracer.ts';
export { type Keeping, type Pruned, Retention } from './writing/retention.ts';
export { beginRun, type Run } from './writing/run.ts';
