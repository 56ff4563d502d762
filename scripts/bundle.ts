import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const DIST = join(ROOT, 'dist');

/** CommonJS packages inside the bundle ask for Node's own modules by `require`. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** Everything but what is compiled for a machine goes into the bundle, so that installing it brings nothing else. */
export function bundle(version: string, write: boolean): Promise<BuildResult<{ metafile: true }>> {
  return build({
    absWorkingDir: ROOT,
    entryPoints: { main: 'src/main.ts', 'store-worker': 'src/store/db/sqlite-worker.ts' },
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    minifySyntax: true,
    legalComments: 'none',
    external: ['@node-rs/argon2', '@node-rs/bcrypt', 'pg-native', 'pg-cloudflare'],
    define: { AUTHMCP_VERSION: JSON.stringify(version) },
    banner: { js: REQUIRE },
    logLevel: 'warning',
    metafile: true,
    write,
  });
}

/** The packages whose code is in the bundles, each as the lock file names it: `node_modules/name`. */
export function bundledPackages(
  ...bundles: readonly Pick<BuildResult<{ metafile: true }>, 'metafile'>[]
): readonly string[] {
  const folders = bundles
    .flatMap(({ metafile }) => Object.values(metafile.outputs))
    .flatMap(output => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
}
