import type { Clock } from '../base/index.ts';

export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export type Buckets = {
  /** Takes `n` tokens (1 unless said) or none at all. */
  take(key: string, n?: number): Taken;
  /** Gives tokens back, never above the capacity. */
  give(key: string, n?: number): void;
};

export type BucketsDeps = {
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly clock: Clock;
  /** The oldest key is forgotten, and so full again, beyond this many. */
  readonly maxEntries?: number;
};

type Bucket = { level: number; at: number };

const TAKEN: Taken = { ok: true };

/** Token buckets by key. Taking from a known bucket allocates nothing: MCP requests pass here. */
export function createBuckets({
  capacity,
  refillPerSecond,
  clock,
  maxEntries = 100_000,
}: BucketsDeps): Buckets {
  const buckets = new Map<string, Bucket>();

  const open = (key: string): Bucket => {
    if (buckets.size >= maxEntries) {
      for (const oldest of buckets.keys()) {
        buckets.delete(oldest);
        break;
      }
    }
    const made = { level: capacity, at: clock.now() };
    buckets.set(key, made);
    return made;
  };

  const fill = (key: string): Bucket => {
    const bucket = buckets.get(key);
    if (!bucket) return open(key);
    const now = clock.now();
    // A clock that was set back gives nothing and takes nothing.
    const passed = Math.max(0, now - bucket.at);
    bucket.level = Math.min(capacity, bucket.level + (passed * refillPerSecond) / 1000);
    bucket.at = now;
    return bucket;
  };

  return {
    take: (key, n = 1) => {
      const bucket = fill(key);
      if (bucket.level >= n) {
        bucket.level -= n;
        return TAKEN;
      }
      return { ok: false, retryAfterMs: Math.ceil(((n - bucket.level) / refillPerSecond) * 1000) };
    },
    give: (key, n = 1) => {
      const bucket = fill(key);
      bucket.level = Math.min(capacity, bucket.level + n);
    },
  };
}
