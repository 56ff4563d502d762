import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { findPortOwner } from '../../src/cli/start/port-owner.ts';
import { portHere } from '../../src/config/index.ts';
import { commandLine } from './support/command-line.ts';

async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    isInteractive: false,
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    readInput: async () => '',
  };
  const code = await runCli(args, terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('small commands', () => {
  it('version names version and Node, also for machines', async () => {
    expect((await run('version')).out).toMatch(/^AuthMCP Gateway \d+\.\d+\.\d+.*, Node \d+/);
    expect(JSON.parse((await run('version', '--json')).out)).toMatchObject({
      version: '2.0.0',
      node: process.versions.node,
    });
  });

  it('a word that is no command is said to be none, and --version is one', async () => {
    expect(await run('frobnicate')).toMatchObject({
      code: 1,
      err: 'There is no command frobnicate. See: authmcp-gateway --help',
    });
    expect((await run('--version')).out).toBe((await run('version')).out);
    expect((await run('help', 'token')).out).toContain('create');
  });

  it('init-db makes a database and may be repeated', async () => {
    const line = commandLine();
    expect((await line.run(['init-db', '--json'])).out).toBe(
      JSON.stringify({ dialect: 'sqlite', dataDir: line.dataDir }),
    );
    expect((await line.run(['init-db'])).code).toBe(0);
  });

  it('healthcheck tells by its exit code whether the gateway answers', async () => {
    let status = 200;
    const server = createServer((_, response) => void response.writeHead(status).end());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    expect(await run('healthcheck', '--port', port)).toMatchObject({ code: 0, out: 'ok' });
    status = 503;
    expect(await run('healthcheck', '--port', port)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/answered 503\.$/),
    });
    await new Promise(resolve => server.close(resolve));
    expect(await run('healthcheck', '--port', port)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/does not answer\.$/),
    });
    expect((await run('healthcheck', '--url', 'file:///etc/passwd')).code).toBe(1);
  });

  it('healthcheck asks at the port of the configuration file, or at that of the environment where it is wrong', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'amg-port-'));
    writeFileSync(join(cwd, 'authmcp.yaml'), 'settings: { port: 8611 }\n', { mode: 0o600 });
    expect(portHere({}, cwd)).toBe(8611);
    expect(portHere({ PORT: '9000' }, cwd)).toBe(9000);
    writeFileSync(join(cwd, '.env'), 'PORT=8700\n');
    expect(portHere({}, cwd)).toBe(8700);
    writeFileSync(join(cwd, 'authmcp.yaml'), 'settings: [');
    expect(portHere({ PORT: '9000' }, cwd)).toBe(9000);
    rmSync(cwd, { recursive: true });
  });

  it.runIf(process.platform === 'linux')(
    'who has a port is named as the program, not as its thread',
    async () => {
      const listen =
        "require('net').createServer().listen(0,'127.0.0.1',function(){console.log(this.address().port)})";
      const child = spawn(process.execPath, ['-e', listen]);
      const [port] = await once(child.stdout, 'data');
      expect(findPortOwner(Number(port))).toEqual({ name: 'node', pid: child.pid });
      child.kill();
    },
  );

  it('help shows every command, and examples', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const name of [
      'start',
      'demo',
      'create-admin',
      'init-db',
      'version',
      'setup-link',
      'token',
      'server',
      'user',
      'grant',
      'healthcheck',
      'completion',
      'stdio',
      'audit',
    ]) {
      expect(out).toContain(`  ${name} `);
    }
    expect((await run('token', 'create', '--help')).out).toContain(
      'Examples:\n  authmcp-gateway token create',
    );
  });

  it.each(['bash', 'zsh', 'fish'])('completion for %s knows the commands', async shell => {
    const { out } = await run('completion', shell);
    expect(out).toContain('setup-link');
    expect(out).toContain('create list revoke');
    expect((await run('completion', 'cmd')).code).toBe(1);
  });
});
