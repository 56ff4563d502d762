import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BUILT = join(ROOT, 'ui/dist/manifest.json');
const SCRIPT = join(ROOT, 'scripts/ui.ts');

function changedAt(folder: string): number {
  const times = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.includes(join('ui', 'dist')))
    .map(entry => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(0, ...times);
}

/** Only a checkout has sources of the pages; what npm installs has them built. */
function isStale(): boolean {
  if (!existsSync(SCRIPT) || !existsSync(join(ROOT, 'ui/main.tsx'))) return false;
  return !existsSync(BUILT) || changedAt(join(ROOT, 'ui')) > statSync(BUILT).mtimeMs;
}

/** How a build ended, as a sentence; undefined where there was nothing to build. */
export type PagesBuilt = Promise<string | undefined>;

/** In a checkout whose pages are older than their sources: builds them beside everything else, which serves meanwhile. */
export function buildPages(): PagesBuilt {
  if (!isStale()) return Promise.resolve(undefined);
  const began = performance.now();
  const child = spawn(process.execPath, [SCRIPT], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.unref();
  return new Promise(resolve => {
    child.once('error', error => resolve(`the pages could not be built: ${error.message}`));
    child.once('close', code => {
      const took = ((performance.now() - began) / 1000).toFixed(1);
      resolve(
        code === 0
          ? `pages built in ${took} s`
          : `the pages could not be built: ${said.trim().slice(0, 2_000)}`,
      );
    });
  });
}
