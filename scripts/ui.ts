// The pages: ui/ becomes ui/dist/, files with the hash of what they hold in their names, compressed beside it.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { type BuildResult, build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const UI = join(ROOT, 'ui');

/** One entry; what a page alone needs is a file of its own, asked for when the page is opened. */
export function bundleUi(): Promise<BuildResult<{ metafile: true; write: false }>> {
  return build({
    absWorkingDir: ROOT,
    entryPoints: { app: 'ui/main.tsx' },
    outdir: join(UI, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    jsx: 'automatic',
    minify: true,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
    metafile: true,
    write: false,
  });
}

const compress = (contents: Uint8Array) =>
  promisify(brotliCompress)(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.byteLength,
    },
  });

/** Builds beside the old files and takes their place at once: whoever reads meanwhile finds one of the two whole. */
export async function buildUi(): Promise<void> {
  const { outputFiles } = await bundleUi();
  const [target, fresh] = [join(UI, 'dist'), join(UI, `dist.${process.pid}`)];
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const names = outputFiles.map(({ path }) => basename(path));
  await Promise.all(
    outputFiles.map(async ({ path, contents }) => {
      await writeFile(join(fresh, basename(path)), contents);
      await writeFile(join(fresh, `${basename(path)}.br`), await compress(contents));
    }),
  );
  const entry = (end: string) => names.find(name => name.startsWith('app-') && name.endsWith(end));
  await writeFile(
    join(fresh, 'manifest.json'),
    JSON.stringify({ script: entry('.js'), style: entry('.css'), files: names }),
  );
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const began = performance.now();
  await buildUi();
  const { script } = JSON.parse(await readFile(join(UI, 'dist/manifest.json'), 'utf8'));
  console.log(`ui/dist/${script} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
