// npm test: every test with coverage, that of spawned processes included. `npm test -- test/mcp` runs a part, ungated.
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addChildren, coveredLines, type Report } from './coverage.ts';

const BAR = 90;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'coverage');
const CHILDREN = join(OUT, 'children');

type Outcome = { readonly status: string; readonly duration?: number | null };
type Results = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly Outcome[];
  }[];
};

const filters = process.argv.slice(2);
await rm(OUT, { recursive: true, force: true });
await mkdir(CHILDREN, { recursive: true });
const code = await runVitest();
const results = await readResults();
printSuites(results);
const isCovered = filters.length > 0 || (await printCoverage());

// A file that could not be loaded, or whose preparation failed, has no failed test, and is a failure all the same.
const broken = results.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some(test => test.status === 'failed'),
);
for (const { name } of broken) console.log(`did not run: ${relative(ROOT, name)}`);
console.log(`${results.numPassedTests} passed, ${results.numFailedTests + broken.length} failed`);
process.exit(code === 0 && isCovered ? 0 : 1);

async function readResults(): Promise<Results> {
  const text = await readFile(join(OUT, 'tests.json'), 'utf8').catch(() => undefined);
  return text === undefined ? { numPassedTests: 0, numFailedTests: 0, testResults: [] } : JSON.parse(text);
}

function runVitest(): Promise<number> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(OUT, 'tests.json')}`];
  const coverage = filters.length > 0 ? [] : ['--coverage', '--coverage.clean=false'];
  const env = { ...process.env, CHILD_V8_COVERAGE: CHILDREN };
  const args = [vitest, 'run', ...reporters, ...coverage, ...filters];
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', ended => resolve(ended ?? 1));
  });
}

/** One line a suite: a folder of test/, or a file that stands in it. */
function printSuites({ testResults }: Results): void {
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
