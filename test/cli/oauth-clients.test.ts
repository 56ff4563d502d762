import { describe, expect, it } from 'vitest';
import { commandLine } from './support/command-line.ts';

const REDIRECT = 'https://dash.example/callback';

describe('OAuth clients', () => {
  it('are made, listed, changed, given another secret and removed, each with a row in the audit log', async () => {
    const { run, inStore } = commandLine();
    const made = await run(['client', 'add', 'Dashboard', '--redirect-uri', REDIRECT, '--secret']);
    const [id = '', secret = ''] = made.out.split('\n');
    expect(id).toMatch(/^amc_[\w-]{22}$/);
    expect(secret).toMatch(/^ams_[\w-]{43}$/);
    expect((await run(['client', 'list'])).out).toMatch(new RegExp(`^ID.*\\n${id} +Dashboard +admin`));
    expect((await run(['client', 'lifetime', id, '--access-ttl', '12h', '--json'])).out).toContain(
      '43200000',
    );
    const rotated = await run(['client', 'rotate-secret', id]);
    expect(rotated.out).toMatch(/^ams_/);
    expect(rotated.out).not.toBe(secret);
    const kept = await inStore(store => store.oauth.client(id));
    for (const one of [secret, rotated.out]) expect(JSON.stringify(kept)).not.toContain(one);
    expect((await run(['client', 'remove', id])).out).toBe(`client ${id} removed`);
    expect((await run(['client', 'list', '--json'])).out).toBe('[]');
    const audit = await inStore(store => store.listAudit(10));
    expect(audit.map(row => row.action).sort()).toEqual([
      'client.add',
      'client.lifetime',
      'client.remove',
      'client.rotate-secret',
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/ams_|sha256:/);
  });

  it('that keep no secret are an id and nothing more', async () => {
    const { run } = commandLine();
    expect((await run(['client', 'add', 'x', '--redirect-uri', 'http://127.0.0.1/cb'])).out).toMatch(
      /^amc_\S+$/,
    );
  });

  it.each([
    [
      'a redirect that is a script',
      ['add', 'x', '--redirect-uri', 'javascript:alert(1)'],
      /redirect_uris: javascript:alert\(1\) is neither/,
    ],
    [
      'a redirect to a public host without TLS',
      ['add', 'x', '--redirect-uri', 'http://a.example/'],
      /redirect_uris/,
    ],
    ['no way to be used', ['add', 'x'], /Say how it gets in: --redirect-uri .* --device .* --user/],
    ['a user who is nobody', ['add', 'x', '--secret', '--user', 'nobody'], /There is no user nobody/],
    [
      'a server that is nowhere',
      ['add', 'x', '--redirect-uri', REDIRECT, '--scope', 'mcp:nowhere'],
      /There is no server nowhere/,
    ],
    [
      'a scope of administrators',
      ['add', 'x', '--redirect-uri', REDIRECT, '--scope', 'admin'],
      /A client may have mcp or mcp:SERVER, not admin/,
    ],
    [
      'a time that is none',
      ['add', 'x', '--redirect-uri', REDIRECT, '--access-ttl', 'soon'],
      /--access-ttl takes a time/,
    ],
    [
      'tokens for a year',
      ['add', 'x', '--redirect-uri', REDIRECT, '--access-ttl', '365d'],
      /access_ttl: 30 days/,
    ],
    [
      'another one’s id',
      ['remove', 'amc_unknown'],
      /There is no client amc_unknown\. See: authmcp-gateway client list/,
    ],
    ['an id that would move the cursor', ['rotate-secret', '\u001b[2J'], /There is no client \\u001b\[2J/],
  ])('are refused with %s', async (_what, args, says) => {
    const { run } = commandLine();
    const { code, out, err } = await run(['client', ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(says);
    expect(out).toBe('');
  });
});

describe('consents', () => {
  it('are listed by person, withdrawn, and refused where there are none', async () => {
    const { run, inStore } = commandLine();
    await run(['user', 'add', 'alice', '--service']);
    await inStore(async store => {
      const alice = await store.userByName('alice');
      if (!alice) throw new Error('no alice');
      const what = { clientId: 'c1', key: 'k', redirectUri: REDIRECT, scopes: 'mcp', resource: 'r' };
      await store.oauth.putConsent({ id: '1', userId: alice.id, ...what, createdAt: 1, usedAt: 2 });
    });
    expect((await run(['consent', 'list', '--user', 'alice'])).out).toMatch(
      /\nalice +c1 +mcp +https:\/\/dash/,
    );
    expect((await run(['consent', 'withdraw', 'alice', 'c1'])).out).toBe('alice has withdrawn c1');
    expect((await run(['consent', 'withdraw', 'alice', 'c1'])).err).toContain('alice agreed to no client c1');
    expect((await run(['consent', 'list', '--json'])).out).toBe('[]');
  });
});
