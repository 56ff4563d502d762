/** Milliseconds since the epoch, UTC. Everything that reads the time is handed one of these, so that a test owns it. */
export type Clock = { now(): number };

export const systemClock: Clock = { now: () => Date.now() };
