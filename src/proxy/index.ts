export { ClientSessions } from './client-sessions.ts';
export { Cursors } from './cursor.ts';
export { createProxy, type ProxyDeps } from './handle.ts';
export { InFlight } from './in-flight.ts';
export type { Place } from './place.ts';
export { Views } from './route.ts';
export { Streams } from './streams.ts';
