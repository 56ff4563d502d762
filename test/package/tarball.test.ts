import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/ports.ts';
import { runToEnd, startProcess } from '../support/processes.ts';
import { tempDir } from '../support/temp.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** This Node, and those whose programs stand in AUTHMCP_NODES (as PATH has them): see docs/RELEASE.md. */
const NODES = [process.execPath, ...(process.env.AUTHMCP_NODES?.split(':') ?? [])];
const LOOSE = { HOST: '', ADMIN_USERNAME: '', ADMIN_PASSWORD: '', NODE_V8_COVERAGE: undefined };

let dir: string;
let remove: () => Promise<void>;

const pathOf = (node: string) => `${dirname(node)}:${process.env.PATH}`;

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runToEnd('npm', args, {
    cwd,
    env: { PATH: pathOf(process.execPath) },
  });
  expect(code, stderr).toBe(0);
  return stdout;
}

beforeAll(async () => {
  ({ path: dir, remove } = await tempDir('amg-tarball-'));
  const built = await runToEnd(process.execPath, [join(ROOT, 'scripts/build.ts')], { cwd: ROOT });
  expect(built.code, built.stderr).toBe(0);
  const [packed] = JSON.parse(
    await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', dir], ROOT),
  );
  const home = join(dir, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await npm(['install', ...quiet, join(dir, packed.filename)], home);
}, 120_000);

afterAll(() => remove?.());

describe('what npm installs', () => {
  it('is the bundle and the one package that is compiled for a machine', () => {
    const modules = join(dir, 'home/node_modules');
    expect(readdirSync(modules).filter(name => !name.startsWith('.'))).toEqual([
      '@node-rs',
      'authmcp-gateway',
    ]);
    expect(readdirSync(join(modules, 'authmcp-gateway/dist'))).toContain('THIRD-PARTY-LICENSES.txt');
  });
});

describe.each(NODES)('installed without scripts, on %s', node => {
  // What npm thinks of this machine's own settings is not the program's output.
  const env = () => ({ ...LOOSE, PATH: pathOf(node), npm_config_loglevel: 'error' });
  const bin = () => join(dir, 'home/node_modules/.bin/authmcp-gateway');
  const folder = (name: string) => {
    const path = join(dir, `${name}-${NODES.indexOf(node)}`);
    mkdirSync(path);
    return path;
  };

  it('npx authmcp-gateway version names itself', async () => {
    const ended = await runToEnd('npx', ['authmcp-gateway', 'version'], {
      cwd: join(dir, 'home'),
      env: env(),
    });
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toMatch(/^AuthMCP Gateway 2\.0\.0/);
  });

  it('starts with its store, takes a password and ends with 0', async () => {
    const cwd = folder('start');
    const password = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'Correct-Horse-7' };
    const running = startProcess(bin(), ['start', '--port', '0'], { cwd, env: { ...env(), ...password } });
    try {
      const [, port] = await running.line(/http:\/\/localhost:(\d+)\/mcp/);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ username: 'root', password: 'Correct-Horse-7' });
      const answer = await fetch(`http://localhost:${port}/auth/login`, { method: 'POST', headers, body });
      expect(answer.status).toBe(200);
    } finally {
      const { code, stderr } = await running.stop();
      expect([code, stderr]).toEqual([0, '']);
    }
  });

  it('shows the demo, whose line works when it is pasted', async () => {
    const running = startProcess(bin(), ['demo', '--port', String(await freePort())], {
      cwd: folder('demo'),
      env: env(),
    });
    try {
      await running.line(/^Live:/);
      const [line = ''] = /curl -s .*\n +-d '.*'/.exec(running.stdout()) ?? [];
      const called = await runToEnd('/bin/sh', ['-c', line]);
      expect(running.stdout()).toContain(`  it answers  ${called.stdout}\n`);
      await running.line(/demo +curl +sample_add +ok +\d+ ms {2}\(server \d+\)/);
    } finally {
      expect((await running.stop()).code).toBe(0);
    }
  });
});
