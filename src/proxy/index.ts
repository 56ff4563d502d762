export { createAdmission, type Limits } from './admission.ts';
export { Cursors } from './cursor.ts';
export { createProxy, type ProxyDeps } from './handle.ts';
export { createRecognition } from './recognition.ts';
export { Deduplicator } from './relay/deduplicate.ts';
export { InFlight } from './relay/in-flight.ts';
export { Views } from './route.ts';
export { ClientSessions } from './session/client-sessions.ts';
export { Streams } from './stream/streams.ts';
