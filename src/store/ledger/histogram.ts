// Log-linear, as HdrHistogram has them: each doubling is cut into 32 parts, so that the middle of a bucket is at most
// 1/64 (1.6 %) away from whatever fell into it.

const PARTS = 32;

/** Counts by bucket; as text it is JSON, which both databases add up. */
export type Histogram = Readonly<Record<string, number>>;

/** The bucket of a time; below a microsecond all are one. */
export function bucketOf(ms: number): number {
  const us = ms * 1000;
  if (!(us > 1)) return 0;
  const doublings = Math.floor(Math.log2(us));
  const part = Math.floor((us / 2 ** doublings - 1) * PARTS);
  return doublings * PARTS + Math.min(Math.max(part, 0), PARTS - 1);
}

function middleOf(bucket: number): number {
  const doublings = Math.floor(bucket / PARTS);
  return (2 ** doublings * (1 + ((bucket % PARTS) + 0.5) / PARTS)) / 1000;
}

/** Both together. What is no histogram counts as an empty one. */
export function mergeHistograms(one: string, other: string): string {
  const sum: Record<string, number> = JSON.parse(one);
  for (const [bucket, count] of Object.entries(JSON.parse(other) as Histogram))
    sum[bucket] = (sum[bucket] ?? 0) + count;
  return JSON.stringify(sum);
}

/** The nearest-rank quantile in milliseconds, within 2 %; undefined where nothing was counted. */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.ceil(total * share);
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return middleOf(bucket);
  }
  return undefined;
}
