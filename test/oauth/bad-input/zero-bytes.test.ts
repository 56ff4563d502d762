import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack } from '../support/attack.ts';

const POSTGRES = 'postgres://root@127.0.0.1:5432/test';
const schema = `t_${randomBytes(6).toString('hex')}`;
let attack: Attack;
let id = '';

async function run(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 2000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

beforeAll(async () => {
  await run(`create schema ${schema}`);
  attack = await startAttack({ env: { DATABASE_URL: `${POSTGRES}?options=-c%20search_path%3D${schema}` } });
  await attack.addPerson('alice');
  id = await attack.clientId();
});
afterAll(async () => {
  await attack.close();
  await run(`drop schema ${schema} cascade`);
});

type Row = readonly [where: string, path: string, body: () => URLSearchParams | string, status: number];
const form = (fields: Record<string, string>) => () => new URLSearchParams(fields);

/** PostgreSQL refuses a text with a zero byte: that is nobody's internal error. */
describe('a zero byte on PostgreSQL', () => {
  const ROWS: readonly Row[] = [
    [
      'the client at the token endpoint',
      '/oauth/token',
      form({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'a\0' }),
      401,
    ],
    [
      'a refresh token',
      '/oauth/token',
      () => new URLSearchParams({ grant_type: 'refresh_token', refresh_token: '\0', client_id: id }),
      400,
    ],
    ['a pushed request', '/oauth/par', () => askFor('a\0'), 401],
    ['the client of a device', '/oauth/device_authorization', form({ client_id: 'a\0' }), 401],
    ['a token to revoke', '/oauth/revoke', () => new URLSearchParams({ token: '\0', client_id: id }), 200],
    [
      'a token to look at',
      '/oauth/introspect',
      () => new URLSearchParams({ token: '\0', client_id: id }),
      200,
    ],
    [
      'a name',
      '/oauth/register',
      () => '{"client_name":"a\\u0000b","redirect_uris":["http://127.0.0.1/"]}',
      201,
    ],
    ['a redirect', '/oauth/register', () => '{"redirect_uris":["http://127.0.0.1/\\u0000"]}', 400],
    [
      'the software',
      '/oauth/register',
      () => '{"software_id":"\\u0000","redirect_uris":["http://127.0.0.1/"]}',
      201,
    ],
    ['a user name', '/auth/login', () => '{"username":"\\u0000","password":"\\u0000"}', 401],
  ];
  it.for(ROWS)('in %s', async ([where, path, body, status]) => {
    const given = body();
    const headers = typeof given === 'string' ? { 'content-type': 'application/json' } : {};
    const sent = await attack.send(where, path, { method: 'POST', body: given, headers });
    expect(sent.status, sent.text).toBe(status);
  });

  it('in the client at /authorize', async () => {
    expect((await attack.send('authorize', `/authorize?${askFor('a\0')}`)).status).toBe(400);
  });

  it('in a program to withdraw', async () => {
    const browser = attack.browserOf('alice');
    await attack.authorize(browser, Object.fromEntries(askFor(id)));
    const page = await browser.open(attack.url('/account/programs'));
    const forged = {
      ...page,
      text: page.text.replace(/name="client" value="[^"]*"/, 'name="client" value="&#0;"'),
    };
    expect((await browser.submit(forged)).status).toBe(200);
  });
});
