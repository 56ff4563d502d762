import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayHere } from '../../../support/gateway-here.ts';
import { tempDir } from '../../../support/temp.ts';
import { type Callers, type Json, startCallers } from '../support/callers.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  const url = 'http://127.0.0.1:9/mcp';
  callers = await startCallers({
    clock: { now: () => Date.now() + skew },
    servers: { home: { url, grants: ['user'] }, other: { url } },
  });
});
afterAll(() => callers.close());

const KEYS = '/admin/api/keys';
const MINE = '/account/api/keys';
const DAY = 86_400_000;

const ping = async (key: unknown, server: string) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  return (await fetch(callers.url(`/mcp/${server}`), { method: 'POST', headers, body })).status;
};
const listed = async (path: string, who: 'admin' | 'user' | 'auditor' = 'admin') =>
  (await callers.ask(who, `GET ${path}`)).body as unknown as readonly Json[];

describe('API keys of one’s own', () => {
  it('are made, shown once, used, listed with their last use, and revoked at once', async () => {
    const made = await callers.ask('user', `POST ${MINE}`, { name: 'laptop', expires_in_days: 30 });
    expect(made).toMatchObject({ status: 201, body: { scopes: ['mcp'], user: { username: 'user' } } });
    const { id, key } = made.body;
    expect(key).toMatch(new RegExp(`^amg_${id}_[\\w-]{32}$`));
    expect(Date.parse(String(made.body.expires_at)) - Date.parse(String(made.body.created_at))).toBe(
      30 * DAY,
    );
    expect([await ping(key, 'home'), await ping(key, 'other')]).toEqual([200, 404]);
    const [shown] = await listed(MINE, 'user');
    expect(shown).toMatchObject({ id, name: 'laptop', hint: `amg_${id}_…`, is_expired: false });
    const [row] = await callers.store.listAudit(1);
    expect(row).toMatchObject({ actor: 'user:user', action: 'key.create', target: 'user' });
    const secret = String(key).split('_')[2] ?? 'none';
    expect(JSON.stringify([shown, row])).not.toContain(secret);
    skew += 31 * DAY;
    expect(await ping(key, 'home')).toBe(401);
    skew -= 31 * DAY;
    expect((await callers.ask('user', `DELETE ${MINE}/${id}`)).body).toEqual({ id, revoked: true });
    expect(await ping(key, 'home')).toBe(401);
    expect((await callers.ask('user', `DELETE ${MINE}/${id}`)).status).toBe(404);
  });

  it('cover one server where they are made so, and no more than their owner', async () => {
    const one = await callers.ask('user', `POST ${MINE}`, { name: 'one', scopes: ['mcp:home'] });
    expect(await ping(one.body.key, 'home')).toBe(200);
    for (const scope of ['mcp:other', 'mcp:nowhere'])
      expect(await callers.ask('user', `POST ${MINE}`, { name: 'x', scopes: ['mcp', scope] })).toMatchObject({
        status: 400,
        body: {
          field: 'scopes.1',
          message: 'scopes.1: there is no such server, or its owner may not use it',
        },
      });
  });

  it('need a password that was given lately', async () => {
    const session = await callers.signIn('user');
    skew += 5 * 60_000 + 1000;
    const refused = await callers.ask(session, `POST ${MINE}`, { name: 'late' });
    expect(refused).toMatchObject({ status: 403, body: { error: 'password_needed' } });
    expect((await callers.ask(session, `GET ${MINE}`)).status).toBe(200);
    skew = 0;
  });

  it('tell when and from where they were used', async () => {
    const { path, remove } = await tempDir('authmcp-keys-');
    const first = await startCallers({ dir: path, servers: { home: 'http://127.0.0.1:9/mcp' } });
    const [admin, mcp, unused] = [
      await first.keyOf(first.users.admin, ['admin']),
      await first.keyOf(first.users.admin, ['mcp']),
      await first.keyOf(first.users.admin, ['mcp']),
    ];
    expect((await first.ask(admin, `GET ${KEYS}`)).status).toBe(200);
    const headers = { authorization: `Bearer ${mcp.key}` };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await fetch(first.url('/mcp'), { method: 'POST', headers, body });
    await first.close();
    const second = await startGatewayHere({ servers: {}, dir: path });
    const kept = await second.store.listKeys();
    const of = ({ key }: { readonly key: string }) => kept.find(one => one.id === key.split('_')[1]);
    expect(of(admin)).toMatchObject({ lastUsedAddress: '127.0.0.1', lastUsedAt: expect.any(Number) });
    expect(of(mcp)).toMatchObject({ lastUsedAddress: '127.0.0.1', lastUsedAt: expect.any(Number) });
    expect(of(unused)?.lastUsedAt).toBeUndefined();
    await second.close();
    await remove();
  });
});

