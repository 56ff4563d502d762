import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../support/processes.ts';

export type Revision = '2025-11-25' | '2026-07-28';
export type CheckStatus = 'SUCCESS' | 'INFO' | 'SKIPPED' | 'WARNING' | 'FAILURE';

export type SuiteResult = {
  /** Scenarios that count for the revision; a scenario passes when none of its checks failed. */
  readonly scored: { readonly passed: number; readonly total: number; readonly failed: readonly string[] };
  /** The worst status of each check, keyed `scenario/check id`, with what it said. */
  readonly checks: ReadonlyMap<string, { readonly status: CheckStatus; readonly error: string | undefined }>;
  readonly raw: string;
};

export type SuiteRun = {
  /** On `localhost`: the suite probes Host and Origin only there. */
  readonly url: string;
  readonly revision: Revision;
  readonly bearer?: string;
  readonly outDir: string;
};

const WORST: readonly CheckStatus[] = ['SUCCESS', 'INFO', 'SKIPPED', 'WARNING', 'FAILURE'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the server leg of the official suite against a URL. Its exit code is not looked at: unscored scenarios set it. */
export async function runSuite({ url, revision, bearer, outDir }: SuiteRun): Promise<SuiteResult> {
  const { stdout, stderr } = await start({ url, bearer, outDir }, ['--requirements', revision]);
  const scored = readScores(stdout);
  if (scored.total === 0) throw new Error(`The suite did not run: ${stderr}\n${stdout}`);
  return { scored, checks: await readChecks(outDir), raw: stdout };
}

/** Runs one scenario that no revision requires, such as those of extensions: how many checks passed, and what it said. */
export async function runScenario(
  scenario: string,
  run: Omit<SuiteRun, 'revision'>,
): Promise<{ readonly passed: number; readonly failed: number; readonly raw: string }> {
  const { stdout, stderr } = await start(run, ['--scenario', scenario]);
  const found = /^Passed: (\d+)\/\d+, (\d+) failed/m.exec(stdout);
  if (!found) throw new Error(`The scenario did not run: ${stderr}\n${stdout}`);
  return { passed: Number(found[1]), failed: Number(found[2]), raw: stdout };
}

async function start(
  { url, bearer, outDir }: Omit<SuiteRun, 'revision' | 'bearer'> & { readonly bearer?: string | undefined },
  what: readonly string[],
) {
  await mkdir(outDir, { recursive: true });
  const suite = join(ROOT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  const preload = new URL('bearer.ts', import.meta.url).href;
  const args = ['--import', preload, suite, 'server', '--url', url, ...what, '-o', outDir];
  const env =
    bearer === undefined ? {} : { CONFORMANCE_BEARER: bearer, CONFORMANCE_ORIGIN: new URL(url).origin };
  return runToEnd(process.execPath, args, { env, timeoutMs: 120_000 });
}

/** The summary marks each scenario; the paragraph after it names those that do not count. */
export function readScores(stdout: string): SuiteResult['scored'] {
  const summary = stdout.slice(stdout.search(/^=== (SUITE )?SUMMARY ===$/m));
  const unscored = new Set([...summary.matchAll(/^ {2}[✓✗] (\S+) \(/gm)].map(found => found[1]));
  const scenarios = [...summary.matchAll(/^([✓✗]) (\S+): /gm)].filter(found => !unscored.has(found[2]));
  const failed = scenarios.filter(found => found[1] === '✗').map(found => found[2] ?? '');
  return { passed: scenarios.length - failed.length, total: scenarios.length, failed };
}

type RawCheck = { readonly id: string; readonly status: CheckStatus; readonly errorMessage?: string };

async function readChecks(outDir: string): Promise<SuiteResult['checks']> {
  const checks = new Map<string, { status: CheckStatus; error: string | undefined }>();
  for (const folder of await readdir(outDir)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(folder)?.[1];
    if (scenario === undefined) continue;
    // A scenario that could not begin leaves an empty folder.
    const text = await readFile(join(outDir, folder, 'checks.json'), 'utf8').catch(() => '[]');
    const found: RawCheck[] = JSON.parse(text);
    for (const { id, status, errorMessage } of found) {
      const key = `${scenario}/${id}`;
      const before = checks.get(key);
      if (before === undefined || WORST.indexOf(status) > WORST.indexOf(before.status))
        checks.set(key, { status, error: errorMessage });
    }
  }
  return checks;
}

/** The checks whose status differs, as `scenario/check: direct → through`. */
export function differences(direct: SuiteResult, through: SuiteResult): string[] {
  const keys = new Set([...direct.checks.keys(), ...through.checks.keys()]);
  return [...keys].flatMap(key => {
    const [before, after] = [direct.checks.get(key), through.checks.get(key)];
    if (before?.status === after?.status) return [];
    return [
      `${key}: ${before?.status ?? 'absent'} → ${after?.status ?? 'absent'} ${after?.error ?? ''}`.trim(),
    ];
  });
}
