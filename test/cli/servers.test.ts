// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${X} is what people type
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServerName } from '../../src/base/index.ts';
import { startSampleServer } from '../../src/cli/sample/sample-server.ts';
import { marked } from '../support/marked.ts';
import { commandLine } from './support/command-line.ts';

describe('servers', () => {
  it('are added by URL or command; credentials are kept and never shown', async () => {
    const { run, inStore } = commandLine();
    const added = await run(
      ['server', 'add', 'GitHub MCP', 'https://h.example/mcp?key=abc', '--bearer-stdin'],
      's3cret\n',
    );
    expect(added.out).toMatch(/^server github-mcp added; see whether it answers/);
    await run(['server', 'add', 'notes', '--env', 'KEY=v=1', '--', 'npx', '-y', 'notes']);
    const [github, notes] = await inStore(store => store.listServers());
    expect(github?.auth.kind === 'bearer' && github.auth.token.reveal()).toBe('s3cret');
    expect(notes?.transport).toMatchObject({ kind: 'stdio', command: 'npx', args: ['-y', 'notes'] });
    const shown = (await run(['server', 'list'])).out + (await run(['server', 'list', '--json'])).out;
    expect(shown).toMatch(/github-mcp +on +store +http +bearer/);
    const audit = await inStore(store => store.listAudit(9));
    expect(shown + JSON.stringify(audit)).not.toMatch(/s3cret|abc|v=1/);
    const sha256 = createHash('sha256').update('["npx","-y","notes"]').digest('hex');
    const row = audit.find(({ target }) => target === 'notes');
    expect(JSON.parse(row?.after ?? '')).toMatchObject({ argv: ['npx', '-y', 'notes'], sha256 });
  });

  it('of the configuration file are listed and stay there', async () => {
    const { run, dataDir } = commandLine();
    await run(['init-db']);
    const file = join(dataDir, 'authmcp.yaml');
    writeFileSync(file, 'mcpServers: { home: { url: "http://h/mcp", grants: [alice] } }');
    const flags = ['--config', file];
    expect((await run(['server', 'list', ...flags])).out).toMatch(/home +on +file/);
    expect((await run(['server', 'remove', 'home', ...flags])).err).toMatch(
      /stands in .*authmcp\.yaml\. Remove it there\.$/,
    );
    expect((await run(['server', 'add', 'Home', 'http://x/', ...flags])).err).toMatch(
      /^There is a server home already/,
    );
    await run(['user', 'add', 'bob', '--grant', 'home', ...flags]);
    expect((await run(['grant', 'list', ...flags])).out).toMatch(/alice +home +file\nbob +home +store/);
  });

  it('are shown with how the gateway saw them last, and with what they were before', async () => {
    const { run, inStore } = commandLine();
    await run(['server', 'add', 'home', 'https://h.example/mcp']);
    await run(['server', 'add', 'off', 'https://h.example/mcp', '--disabled']);
    expect((await run(['server', 'list'])).out).toMatch(/home .* unknown +https/);
    expect((await run(['server', 'show', 'home'])).out).toMatch(/The gateway has not seen it yet\.$/);
    const rows = [
      { at: 1_800_000_000_000, state: 'online', reason: undefined, latencyMs: 3.25 },
      { at: 1_800_000_060_000, state: 'down', reason: 'unreachable', latencyMs: undefined },
    ];
    await inStore(async store => {
      for (const row of rows) await store.health.add({ server: 'home' as ServerName, ...row });
    });
    expect((await run(['server', 'list'])).out).toMatch(/home .* down +https/);
    const shown = (await run(['server', 'show', 'home'])).out;
    expect(shown).toMatch(/2027-01-15 08:01:00 +down +- +The server cannot be reached\n.* online +3\.3 +-/);
    expect(JSON.parse((await run(['server', 'show', 'home', '--json'])).out)).toMatchObject({
      name: 'home',
      health: { state: 'down', since: 1_800_000_060_000, reason: 'unreachable' },
      changes: [{ state: 'down' }, { state: 'online' }],
    });
    expect((await run(['server', 'show', 'hom'])).err).toMatch(/did you mean home/);
  });

  it('are tested with what they answer', async () => {
    const { run } = commandLine();
    const sample = await startSampleServer();
    await run(['server', 'add', 'sample', sample.url]);
    expect((await run(['server', 'test', 'sample'])).out).toMatch(
      /^server sample answers in \d+ ms and speaks 2025 and 2026-07-28 \(sample 1\.0\.0\)$/,
    );
    await sample.close();
    expect((await run(['server', 'test', 'sample'])).err).toMatch(
      /^server sample does not work: The server cannot be reached\.$/,
    );
  });

  it('are bound to public addresses when they have one, and to none that cannot be looked up', async () => {
    const { run, inStore } = commandLine();
    const add = (name: string, url: string, ...flags: string[]) =>
      run(['server', 'add', name, url, ...flags]);
    expect((await add('outside', 'http://8.8.8.8/mcp')).err).toBe('');
    await add('split', 'http://8.8.8.8/mcp', '--private', 'allow');
    await add('home', 'http://localhost:3000/mcp');
    expect((await add('later', 'http://nowhere.invalid/mcp')).err).toBe(
      'nowhere.invalid cannot be resolved now; its address is checked at each call.',
    );
    const stored = await inStore(store => store.listServers());
    expect(Object.fromEntries(stored.map(entry => [entry.name, entry.addressClass]))).toEqual({
      outside: 'public',
      split: undefined,
      home: 'private',
      later: undefined,
    });
  });

  it('that are commands are tested too, and end with the test', async () => {
    const { run, inStore } = commandLine();
    const server = join(import.meta.dirname, '../fixtures/stdio/server.ts');
    const mark = `--${randomUUID()}`;
    await run(['server', 'add', 'habits', '--stateful', '--', process.execPath, server, '--family', mark]);
    expect(await inStore(store => store.listServers())).toMatchObject([{ stateful: true }]);
    expect((await run(['server', 'test', 'habits'])).out).toMatch(
      /^server habits answers in \d+ ms and speaks 2025 \(habits 1\)$/,
    );
    expect(marked().filter(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark))).toEqual([]);
    await run(['server', 'add', 'broken', '--', process.execPath, server, '--exit-at-start']);
    expect((await run(['server', 'test', 'broken'])).err).toMatch(
      /^server broken does not work: The server cannot be reached\. Its last words: cannot find my heart$/,
    );
    await run(['server', 'add', 'missing', '--', '/no/such/program']);
    expect((await run(['server', 'test', 'missing'])).err).toMatch(
      /^server missing does not work: The server cannot be reached\. Its last words: The command \/no\/such\/program was not found\. Check its name, PATH and cwd\.$/,
    );
    await run(['server', 'add', 'oneword', '--', 'node server.js']);
    expect((await run(['server', 'test', 'oneword'])).err).toMatch(/The words after it belong into args\.$/);
  });

  it('a grant is given and taken', async () => {
    const { run } = commandLine();
    await run(['server', 'add', 'home', 'http://h/mcp']);
    await run(['user', 'add', 'alice']);
    expect((await run(['grant', 'add', 'alice', 'home'])).out).toBe('grant of alice on home added');
    expect((await run(['grant', 'add', 'alice', 'home'])).err).toBe(
      'There is a grant of alice on home already.',
    );
    expect((await run(['grant', 'remove', 'alice', 'home'])).out).toBe('grant of alice on home removed');
    expect((await run(['grant', 'remove', 'alice', 'home'])).err).toBe('There is no grant of alice on home.');
    expect((await run(['server', 'remove', 'home'])).code).toBe(0);
  });

  it.each([
    ['nothing', [], /needs a URL, or a command after --/],
    ['another scheme', ['ftp://h'], /^Url must begin with http/],
    ['two URLs', ['http://a', 'http://b'], /After a URL nothing more/],
    [
      'a reference to the environment',
      ['http://h', '--header', 'X: ${HOME}'],
      /replaced in the configuration file only/,
    ],
    [
      'T36 the same in a token',
      ['http://h', '--bearer', '${JWT_SECRET_KEY}'],
      /replaced in the configuration file only/,
    ],
    ['a header of ours', ['http://h', '--header', 'Host: x'], /belongs to the gateway/],
    ['a header without colon', ['http://h', '--header', 'X'], /Write it as --header "Name: value"/],
    [
      'T48 the address of a cloud',
      ['http://169.254.169.254/mcp'],
      /^169\.254\.169\.254 is a link-local, metadata/,
    ],
    ['the same in another spelling', ['http://[::ffff:a9fe:a9fe]/mcp'], /link-local, metadata/],
    ['a multicast address', ['http://224.0.0.1/mcp'], /such servers are never called\.$/],
    ['nobody’s address', ['http://0.0.0.0/mcp'], /such servers are never called\.$/],
    [
      'a private address that is forbidden',
      ['http://10.0.0.1/', '--private', 'deny'],
      /--private deny forbids\.$/,
    ],
    ['two credentials', ['http://h', '--bearer', 'x', '--basic', 'a:b'], /exclude each other/],
    ['a wrong era', ['http://h', '--protocol', 'old'], /^Protocol must be one of auto, legacy, modern/],
  ])('%s is refused in one sentence [T36]', async (_, args, says) => {
    const { code, err } = await commandLine().run(['server', 'add', 'x', ...args]);
    expect([code, err]).toEqual([1, expect.stringMatching(says)]);
  });
});
