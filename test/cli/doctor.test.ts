import { afterEach, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { diagnose } from './support/doctor-run.ts';
import { type Fake, type FakeOptions, startFake } from './support/fake-authority.ts';

let fake: Fake;
afterEach(() => fake?.close());

const start = async (options: FakeOptions = {}): Promise<Fake> => {
  fake = await startFake(options);
  return fake;
};

const marksIn = (out: string): readonly string[] =>
  [...out.matchAll(/^(ok|warn|BROKEN|skipped) +([a-z-]+)/gm)].map(([, mark, hop]) => `${hop} ${mark}`);

const ALL_OK = [
  'challenge ok',
  'resource ok',
  'server ok',
  'client ok',
  'authorize ok',
  'callback ok',
  'token ok',
  'call ok',
  'refresh ok',
  'clean-up ok',
];

describe('doctor oauth', () => {
  it.for(['legacy', 'modern'] as const)(
    'walks the whole way at a good %s server, and cleans up',
    async era => {
      const { url, journal, origin } = await start({ era });
      const { code, out, err, browser } = await diagnose([url]);
      expect(browser, out + err).toBe('done');
      expect(marksIn(out)).toEqual(ALL_OK);
      expect(code).toBe(0);
      expect(out).toContain(`No hop is broken: clients get on with ${url}.`);
      expect(out).toContain(`resource ${origin}/mcp`);
      expect(out).toContain('tools/list: 1 tool');
      expect(out).toContain(`a JWT for ${origin}/mcp`);
      const last = journal.filter(line => /revoke|DELETE \/register/.test(line));
      expect(last).toEqual([...Array(4).fill('POST /revoke 200'), 'DELETE /register/client-1 204']);
    },
  );

  it('sends what MCP asks for: S256, state, resource, the scope of the challenge', async () => {
    const { url, seen, origin } = await start();
    await diagnose([url]);
    const sent = seen.find(one => one.url.pathname === '/authorize')?.url.searchParams;
    expect(Object.fromEntries(sent ?? [])).toMatchObject({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      code_challenge_method: 'S256',
      resource: `${origin}/mcp`,
      scope: 'mcp offline_access',
    });
    expect(sent?.get('state')).toMatch(/^[\w-]{20,}$/);
  });

  it('never prints a token, a code or a secret', async () => {
    const { url, seen } = await start({ isConfidential: true });
    const { out, err, code } = await diagnose([url]);
    expect(code).toBe(0);
    const [form] = seen.filter(one => one.url.pathname === '/token').map(one => one.form);
    for (const text of [
      form?.get('code'),
      form?.get('code_verifier'),
      'a b&c',
      'rat-client-1',
      'c2lnbmF0dXJl',
    ])
      expect(out + err).not.toContain(text);
  });

  it('is JSON for machines', async () => {
    const { url } = await start();
    const { out, code } = await diagnose([url, '--json']);
    const report = JSON.parse(out);
    expect(code).toBe(0);
    expect(report).toMatchObject({ url, ok: true, broken: [] });
    expect(report.hops.map(({ hop, mark }: Record<string, string>) => `${hop} ${mark}`)).toEqual(ALL_OK);
  });

  it('--no-wait stops before anybody signs in, and takes back the client', async () => {
    const { url, journal } = await start();
    const { code, out, browser } = await diagnose([url, '--no-wait']);
    expect([code, browser]).toEqual([0, 'not needed']);
    expect(marksIn(out).slice(5)).toEqual([
      'callback skipped',
      'token skipped',
      'call skipped',
      'refresh skipped',
      'clean-up ok',
    ]);
    expect(out).toContain('nobody signed in');
    expect(journal.at(-1)).toBe('DELETE /register/client-1 204');
  });

  it('--timeout ends the wait, and says now and then that it waits', async () => {
    const { url } = await start();
    const { code, out, err } = await diagnose([url, '--timeout', '1s'], async () => {});
    expect(code).toBe(1);
    expect(out).toMatch(/BROKEN +callback[\s\S]*no_callback/);
    expect(err).toContain('still waiting for the browser');
  });

  it('is the client that it is told to be, with its secret', async () => {
    const { url, seen, journal } = await start({ isConfidential: true });
    const { code } = await diagnose([url, '--client-id', 'mine', '--client-secret-stdin']);
    expect(code).toBe(0);
    expect(journal.some(line => line.includes('/register'))).toBe(false);
    const { headers } = seen.find(one => one.url.pathname === '/token') ?? {};
    expect(Buffer.from(headers?.authorization?.slice(6) ?? '', 'base64').toString()).toBe('mine:a+b%26c');
  });

  it('says it where a person says no', async () => {
    const { url } = await start();
    const deny = async (address: string) => {
      const browser = createBrowser({ fill: { user: 'alice' } });
      await browser.submit(await browser.submit(await browser.open(address)), 'no');
    };
    const { code, out } = await diagnose([url], deny);
    expect(code).toBe(1);
    expect(out).toMatch(/BROKEN +callback[\s\S]*callback_error[\s\S]*seen +access_denied/);
  });

  it.for([
    ['no address', ['localhost:8000/mcp'], 'is no address'],
    ['a file', ['file:///etc/passwd'], 'is no address'],
    ['a name and a password in the address', ['http://a:b@127.0.0.1/mcp'], 'is no address'],
    [
      'two clients at once',
      ['http://127.0.0.1/mcp', '--client-id', 'a', '--client-metadata-url', 'https://a/b'],
      'not both',
    ],
    [
      'a secret without a client',
      ['http://127.0.0.1/mcp', '--client-secret', 'x'],
      'belongs to a --client-id',
    ],
    ['a time that is none', ['http://127.0.0.1/mcp', '--timeout', 'soon'], '--timeout takes a time'],
    ['a time without end', ['http://127.0.0.1/mcp', '--timeout', '99d'], '--timeout takes a time'],
    ['a port that is none', ['http://127.0.0.1/mcp', '--callback-port', '70000'], 'takes a port'],
    [
      'a document that is no URL',
      ['http://127.0.0.1/mcp', '--client-metadata-url', 'x'],
      'takes an https URL',
    ],
  ] as const)('refuses %s', async ([, args, says]) => {
    const { code, err } = await diagnose(args);
    expect(code).toBe(1);
    expect(err).toContain(says);
  });
});
