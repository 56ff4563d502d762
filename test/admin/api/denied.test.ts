import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../auth/support/world.ts';
import { toldBy } from '../../e2e/support/told.ts';
import { type CallerName, type Callers, startCallers } from './support/callers.ts';

const clock = createClock(Date.now());
let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({ clock, settings: { trustedProxies: ['127.0.0.1'] } });
});
afterAll(() => callers.close());

const denied = async () => {
  const found = await toldBy(callers, clock);
  return found
    .filter(({ type }) => type === 'permission_denied')
    .map(({ principal, address, severity, count, detail }) => {
      return { principal, address, severity, count, ...(JSON.parse(detail) as object) };
    });
};
let addresses = 0;
/** Each from an address of its own, so that what is told is told of it. */
async function ask(who: CallerName, request: string, body?: unknown, times = 1) {
  const address = `203.0.113.${++addresses}`;
  const headers = { 'x-forwarded-for': address };
  let status = 0;
  for (let n = 0; n < times; n++) ({ status } = await callers.ask(who, request, body, { headers }));
  return { status, told: (await denied()).filter(one => one.address === address) };
}

describe('who asks the administrators’ API for what is not theirs', () => {
  it.each<[CallerName, string, string, string]>([
    ['user', 'GET /admin/api/users', 'read', 'users.list'],
    ['user', 'POST /admin/api/users', 'rule', 'users.create'],
    ['auditor', 'POST /admin/api/users', 'rule', 'users.create'],
    ['auditor', 'PATCH /admin/api/settings', 'change', 'settings.update'],
    ['key:mcp', 'GET /admin/api/users', 'read', 'users.list'],
    ['key:audit', 'PATCH /admin/api/settings', 'change', 'settings.update'],
    ['key:admin', 'POST /admin/api/keys', 'person', 'keys.create'],
  ])('%s, %s', async (who, request, needs, operation) => {
    const { status, told } = await ask(who, request, request.startsWith('GET') ? undefined : {});
    expect(status).toBe(403);
    const name = who.startsWith('key:') ? 'admin' : (who as 'user' | 'auditor');
    const { id } = callers.users[name];
    expect(told).toMatchObject([
      { principal: id, severity: 'medium', count: 1, at: 'api', needs, operation },
    ]);
  });

  it('is one event with a count, however often and whatever they try', async () => {
    const often = await ask('user', 'GET /admin/api/users', undefined, 12);
    expect(often.told).toMatchObject([{ count: 12, operation: 'users.list' }]);
    const headers = { 'x-forwarded-for': '203.0.113.200' };
    for (const path of ['users', 'users/x', 'audit', 'activity'])
      await callers.ask('user', `GET /admin/api/${path}`, undefined, { headers });
    const tried = (await denied()).filter(({ address }) => address === '203.0.113.200');
    expect(tried).toMatchObject([{ count: 4 }]);
  });

  it('is told of a request that weighs more than others of its operation', async () => {
    const body = { name: 'cmd', command: 'true' };
    const { status, told } = await ask('key:admin', 'POST /admin/api/mcp-servers', body);
    expect(status).toBe(403);
    expect(told).toMatchObject([{ operation: 'servers.create', count: 1 }]);
  });
});

describe('is no such event', () => {
  it.each<[string, CallerName, string, number]>([
    ['who is allowed', 'admin', 'GET /admin/api/users', 200],
    ['a stranger', 'none', 'GET /admin/api/users', 401],
    ['somebody whose account is disabled', 'disabled', 'GET /admin/api/users', 401],
    ['what there is not', 'user', 'GET /admin/api/nothing', 404],
    ['what is one’s own', 'user', 'GET /account/api/me', 200],
    ['what is wrong', 'admin', 'POST /admin/api/users', 400],
  ])('%s', async (_, who, request, expected) => {
    const { status, told } = await ask(who, request, request.startsWith('GET') ? undefined : {});
    expect([status, told]).toEqual([expected, []]);
  });

  it('an administrator whose password is too long ago', async () => {
    clock.pass(10 * 60_000);
    const { told } = await ask('admin', 'POST /admin/api/users', { username: 'x', password: 'y' });
    expect(told).toEqual([]);
  });
});
