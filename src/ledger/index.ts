export { type Entry, type EventType, Ledger, type SecurityEvent } from './ledger.ts';
export { createLog, type Log } from './log.ts';
export type { Metrics } from './metrics.ts';
