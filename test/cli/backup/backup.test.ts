import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/index.ts';
import { lockDataDir } from '../../../src/config/index.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient } from '../../support/mcp.ts';
import { tempDir } from '../../support/temp.ts';
import { beside } from '../support/beside.ts';
import type { Ran } from '../support/command-line.ts';

const PASSPHRASE = 'correct horse battery';
const TOKEN = 'the-credential-of-the-server';

let echo: Echo2025;
let gateway: GatewayHere;
let run: ReturnType<typeof beside>;
let token: string;
let folder: Awaited<ReturnType<typeof tempDir>>;
/** Backups that were made while calls ran. */
let bare: string;
let keyed: string;

const callOn = async (at: GatewayHere, key: string) => {
  const client = await legacyClient({ url: at.url('/mcp'), token: key });
  return (await client.request('tools/call', { name: 'stored_whoami', arguments: {} })).text;
};

/** The command line, in this process, on another data directory. */
async function alone(args: readonly string[], input = ''): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    isInteractive: false,
    out: text => void out.push(text),
    err: text => void err.push(text),
    readInput: async () => input,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

let count = 0;
const newDir = () => join(folder.path, `to-${++count}`);
const restore = (file: string, dir: string, input = PASSPHRASE, ...more: readonly string[]) =>
  alone(['restore', file, '--data-dir', join(dir, 'data'), '--passphrase-stdin', ...more], input);

beforeAll(async () => {
  folder = await tempDir('authmcp-backup-');
  echo = await startEcho2025({
    tools: ['{"name":"odd\u2028","description":"a\\u2028b\\r\\nc","inputSchema":{"type":"object"}}'],
  });
  gateway = await startGatewayHere({ servers: {} });
  run = beside(gateway);
  expect((await run(['server', 'add', 'stored', echo.url, '--bearer-stdin'], TOKEN)).code).toBe(0);
  token = await gateway.userToken('ann', ['stored']);
  for (let left = 100; left > 0 && !(await callOn(gateway, token)).includes(TOKEN); left--)
    await new Promise(resolve => setTimeout(resolve, 50));
  [bare, keyed] = [join(folder.path, 'bare'), join(folder.path, 'keyed')];
  let isOver = false;
  const calls = (async () => {
    let made = 0;
    for (; !isOver; made++) expect(await callOn(gateway, token)).toContain(TOKEN);
    return made;
  })();
  const [one, two] = [
    await run(['backup', bare]),
    await run(['backup', keyed, '--with-keys', '--passphrase-stdin'], PASSPHRASE),
  ];
  isOver = true;
  expect(await calls).toBeGreaterThan(0);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(one.out).toMatch(/cannot be opened from it\. Keep keys\/master\.key/);
  expect(two.out).toMatch(/sealed by the passphrase/);
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
  await folder.remove();
});

const masterOf = (dataDir: string) => readFileSync(join(dataDir, 'keys', 'master.key'), 'utf8').trim();

describe('a backup', () => {
  it('is one file for its owner alone, and names version and schema in its first line', () => {
    for (const file of [bare, keyed]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const head = JSON.parse(readFileSync(file, 'utf8').split('\n', 1)[0] ?? '');
      expect(head).toMatchObject({ format: 'authmcp-gateway backup', version: 1, dialect: 'sqlite' });
      expect(head.schema).toContain('0001-gateway');
    }
    expect(readdirSync(folder.path).filter(name => name.includes('part'))).toEqual([]);
  });

  it('T58: holds neither the master key nor anything that it seals in clear', () => {
    for (const file of [bare, keyed]) {
      const text = readFileSync(file, 'latin1');
      expect(text).not.toContain(masterOf(gateway.dataDir));
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(token);
      expect(text).not.toContain('"browser_sessions"');
    }
  });

  it.each([
    ['over a file', () => [bare], /exists already/],
    ['into no folder', () => [join(folder.path, 'no', 'where')], /cannot be written \(ENOENT\)/],
    ['without a passphrase', () => [newDir(), '--with-keys'], /--passphrase-stdin/],
    ['with a short one', () => [newDir(), '--with-keys', '--passphrase-stdin'], /12 characters/],
  ] as const)('is not written %s', async (_, args, says) => {
    const { code, err } = await run(['backup', ...args()], 'short');
    expect(code).toBe(1);
    expect(err).toMatch(says);
    expect(readFileSync(bare, 'utf8')).toMatch(/"end":true/);
  });
});

describe('restored with its keys', () => {
  it('the same API key calls the same tool with the same credential', async () => {
    const dir = newDir();
    const done = await restore(keyed, dir);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toMatch(/authmcp-gateway start$/);
    expect(masterOf(join(dir, 'data'))).toBe(masterOf(gateway.dataDir));
    expect(statSync(join(dir, 'data', 'keys', 'master.key')).mode & 0o777).toBe(0o600);
    const other = await startGatewayHere({ servers: {}, dir });
    await expect.poll(() => callOn(other, token), { timeout: 5_000 }).toContain(TOKEN);
    await other.close();
  });
});