describe('API keys by an administrator', () => {
  it('are made for anybody within what they have, and revoked', async () => {
    const { user, auditor, admin } = callers.users;
    const made = async (owner: Json | { id: string }, scopes: readonly string[]) =>
      callers.ask('admin', `POST ${KEYS}`, { user: owner.id, name: 'for', scopes });
    expect((await made(auditor, ['audit'])).status).toBe(201);
    expect((await made(admin, ['admin', 'audit', 'metrics', 'mcp:other'])).status).toBe(201);
    const mine = await made(user, ['mcp']);
    expect(mine.body.user).toEqual({ id: user.id, username: 'user' });
    expect((await listed(`${KEYS}?user=${user.id}`, 'auditor')).map(one => one.id)).toContain(mine.body.id);
    expect((await callers.ask('admin', `DELETE ${KEYS}/${mine.body.id}`)).status).toBe(200);
    expect(await ping(mine.body.key, 'home')).toBe(401);
    for (const [owner, scopes] of [
      [user, ['admin']],
      [user, ['audit']],
      [user, ['metrics']],
      [auditor, ['admin']],
      [auditor, ['metrics']],
      [user, ['mcp:other']],
    ] as const)
      expect(await made(owner, scopes)).toMatchObject({ status: 400, body: { field: 'scopes.0' } });
  });

  it('lose the power of their owner with it', async () => {
    const person = await callers.addPerson('falls', 'admin');
    await callers.refresh();
    const key = await callers.ask('admin', `POST ${KEYS}`, { user: person.id, name: 'k', scopes: ['admin'] });
    const who = { key: String(key.body.key) };
    expect((await callers.ask(who, `GET ${KEYS}`)).status).toBe(200);
    await callers.ask('admin', `PUT /admin/api/users/${person.id}/role`, { role: 'user' });
    expect((await callers.ask(who, `GET ${KEYS}`)).status).toBe(403);
  });
});

describe('what cannot be', () => {
  it('another’s key is not there, by whatever is known of it [IDOR]', async () => {
    const { body } = await callers.ask('admin', `POST ${MINE}`, { name: 'of the admin' });
    for (const id of [body.id, body.key, body.hint, '__proto__', '%00', '0'])
      for (const who of ['user', 'auditor'] as const)
        expect([400, 404]).toContain((await callers.ask(who, `DELETE ${MINE}/${id}`)).status);
    expect((await listed(MINE, 'user')).map(one => one.id)).not.toContain(body.id);
    expect(await ping(body.key, 'home')).toBe(200);
  });

  it.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name with escapes', { name: '\u001b[2J' }, 'name'],
    ['a scope that is none', { name: 'x', scopes: ['all'] }, 'scopes.0'],
    ['a scope of the prototype', { name: 'x', scopes: ['__proto__'] }, 'scopes.0'],
    ['scopes in one text', { name: 'x', scopes: 'mcp admin' }, 'scopes'],
    ['scopes in one scope', { name: 'x', scopes: ['mcp admin'] }, 'scopes.0'],
    ['no scope', { name: 'x', scopes: [] }, 'scopes'],
    ['a scope for more than MCP', { name: 'x', scopes: ['mcp', 'admin'] }, 'scopes.1'],
    ['no time at all', { name: 'x', expires_in_days: 0 }, 'expires_in_days'],
    ['a time before now', { name: 'x', expires_in_days: -1 }, 'expires_in_days'],
    ['a time without end', { name: 'x', expires_in_days: 1e9 }, 'expires_in_days'],
    ['an owner', { name: 'x', user: 'admin' }, 'user'],
    ['an id of one’s own choice', { name: 'x', id: 'aaaaaaaa' }, 'id'],
    ['a secret of one’s own choice', { name: 'x', secret_hash: 'a'.repeat(64) }, 'secret_hash'],
  ])('%s makes no key', async (_, body, field) => {
    const before = (await callers.store.listKeys()).length;
    expect(await callers.ask('admin', `POST ${MINE}`, body)).toMatchObject({ status: 400, body: { field } });
    expect((await callers.store.listKeys()).length).toBe(before);
  });

  it('a key of the configuration is not revoked here, where it would come back', async () => {
    const token = 'a-token-that-the-operator-chose';
    const small = await startCallers({ settings: { staticBearerTokens: [token] } });
    const [fixed] = (await small.store.listKeys()).filter(key => key.id.startsWith('fixed-'));
    const answer = await small.ask('admin', `DELETE ${KEYS}/${fixed?.id}`);
    expect(answer).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('STATIC_BEARER_TOKENS') },
    });
    await small.close();
  });

  it('one person has a hundred keys at most', async () => {
    const person = await callers.addPerson('hoarder');
    for (let at = 0; at < 100; at++) await callers.keyOf(person, ['mcp']);
    const session = await callers.signIn('hoarder');
    expect(await callers.ask(session, `POST ${MINE}`, { name: 'one more' })).toMatchObject({ status: 409 });
  });
});
