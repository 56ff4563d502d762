export { createLive, type Live, type LiveDeps } from './live.ts';
export type { Snapshot } from './snapshot.ts';
