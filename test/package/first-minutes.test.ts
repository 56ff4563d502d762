import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/ports.ts';
import { runToEnd } from '../support/processes.ts';
import { tempDir } from '../support/temp.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOBODY = 65534;
const PASSWORD = 'Correct-Horse-7';

let home: string;
let undo: (() => Promise<unknown>)[] = [];

/** A checkout whose packages are installed, and nothing else. */
beforeEach(async () => {
  const { path, remove } = await tempDir('amg-checkout-');
  [home, undo] = [path, [remove]];
  for (const name of ['package.json', '.npmrc']) cpSync(join(ROOT, name), join(home, name));
  for (const name of ['src', 'node_modules']) symlinkSync(join(ROOT, name), join(home, name));
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

/** What a person types into a terminal, until `until` stands there. */
async function type(command: string, until: RegExp, env: Readonly<Record<string, string>> = {}) {
  const clean = { HOST: '', ADMIN_USERNAME: '', ADMIN_PASSWORD: '', npm_config_loglevel: undefined };
  const options = { cwd: home, env: { ...process.env, ...clean, SHELL: '/bin/sh', ...env } };
  const child = spawn('/usr/bin/script', ['-qefc', command, '/dev/null'], options);
  const ended = once(child, 'close').then(([code]) => code);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk.replaceAll('\r', '');
  });
  const interrupt = async () => {
    if (child.exitCode === null) child.stdin.write('\x03');
    return ended;
  };
  undo.push(interrupt);
  await expect.poll(() => text, { timeout: 15_000, interval: 20 }).toMatch(until);
  return { text: () => text, interrupt };
}

function masked(text: string): string {
  return text
    .replace(/\d\d:\d\d:\d\d/g, '12:04:11')
    .replace(/^.*pages built in .*\n?/gm, '')
    .replace(/until \d\d:\d\d/, 'until 12:34')
    .replace(/in \d+\.\d s/, 'in 0.4 s')
    .replace(/#[0-9A-Z-]{30}/, '#TOKEN')
    .replace(/amg_\w{8}_[\w-]{32}/g, 'amg_KEY')
    .replace(/demo \/ [a-z]+-[a-z]+-\d\d/, 'demo / otter-lantern-47')
    .replace(/localhost:\d{5}\/admin /, 'localhost:8000/admin  ')
    .replace(/localhost:\d+/g, 'localhost:8000')
    .replace(/ +$/gm, '')
    .trim();
}

describe('npm start in a fresh checkout', () => {
  it('says what it made and how to go on, without a warning; Ctrl+C stops it', async () => {
    const terminal = await type('npm start', /Ctrl\+C stops\.\n/, { PORT: '0' });
    expect(masked(terminal.text())).toBe(`> authmcp-gateway@2.0.0 start
> node src/main.ts start

AuthMCP Gateway 2.0.0   local mode: only this machine can reach it

  data      ./data          made: database and keys, readable by you alone
  servers   none yet        ./authmcp.yaml is watched, or add them in the browser
  MCP       http://localhost:8000/mcp

  Set it up:  http://localhost:8000/setup#TOKEN
              works once, until 12:34. New link: npx authmcp-gateway setup-link

12:04:11 ready in 0.4 s. Ctrl+C stops.`);
    await terminal.interrupt();
    // npm itself ends by the signal; what the gateway leaves behind shows that it had the time to close.
    expect(readdirSync(join(home, 'data')).sort()).toEqual(['gateway.db', 'keys', 'ledger.db']);
  });

  it('its link makes the administrator, who is signed in, signs out and in again', async () => {
    const terminal = await type('npm start', /Ctrl\+C stops\.\n/, { PORT: '0' });
    const [, origin = '', token = ''] = /(http:\/\/localhost:\d+)\/setup#(\S+)/.exec(terminal.text()) ?? [];
    const browser = browse(origin);
    const root = { name: 'root', password: PASSWORD };
    const made = await browser.submit('/setup', '/setup', { token, ...root, email: '' });
    expect([made.status, made.headers.get('location')]).toEqual([303, '/admin/setup']);
    expect((await browser.submit('/admin', '/logout', {})).headers.get('location')).toBe('/login');
    expect((await browser.submit('/login', '/login', root)).headers.get('location')).toBe('/admin');
    expect((await fetch(`${origin}/setup`)).status).toBe(410);
  });

  it('has the command that the documents name', async () => {
    const { code, stdout, stderr } = await runToEnd('npx', ['authmcp-gateway', 'setup-link'], { cwd: home });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\/setup#[0-9A-Z-]{30}/);
  });
});

/** Follows forms as a browser does: with its cookies, its Origin, and the hidden field of the page. */
function browse(origin: string) {
  const jar = new Map<string, string>();
  const send = async (path: string, init: RequestInit = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, accept: 'text/html', ...init.headers };
    const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      jar.set(name, value);
    }
    return response;
  };
  const read = async (path: string) => (await send(path)).text();
  const submit = async (page: string, action: string, fields: Readonly<Record<string, string>>) => {
    const [, form = ''] = /name="form" value="([^"]*)"/.exec(await read(page)) ?? [];
    const body = new URLSearchParams({ ...fields, form });
    return send(action, { method: 'POST', headers: { origin }, body });
  };
  return { read, submit };
}

