// npm run build: dist/ as it ships. The entry is plain enough for any Node to say what is missing; the rest is a bundle.
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, bundledPackages, DIST, ROOT } from './bundle.ts';
import { buildUi, bundleUi } from './ui.ts';

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

/** What their licences ask of whoever passes the packages on. */
async function noticesOf(folders: readonly string[]): Promise<string> {
  const texts = folders.map(async folder => {
    const names = (await readdir(join(ROOT, folder))).filter(name =>
      /^(licen[cs]e|copying|notice)/i.test(name),
    );
    const files = names.map(name => readFile(join(ROOT, folder, name), 'utf8'));
    return `${folder.replace(/^.*node_modules\//, '')}\n\n${(await Promise.all(files)).join('\n')}`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n`);
}

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST);
await buildUi();
await cp(join(ROOT, 'ui/dist'), join(DIST, 'ui'), { recursive: true });
const packages = bundledPackages(await bundle(version, true), await bundleUi());
await writeFile(join(DIST, 'THIRD-PARTY-LICENSES.txt'), await noticesOf(packages));
await writeFile(join(DIST, 'authmcp-gateway.js'), ENTRY);
await writeFile(join(DIST, 'sqlite-worker.js'), WORKER);
await chmod(join(DIST, 'authmcp-gateway.js'), 0o755);
console.log(`dist/authmcp-gateway.js ${version}`);
