export type { Status } from './breaker.ts';
export { followSession, followSubscription } from './follow.ts';
export type { Hello } from './hello.ts';
export type { Leg } from './leg.ts';
export { modernHeaders, modernMeta, OWN_LEGACY, OWN_MODERN } from './probe.ts';
export { contentType, faultOf, faultOfStatus, type Reply } from './reply.ts';
export type { UpstreamSession } from './session.ts';
export type { SessionOwner, Upstream } from './upstream.ts';
export { Upstreams } from './upstreams.ts';
