// Real clients from npm against the gateway, each as far as it goes without an account:
//   npx node test/real-clients/run.ts [--only codex] [--clients FOLDER]
// Needs the npm registry, `script` and, for documents of clients (CIMD), root on Linux. The clients (800 MB) are installed
// into a temporary folder, or kept in FOLDER for the next time. Ends with 0 when each got as far as expected.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { tempDir } from '../support/temp.ts';
import { type DocumentsHost, startDocumentsHost } from './documents-host.ts';
import { browseAs, DRIVERS, type Driver, forget, type Stage, WrongTurn } from './drivers.ts';
import { type Installed, installClients } from './install.ts';

type Way = {
  readonly name: string;
  readonly cimd: 'off' | 'on' | 'auto';
  readonly hosts: 'served' | 'silent' | undefined;
};
type Row = {
  readonly client: string;
  readonly version: string;
  readonly way: string;
  readonly far: string;
  readonly seconds: string;
  readonly isFine: boolean;
};
type Run = {
  readonly folder: string;
  readonly installed: Installed;
  readonly documents: DocumentsHost | undefined;
  readonly sample: string;
};

const WAYS: readonly Way[] = [
  { name: 'DCR', cimd: 'off', hosts: undefined },
  { name: 'CIMD', cimd: 'on', hosts: 'served' },
  { name: 'CIMD, host silent', cimd: 'auto', hosts: 'silent' },
];
const PERSON = { name: 'admin', password: 'Otter-lantern-47' };
/** What each client says in the end. */
const GOAL = /^(?:Connected|lists tools|says OAuth, lists tools)$/;

function startFor({ cimd, hosts }: Way, { documents, sample }: Run): Promise<Gateway> {
  return startGateway({
    servers: { sample, ...(hosts && documents?.servers) },
    settings: { system: { cimd } },
    env: { ADMIN_USERNAME: PERSON.name, ADMIN_PASSWORD: PERSON.password, ...(hosts && documents?.env) },
    ...(hosts && documents && { runBy: documents.inside(hosts) }),
  });
}

/** Signs in; where a page says that the maker's host is silent, starts again, as the person is told to. */
async function signIn(
  driver: Driver,
  stage: Stage,
): Promise<{ readonly steps: string[]; readonly said: string }> {
  const steps: string[] = [];
  const browse = browseAs(stage, address => {
    const id = new URL(address).searchParams.get('client_id') ?? '';
    steps.push(id.startsWith('https://') ? `document at ${new URL(id).host}` : 'registered');
  });
  try {
    return { steps, said: await driver.drive(stage, browse) };
  } catch (error) {
    const [page] =
      error instanceof WrongTurn ? (/[\w.]+ could not be reached/.exec(error.message) ?? []) : [];
    if (page === undefined) throw error;
    steps.push(`page "${page}"`);
    await forget(driver, stage);
    return { steps, said: await driver.drive(stage, browse) };
  }
}

function expectedSteps({ document }: Driver, { hosts }: Way): readonly string[] {
  if (hosts === undefined || document === undefined) return ['registered'];
  return hosts === 'served'
    ? [`document at ${document}`]
    : [`document at ${document}`, `page "${document} could not be reached"`, 'registered'];
}

async function drive(driver: Driver, way: Way, run: Run): Promise<Row> {
  const home = join(run.folder, `home-${WAYS.indexOf(way)}-${DRIVERS.indexOf(driver)}`);
  await mkdir(home, { recursive: true });
  const gateway = await startFor(way, run);
  const begun = performance.now();
  const about = {
    client: driver.package,
    version: await run.installed.version(driver.package),
    way: way.name,
  };
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TERM: 'xterm',
    BROWSER: 'true',
    DISABLE_AUTOUPDATER: '1',
  };
  const stage = {
    installed: run.installed,
    place: { cwd: home, env },
    mcp: gateway.url('/mcp'),
    person: PERSON,
  };
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(1);
  try {
    const { steps, said } = await signIn(driver, stage);
    const isFine = GOAL.test(said) && steps.join() === expectedSteps(driver, way).join();
    const far = [...steps, 'signed in', said].join(', ');
    return { ...about, far: isFine ? far : `NOT AS EXPECTED: ${far}`, seconds: seconds(), isFine };
  } catch (error) {
    console.error(`${driver.package}, ${way.name}: ${String(error)}`);
    return { ...about, far: 'NOT AS EXPECTED: see above', seconds: seconds(), isFine: false };
  } finally {
    await gateway.close();
  }
}

function print(rows: readonly Row[]): void {
  const lines = rows.map(({ client, version, way, far, seconds }) => [client, version, way, far, seconds]);
  console.log('| client | version | way | how far | seconds |\n|---|---|---|---|---|');
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, clients: { type: 'string' } } });
  await using folder = await tempDir('authmcp-clients-');
  const [installed, sample] = await Promise.all([
    installClients(values.clients ?? join(folder.path, 'clients')),
    startEcho2025({ name: 'sample' }),
  ]);
  const documents = await startDocumentsHost(folder.path).catch(error => {
    console.error(`Only DCR, because the documents cannot be served: ${String(error)}`);
    return undefined;
  });
  const run = { folder: folder.path, installed, documents, sample: sample.url };
  const rows: Row[] = [];
  try {
    for (const driver of DRIVERS.filter(one => one.package.includes(values.only ?? ''))) {
      for (const way of WAYS) {
        const isMeant = way.hosts !== 'silent' || driver.document !== undefined;
        if (isMeant && (documents || way.hosts === undefined)) rows.push(await drive(driver, way, run));
      }
    }
  } finally {
    await Promise.all([documents?.close(), sample.close()]);
  }
  for (const address of new Set(documents?.asked)) console.log(`document asked for: ${address}`);
  print(rows);
  return documents !== undefined && rows.length > 0 && rows.every(row => row.isFine);
}

process.exit((await main()) ? 0 : 1);
