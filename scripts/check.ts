// npm run check: everything that can be judged without running the program. All are run, also after one failed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const bin = (path: string) => join(ROOT, 'node_modules', path);

const CHECKS: readonly (readonly [what: string, ...args: string[]])[] = [
  ['format and lint', bin('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.'],
  ['types', bin('typescript/bin/tsc'), '--noEmit', '-p', '.'],
  ['types of the pages', bin('typescript/bin/tsc'), '--noEmit', '-p', 'ui'],
  ['unused code and dependencies', bin('knip/bin/knip.js')],
  ['licences', join(ROOT, 'scripts/licences.ts')],
  ...(existsSync(join(ROOT, 'scripts/docs.ts'))
    ? [['generated documents', join(ROOT, 'scripts/docs.ts'), '--check'] as const]
    : []),
];

type Checked = { readonly what: string; readonly code: number; readonly output: string; readonly ms: number };

function check([what, ...args]: readonly [string, ...string[]]): Promise<Checked> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise(resolve => {
    child.once('error', error => resolve({ what, code: 1, output: String(error), ms: 0 }));
    child.once('close', code => resolve({ what, code: code ?? 1, output, ms: performance.now() - started }));
  });
}

const results = await Promise.all(CHECKS.map(check));
for (const { what, code, output, ms } of results) {
  if (code !== 0) console.log(output);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${what} (${(ms / 1000).toFixed(1)} s)`);
}
process.exit(results.every(({ code }) => code === 0) ? 0 : 1);