describe('restored without keys', () => {
  it('says what cannot be read, and everything else works', async () => {
    const dir = newDir();
    const { code, out } = await restore(bare, dir);
    expect(code).toBe(0);
    expect(out).toMatch(/server stored: it is off; enter its credential again/);
    const other = await startGatewayHere({ servers: {}, dir });
    const client = await legacyClient({ url: other.url('/mcp'), token });
    expect((await client.request('tools/list')).message.error).toBeUndefined();
    expect(await other.store.listServers()).toMatchObject([{ name: 'stored', enabled: false }]);
    expect((await other.store.listAudit(9)).map(row => row.action)).toContain('server.add');
    await other.close();
  });

  it('with the former key in its place nothing is lost', async () => {
    const dir = newDir();
    await alone(['init-db', '--data-dir', join(dir, 'data')]);
    writeFileSync(join(dir, 'data', 'keys', 'master.key'), `${masterOf(gateway.dataDir)}\n`);
    const { code, out } = await restore(bare, dir, '', '--force');
    expect([code, out.includes('cannot be read')]).toEqual([0, false]);
    expect(out).toMatch(/What was there is in .*before-restore-\d+/);
    const other = await startGatewayHere({ servers: {}, dir });
    await expect.poll(() => callOn(other, token), { timeout: 5_000 }).toContain(TOKEN);
    await other.close();
  });
});

describe('a restore is refused, and changes nothing,', () => {
  const spoil = (change: (text: string) => string): string => {
    const file = newDir();
    writeFileSync(file, change(readFileSync(bare, 'utf8')));
    return file;
  };
  const lines = (text: string) => text.split('\n');

  it.each([
    ['of a file that was cut off', (text: string) => text.slice(0, -200), /is damaged/],
    [
      'of a file that lost its end',
      (text: string) => `${lines(text).slice(0, -2).join('\n')}\n`,
      /is damaged/,
    ],
    ['of a file with another role in it', (text: string) => text.replace('"user"', '"admin"'), /is damaged/],
    ['of a file with a line more', (text: string) => `${text}{}\n`, /is damaged/],
    [
      'of a file with a line less',
      (text: string) => [lines(text)[0], ...lines(text).slice(2)].join('\n'),
      /is damaged/,
    ],
    ['of a file with a zero byte', (text: string) => text.replace('ann', 'a\0n'), /is damaged/],
    ['of a later schema', (text: string) => text.replace('0001-gateway', '9999-later'), /newer version/],
    ['of a later format', (text: string) => text.replace('"version":1', '"version":2'), /newer version/],
    ['of something else', () => 'SQLite format 3\0', /is no authmcp-gateway backup/],
    ['of an empty file', () => '', /is no authmcp-gateway backup/],
    [
      'of a file that asks for all memory',
      (text: string) =>
        text.replace(
          '"keys":null',
          '"keys":{"kdf":"scrypt","n":1073741824,"r":8,"p":1,"salt":"AAAAAAAAAAAAAAAAAAAA","sealed":"x"}',
        ),
      /is no authmcp-gateway backup/,
    ],
  ])('%s', async (_, change, says) => {
    const dir = newDir();
    const { code, err } = await restore(spoil(change), dir);
    expect(code).toBe(1);
    expect(err).toMatch(says);
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });

  it('of a file that is not there, or a folder', async () => {
    expect((await restore(newDir(), newDir())).err).toMatch(/cannot be read \(ENOENT\)/);
    expect((await restore(folder.path, newDir())).err).toMatch(/cannot be read \(EISDIR\)/);
  });

  it('with a wrong passphrase', async () => {
    const dir = newDir();
    for (const wrong of ['', 'correct horse batterY', 'x'.repeat(10_000)])
      expect((await restore(keyed, dir, wrong)).err).toBe('The passphrase is wrong. Nothing was changed.');
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });

  it('into a data directory that holds something, and with --force that is kept beside', async () => {
    const dir = newDir();
    await alone(['user', 'add', 'bob', '--data-dir', join(dir, 'data')]);
    const refused = await restore(keyed, dir);
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/is not empty/)]);
    expect((await restore(keyed, dir, PASSPHRASE, '--force')).code).toBe(0);
    const names = (await alone(['user', 'list', '--data-dir', join(dir, 'data')])).out;
    expect(names).toMatch(/ann/);
    expect(names).not.toMatch(/bob/);
    expect(readdirSync(join(dir, 'data')).join()).toMatch(/before-restore-/);
  });

  it('beside a gateway that runs, whose pid it names', async () => {
    const dir = newDir();
    await alone(['init-db', '--data-dir', join(dir, 'data')]);
    const lock = lockDataDir(join(dir, 'data'), 'data');
    const { code, err } = await restore(bare, dir, '', '--force');
    lock.release();
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`runs on .* \\(pid ${process.pid}\\)\\. Stop it first`));
  });
});
