import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beside } from '../../cli/support/beside.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const LIMITS = '/admin/api/limits';

let callers: Callers;
let run: ReturnType<typeof beside>;
beforeAll(async () => {
  callers = await startCallers({ servers: { home: 'http://127.0.0.1:9/mcp' } });
  run = beside(callers);
});
afterAll(() => callers.close());

const put = (body: unknown, who: Parameters<Callers['ask']>[0] = 'admin') =>
  callers.ask(who, `PUT ${LIMITS}`, body);
const remove = (subject: string) =>
  callers.ask('admin', `DELETE ${LIMITS}?${new URLSearchParams({ subject })}`);
const listed = async () => (await callers.ask('admin', `GET ${LIMITS}`)).body as unknown as readonly Json[];
const ping = async (token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  return (await fetch(callers.url('/mcp'), { method: 'POST', headers, body })).status;
};

describe('a limit', () => {
  it('is set, shown, replaced and taken away, and each is of use at once', async () => {
    const { key } = await callers.keyOf(callers.users.user, ['mcp']);
    expect(await ping(key)).toBe(200);
    const set = await put({ subject: 'user', requests: 1, window: 3600 });
    const nothing = { concurrent: null, bytes_in: null, bytes_out: null };
    expect([set.status, set.body]).toEqual([
      200,
      {
        ...{ subject: 'user:user', requests: 1, ...nothing, window: 3600 },
        ...{ changed_at: expect.any(Number), changed_by: 'user:admin' },
      },
    ]);
    expect([await ping(key), await ping(key)]).toEqual([200, 429]);
    await put({ subject: 'USER', concurrent: 3 });
    expect(await ping(key)).toBe(200);
    expect(await listed()).toMatchObject([{ subject: 'user:user', requests: null, concurrent: 3 }]);
    expect((await remove('user')).body).toEqual({ subject: 'user:user', removed: true });
    expect((await remove('user')).status).toBe(404);
    expect(await listed()).toEqual([]);
    const audit = (await callers.store.listAudit(3)).map(({ action, target }) => `${action} ${target}`);
    expect(audit.toReversed()).toEqual([
      'limit.set user:user',
      'limit.set user:user',
      'limit.unset user:user',
    ]);
  });

  it('is of servers, keys and clients too, and of a client that is gone it can be taken away', async () => {
    const client = await callers.ask('admin', 'POST /admin/api/oauth-clients', {
      ...{ client_name: 'App', redirect_uris: ['https://app.example/callback'] },
    });
    const id = String(client.body.client_id);
    const key = (await callers.store.listKeys())[0]?.id;
    for (const subject of ['server:home', `key:${key}`, `client:${id}`])
      expect((await put({ subject, requests: 9 })).body.subject).toBe(subject);
    expect((await callers.ask('admin', `DELETE /admin/api/oauth-clients/${id}`)).status).toBe(200);
    for (const subject of ['server:home', `key:${key}`, `client:${id}`])
      expect((await remove(subject)).status).toBe(200);
  });

  it('of who rules is a person’s to set', async () => {
    for (const subject of ['admin', 'auditor']) {
      expect((await put({ subject, requests: 0 }, 'key:admin')).status).toBe(403);
      expect((await put({ subject, requests: 1_000 })).status).toBe(200);
      await remove(subject);
    }
    expect((await put({ subject: 'user', requests: 1_000 }, 'key:admin')).status).toBe(200);
    await remove('user');
  });
});

