import type { Entry } from '../../ledger/index.ts';

/** From now on the server works for this entry. */
export function serverBegins(entry: Entry): void {
  if (entry.askedAt !== undefined) return;
  entry.askedAt = performance.now();
  entry.firstAskedMs ??= entry.askedAt - entry.startedAt;
}

/** Counts what the server took so far; it may go on. An entry that is closed before the server has ended has its part. */
export function noteServerTime(entry: Entry): void {
  if (entry.askedAt === undefined) return;
  const now = performance.now();
  entry.upstreamMs = (entry.upstreamMs ?? 0) + now - entry.askedAt;
  entry.askedAt = now;
}

export function serverEnds(entry: Entry): void {
  noteServerTime(entry);
  entry.askedAt = undefined;
}

/**
 * What the gateway waits for before it can ask is the server's time too: that it starts, opens a session, or tells what
 * it speaks.
 */
export function onServerTime<T>(entry: Entry, waiting: Promise<T>): Promise<T> {
  serverBegins(entry);
  const before = entry.upstreamMs ?? 0;
  return waiting.finally(() => {
    serverEnds(entry);
    entry.waitedMs += (entry.upstreamMs ?? 0) - before;
  });
}

/** What comes from here on belongs to another request of the client. */
export function countAnew(entry: Entry): void {
  entry.upstreamMs = undefined;
  entry.waitedMs = 0;
  if (entry.askedAt !== undefined) entry.askedAt = performance.now();
}