describe('npm run demo in a fresh checkout', () => {
  it('gives a token and a line that answers as it says', async () => {
    const port = await freePort();
    const path = '/usr/bin:/bin';
    const terminal = await type(`npm run demo -- --port ${port}`, /\nLive:\n/, { PATH: path });
    expect(masked(terminal.text())).toBe(`> authmcp-gateway@2.0.0 demo
> node src/main.ts demo --port ${port}

AuthMCP Gateway 2.0.0   demo: temporary data, gone when you stop it

  sample server   sample_add, sample_echo, sample_slow, sample_ask (asks you back), sample_fail; 2 resources, 1 prompt
  dashboard       http://localhost:8000/admin     demo / otter-lantern-47
  token           amg_KEY   (MCP only, 24 hours)

Paste this into another terminal:

  curl -s http://localhost:8000/mcp -H 'Authorization: Bearer amg_KEY' -H 'Content-Type: application/json' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sample_add","arguments":{"a":2,"b":3}}}'

  it answers  {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"5"}]}}

Live:`);
    const [line = ''] = /curl -s .*\n +-d '.*'/.exec(terminal.text()) ?? [];
    const pasted = await runToEnd('/bin/sh', ['-c', line]);
    expect(terminal.text()).toContain(`  it answers  ${pasted.stdout}\n`);
    await expect
      .poll(
        () =>
          masked(terminal.text())
            .replace(/ +\d+ ms/, '      3 ms')
            .replace(/server \d+/, 'server 2'),
        { timeout: 10_000 },
      )
      .toContain('Live:\n12:04:11  demo  curl        sample_add   ok      3 ms  (server 2)');
  });
});

describe('a start that cannot be', () => {
  const start = (env: Readonly<Record<string, string>>, as: readonly string[] = []) => {
    const [program = '', ...args] = [
      ...as,
      process.execPath,
      join(ROOT, 'src/main.ts'),
      'start',
      '--port',
      '0',
    ];
    return runToEnd(program, args, { cwd: home, env: { HOST: '', NODE_V8_COVERAGE: undefined, ...env } });
  };

  it.each([
    [
      'a short key',
      { JWT_SECRET_KEY: 'short' },
      /^JWT_SECRET_KEY .*\. Remove the line \(a key is made for you\) or set 32 random characters: openssl rand -hex 32$/,
    ],
    [
      'a public address with http',
      { MCP_PUBLIC_URL: 'http://mcp.example.com' },
      /^MCP_PUBLIC_URL is http, .* Set MCP_PUBLIC_URL=https:\/\/mcp\.example\.com, or ALLOW_INSECURE_HTTP=true\.$/,
    ],
  ])('says in one sentence what is wrong with %s', async (_, env, says) => {
    const { code, stdout, stderr } = await start(env);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(says);
  });

  it('names file, line and key of a setting that is none', async () => {
    writeFileSync(join(home, 'authmcp.yaml'), 'mcpServers: {}\nsettings:\n  ratelimit: { enabled: false }\n');
    const { code, stderr } = await start({});
    expect([code, stderr]).toEqual([
      1,
      'authmcp.yaml:3 settings.ratelimit is not a setting; did you mean rateLimit?\n',
    ]);
  });

  it('names the owner of a data directory that it may not write', async () => {
    const data = join(home, 'data');
    mkdirSync(data);
    const isRoot = process.getuid?.() === 0;
    await chmod(home, 0o755);
    await chmod(data, 0o555);
    const asNobody = ['/usr/bin/setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const { code, stderr } = await start({}, isRoot ? asNobody : []);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^\.\/data is not writable by you \(owner [\w-]+\)\. Try: sudo chown -R \$USER \.\/data\n$/,
    );
  });
});
