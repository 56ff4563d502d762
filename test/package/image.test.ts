import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { chmod, chown, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/ports.ts';
import { type Running, runToEnd, startProcess } from '../support/processes.ts';
import { tempDir } from '../support/temp.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** `node` is this Node, as it is in the image. */
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
const NOBODY = 65534;

type Step = { readonly verb: string; readonly rest: string };

/** The instructions of the Dockerfile, one list per stage. */
function stages(): readonly (readonly Step[])[] {
  const text = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8').replace(/\\\n/g, ' ');
  const steps = text
    .split('\n')
    .filter(line => /^[A-Z]+ /.test(line))
    .map(line => ({ verb: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
  const starts = steps.flatMap((step, at) => (step.verb === 'FROM' ? [at] : []));
  return starts.map((start, at) => steps.slice(start, starts[at + 1]));
}

const words = (step: Step) => step.rest.trim().split(/\s+/);

/** Runs the steps of an image in a folder. Packages come from the checkout: the registry is not tried here. */
async function build(dir: string): Promise<{ readonly app: string; readonly steps: readonly Step[] }> {
  const [first = [], second = []] = stages();
  const [source, app] = [join(dir, 'src'), join(dir, 'app')];
  mkdirSync(source);
  mkdirSync(app);
  for (const step of first) {
    if (step.verb === 'COPY') copy(step, ROOT, source);
    if (step.verb !== 'RUN') continue;
    if (step.rest.startsWith('npm ci')) symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
    else if (!step.rest.startsWith('npm prune')) await sh(step.rest, source);
  }
  for (const step of second.filter(each => each.verb === 'COPY')) copy(step, ROOT, app, dir);
  mkdirSync(join(app, 'data'));
  return { app, steps: second };
}

function copy(step: Step, context: string, into: string, stageRoot = ''): void {
  const isFromStage = step.rest.startsWith('--from=');
  const all = words(step).filter(word => !word.startsWith('--'));
  const target = all.pop() ?? '.';
  for (const each of all) {
    const from = isFromStage ? join(stageRoot, each) : join(context, each);
    const to = target === './' ? join(into, basename(each)) : join(into, target);
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

async function sh(command: string, cwd: string): Promise<void> {
  const { code, stderr } = await runToEnd('/bin/sh', ['-c', command], { cwd, env: { PATH } });
  expect(code, stderr).toBe(0);
}

async function makeReadOnly(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await makeReadOnly(path);
    else if (entry.isFile()) await chmod(path, 0o555);
  }
  await chmod(dir, 0o555);
}

const commandOf = (steps: readonly Step[], verb: string): readonly string[] =>
  JSON.parse(/\[.*\]$/.exec(steps.find(step => step.verb === verb)?.rest ?? '[]')?.[0] ?? '[]');

let app: string;
let steps: readonly Step[];
let removeAll: () => Promise<void>;

beforeAll(async () => {
  const { path, remove } = await tempDir('amg-image-');
  removeAll = async () => {
    await sh('chmod -R u+w .', path);
    await remove();
  };
  await chmod(path, 0o755);
  ({ app, steps } = await build(path));
}, 120_000);

afterAll(() => removeAll?.());

describe('the package', () => {
  it('starts from the bundle and knows its version', async () => {
    const { code, stdout, stderr } = await runToEnd(process.execPath, [
      join(app, 'dist/authmcp-gateway.js'),
      'version',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^AuthMCP Gateway 2\.0\.0/);
  });

  it.each(['8.17.0', '18.20.1', '20.20.2', '22.18.9'])('says one clear sentence on Node %s', version => {
    const entry = readFileSync(join(app, 'dist/authmcp-gateway.js'), 'utf8')
      .replace(/^#!.*\n/, '')
      .replace(/^import\(.*$/m, 'done = true;');
    const said: string[] = [];
    const exit = () => {
      throw new Error('exit');
    };
    const context = {
      process: { versions: { node: version }, stderr: { write: (text: string) => said.push(text) }, exit },
      done: false,
    };
    expect(() => runInNewContext(entry, context)).toThrow('exit');
    expect(said.join('')).toMatch(
      new RegExp(`^AuthMCP Gateway needs Node 22\\.19 or newer, and this is Node ${version}\\. .*\n$`),
    );
    expect(context.done).toBe(false);
  });
});

describe('the image', () => {
  it('its steps end in a gateway that runs unprivileged on a read-only tree and is healthy', async () => {
    await makeReadOnly(app);
    await chmod(join(app, 'data'), 0o700);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await chown(join(app, 'data'), NOBODY, NOBODY);
    const [port] = [await freePort()];
    const env = {
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: join(app, 'data'),
      NODE_V8_COVERAGE: undefined,
    };
    const as = isRoot
      ? ['/usr/bin/setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
      : ['/usr/bin/env'];
    const commandLine = (verb: string) => [...as, process.execPath, ...commandOf(steps, verb).slice(1)];
    const [program = '', ...args] = commandLine('CMD');
    const running: Running = startProcess(program, args, { cwd: app, env });
    try {
      await running.line(/"msg":"ready"/, 30_000);
      const [checker = '', ...checkArgs] = commandLine('HEALTHCHECK');
      expect(await runToEnd(checker, checkArgs, { cwd: app, env })).toMatchObject({
        code: 0,
        stdout: 'ok\n',
      });
    } finally {
      expect((await running.stop()).code).toBe(0);
    }
  });
});
