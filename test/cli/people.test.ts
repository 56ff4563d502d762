import { hash as bcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { createPasswords, parseApiKey } from '../../src/auth/index.ts';
import { Secret } from '../../src/base/index.ts';
import { commandLine } from './support/command-line.ts';

const PASSWORD = 'Correct-Horse-7';

describe('people', () => {
  it('are added, listed, shut out, let in and removed, each with a row in the audit log', async () => {
    const { run, inStore } = commandLine();
    expect(
      await run(['user', 'add', 'alice', '--email', 'a@example.com', '--password-stdin'], `${PASSWORD}\n`),
    ).toEqual({
      code: 0,
      out: 'user alice added',
      err: '',
    });
    const hash = await inStore(async store => {
      const alice = await store.userByName('alice');
      return alice && store.passwordHashOf(alice.id);
    });
    expect(await createPasswords().verify(hash, new Secret(PASSWORD))).toBe(true);
    expect((await run(['user', 'disable', 'alice'])).out).toBe('user alice disabled');
    expect((await run(['user', 'list'])).out).toMatch(
      /NAME +ROLE +STATE.*\nalice +user +disabled +a@example\.com +never/,
    );
    expect((await run(['user', 'enable', 'alice'])).out).toBe('user alice enabled');
    expect((await run(['user', 'remove', 'alice'])).out).toBe('user alice removed');
    expect(JSON.parse((await run(['user', 'list', '--json'])).out)).toEqual([]);
    const audit = await inStore(store => store.listAudit(10));
    expect(audit.map(row => row.action).sort()).toEqual([
      'user.add',
      'user.disable',
      'user.enable',
      'user.remove',
    ]);
    expect(audit.every(row => row.actor.startsWith('cli:') && row.target === 'alice')).toBe(true);
    expect(JSON.stringify(audit)).not.toContain(PASSWORD);
    const events = await inStore(store => store.listEvents(10));
    expect(events.map(({ type, detail }) => [type, JSON.parse(detail).action]).sort()).toEqual(
      audit.map(row => ['admin_action', row.action]).sort(),
    );
  });

  it('and groups are not called so that they look like another one', async () => {
    const { run } = commandLine();
    await run(['user', 'add', 'copax', '--service']);
    await run(['group', 'add', 'Оха']);
    for (const args of [
      ['user', 'add', 'сорах', '--service'],
      ['group', 'add', 'сорах'],
      ['user', 'edit', 'copax', '--name', 'Oxa'],
      ['create-admin', '--username', 'Oxa', '--password-stdin'],
    ])
      expect(await run(args, `${PASSWORD}\n`)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/name looks the same as (copax|Оха), which is there already/),
      });
    expect(await run(['user', 'edit', 'copax', '--name', 'сорах'])).toMatchObject({ code: 0 });
  });

  it('bring the hash of a password that was made elsewhere, when a login could check it', async () => {
    const { run, inStore } = commandLine();
    const hash = await bcrypt(PASSWORD, 10);
    expect(await run(['user', 'add', 'bea', '--hash-stdin'], `${hash}\n`)).toMatchObject({
      code: 0,
      err: '',
    });
    const kept = await inStore(async store => {
      const bea = await store.userByName('bea');
      return bea && store.passwordHashOf(bea.id);
    });
    expect(await createPasswords().verify(kept, new Secret(PASSWORD))).toBe(true);
    expect(JSON.stringify(await inStore(store => store.listAudit(10)))).not.toContain(hash);
    const bad = [
      '',
      PASSWORD,
      '$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
      hash.slice(0, 40),
    ];
    for (const text of bad) {
      const refused = await run(['user', 'add', 'bad', '--hash-stdin'], text);
      expect(refused.err).toMatch(/no password hash that a login can check/);
      expect(refused.code).not.toBe(0);
    }
    const twice = await run(['user', 'add', 'bad', '--hash-stdin', '--password-stdin'], hash);
    expect(twice.err).toMatch(/give it alone/);
    expect(await inStore(store => store.userByName('bad'))).toBeUndefined();
  });

  it('change their password, which ends their sessions', async () => {
    const { run, inStore } = commandLine();
    await run(['create-admin', '--username', 'root', '--email', 'r@example.com', '--password', PASSWORD]);
    await inStore(async store => {
      const root = await store.userByName('root');
      if (root) {
        const times = { createdAt: 1, lastSeenAt: 1, expiresAt: Date.now() + 9e9, passwordAt: 1 };
        await store.addSession({ hash: 'h', userId: root.id, ...times });
      }
    });
    expect((await run(['user', 'passwd', 'root', '--password-stdin'], 'Another-Horse-8')).code).toBe(0);
    expect(await inStore(store => store.session('h'))).toBeUndefined();
  });

  it('T24 the last administrator stays', async () => {
    const { run } = commandLine();
    await run(['create-admin', '--username', 'root', '--email', 'r@example.com', '--password', PASSWORD]);
    for (const verb of ['remove', 'disable']) {
      const { code, err } = await run(['user', verb, 'root']);
      expect([code, err]).toEqual([
        1,
        'root is the last administrator. Add another one first: authmcp-gateway create-admin',
      ]);
    }
    await run(['create-admin', '--username', 'second', '--password-stdin'], PASSWORD);
    expect((await run(['user', 'remove', 'root'])).code).toBe(0);
  });

  it.each([
    [
      'weak password',
      ['user', 'add', 'bob', '--password-stdin'],
      'abc',
      /^The password needs at least 8 characters, an upper-case letter, a digit\.$/,
    ],
    [
      'no password for an administrator',
      ['create-admin', '--username', 'x'],
      '',
      /^No password came\. Use --password-stdin/,
    ],
    ['no name', ['create-admin'], '', /^No user name came/],
    ['hostile name', ['user', 'add', '../\u202ex'], '', /^A user name has/],
    [
      'a user that nobody is',
      ['user', 'disable', 'nobody'],
      '',
      /^There is no user nobody\. See: authmcp-gateway user list$/,
    ],
    ['a server that is not there', ['user', 'add', 'bob', '--grant', 'home'], '', /^There is no server home/],
    ['unknown command', ['usr'], '', /^There is no command usr\. See: /],
    ['unknown flag', ['user', 'add', 'bob', '--emial', 'x'], '', /unknown option '--emial'[\s\S]*--email/],
  ])('%s is refused in one sentence', async (_, args, input, says) => {
    const { run } = commandLine();
    const { code, out, err } = await run(args, input);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('a misspelt name gets a suggestion, a doubled one a refusal', async () => {
    const { run } = commandLine();
    await run(['user', 'add', 'alice']);
    expect((await run(['user', 'remove', 'alise'])).err).toBe('There is no user alise; did you mean alice?');
    expect((await run(['user', 'add', 'alice'])).err).toBe('There is a user alice already.');
  });
});

describe('API keys', () => {
  it('are printed alone, once, and kept as a hash', async () => {
    const { run, inStore } = commandLine();
    await run(['user', 'add', 'ci', '--service']);
    const { out, err, code } = await run([
      'token',
      'create',
      '--user',
      'ci',
      '--name',
      'build',
      '--ttl',
      '30d',
    ]);
    expect([code, err]).toEqual([0, '']);
    const parsed = parseApiKey(out);
    expect(parsed).toBeDefined();
    const [key] = await inStore(store => store.listKeys());
    expect(key).toMatchObject({ id: parsed?.id, name: 'build', scopes: ['mcp'] });
    expect((key?.expiresAt ?? 0) - (key?.createdAt ?? 0)).toBe(30 * 86_400_000);
    const list = await run(['token', 'list', '--json']);
    expect(JSON.parse(list.out)[0]).toMatchObject({ id: parsed?.id, user: 'ci' });
    expect(list.out).not.toContain(parsed?.secret);
    expect(JSON.stringify(await inStore(store => store.listAudit(9)))).not.toContain(parsed?.secret);
  });

  it('of auditors may read what auditors read, and no more', async () => {
    const { run } = commandLine();
    await run(['user', 'add', 'ada', '--auditor']);
    const create = (scope: string) =>
      run(['token', 'create', '--user', 'ada', '--name', 'x', '--scope', scope]);
    expect((await create('audit')).code).toBe(0);
    expect((await create('admin')).err).toMatch(/needs an administrator/);
  });

  it('are revoked by id or by the key itself', async () => {
    const { run } = commandLine();
    await run(['user', 'add', 'ci']);
    const first = (await run(['token', 'create', '--user', 'ci', '--name', 'a'])).out;
    const second = JSON.parse((await run(['token', 'create', '--user', 'ci', '--name', 'b', '--json'])).out);
    expect((await run(['token', 'revoke', first])).code).toBe(0);
    expect((await run(['token', 'revoke', second.id])).code).toBe(0);
    expect((await run(['token', 'revoke', second.id])).err).toMatch(/^There is no key .* token list$/);
  });

  it.each([
    ['a time', ['--ttl', 'soon'], /--ttl takes a time like 12h or 30d/],
    ['a scope', ['--scope', 'all'], /There is no scope all/],
    ['more than its owner has', ['--scope', 'admin'], /needs an administrator/],
    ['a server', ['--scope', 'mcp:nowhere'], /There is no server nowhere/],
  ])('refuse %s that makes no sense', async (_, flags, says) => {
    const { run } = commandLine();
    await run(['user', 'add', 'ci']);
    const { code, err } = await run(['token', 'create', '--user', 'ci', '--name', 'x', ...flags]);
    expect([code, err]).toEqual([1, expect.stringMatching(says)]);
  });
});

describe('the setup link', () => {
  it('T17 is new each time, and there is none once an administrator exists', async () => {
    const { run } = commandLine();
    const first = await run(['setup-link']);
    const second = await run(['setup-link']);
    expect(first.out).toMatch(/^http:\/\/localhost:8000\/setup#[0-9A-Z]{5}(-[0-9A-Z]{5,6}){4}$/);
    expect(second.out).not.toBe(first.out);
    await run(['create-admin', '--username', 'root', '--password-stdin'], PASSWORD);
    expect((await run(['setup-link'])).err).toMatch(/^There is an administrator already/);
  });
});
