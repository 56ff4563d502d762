import { afterEach, describe, expect, it } from 'vitest';
import { type Probe, type Problem, Stop } from '../../src/cli/doctor/hops.ts';
import { bearerChallenge } from '../../src/cli/doctor/oauth/challenge-header.ts';
import { introduce } from '../../src/cli/doctor/oauth/client.ts';
import type { Made } from '../../src/cli/doctor/oauth/made.ts';
import type { Server } from '../../src/cli/doctor/oauth/server.ts';
import { type Served, serve } from '../fixtures/serve.ts';
import { createBrowser } from '../support/browser.ts';
import { reply, startFake } from './support/fake-authority.ts';

describe('WWW-Authenticate', () => {
  const rows: readonly (readonly [
    string,
    string | undefined,
    Readonly<Record<string, string>> | undefined,
  ])[] = [
    ['nothing', undefined, undefined],
    ['an empty one', '', undefined],
    ['another scheme', 'Basic realm="Bearer x=1"', undefined],
    ['a token of another scheme', 'Negotiate YWJj==', undefined],
    ['Bearer alone', 'Bearer', {}],
    ['in any case', 'bEaReR Scope=mcp', { scope: 'mcp' }],
    ['after another', 'Basic realm="a, b", Bearer scope="a b", error=x', { scope: 'a b', error: 'x' }],
    ['before another', 'Bearer scope="a", Basic realm="b"', { scope: 'a' }],
    [
      'with quotes in it',
      'Bearer error_description="say \\"no\\", now"',
      { error_description: 'say "no", now' },
    ],
    ['with blanks around =', 'Bearer scope = "a"', { scope: 'a' }],
    ['doubled: the first counts', 'Bearer scope="a", scope="b"', { scope: 'a' }],
    ['a quote that never ends', 'Bearer scope="a', {}],
  ];
  it.for(rows)('%s', ([, header, expected]) => {
    const found = bearerChallenge(header);
    expect(found && Object.fromEntries(found)).toEqual(expected);
  });

  it('takes no time over a long one', () => {
    const started = performance.now();
    bearerChallenge(`Bearer ${'a="'.repeat(5000)}${'\\'.repeat(5000)}`);
    bearerChallenge(`${'a '.repeat(8000)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a client metadata document', () => {
  const url = new URL('https://client.example/mcp.json');
  const good = {
    client_id: url.href,
    client_name: 'Client',
    redirect_uris: ['https://client.example/back', 'http://localhost/callback'],
  };
  const made: Made = { tokens: [] };
  afterEach(() => made.listener?.close());

  const be = async (status: number, document: unknown, takesMetadataUrls = true) => {
    const told: Problem[] = [];
    const probe: Probe = {
      ask: async () => {
        const headers = { 'content-type': 'application/json' };
        return { status, headers, body: typeof document === 'string' ? document : JSON.stringify(document) };
      },
      classOf: async () => 'public',
      fact: () => {},
      tell: (name, seen) => void told.push({ name, seen }),
    };
    const server = { takesMetadataUrls } as Server;
    const wishes = {
      clientId: undefined,
      clientSecret: undefined,
      metadataUrl: url,
      callbackPort: undefined,
    };
    const client = await introduce(probe, server, wishes, made).catch(error => {
      if (error instanceof Stop) return error.problem;
      throw error;
    });
    return { client, told };
  };

  it('is used with its loopback redirect, on our port', async () => {
    const { client, told } = await be(200, good);
    const redirect = `http://localhost:${made.listener?.port}/callback`;
    expect(client).toEqual({ id: url.href, secret: undefined, method: 'none', redirect });
    expect(told).toEqual([]);
  });

  it('cimd_not_offered is a warning', async () => {
    expect((await be(200, good, false)).told).toEqual([{ name: 'cimd_not_offered', seen: undefined }]);
  });

  it.for([
    ['is not there', 404, good, /404/],
    ['is no JSON', 200, '<p>', /200 with/],
    [
      'is of somebody else',
      200,
      { ...good, client_id: 'https://evil.example/' },
      /client_id is "https:\/\/evil/,
    ],
    ['has no name', 200, { ...good, client_name: '' }, /client_name/],
    ['holds a secret', 200, { ...good, client_secret: 'x' }, /client_secret/],
    ['has no redirects', 200, { ...good, redirect_uris: 'http://localhost/' }, /loopback/],
    [
      'has no loopback redirect',
      200,
      { ...good, redirect_uris: ['https://localhost/', 'cursor://a'] },
      /loopback/,
    ],
    [
      'has a look-alike of one',
      200,
      { ...good, redirect_uris: ['http://localhost.evil.example/'] },
      /loopback/,
    ],
  ] as const)('%s', async ([, status, document, seen]) => {
    const { client } = await be(status, document);
    expect(client).toEqual({ name: 'cimd_document', seen: expect.stringMatching(seen) });
  });
});

describe('the scripted browser', () => {
  let site: Served;
  afterEach(() => site.close());

  it('keeps cookies by host and path, follows redirects, and stops where it is told', async () => {
    const fake = await startFake();
    site = fake;
    const browser = createBrowser({
      fill: { user: 'alice' },
      stopAt: ({ protocol }) => protocol === 'cursor:',
    });
    const query = 'redirect_uri=cursor%3A%2F%2Fa%2Fback&state=1';
    const page = await browser.signIn(`${fake.origin}/authorize?${query}`);
    expect(page.status).toBe(0);
    expect(page.url).toMatch(/^cursor:\/\/a\/back\?code=/);
    expect(page.trail.map(url => new URL(url).pathname)).toEqual([
      '/authorize',
      '/login',
      '/login',
      '/consent',
      '/consent',
      '/back',
    ]);
    expect(fake.seen.find(({ url }) => url.pathname === '/login')?.headers.cookie).toBe('seen=1');
  });

  it.for([
    ['a page that says no', () => reply(403, 'no'), /says 403: no/],
    ['redirects in a circle', () => reply(302, '', { location: '/a' }), /round in circles/],
    ['one form after the other', () => reply(200, '<form method="post"></form>'), /one form after the other/],
  ] as const)('complains about %s', async ([, answer, says]) => {
    site = await serve((_, response) => {
      const { status, headers, body } = answer();
      response.writeHead(status, headers).end(body);
    });
    await expect(createBrowser({ most: 5 }).signIn(`${site.origin}/a`)).rejects.toThrow(says);
  });
});
