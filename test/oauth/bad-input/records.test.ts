import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack, textOf } from '../support/attack.ts';
import { type Json, REDIRECT } from '../support/world.ts';

let attack: Attack;
beforeAll(async () => {
  attack = await startAttack();
  await attack.addPerson('alice');
});
afterAll(() => attack.close());

const register = (row: string, body: unknown, headers: Record<string, string> = {}, where = attack) =>
  where.send(row, '/oauth/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const fine = { redirect_uris: [REDIRECT] };
const METADATA = 'invalid_client_metadata';

describe('a client’s own record', () => {
  const make = async (more: object = {}) =>
    JSON.parse((await register('good', { ...fine, ...more })).text) as Json;
  const manage = (row: string, id: unknown, init: RequestInit, token?: unknown) =>
    attack.send(row, `/oauth/register/${id}`, {
      ...init,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
  const get = { method: 'GET' };
  const put = (body: object) => ({ method: 'PUT', body: JSON.stringify(body) });

  const TOKENS: readonly (readonly [
    what: string,
    token: (mine: Json, other: Json) => unknown,
    status?: number,
  ])[] = [
    ['no token', () => undefined],
    ['an empty token', () => '', 400],
    ['an unknown token', () => 'x'.repeat(43)],
    ['a token of 10,000 letters', () => 'x'.repeat(10_000)],
    ['the token of another', (_mine, other) => other.registration_access_token],
    ['an API key', () => attack.adminToken],
    ['its own id', mine => mine.client_id],
  ];
  it.for(TOKENS)('is closed to %s', async ([what, tokenOf, status = 401]) => {
    for (const init of [get, put({ ...fine }), { method: 'DELETE' }]) {
      const [mine, other] = [await make(), await make()];
      const sent = await manage(`record: ${what}`, mine.client_id, init, tokenOf(mine, other));
      expect([sent.status, textOf(sent.text)]).toEqual([
        status,
        status === 401 ? 'invalid_token' : 'invalid_request',
      ]);
      if (status === 401) expect(sent.headers.get('www-authenticate')).toMatch(/^Bearer /);
      expect(await attack.store.oauth.client(String(mine.client_id))).toBeDefined();
    }
  });
  it('is closed to a token in the address or the body', async () => {
    const mine = await make();
    const token = String(mine.registration_access_token);
    const query = await manage('record: in the address', `${mine.client_id}?access_token=${token}`, get);
    const body = await manage('record: in the body', mine.client_id, put({ ...fine, access_token: token }));
    expect([query.status, body.status]).toEqual([400, 401]);
  });
  it('is in the ledger where it was asked for in vain', () =>
    attack.expectEvents([
      ...TOKENS.map(([what]) => `record: ${what}`),
      'record: in the address',
      'record: in the body',
    ]));

  it('has a token that is spent by a change, and another one then', async () => {
    const { client_id, registration_access_token: first } = await make();
    const changed = await manage('good', client_id, put({ ...fine, client_id, client_name: 'New' }), first);
    expect(changed.status, changed.text).toBe(200);
    const { registration_access_token: second } = JSON.parse(changed.text);
    expect(second).not.toBe(first);
    expect((await manage('record: spent', client_id, get, first)).status).toBe(401);
    expect((await manage('good', client_id, get, second)).status).toBe(200);
    expect((await manage('good', client_id, { method: 'DELETE' }, second)).status).toBe(204);
    for (const init of [get, { method: 'DELETE' }])
      expect((await manage('record: gone', client_id, init, second)).status).toBe(401);
    expect((await attack.send('record: gone', `/authorize?${askFor(String(client_id))}`)).status).toBe(400);
  });

  it('keeps its secret through a change, and shows it never again', async () => {
    const { client_id, client_secret, registration_access_token } = await make({
      token_endpoint_auth_method: 'client_secret_post',
    });
    const changed = await manage(
      'good',
      client_id,
      put({ ...fine, client_id, client_secret, token_endpoint_auth_method: 'client_secret_post' }),
      registration_access_token,
    );
    expect(changed.status, changed.text).toBe(200);
    expect(changed.text).not.toMatch(/sha256:/);
    const use = (secret: unknown) =>
      attack.post('/oauth/token', {
        grant_type: 'refresh_token',
        refresh_token: 'x',
        client_id: String(client_id),
        client_secret: String(secret),
      });
    expect((await use(client_secret)).body.error).toBe('invalid_grant');
    expect((await use('other')).body.error).toBe('invalid_client');
    const { metadata } = (await attack.store.oauth.client(String(client_id))) ?? {};
    expect(metadata).not.toContain(String(client_secret));
    expect((await use(JSON.parse(metadata ?? '{}').client_secret)).body.error).toBe('invalid_client');
  });

  const CHANGES: readonly (readonly [what: string, change: (id: unknown) => object, error: string])[] = [
    ['another id', () => ({ client_id: 'authmcp-login' }), 'invalid_request'],
    ['no id', () => ({}), 'invalid_request'],
    [
      'a redirect that is a script',
      client_id => ({ client_id, redirect_uris: ['javascript:alert(1)'] }),
      'invalid_redirect_uri',
    ],
    ['client credentials', client_id => ({ client_id, grant_types: ['client_credentials'] }), METADATA],
  ];
  it.for(CHANGES)('cannot be changed to %s', async ([what, change, error]) => {
    const { client_id, registration_access_token } = await make();
    const sent = await manage(
      `change: ${what}`,
      client_id,
      put({ ...fine, ...change(client_id) }),
      registration_access_token,
    );
    expect([sent.status, textOf(sent.text)]).toEqual([400, error]);
  });
  it('changes nothing that administrators decide', async () => {
    const { client_id, registration_access_token } = await make();
    const more = { authmcp_scopes: ['admin'], authmcp_user: 'x', authmcp_access_ttl_ms: 1e12 };
    const sent = await manage(
      'good',
      client_id,
      put({ ...fine, client_id, ...more }),
      registration_access_token,
    );
    expect([sent.status, sent.text.includes('authmcp_')]).toEqual([200, false]);
    expect((await attack.store.oauth.client(String(client_id)))?.metadata).not.toContain('authmcp_');
  });
  it('that is changed ends what people agreed to before', async () => {
    const { client_id, registration_access_token } = await make();
    const browser = attack.browserOf('alice');
    await attack.authorize(browser, Object.fromEntries(askFor(String(client_id))));
    expect(
      (await browser.open(attack.authorizeUrl(Object.fromEntries(askFor(String(client_id)))))).text,
    ).toContain('You agreed to this before');
    await manage(
      'good',
      client_id,
      put({ ...fine, client_id, client_name: 'Claude' }),
      registration_access_token,
    );
    expect(
      (await browser.open(attack.authorizeUrl(Object.fromEntries(askFor(String(client_id)))))).text,
    ).not.toContain('You agreed to this before');
  });
});
