import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, runToEnd, startProcess } from '../support/processes.ts';
import { tempDir } from '../support/temp.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const LOOSE = { PATH: '', HOST: '', ADMIN_USERNAME: '', ADMIN_PASSWORD: '' };

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function folder(): Promise<string> {
  const { path, remove } = await tempDir('amg-start-');
  undo.push(remove);
  return path;
}

function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const running = startProcess(process.execPath, [MAIN, ...args], { cwd, env: { ...LOOSE, ...env } });
  undo.push(() => running.stop());
  return running;
}

/** On a terminal, as people run it; what changes from run to run is masked. */
async function onTerminal(cwd: string, args: readonly string[], until: RegExp, env = {}): Promise<string> {
  const command = [process.execPath, MAIN, ...args].join(' ');
  const running = startProcess('/usr/bin/script', ['-qfec', command, '/dev/null'], {
    cwd,
    env: { ...LOOSE, PATH: '/usr/bin:/bin', SHELL: '/bin/sh', ...env },
  });
  await running.line(until);
  await running.stop();
  return masked(
    running
      .stdout()
      .replace(/\r/g, '')
      .replace(/\^C|\^D|\x08/g, ''),
  );
}

function masked(text: string): string {
  return text
    .replace(/\d\d:\d\d:\d\d/g, '12:04:11')
    .replace(/until \d\d:\d\d/, 'until 12:34')
    .replace(/since \d\d:\d\d/, 'since 09:12')
    .replace(/in \d+\.\d s/, 'in 0.4 s')
    .replace(/#[0-9A-Z-]{30}/, '#TOKEN')
    .replace(/amg_\w{8}_[\w-]{32}/g, 'amg_KEY')
    .replace(/demo \/ [a-z]+-[a-z]+-\d\d/, 'demo / otter-lantern-47')
    .replace(/localhost:\d+/g, 'localhost:8000')
    .trimEnd();
}

describe('start on a terminal', () => {
  it('the first says what was made and how to go on', async () => {
    const text = await onTerminal(await folder(), ['start', '--port', '0'], /Ctrl\+C/);
    expect(text).toBe(`AuthMCP Gateway 2.0.0   local mode: only this machine can reach it

  data      ./data          made: database and keys, readable by you alone
  servers   none yet        ./authmcp.yaml is watched, or add them in the browser
  MCP       http://localhost:8000/mcp

  Set it up:  http://localhost:8000/setup#TOKEN
              works once, until 12:34. New link: npx authmcp-gateway setup-link

12:04:11 ready in 0.4 s. Ctrl+C stops.`);
  });

  it('the second says how the servers are and where the dashboard is', async () => {
    const cwd = await folder();
    writeFileSync(
      join(cwd, 'authmcp.yaml'),
      'mcpServers: { home-assistant: { url: "http://127.0.0.1:9/mcp" } }',
    );
    const env = { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: 'Correct-Horse-7' };
    const first = await onTerminal(cwd, ['start', '--port', '0'], /Ctrl\+C/, env);
    expect(first).toContain('\n  Sign in:  http://localhost:8000/admin  as admin\n');
    const second = await onTerminal(cwd, ['start', '--port', '0'], /Ctrl\+C/);
    expect(second).toBe(`AuthMCP Gateway 2.0.0   local mode: only this machine can reach it

  data      ./data
  servers   1   1 down (home-assistant, since 09:12: it cannot be reached)
  MCP       http://localhost:8000/mcp

  Dashboard  http://localhost:8000/admin

12:04:11 ready in 0.4 s. Ctrl+C stops.`);
    const other = await onTerminal(cwd, ['start', '--port', '0'], /Ctrl\+C/, {
      ...env,
      ADMIN_PASSWORD: 'Another-8-horse',
    });
    expect(other).toContain(
      '  note      ADMIN_PASSWORD is not the password of admin: it counts at the first start only.',
    );
  });

  it('create-admin asks on a terminal for what is not given', async () => {
    const cwd = await folder();
    const command = `stty cols 80 rows 24; exec ${process.execPath} ${MAIN} create-admin --username root`;
    const env = { ...LOOSE, PATH: '/usr/bin:/bin', SHELL: '/bin/sh' };
    const child = spawn('/usr/bin/script', ['-qfec', command, '/dev/null'], { cwd, env });
    let stdout = '';
    child.stdout.on('data', chunk => {
      if (!stdout.includes('Password') && String(chunk).includes('Password'))
        child.stdin.write('Correct-Horse-7\r');
      stdout += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(stdout).toContain('Password');
    expect(stdout).toContain('administrator root made');
    expect(stdout).not.toContain('Correct-Horse-7');
  });

  it('the demo gives a token and a curl line', async () => {
    const text = await onTerminal(await folder(), ['demo'], /^Live:/);
    expect(text).toBe(`AuthMCP Gateway 2.0.0   demo: temporary data, gone when you stop it

  sample server   sample_add, sample_echo, sample_slow, sample_ask (asks you back), sample_fail; 2 resources, 1 prompt
  dashboard       http://localhost:8000/admin     demo / otter-lantern-47
  token           amg_KEY   (MCP only, 24 hours)

Paste this into another terminal:

  curl -s http://localhost:8000/mcp -H 'Authorization: Bearer amg_KEY' -H 'Content-Type: application/json' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sample_add","arguments":{"a":2,"b":3}}}'

  it answers  {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"5"}]}}

Live:`);
  });
});

describe('start elsewhere', () => {
  it('prints JSON lines, and the setup link alone on stderr; SIGTERM ends it with 0', async () => {
    const running = run(await folder(), ['start', '--port', '0']);
    const [link] = await running.line(/^Set it up: http:\/\/localhost:\d+\/setup#[0-9A-Z-]{30}$/);
    expect(running.stderr()).toContain(link);
    const line = JSON.parse(running.stdout());
    expect(line).toMatchObject({ level: 'info', msg: 'ready', mode: 'local', servers: 0 });
    expect(running.stdout()).not.toContain('setup#');
    expect((await running.stop()).code).toBe(0);
  });

  it('authmcp-gateway alone starts', async () => {
    const running = run(await folder(), [], { PORT: '0' });
    await running.line(/"msg":"ready"/);
    expect((await running.stop()).code).toBe(0);
  });

  it('a wrong edit is said with line and reason, and changes nothing', async () => {
    const cwd = await folder();
    const running = run(cwd, ['start', '--port', '0']);
    await running.line(/ready/);
    writeFileSync(join(cwd, 'authmcp.yaml'), 'settings:\n  ratelimit: {}\n');
    await running.line(
      /authmcp\.yaml:2 settings\.ratelimit is not a setting; did you mean rateLimit\? The running configuration stays\./,
    );
  });

  it('T24 a second gateway on the same data is refused with the pid of the first', async () => {
    const cwd = await folder();
    const first = run(cwd, ['start', '--port', '0']);
    await first.line(/ready/);
    const second = await run(cwd, ['start', '--port', '0']).ended;
    expect([second.code, second.stdout]).toEqual([1, '']);
    expect(second.stderr.trim()).toBe(
      `./data is used by another gateway (pid ${first.pid}). Stop it, or use --data-dir with another folder.`,
    );
    expect((await runToEnd(process.execPath, [MAIN, 'user', 'add', 'alice'], { cwd, env: LOOSE })).code).toBe(
      0,
    );
  });

  it('a taken port names who has it, and demo moves on', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => new Promise(resolve => server.close(resolve)));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const name = readFileSync('/proc/self/comm', 'utf8').trim().replace('MainThread', 'node');
    const { code, stderr } = await run(await folder(), ['start', '--port', String(port)]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^Port ${port} is taken by .*\\(pid ${process.pid}\\)\\. Use --port \\d+, or stop it\\.\n$`),
    );
    expect(stderr).toContain(name.slice(0, 4));
    const demo = run(await folder(), ['demo', '--port', String(port)]);
    await demo.line(new RegExp(`port +${port} is taken, so this is the next free one`));
  });

  it.each([
    [
      'a weak password',
      { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: 'short' },
      [],
      /^ADMIN_PASSWORD needs at least 8 characters/,
    ],
    [
      'the example key',
      { JWT_SECRET_KEY: 'change-me-to-a-secure-random-string-min-32-characters' },
      [],
      /^JWT_SECRET_KEY is the example from \.env\.example\. Remove the line/,
    ],
    [
      'an address of another machine',
      {},
      ['--host', '192.0.2.1'],
      /^192\.0\.2\.1 is not an address of this machine\./,
    ],
    ['a misspelt flag', {}, ['--prot', '1'], /unknown option '--prot'/],
  ])('%s is refused in one sentence', async (_, env, args, says) => {
    const cwd = await folder();
    mkdirSync(join(cwd, 'data'), { mode: 0o700 });
    const { code, stdout, stderr } = await run(cwd, ['start', '--port', '0', ...args], env).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
