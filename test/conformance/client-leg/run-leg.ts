import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBrowser } from '../../support/browser.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { runToEnd } from '../../support/processes.ts';
import { type Revision, readScores, type SuiteResult } from '../run-suite.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SUITE = join(ROOT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const DRIVER = join(ROOT, 'test/conformance/client-leg/driver.ts');
const PASSWORD = 'Otter-lantern-47';

export type Leg = { readonly gateway: Gateway; readonly env: Readonly<Record<string, string>> };

/** One person may make the gateway ask about accounts so many times in ten minutes: the scenarios share several. */
const PEOPLE = ['ann', 'ben', 'cem', 'dua', 'eva', 'fay', 'gus', 'hal'];

async function addPerson(gateway: Gateway, adminKey: string, username: string): Promise<object> {
  const made = await fetch(gateway.url('/admin/api/users'), {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  if (made.status !== 201) throw new Error(`${username} was not added: ${await made.text()}`);
  const key = await gateway.cli('token', 'create', '--user', username, '--name', 'leg');
  const browser = createBrowser({
    fill: { name: username, password: PASSWORD },
    stopAt: page => /^\/(admin|account)$/.test(page.pathname),
  });
  await browser.signIn(gateway.url('/login'));
  return { token: key.stdout.trim(), cookie: browser.cookies(gateway.url('/')) };
}

/** The gateway as its CLI starts it, with people who are signed in and may use every server. */
export async function startLeg(): Promise<Leg> {
  const gateway = await startGateway({
    servers: {},
    settings: {
      rateLimit: { enabled: false },
      upstream: { clientMetadataUrl: 'https://conformance-test.local/client-metadata.json' },
    },
    env: { ADMIN_PASSWORD: PASSWORD },
  });
  const { stdout } = await gateway.cli(
    'token',
    'create',
    '--user',
    'admin',
    '--name',
    'leg',
    '--scope',
    'admin',
  );
  const adminKey = stdout.trim();
  await gateway.cli('grant', 'add', 'role:user', '*');
  const people = await Promise.all(PEOPLE.map(name => addPerson(gateway, adminKey, name)));
  return { gateway, env: { AUTHMCP_LEG: JSON.stringify({ origin: gateway.origin, adminKey, people }) } };
}

export type LegRun = { readonly outDir: string; readonly timeoutMs?: number };

async function start({ env }: Leg, what: readonly string[], { outDir, timeoutMs = 120_000 }: LegRun) {
  await mkdir(outDir, { recursive: true });
  const command = `${process.execPath} ${DRIVER}`;
  const args = [SUITE, 'client', '--command', command, ...what, '--timeout', '90000', '-o', outDir];
  return runToEnd(process.execPath, args, { env, timeoutMs });
}

/** The scored scenarios of a revision, in parallel as the suite runs them. */
export async function runLeg(leg: Leg, revision: Revision, run: LegRun): Promise<SuiteResult['scored']> {
  const { stdout, stderr } = await start(leg, ['--requirements', revision], run);
  const scored = readScores(stdout);
  if (scored.total === 0) throw new Error(`The suite did not run: ${stderr}\n${stdout}`);
  return scored;
}

/** One scenario alone: whether it passed, and what was said. */
export async function runOne(
  leg: Leg,
  scenario: string,
  run: LegRun & { readonly version?: string },
): Promise<{ readonly passed: boolean; readonly raw: string }> {
  const version = run.version === undefined ? [] : ['--spec-version', run.version];
  const { code, stdout, stderr } = await start(leg, ['--scenario', scenario, ...version], run);
  return { passed: code === 0, raw: `${stdout}\n${stderr}` };
}

/** What the checks of the last runs said that failed, for whoever has to find out why. */
export async function failuresIn(outDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of await readdir(outDir, { recursive: true })) {
    if (!file.endsWith('checks.json')) continue;
    const checks = JSON.parse(await readFile(join(outDir, file), 'utf8'));
    for (const { id, status, errorMessage } of checks)
      if (status === 'FAILURE') found.push(`${file}: ${id} ${errorMessage ?? ''}`);
  }
  return found;
}
