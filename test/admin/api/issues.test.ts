import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from './support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

describe('what is wrong with a request', () => {
  it.each([
    ['POST /admin/api/users', {}, 'username: is missing'],
    ['POST /admin/api/users', { username: 7 }, 'username: must be a text'],
    ['POST /admin/api/users', { username: null }, 'username: must be a text'],
    ['POST /admin/api/users', { username: 'x', email: 'me@' }, 'email: is not an e-mail address'],
    ['POST /admin/api/users', { username: 'x', role: 'root' }, 'role: must be one of admin, auditor, user'],
    ['POST /admin/api/users', { username: 'x', groups: 'home' }, 'groups: must be a list'],
    [
      'POST /admin/api/users',
      { username: 'x', full_name: 'a'.repeat(201) },
      'full_name: has at most 200 letters',
    ],
    ['POST /admin/api/users', { username: 'x', password: '' }, 'password: must not be empty'],
    ['POST /admin/api/users', { username: 'x', extra: 1 }, 'extra: there is no such field'],
    ['POST /admin/api/users', [], 'body: must be an object'],
    ['POST /admin/api/users', 'text', 'body: must be an object'],
    ['POST /admin/api/mcp-servers', { name: 'x', timeout: -1 }, 'timeout: is more than 0'],
    ['POST /admin/api/mcp-servers', { name: 'x', timeout: 9e9 }, 'timeout: is at most 3600000'],
    ['POST /admin/api/mcp-servers', { name: 'x', enabled: 'yes' }, 'enabled: must be true or false'],
    [
      'POST /admin/api/mcp-servers',
      { name: 'x', auth: { what: 1 } },
      'auth: has none of the forms that it may have',
    ],
    ['POST /admin/api/mcp-servers', { name: 'x', args: [1] }, 'args.0: must be a text'],
    ['GET /admin/api/activity?limit=0', undefined, 'limit: is a whole number from 1 to 9999'],
  ])('is said by the field and what it must be: %s %j', async (request, body, message) => {
    const answer = await callers.ask('admin', request, body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', message } });
  });
});
