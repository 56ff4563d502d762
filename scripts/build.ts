// npm run build: dist/ as it ships. The entry is plain enough for any Node to say what is missing; the rest is a bundle.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

/** No syntax here that an old Node cannot read: it has to get as far as the sentence. */
const ENTRY = `#!/usr/bin/env node
var found = process.versions.node.split('.');
if (Number(found[0]) < 22 || (Number(found[0]) === 22 && Number(found[1]) < 19)) {
  process.stderr.write('AuthMCP Gateway needs Node 22.19 or newer, and this is Node ' + process.versions.node +
    '. Install a newer one, or run: npx -p node@24 -p authmcp-gateway authmcp-gateway\\n');
  process.exit(1);
}
import('./main.js');
`;

/** Node 22 warns of its own SQLite in every process; that one warning is left out. */
const WORKER = `process.removeAllListeners('warning');
process.on('warning', warning => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(warning.name + ': ' + warning.message + '\\n');
});
await import('./store-worker.js');
`;

/** CommonJS packages inside the bundle ask for Node's own modules by \`require\`. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST);
await build({
  absWorkingDir: ROOT,
  entryPoints: { main: 'src/main.ts', 'store-worker': 'src/store/db/sqlite-worker.ts' },
  outdir: DIST,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minifySyntax: true,
  legalComments: 'eof',
  external: ['@node-rs/argon2', 'pg-native', 'pg-cloudflare'],
  define: { AUTHMCP_VERSION: JSON.stringify(version) },
  banner: { js: REQUIRE },
  logLevel: 'warning',
});
await writeFile(join(DIST, 'authmcp-gateway.js'), ENTRY);
await writeFile(join(DIST, 'sqlite-worker.js'), WORKER);
await chmod(join(DIST, 'authmcp-gateway.js'), 0o755);
console.log(`dist/authmcp-gateway.js ${version}`);
