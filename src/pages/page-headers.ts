import { randomToken } from '../base/index.ts';

/** What a page may load: its own inline style and script, by nonce, and nothing else from anywhere. */
function contentPolicy(nonce: string, formTarget: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export type PageHeaders = { readonly nonce: string; readonly headers: Readonly<Record<string, string>> };

/**
 * Headers of one answer. The nonce is good for that answer only. A page whose form ends at `formTarget` belongs to a
 * sign-in that another site may have opened in a window: it stays in that window's group.
 */
export function pageHeaders(origin: string, formTarget?: string): PageHeaders {
  const nonce = randomToken(16);
  const headers = {
    'Content-Security-Policy': contentPolicy(nonce, formTarget),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // With `no-referrer` a browser sends `Origin: null` with its own forms (Fetch, "serializing a request origin").
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': formTarget === undefined ? 'same-origin' : 'unsafe-none',
    'Cache-Control': 'no-store',
    ...(origin.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
  return { nonce, headers };
}
