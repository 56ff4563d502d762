import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/index.ts';
import { type FlawedServer, startFlawed } from '../../auditor/support/flawed-server.ts';
import { tempDir } from '../../support/temp.ts';

let flawed: FlawedServer;
let clean: FlawedServer;
let folder: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  folder = await tempDir('authmcp-audit-');
  flawed = await startFlawed({ flaws: ['foreign-origin', 'no-annotations'] });
  clean = await startFlawed();
});
afterAll(async () => {
  await flawed.close();
  await clean.close();
  await folder.remove();
});

async function run(args: readonly string[], input = '') {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCli(['audit', ...args], {
    isInteractive: false,
    out: text => void out.push(text),
    err: text => void err.push(text),
    readInput: async () => input,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('audit', () => {
  it('says what it found, the worst first, and ends with 1', async () => {
    const { code, out, err } = await run([flawed.url, '--token-stdin', '--burst', '150'], flawed.token);
    expect(code).toBe(1);
    expect(out).toMatch(/^http:.*\/mcp \(flawed 1\): 2 found, \d+ passed, \d+ skipped; \d+ requests in /);
    expect(out.indexOf('(foreign-origin)')).toBeLessThan(out.indexOf('(no-annotations)'));
    expect(out).toContain('mend: Answer 403 to an Origin that is not expected.');
    expect(out).toContain('foreign-session: there was no token of another person to try with');
    expect(err).toContain('--fail-on high');
    expect(out + err).not.toContain(flawed.token);
  });

  it('ends with 0 where nothing is found, or what was found is not said to matter', async () => {
    const path = join(folder.path, 'token');
    writeFileSync(path, `${clean.token}\n`);
    const without = ['--burst', '150', '--fail-on', 'low'];
    const { code, out } = await run([clean.url, '--token-file', path, ...without]);
    expect([code, out]).toEqual([0, expect.stringContaining(': 0 found, ')]);
    const never = ['--fail-on', 'never', '--burst', '150'];
    expect((await run([flawed.url, '--token-stdin', ...never], flawed.token)).code).toBe(0);
    const left = ['--without', 'foreign-origin', '--burst', '150'];
    const rest = await run([flawed.url, '--token-stdin', ...left], flawed.token);
    expect([rest.code, rest.out]).toEqual([0, expect.stringContaining(': 1 found, ')]);
  });

  it.each([
    ['json', (text: string) => expect(JSON.parse(text)).toMatchObject({ findings: 2, server: 'flawed 1' })],
    ['sarif', (text: string) => expect(JSON.parse(text)).toMatchObject({ version: '2.1.0' })],
    ['markdown', (text: string) => expect(text).toMatch(/^# MCP security audit\n/)],
  ])('writes %s', async (format, check) => {
    const flags = ['--format', format, '--fail-on', 'never', '--burst', '150'];
    check((await run([flawed.url, '--token-stdin', ...flags], flawed.token)).out);
  });

  it.each([
    ['no address', ['nowhere'], /nowhere is no address/],
    ['an address of a file', ['file:///etc/passwd'], /is no address/],
    ['a password in the address', ['http://a:b@127.0.0.1/'], /is no address/],
    ['nothing there', ['http://127.0.0.1:9/mcp'], /could not be looked at: it cannot be reached/],
    [
      'a check that is none',
      ['http://127.0.0.1:9/', '--without', 'x'],
      /There is no check x\. There are: no-tls/,
    ],
    ['a flood', ['http://127.0.0.1:9/', '--burst', '99999'], /--burst takes a number from 1 to 5000/],
    ['an empty token', ['http://127.0.0.1:9/', '--token-stdin'], /Standard input holds no token/],
    ['a file that is not there', ['http://127.0.0.1:9/', '--token-file', '/none'], /\/none cannot be read/],
    ['a form that is none', ['http://127.0.0.1:9/', '--format', 'pdf'], /Allowed choices/],
  ])('refuses %s', async (_, args, says) => {
    const { code, err, out } = await run(args);
    expect(code).toBe(1);
    expect(err).toMatch(says);
    expect(out).toBe('');
  });

  it('shows what a server says with its control characters escaped [T52]', async () => {
    const { serve } = await import('../../fixtures/serve.ts');
    const hostile = await serve((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-powered-by': '\u009b31m' })
        .end('{"jsonrpc":"2.0","id":null,"result":{"tools":[{"name":"\\u001b]0;x\\u0007"}]}}'),
    );
    const { out } = await run([`${hostile.origin}/mcp`, '--burst', '1']);
    expect(out).toContain('(anyone-lists)');
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    await hostile.close();
  });
});
