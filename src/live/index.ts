export { createLive, type Live, type LiveDeps } from './live.ts';
export { identityOf, type Means, rightsIn } from './policy-of.ts';
export type { Snapshot } from './snapshot.ts';
