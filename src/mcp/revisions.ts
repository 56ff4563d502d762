/** The two protocols that are both called MCP: sessions and a handshake, or one self-contained POST per message. */
export type Era = 'legacy' | 'modern';

export const LEGACY_REVISIONS: readonly string[] = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
export const MODERN_REVISIONS: readonly string[] = ['2026-07-28'];
export const LATEST_LEGACY = '2025-11-25';
export const LATEST_MODERN = '2026-07-28';
/** What a client speaks that says nothing (2025-03-26 transports, "Protocol Version Header"). */
export const UNSAID_REVISION = '2025-03-26';

export function eraOf(revision: string): Era | undefined {
  if (MODERN_REVISIONS.includes(revision)) return 'modern';
  return LEGACY_REVISIONS.includes(revision) ? 'legacy' : undefined;
}
