import type { Upstream } from '../../upstream/index.ts';

const REFRESH_MS = 5 * 60_000;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * When a server's lists are read again: soon after a failure, though not before it may be tried, else every five
 * minutes. Not at all for a program that was read: it says what changes, and reading would keep it running.
 */
export function nextReading({ leg }: Upstream, failures: number): number | undefined {
  if (failures === 0) return leg.isPiped ? undefined : jittered(REFRESH_MS);
  const ms = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(failures - 1, 5));
  return jittered(Math.max(ms, leg.trouble?.retryAfterMs ?? 0));
}

function jittered(ms: number): number {
  return ms * (0.9 + Math.random() * 0.2);
}
