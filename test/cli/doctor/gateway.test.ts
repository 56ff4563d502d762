import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret, type ServerName } from '../../../src/base/index.ts';
import { runCli } from '../../../src/cli/index.ts';
import { loadConfig, lockDataDir } from '../../../src/config/index.ts';
import { openStore } from '../../../src/store/index.ts';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { startGateway } from '../../support/gateway.ts';
import { freePort } from '../../support/ports.ts';
import { tempDir } from '../../support/temp.ts';

type Check = {
  readonly heading: string;
  readonly name: string;
  readonly mark: string;
  readonly says: string;
  readonly todo?: string;
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A place where nothing is yet, and the command line in it. */
async function place(settings: object = {}, servers: object = {}) {
  const { path: dir, remove } = await tempDir('authmcp-doctor-');
  ends.push(remove);
  const port = await freePort();
  const [dataDir, config] = [join(dir, 'data'), join(dir, 'authmcp.yaml')];
  writeFileSync(config, JSON.stringify({ settings: { port, ...settings }, mcpServers: servers }));
  const run = async (args: readonly string[], input = '') => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await runCli([...args, '--data-dir', dataDir, '--config', config], {
      isInteractive: false,
      out: text => void out.push(text),
      err: text => void err.push(text),
      readInput: async () => input,
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const doctor = async () => {
    const { code, out, err } = await run(['doctor', '--json']);
    const { ok, checks } = JSON.parse(out) as { readonly ok: boolean; readonly checks: readonly Check[] };
    const of = (name: string) => checks.filter(check => check.name === name);
    return { code, err, ok, checks, of };
  };
  return { dir, dataDir, config, port, run, doctor };
}

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  ends.push(() => new Promise(resolve => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

const jwt = (exp: number) =>
  `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`;
const inDays = (days: number) => Math.round(Date.now() / 1000) + days * 86_400;

describe('doctor', () => {
  it('finds nothing wrong with a gateway that runs, and says so under the headings of the README', async () => {
    const echo = await startEcho2025();
    ends.push(echo.close);
    const port = await freePort();
    // Its port is known to the one who started it, and stands in no file.
    const gateway = await startGateway({ servers: { echo: echo.url }, args: ['--port', String(port)] });
    ends.push(gateway.close);
    const { stdout, code } = await gateway.cli('doctor');
    expect(stdout).not.toContain('BROKEN');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`ok +address +http://localhost:${port} leads to the gateway`));
    expect(stdout).toMatch(new RegExp(`ok +port +the gateway runs \\(pid \\d+\\) on port ${port}`));
    expect(stdout).toMatch(/ok +servers +echo answers/);
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const chapter = readme.split('## Troubleshooting')[1]?.split('\n## ')[0] ?? '';
    const headings = [...chapter.matchAll(/^\*\*(.+?)\*\*/gm)].map(([, text = '']) =>
      text.replaceAll('`', ''),
    );
    expect(headings.length).toBeGreaterThan(5);
    expect(stdout.split('\n').filter(line => /^\S/.test(line))).toEqual(headings);
  });

  it('makes nothing where nothing is', async () => {
    const { doctor, dataDir } = await place();
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of('database')).toMatchObject([{ mark: 'warn', says: 'there is no database yet' }]);
    expect(of('servers')).toMatchObject([{ mark: 'skipped' }]);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('names the line of a configuration file that is wrong, and goes on to the end', async () => {
    const { doctor, config } = await place();
    writeFileSync(config, 'settings:\n  port: 8000\nmcpServers:\n  home:\n    urll: http://h/mcp\n');
    const { code, of, checks } = await doctor();
    expect(code).toBe(1);
    expect(of('configuration')).toMatchObject([
      { mark: 'BROKEN', says: expect.stringMatching(/yaml:4 a server needs/) },
    ]);
    expect(checks.filter(({ mark }) => mark === 'skipped').length).toBeGreaterThan(8);
  });

  it('sees rights of the data directory and of the key that are too wide', async () => {
    const { doctor, run, dataDir } = await place();
    await run(['init-db']);
    chmodSync(join(dataDir, 'gateway.db'), 0o644);
    expect((await doctor()).of('data directory')).toMatchObject([
      {
        mark: 'warn',
        says: expect.stringMatching(/gateway\.db can be read by other/),
        todo: expect.stringMatching(/^chmod/),
      },
    ]);
    chmodSync(join(dataDir, 'keys', 'master.key'), 0o644);
    expect((await doctor()).of('configuration')).toMatchObject([
      { mark: 'BROKEN', says: expect.stringMatching(/master\.key can be read by other users.*chmod 600/) },
    ]);
  });

  it('names who has the port', async () => {
    const { doctor, run, port } = await place();
    await run(['init-db']);
    await listen(createServer(), port);
    const { code, err, of } = await doctor();
    expect([code, err]).toEqual([1, 'Broken: port.']);
    expect(of('port')).toMatchObject([{ mark: 'BROKEN', says: expect.stringMatching(`pid ${process.pid}`) }]);
  });

  it.each([
    ['is none', (path: string) => writeFileSync(path, 'no database at all, but text that goes on')],
    [
      'is of a newer version',
      (path: string) => {
        const database = new DatabaseSync(path);
        database.exec("insert into schema_migrations values ('9999-later', 1)");
        database.close();
      },
    ],
  ])('sees a database that %s, and leaves it as it is', async (_, spoil) => {
    const { doctor, run, dataDir } = await place();
    await run(['init-db']);
    const path = join(dataDir, 'gateway.db');
    spoil(path);
    const before = readFileSync(path);
    const { code, of } = await doctor();
    expect([code, of('database')[0]?.mark, of('servers')[0]?.mark]).toEqual([1, 'BROKEN', 'skipped']);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('sees servers that are down, programs that are not there, and credentials that end', async () => {
    const port = await freePort();
    const { doctor, run } = await place(
      {},
      {
        dead: { url: `http://127.0.0.1:${port}/mcp` },
        soon: { url: `http://127.0.0.1:${port}/mcp`, auth: { bearer: jwt(inDays(3)) } },
        late: { url: `http://127.0.0.1:${port}/mcp`, auth: { bearer: jwt(inDays(-3)) } },
        gone: { command: 'no-such-program-anywhere' },
        off: { url: `http://127.0.0.1:${port}/mcp`, enabled: false, auth: { bearer: jwt(inDays(-3)) } },
      },
    );
    await run(['init-db']);
    const { code, of } = await doctor();
    expect(code).toBe(1);
    expect(of('servers')).toContainEqual(
      expect.objectContaining({
        mark: 'BROKEN',
        says: expect.stringMatching(/^dead is down: The server cannot be reached/),
      }),
    );
    expect(of('servers')).toContainEqual(
      expect.objectContaining({ mark: 'BROKEN', says: expect.stringMatching(/no program no-such-program/) }),
    );
    expect(of('servers')).toContainEqual(expect.objectContaining({ mark: 'skipped', says: 'off is off' }));
    expect(of('credentials').map(({ mark, says }) => [mark, says.replace(/ on .*/, '')])).toEqual([
      ['warn', 'the credential of soon expires'],
      ['BROKEN', 'the credential of late expired'],
    ]);
  });

  it.each([
    ['something else', 200, '<h1>hello</h1>', /is answered by something else \(200\)/],
    ['a proxy that names another host', 421, '', /leads here under another name/],
    ['nothing', 0, '', /gives no answer/],
  ])('sees that its address leads to %s', async (_, status, body, says) => {
    const { doctor, run, dataDir, port } = await place();
    await run(['init-db']);
    if (status > 0)
      await listen(
        createServer((_, response) => response.writeHead(status).end(body)),
        port,
      );
    const lock = lockDataDir(dataDir, 'data');
    ends.push(() => lock.release());
    const { code, of } = await doctor();
    expect(code).toBe(1);
    expect(of('address')).toMatchObject([{ mark: 'BROKEN', says: expect.stringMatching(says) }]);
  });

  it('sees accounts at servers that have ended, and whose they are', async () => {
    const auth = { oauth: { per: 'user' } };
    const { doctor, run, dataDir } = await place({}, { mine: { url: 'http://127.0.0.1:9/mcp', auth } });
    await run(['user', 'add', 'ann']);
    const { master } = loadConfig({ env: {}, flags: { dataDir } });
    const store = await openStore({ dataDir, master });
    await store.connections.putConnection({
      ...{ server: 'mine' as ServerName, userId: (await store.userByName('ann'))?.id, binding: 'b' },
      ...{ state: 'ended', issuer: 'https://as.example', scopes: [], payload: new Secret('{}') },
      ...{ expiresAt: undefined, isRefreshable: true, createdAt: 1, refreshedAt: undefined },
    });
    await store.close();
    expect((await doctor()).of('accounts')).toMatchObject([
      { mark: 'warn', says: 'an account at mine has ended: that of ann', todo: expect.any(String) },
    ]);
  });

  it('sees secrets that were stored with another key, and leaves everything as it is', async () => {
    const { doctor, run, dataDir } = await place();
    await run(['server', 'add', 'home', 'http://127.0.0.1:9/mcp', '--bearer', 'a-token-of-the-server']);
    const path = join(dataDir, 'keys', 'master.key');
    writeFileSync(path, `${'0123456789abcdef'.repeat(4)}\n`);
    const before = readFileSync(join(dataDir, 'gateway.db'));
    const { code, of, checks } = await doctor();
    expect(code).toBe(1);
    expect(of('database')).toMatchObject([
      { mark: 'BROKEN', says: expect.stringMatching(/sealed with another master key/) },
    ]);
    expect(JSON.stringify(checks)).not.toContain('a-token-of-the-server');
    expect(readFileSync(join(dataDir, 'gateway.db')).equals(before)).toBe(true);
  });

  it('finds nothing wrong where the former key is named as such, and commands read by it too', async () => {
    const { dir, doctor, run, dataDir } = await place();
    await run(['server', 'add', 'home', 'http://127.0.0.1:9/mcp', '--disabled', '--bearer', 'a-token']);
    const former = readFileSync(join(dataDir, 'keys', 'master.key'), 'utf8').trim();
    const env = join(dir, 'env');
    const lines = [`JWT_SECRET_KEY=${randomBytes(32).toString('hex')}`, `JWT_SECRET_KEY_PREVIOUS=${former}`];
    writeFileSync(env, lines.join('\n'));
    const flags = ['--env-file', env];
    expect((await run(['doctor', ...flags])).out).toMatch(/ok +stored secrets/);
    expect(await run(['server', 'list', ...flags])).toMatchObject({ code: 0 });
    writeFileSync(env, lines[0] ?? '');
    expect((await run(['doctor', ...flags])).out).toMatch(/ok +stored secrets/);
    // Without either it is another key.
    expect((await doctor()).of('database')).toMatchObject([{ mark: 'BROKEN' }]);
  });

  it.each([
    [-3_600_000, 'warn', /this clock is 3\d\d\d s ahead of/],
    [3_600_000, 'warn', /this clock is 3\d\d\d s behind/],
    [0, 'ok', /at most \d s/],
  ])('compares its clock with that of servers: %d ms', async (skew, mark, says) => {
    const at = await listen(
      createServer((_, response) =>
        response.writeHead(404, { date: new Date(Date.now() + skew).toUTCString() }).end(),
      ),
    );
    const { doctor, run } = await place({}, { wrong: { url: `http://127.0.0.1:${at}/mcp` } });
    await run(['init-db']);
    expect((await doctor()).of('clock')).toMatchObject([{ mark, says: expect.stringMatching(says) }]);
  });

  it('prints nothing of a server’s that could move the cursor, and takes no words', async () => {
    const { run, dataDir } = await place();
    mkdirSync(dataDir, { recursive: true });
    expect((await run(['doctor', 'nonsense'])).code).not.toBe(0);
    expect((await run(['doctor', '--nonsense'])).code).not.toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect((await run(['doctor'])).out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  });
});
