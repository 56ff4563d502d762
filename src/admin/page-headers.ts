import { randomToken } from '../base/index.ts';

/** What a page may load: its own inline style and script, by nonce, and nothing else from anywhere. */
function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export type PageHeaders = { readonly nonce: string; readonly headers: Readonly<Record<string, string>> };

/** Headers of one answer. The nonce is good for that answer only. */
export function pageHeaders(origin: string): PageHeaders {
  const nonce = randomToken(16);
  const headers = {
    'Content-Security-Policy': contentPolicy(nonce),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // With `no-referrer` a browser sends `Origin: null` with its own forms (Fetch, "serializing a request origin").
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    ...(origin.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
  return { nonce, headers };
}
