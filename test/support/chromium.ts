import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's; `.ci/run` installs it. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const path = process.env.CHROMIUM_PATH ?? PATHS.find(existsSync);

/** Tests in a real browser say that they were skipped where there is none. */
export const hasChromium = path !== undefined;

const QUIET = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-sync'];

/** A real browser without a window; it reaches nothing but this machine. */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    ...(path !== undefined && { executablePath: path }),
    args: [...QUIET, 'disable-background-networking', 'disable-component-update', ...more].map(
      flag => `--${flag}`,
    ),
  });
}
