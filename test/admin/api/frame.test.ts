import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from './support/callers.ts';

let callers: Callers;
let skew = 0;
beforeAll(async () => {
  callers = await startCallers({ clock: { now: () => Date.now() + skew } });
});
afterAll(() => callers.close());

const CLIENTS = '/admin/api/oauth-clients';
const client = { client_name: 'Dashboard', redirect_uris: ['https://client.example/callback'] };

describe('a change through the API', () => {
  it('by a browser needs the token of its own session, and to come from our own pages', async () => {
    const { ask, origin } = callers;
    const other = await callers.signIn('auditor');
    const attempts = [
      { 'x-csrf-token': '' },
      { 'x-csrf-token': other.csrf },
      { 'x-csrf-token': 'x'.repeat(10_000) },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${origin}.evil.example` },
    ];
    for (const headers of attempts)
      expect(await ask('admin', `POST ${CLIENTS}`, client, { headers })).toMatchObject({
        status: 403,
        body: { error: 'origin_refused' },
      });
    expect(await ask('admin', `POST ${CLIENTS}`, client)).toMatchObject({ status: 201 });
  });

  it('is audited with who did it, and is a security event', async () => {
    const { ask, store } = callers;
    const { body } = await ask('key:admin', `POST ${CLIENTS}`, client);
    expect((await store.listAudit(1))[0]).toMatchObject({
      actor: 'key:admin/api',
      action: 'client.add',
      target: body.client_id,
    });
    // Events that are alike are counted together for ten seconds.
    skew += 11_000;
    await expect
      .poll(async () => (await store.listEvents(20)).map(one => [one.type, JSON.parse(one.detail).target]), {
        timeout: 10_000,
      })
      .toContainEqual(['admin_action', body.client_id]);
  });
});

describe('what is wrong with a request', () => {
  it.each([
    ['no JSON', '{', 'body'],
    ['an array', '[]', 'body'],
    ['a text', '"x"', 'body'],
    ['a field that is none', '{"client_name":"x","isAdmin":true}', 'isAdmin'],
    ['a prototype as a field', '{"client_name":"x","__proto__":{"auth":"none"}}', '__proto__'],
    ['a wrong type', '{"client_name":7}', 'client_name'],
    ['one wrong of many', '{"client_name":"x","redirect_uris":["https://a.example",7]}', 'redirect_uris.1'],
  ])('%s, is said with the field', async (_, text, field) => {
    const answer = await callers.ask('admin', `POST ${CLIENTS}`, undefined, { text });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', field } });
  });

  it('a query that says something twice or unknown is refused', async () => {
    expect(await callers.ask('admin', `DELETE ${CLIENTS}?client_id=a&client_id=b`)).toMatchObject({
      status: 400,
      body: { field: 'client_id' },
    });
    expect(await callers.ask('admin', `GET ${CLIENTS}?all=1`)).toMatchObject({
      status: 400,
      body: { field: 'all' },
    });
  });

  it('a path that is none is 404, and a method that is none 405 with what is allowed', async () => {
    expect(await callers.ask('admin', 'GET /admin/api/nowhere')).toMatchObject({ status: 404 });
    expect(await callers.ask('admin', 'GET /admin/api/users/')).toMatchObject({ status: 404 });
    const answer = await callers.ask('admin', `PUT ${CLIENTS}`, client);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST, PATCH, DELETE');
  });

  it('a body that is too large is refused before it is read', async () => {
    const text = JSON.stringify({ ...client, client_name: 'x'.repeat(300_000) });
    expect(await callers.ask('admin', `POST ${CLIENTS}`, undefined, { text })).toMatchObject({ status: 413 });
  });
});

describe('a session whose password was given too long ago', () => {
  it('reads, but decides nothing of weight until the password comes again', async () => {
    const session = await callers.signIn('admin');
    skew += 5 * 60_000 + 1000;
    expect(await callers.ask(session, `GET ${CLIENTS}`)).toMatchObject({ status: 200 });
    expect(await callers.ask(session, `POST ${CLIENTS}`, client)).toMatchObject({
      status: 403,
      body: { error: 'password_needed' },
    });
    expect(await callers.ask('key:admin', `POST ${CLIENTS}`, client)).toMatchObject({ status: 201 });
  });
});
