import type { Clock } from '../../base/index.ts';

/** Waits that grow with each try that failed. */
export type BackOff = {
  /** Milliseconds until the next try may be made; 0: now. */
  wait(key: string): number;
  /** One more try, before it is judged. */
  count(key: string): void;
  /** It was right: all is forgotten. */
  forget(key: string): void;
};

export type BackOffRule = {
  /** Tries before the first wait. */
  readonly free: number;
  /** The first wait, and the longest: each is twice the one before. Milliseconds. */
  readonly firstMs: number;
  readonly longestMs: number;
  readonly clock: Clock;
  readonly maxEntries?: number;
};

type Tries = { count: number; until: number; at: number };

/** How long after the last try all is forgotten. */
const FORGOTTEN_MS = 3_600_000;

export function createBackOff({
  free,
  firstMs,
  longestMs,
  clock,
  maxEntries = 100_000,
}: BackOffRule): BackOff {
  const all = new Map<string, Tries>();
  const fresh = (key: string): Tries | undefined => {
    const tries = all.get(key);
    return tries && clock.now() - tries.at < FORGOTTEN_MS ? tries : undefined;
  };
  /** The one that was not touched for longest makes room. */
  const open = (): Tries => {
    const [oldest] = all.keys();
    if (all.size >= maxEntries && oldest !== undefined) all.delete(oldest);
    return { count: 0, until: 0, at: 0 };
  };
  return {
    wait: key => Math.max(0, (fresh(key)?.until ?? 0) - clock.now()),
    count: key => {
      const tries = fresh(key) ?? open();
      const now = clock.now();
      tries.count++;
      tries.at = now;
      const doublings = Math.min(tries.count - free, 30);
      if (doublings >= 0) tries.until = now + Math.min(firstMs * 2 ** doublings, longestMs);
      all.delete(key);
      all.set(key, tries);
    },
    forget: key => void all.delete(key),
  };
}
