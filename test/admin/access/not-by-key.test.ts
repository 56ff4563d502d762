import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Callers, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let group: string;
const keyIds: Record<string, string> = {};
beforeAll(async () => {
  callers = await startCallers();
  group = String((await callers.ask('admin', 'POST /admin/api/groups', { name: 'mixed' })).body.id);
  for (const name of ['admin', 'user'] as const) {
    const body = { user: callers.users[name].id, name: 'laptop' };
    keyIds[name] = String((await callers.ask('admin', 'POST /admin/api/keys', body)).body.id);
  }
});
afterAll(() => callers.close());

const GRANTS = '/admin/api/grants';
const DENY = { server: '*', effect: 'deny' };
const statusOf = async (who: 'admin' | 'key:admin', request: string, body?: unknown) =>
  (await callers.ask(who, request, body)).status;

/** An API key of an administrator may have been stolen from a script: it must not become a person, nor decide over who rules (C19). */
it('a key makes no program that acts as a person, nor gives one a new secret', async () => {
  const program = { client_name: 'm2m', auth: 'secret', user: 'user', scopes: ['mcp'] };
  expect(await statusOf('key:admin', 'POST /admin/api/oauth-clients', program)).toBe(403);
  const made = await callers.ask('admin', 'POST /admin/api/oauth-clients', program);
  expect(made.status).toBe(201);
  const rotate = `POST /admin/api/oauth-clients/${made.body.client_id}/rotate`;
  expect(await statusOf('key:admin', rotate)).toBe(403);
  expect(await statusOf('admin', rotate)).toBe(200);
  expect((await callers.ask('key:admin', 'POST /admin/api/users', { username: 'robot' })).status).toBe(201);
  expect(await statusOf('key:admin', 'POST /admin/api/oauth-clients', { ...program, user: 'robot' })).toBe(
    201,
  );
  for (const user of ['admin', 'auditor'])
    expect(await statusOf('key:admin', 'POST /admin/api/oauth-clients', { ...program, user })).toBe(403);
  const nobodys = { client_name: 'web', auth: 'secret', redirect_uris: ['https://a.example/cb'] };
  expect(await statusOf('key:admin', 'POST /admin/api/oauth-clients', nobodys)).toBe(201);
});

it('a key sets no password and makes no link to set one, of whomever', async () => {
  for (const name of ['user', 'auditor', 'admin'] as const) {
    const path = `/admin/api/users/${callers.users[name].id}`;
    expect(await statusOf('key:admin', `PUT ${path}/password`, { password: 'Heron-ladder-52' })).toBe(403);
    expect(await statusOf('key:admin', `POST ${path}/reset-link`)).toBe(403);
  }
});

it('a key reaches those who rule neither by a group nor by their keys', async () => {
  const members = `/admin/api/groups/${group}/members`;
  for (const name of ['admin', 'auditor'] as const) {
    expect(await statusOf('key:admin', `PUT ${members}/${callers.users[name].id}`)).toBe(403);
    expect(await statusOf('admin', `PUT ${members}/${callers.users[name].id}`)).toBe(200);
    expect(await statusOf('key:admin', `POST ${GRANTS}`, { subject: 'group:mixed', ...DENY })).toBe(403);
    expect(await statusOf('key:admin', `DELETE ${members}/${callers.users[name].id}`)).toBe(403);
    expect(await statusOf('admin', `DELETE ${members}/${callers.users[name].id}`)).toBe(200);
  }
  expect(await statusOf('key:admin', `PUT ${members}/${callers.users.user.id}`)).toBe(200);
  expect(await statusOf('key:admin', `POST ${GRANTS}`, { subject: 'group:mixed', ...DENY })).toBe(201);
  for (const [name, status] of [
    ['admin', 403],
    ['user', 201],
  ] as const) {
    const subject = `key:${keyIds[name]}`;
    expect(await statusOf('key:admin', `POST ${GRANTS}`, { subject, ...DENY })).toBe(status);
    const limited = await statusOf('key:admin', 'PUT /admin/api/limits', { subject, requests: 0 });
    expect(limited).toBe(status === 201 ? 200 : status);
  }
});

it.each(['ledger.enabled', 'upstream.clientMetadataUrl'])(
  'a key does not touch the setting %s',
  async key => {
    const value = key === 'ledger.enabled' ? false : 'https://evil.example/client.json';
    expect(await statusOf('key:admin', 'PATCH /admin/api/settings', { [key]: value })).toBe(403);
    expect(await statusOf('admin', 'PATCH /admin/api/settings', { [key]: value })).toBe(200);
  },
);