describe('a limit is refused, with the field named,', () => {
  const fine = { subject: 'user', requests: 1 };
  it.each<[string, unknown, string]>([
    ['of nobody', { requests: 1 }, 'subject'],
    ['of a person who is not there', { ...fine, subject: 'ghost' }, 'subject'],
    ['of a group', { ...fine, subject: 'group:x' }, 'subject'],
    ['of everybody', { ...fine, subject: 'everybody' }, 'subject'],
    ['of a role', { ...fine, subject: 'role:user' }, 'subject'],
    ['of a server that is not there', { ...fine, subject: 'server:elsewhere' }, 'subject'],
    ['of a prototype', { ...fine, subject: 'server:__proto__' }, 'subject'],
    ['of nothing', { subject: 'user' }, 'requests'],
    ['of less than nothing', { ...fine, requests: -1 }, 'requests'],
    ['of a part', { ...fine, requests: 1.5 }, 'requests'],
    ['of a text', { ...fine, requests: '1' }, 'requests'],
    ['of too much', { ...fine, bytes_out: 2 ** 53 }, 'bytes_out'],
    ['in no time', { ...fine, window: 0 }, 'window'],
    ['in more than a day', { ...fine, window: 86_401 }, 'window'],
    ['of something else', { ...fine, tokens: 1 }, 'tokens'],
    ['by somebody else', { ...fine, changed_by: 'root' }, 'changed_by'],
  ])('%s', async (_, body, field) => {
    const answer = await put(body);
    expect([answer.status, answer.body.field]).toEqual([400, field]);
    expect(await listed()).toEqual([]);
  });

  it('also where none is to be taken away', async () => {
    for (const subject of ['ghost', 'group:x', 'server:elsewhere'])
      expect((await remove(subject)).status).toBe(400);
    for (const subject of ['user', 'client:nobody', 'client:'])
      expect((await remove(subject)).status).toBe(404);
    expect((await callers.ask('admin', `DELETE ${LIMITS}`)).status).toBe(400);
  });
});

describe('on the command line', () => {
  it('limits are set, listed and unset beside a running gateway', async () => {
    const { key } = await callers.keyOf(callers.users.user, ['mcp']);
    const args = ['limit', 'set', 'user', '--requests', '0', '--bytes-out', '1000', '--window', '60'];
    expect((await run(args)).out).toBe('limit of user:user set');
    await expect.poll(() => ping(key), { timeout: 3_000, interval: 20 }).toBe(429);
    await run(['limit', 'set', 'server:home', '--concurrent', '4']);
    const rows = (await run(['limit', 'list'])).out.split('\n').map(line => line.split(/ {2,}/));
    expect(rows).toEqual([
      ['WHO', 'REQUESTS', 'AT ONCE', 'BYTES IN', 'BYTES OUT', 'WINDOW'],
      ['server:home', '-', '4', '-', '-', '-'],
      ['user:user', '0', '-', '-', '1000', '60'],
    ]);
    expect((await run(['limit', 'unset', 'user'])).out).toBe('limit of user:user removed');
    await expect.poll(() => ping(key), { timeout: 3_000, interval: 20 }).toBe(200);
    expect((await run(['limit', 'unset', 'server:home'])).code).toBe(0);
    await expect.poll(listed, { timeout: 3_000, interval: 20 }).toEqual([]);
  });

  it.each([
    ['nobody', ['set', 'ghost', '--requests', '1'], /^There is no user ghost/],
    ['a group', ['set', 'group:x', '--requests', '1'], /^There is no group x/],
    ['no server', ['set', 'server:x', '--requests', '1'], /^There is no server x/],
    ['nothing', ['set', 'user'], /^Say at least one of --requests, --concurrent, --bytes-in, --bytes-out/],
    ['less than nothing', ['set', 'user', '--requests=-1'], /^--requests is a whole number from 0/],
    ['a word', ['set', 'user', '--bytes-in', 'many'], /^--bytes-in is a whole number/],
    ['too much', ['set', 'user', '--concurrent', '100001'], /^--concurrent is a whole number/],
    ['no time', ['set', 'user', '--requests', '1', '--window', '0'], /^--window is a whole number from 1/],
    ['what is not there', ['unset', 'user'], /^There is no limit of user:user/],
  ])('%s is refused in one sentence', async (_, args, says) => {
    const { code, out, err } = await run(['limit', ...args]);
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(says)]);
    expect(await listed()).toEqual([]);
  });
});
