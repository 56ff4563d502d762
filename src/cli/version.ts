import { readFileSync } from 'node:fs';

declare const AUTHMCP_VERSION: string | undefined;

/** Written into the bundle; in a checkout it is what package.json says. */
export function packageVersion(): string {
  if (typeof AUTHMCP_VERSION === 'string') return AUTHMCP_VERSION;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(version);
}
