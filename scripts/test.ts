// npm test: every test with coverage, that of spawned processes included. `npm test -- test/mcp` runs a part, ungated.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { USED_DIR, unusedAfter } from '../test/pages/support/controls.ts';
import { picturesMissingAfter, SCREENS } from '../test/pages/support/pictures.ts';
import { addChildren, coveredLines, type Report } from './coverage.ts';
import { buildUi } from './ui.ts';

const BAR = 90;
/** More files than this do not fail by chance. */
const MOST_AGAIN = 4;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'coverage');
const CHILDREN = join(OUT, 'children');

type Outcome = { readonly status: string; readonly fullName?: string; readonly duration?: number | null };
type FileResult = {
  readonly name: string;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly Outcome[];
};
type Results = { readonly code: number; readonly files: readonly FileResult[] };

await buildUi();
const filters = process.argv.slice(2);
await rm(OUT, { recursive: true, force: true });
await rm(USED_DIR, { recursive: true, force: true });
await rm(SCREENS, { recursive: true, force: true });
await mkdir(CHILDREN, { recursive: true });
// What the tests make and forget goes with this folder.
const temporary = await mkdtemp(join(tmpdir(), 'amg-run-'));
// Some tests run a gateway as another user.
await chmod(temporary, 0o755);
const coverage = filters.length > 0 ? [] : ['--coverage', '--coverage.clean=false'];
const first = await runVitest('tests.json', [...coverage, ...filters]);
const again = await runAlone(first.files.filter(({ status }) => status === 'failed'));
await rm(temporary, { recursive: true, force: true });
const files = first.files.map(file => again?.files.find(({ name }) => name === file.name) ?? file);
printSuites(files);
const isCovered = filters.length > 0 || (await printCoverage());
const isUsed = await printUnused();
printFlaky(first.files, again?.files ?? []);

// A file that could not be loaded, or whose preparation failed, has no failed test, and is a failure all the same.
const broken = files.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some(test => test.status === 'failed'),
);
for (const { name } of broken) console.log(`did not run: ${relative(ROOT, name)}`);
const count = (wanted: string) =>
  files.reduce(
    (sum, { assertionResults }) => sum + assertionResults.filter(({ status }) => status === wanted).length,
    0,
  );
console.log(`${count('passed')} passed, ${count('failed') + broken.length} failed`);
process.exit((again ?? first).code === 0 && isCovered && isUsed ? 0 : 1);

/**
 * Promises of time ("within a second") are about the gateway, not about what else the machine does: a file that failed
 * beside others is run once more with nothing beside it. What fails there too is a failure; what passes is named at the end.
 */
async function runAlone(failed: readonly FileResult[]): Promise<Results | undefined> {
  if (failed.length === 0 || failed.length > MOST_AGAIN) return undefined;
  console.log(`\n${failed.length} of the files failed; once more, alone:`);
  return runVitest('again.json', ['--no-file-parallelism', ...failed.map(({ name }) => name)]);
}

function printFlaky(before: readonly FileResult[], after: readonly FileResult[]): void {
  for (const { name, status } of after) {
    if (status === 'failed') continue;
    const failed = before.find(file => file.name === name)?.assertionResults ?? [];
    for (const test of failed.filter(one => one.status === 'failed'))
      console.log(`failed beside others, passed alone: ${relative(ROOT, name)} > ${test.fullName ?? ''}`);
  }
}

async function runVitest(report: string, more: readonly string[]): Promise<Results> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const out = join(OUT, report);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${out}`];
  const env = { ...process.env, CHILD_V8_COVERAGE: CHILDREN, TMPDIR: temporary };
  const args = [vitest, 'run', ...reporters, ...more];
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', ended => resolve(ended ?? 1));
  });
  const text = await readFile(out, 'utf8').catch(() => undefined);
  return { code, files: text === undefined ? [] : JSON.parse(text).testResults };
}

/** What the pages have and no test of them used or looked at. A run of a part of them says nothing. */
async function printUnused(): Promise<boolean> {
  const passed = files.filter(({ status, assertionResults }) => {
    return status === 'passed' && assertionResults.every(test => test.status === 'passed');
  });
  const unused = await unusedAfter(passed.map(({ name }) => name));
  if (!unused) return true;
  const unseen = await picturesMissingAfter();
  if (unused.length > 0) console.log('\nOf the pages, no test used:');
  for (const line of unused) console.log(`  ${line}`);
  if (unseen.length > 0) console.log('\nOf the pages, there is no picture:');
  for (const line of unseen) console.log(`  ${line}`);
  return unused.length === 0 && unseen.length === 0;
}

/** One line a suite: a folder of test/, or a file that stands in it. */
function printSuites(testResults: readonly FileResult[]): void {
  const suites = new Map<string, { run: number; skipped: number; failed: number; ms: number }>();
  for (const file of testResults) {
    const name = relative(join(ROOT, 'test'), file.name).split('/')[0] ?? '';
    const suite = suites.get(name) ?? { run: 0, skipped: 0, failed: 0, ms: 0 };
    for (const { status } of file.assertionResults) {
      if (status === 'passed' || status === 'failed') suite.run++;
      else suite.skipped++;
      if (status === 'failed') suite.failed++;
    }
    suite.ms += file.endTime - file.startTime;
    suites.set(name, suite);
  }
  console.log(
    `\n${'suite'.padEnd(28)}${'run'.padStart(6)}${'skipped'.padStart(9)}${'failed'.padStart(8)}${'seconds'.padStart(9)}`,
  );
  for (const [name, { run, skipped, failed, ms }] of [...suites].sort())
    console.log(
      `${name.padEnd(28)}${String(run).padStart(6)}${String(skipped).padStart(9)}${String(failed).padStart(8)}${(ms / 1000).toFixed(1).padStart(9)}`,
    );
}

async function printCoverage(): Promise<boolean> {
  const text = await readFile(join(OUT, 'coverage-final.json'), 'utf8').catch(() => undefined);
  if (text === undefined) {
    console.log('No coverage was measured.');
    return false;
  }
  const report: Report = JSON.parse(text);
  await addChildren(report, CHILDREN);
  const files = [...coveredLines(report)];
  const sum = (pick: (lines: { covered: number; total: number }) => number) =>
    files.reduce((total, [, lines]) => total + pick(lines), 0);
  const percent =
    (100 * sum(lines => lines.covered)) /
    Math.max(
      1,
      sum(lines => lines.total),
    );
  const worst = files
    .map(([path, { covered, total }]) => ({
      path: relative(ROOT, path),
      missing: total - covered,
      covered,
      total,
    }))
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing)
    .slice(0, 10);
  console.log(`\nlines of src covered: ${percent.toFixed(1)} % (bar ${BAR} %); most are missing in`);
  for (const { path, covered, total } of worst) console.log(`  ${path} ${covered}/${total}`);
  if (percent < BAR) console.log(`Below the bar: ${percent.toFixed(1)} % of ${BAR} %.`);
  return percent >= BAR;
}
