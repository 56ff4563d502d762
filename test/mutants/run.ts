// node test/mutants/run.ts [words]: applies each change to a copy of the tree and sees its test turn red. Words pick by file and `about`.
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../support/processes.ts';
import { tempDir } from '../support/temp.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['src', 'test', 'bench', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

type Fate = 'killed' | 'SURVIVED' | 'DOES NOT APPLY' | 'TEST WAS RED BEFORE';

async function copyTree(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const copy = await tempDir('authmcp-mutants-');
  await mkdir(copy.path, { recursive: true });
  await Promise.all(COPIED.map(name => cp(join(ROOT, name), join(copy.path, name), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(copy.path, 'node_modules'));
  return copy;
}

async function isGreen(tree: string, test: string): Promise<boolean> {
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  const { code } = await runToEnd(process.execPath, [vitest, 'run', '--bail=1', test], {
    cwd: tree,
    timeoutMs: 300_000,
  });
  return code === 0;
}

async function tryMutant(tree: string, mutant: Mutant, healthy: ReadonlySet<string>): Promise<Fate> {
  if (!healthy.has(mutant.test)) return 'TEST WAS RED BEFORE';
  const path = join(tree, mutant.file);
  const source = await readFile(path, 'utf8').catch(() => '');
  if (source.split(mutant.find).length !== 2) return 'DOES NOT APPLY';
  await writeFile(
    path,
    source.replace(mutant.find, () => mutant.replace),
  );
  const fate = (await isGreen(tree, mutant.test)) ? 'SURVIVED' : 'killed';
  await writeFile(path, source);
  return fate;
}

const words = process.argv.slice(2);
const chosen = MUTANTS.filter(({ file, about }) => words.every(word => `${file}: ${about}`.includes(word)));
const tree = await copyTree();
let alive = 0;
try {
  const healthy = new Set<string>();
  for (const test of new Set(chosen.map(mutant => mutant.test)))
    if (await isGreen(tree.path, test)) healthy.add(test);
  for (const mutant of chosen) {
    const fate = await tryMutant(tree.path, mutant, healthy);
    if (fate !== 'killed') alive++;
    console.log(`${fate.padEnd(20)} ${mutant.file}: ${mutant.about}`);
  }
} finally {
  await tree.remove();
}
console.log(`${chosen.length - alive} of ${chosen.length} mutants were killed`);
process.exit(alive === 0 ? 0 : 1);
