import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from '../admin/api/support/callers.ts';
import { beside } from './support/beside.ts';
import { commandLine } from './support/command-line.ts';

let callers: Callers;
let run: ReturnType<typeof beside>;
beforeAll(async () => {
  callers = await startCallers({
    servers: { home: { url: 'http://127.0.0.1:9/mcp', grants: ['group:family'] } },
  });
  run = beside(callers);
});
afterAll(() => callers.close());

const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const SOON = { timeout: 3000, interval: 20 };

describe('beside a running gateway, without a restart', () => {
  it('a group gives its members what it was granted, and takes it again', async () => {
    const { key } = await callers.keyOf(callers.users.user, ['mcp']);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const status = async () =>
      (await fetch(callers.url('/mcp/home'), { method: 'POST', headers, body: PING })).status;
    expect(await status()).toBe(404);
    expect((await run(['group', 'add', 'family', '--description', 'at home'])).out).toBe(
      'group family added',
    );
    expect((await run(['group', 'add-member', 'Family', 'USER'])).out).toBe(
      'user is in the group family now',
    );
    await expect.poll(status, SOON).toBe(200);
    expect((await run(['group', 'list'])).out).toMatch(/^NAME +DESCRIPTION +MEMBERS\nfamily +at home +user$/);
    expect((await run(['group', 'remove-member', 'family', 'user'])).code).toBe(0);
    await expect.poll(status, SOON).toBe(404);
    await run(['group', 'add-member', 'family', 'user']);
    await expect.poll(status, SOON).toBe(200);
    expect((await run(['group', 'remove', 'family'])).out).toBe('group family removed');
    await expect.poll(status, SOON).toBe(404);
    const rows = (await callers.store.listAudit(10)).filter(row => row.action.startsWith('group.'));
    expect(rows.map(row => row.action).reverse()).toEqual([
      'group.add',
      'group.join',
      'group.leave',
      'group.join',
      'group.remove',
    ]);
    expect(rows.every(row => row.actor.startsWith('cli:') && row.target === 'family')).toBe(true);
  });

  it('a person is promoted, and demoted again, and signs in anew each time', async () => {
    const first = await callers.signIn('user');
    expect((await run(['user', 'promote', 'user'])).out).toBe('user has the role admin now');
    const gone = async () => (await callers.ask(first, 'GET /account/api/me')).status;
    await expect.poll(gone, SOON).toBe(401);
    const second = await callers.signIn('user');
    await expect.poll(async () => (await callers.ask(second, 'GET /admin/api/users')).status, SOON).toBe(200);
    expect((await run(['user', 'role', 'user', 'auditor'])).out).toBe('user has the role auditor now');
    expect((await run(['user', 'role', 'user', 'auditor'])).err).toMatch(/has the role auditor already/);
    await run(['user', 'demote', 'user']);
    const reads = async () =>
      (await callers.ask(await callers.sessionOf(callers.users.user), 'GET /admin/api/users')).status;
    await expect.poll(reads, SOON).toBe(403);
    const [row] = await callers.store.listAudit(1);
    expect(row).toMatchObject({
      action: 'user.role',
      before: '{"role":"auditor"}',
      after: '{"role":"user"}',
    });
  });

  it('a person is edited, and an empty text takes away', async () => {
    await run(['user', 'add', 'dora', '--email', 'd@example.com', '--auditor']);
    const { out } = await run([
      'user',
      'edit',
      'dora',
      '--name',
      'dora.b',
      '--email',
      '',
      '--full-name',
      'Dora B.',
      '--json',
    ]);
    expect(JSON.parse(out)).toEqual({ name: 'dora.b', fullName: 'Dora B.' });
    expect(await callers.store.userByName('dora.b')).toMatchObject({ role: 'auditor', email: undefined });
    expect(JSON.parse((await callers.store.listAudit(1))[0]?.before ?? '')).toEqual({
      name: 'dora',
      email: 'd@example.com',
    });
  });
});

describe('what cannot be is refused in one sentence', () => {
  const { run, inStore } = commandLine();
  beforeAll(async () => {
    await run(['create-admin', '--username', 'root', '--password-stdin'], 'Correct-Horse-7');
    await run(['user', 'add', 'alice', '--email', 'a@example.com']);
    await run(['user', 'add', 'bob']);
    await run(['group', 'add', 'family']);
    await run(['group', 'add-member', 'family', 'alice']);
  });

  it.each([
    ['a name with a space', ['group', 'add', 'my home'], /^A group name has 1 to 64 letters/],
    ['a name with a star', ['group', 'add', 'a*'], /^A group name has/],
    ['a name with a colon', ['group', 'add', 'group:a'], /^A group name has/],
    ['an empty name', ['group', 'add', ''], /^A group name has/],
    ['a name with an escape', ['group', 'add', '\u001b[2J'], /^A group name has/],
    [
      'a group that is none',
      ['group', 'remove', 'famly'],
      /^There is no group famly; did you mean family\?$/,
    ],
    ['a person that is none', ['group', 'add-member', 'family', 'alise'], /did you mean alice\?$/],
    [
      'no group at all',
      ['group', 'remove-member', 'zzzzzzzzz', 'alice'],
      /^There is no group zzzzzzzzz\. See: authmcp-gateway group list$/,
    ],
    ['a second group of the name', ['group', 'add', 'FAMILY'], /^There is a group FAMILY already\.$/],
    [
      'who is in already',
      ['group', 'add-member', 'family', 'alice'],
      /^alice is in the group family already\.$/,
    ],
    ['who is not in', ['group', 'remove-member', 'family', 'bob'], /^bob is not in the group family\.$/],
    ['the last administrator', ['user', 'demote', 'root'], /^root is the last administrator\./],
    [
      'a role that is none',
      ['user', 'role', 'bob', 'root'],
      /value 'root' is invalid .* admin, auditor, user/,
    ],
    ['an edit of nothing', ['user', 'edit', 'bob'], /^Nothing to change/],
    ['a name that is taken', ['user', 'edit', 'bob', '--name', 'ALICE'], /^There is a user ALICE already\.$/],
    ['an address that is taken', ['user', 'edit', 'bob', '--email', 'A@example.com'], /^Another user has/],
    ['half an address', ['user', 'edit', 'bob', '--email', 'me@'], /^me@ is not an e-mail address\.$/],
    ['a hostile name', ['user', 'edit', 'bob', '--name', '../\u202ex'], /^A user name has/],
  ])('%s', async (_, args, says) => {
    const before = await inStore(store => store.listAudit(100));
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
    expect(await inStore(store => store.listAudit(100))).toEqual(before);
  });
});
