import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, type ServerName } from '../../../../src/base/index.ts';
import type { User } from '../../../../src/store/index.ts';
import { post } from '../../../support/mcp.ts';
import { type Callers, type Json, PASSWORD, type Session, startCallers } from '../support/callers.ts';

const FIXED = 'the-fixed-key-of-the-environment-0123456789';
let callers: Callers;
beforeAll(async () => {
  const url = 'http://127.0.0.1:9/mcp';
  callers = await startCallers({ servers: { mail: { url, auth: { oauth: { per: 'user' } } } } });
});
afterAll(() => callers.close());

const CLIENT = 'client-of-elsewhere';

/** Everything that a person can hold, each tried and found good. */
async function furnish(name: string) {
  const person = await callers.addPerson(name);
  await callers.refresh();
  const browser = await callers.signIn(name);
  const { key } = await callers.keyOf(person, ['mcp']);
  const login = await fetch(callers.url('/auth/login'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password: PASSWORD }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const [scopes, resource, redirectUri] = ['mcp', `${callers.origin}/mcp`, 'http://127.0.0.1/callback'];
  await callers.store.oauth.putConsent({
    ...{
      id: `consent-${name}`,
      userId: person.id,
      clientId: CLIENT,
      key: name,
      scopes,
      resource,
      redirectUri,
    },
    ...{ createdAt: Date.now(), usedAt: Date.now() },
  });
  await callers.store.connections.putConnection({
    ...{ server: 'mail' as ServerName, userId: person.id, binding: 'x', state: 'connected' },
    ...{ issuer: 'https://as.example', scopes: [], payload: new Secret('{}'), expiresAt: undefined },
    ...{ isRefreshable: true, createdAt: 1, refreshedAt: undefined },
  });
  await callers.ask('admin', `POST /admin/api/users/${person.id}/reset-link`);
  return { person, browser, key, token };
}
type Furnished = Awaited<ReturnType<typeof furnish>>;

const calls = async (token: string) =>
  (await post(callers.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }, { token }))
    .status;
const isIn = async (session: Session) => (await callers.ask(session, 'GET /account/api/me')).status === 200;
const stateOf = async ({ browser, key, token }: Furnished) => [
  await isIn(browser),
  await calls(key),
  await calls(token),
];
const revoke = (person: User, body: unknown = {}) =>
  callers.ask('admin', `POST /admin/api/users/${person.id}/revoke`, body);
const holdings = async (person: User) =>
  (await callers.ask('auditor', `GET /admin/api/users/${person.id}/holdings`)).body as {
    readonly [part: string]: unknown;
  };

describe('what a person holds', () => {
  it('is shown in one answer, without anything that opens something', async () => {
    const held = await furnish('holder');
    const shown = await holdings(held.person);
    expect(shown).toMatchObject({
      ...{ has_password: true, logins: 1, sessions: [{ address: '127.0.0.1' }], keys: [{ name: 'api' }] },
      programs: [{ client_id: CLIENT, name: CLIENT, scopes: ['mcp'], sign_ins: 0 }],
      accounts: [{ server: 'mail', issuer: 'https://as.example' }],
    });
    for (const secret of [held.key, held.token, held.browser.cookie.split('=')[1] ?? ''])
      expect(JSON.stringify(shown)).not.toContain(secret);
  });

  it('is counted for everybody at once, with when they were last seen', async () => {
    const held = await furnish('seen');
    const never = await callers.addPerson('never-seen');
    await callers.refresh();
    const list = (await callers.ask('auditor', 'GET /admin/api/presence')).body as unknown as readonly Json[];
    const of = (user: User) => list.find(one => one.user_id === user.id);
    expect(of(held.person)).toMatchObject({ sessions: 1, keys: 1, programs: [] });
    expect(Date.parse(String(of(held.person)?.last_seen_at))).toBeGreaterThan(Date.now() - 60_000);
    expect(of(never)).toEqual({ user_id: never.id, sessions: 0, keys: 0, programs: [], last_seen_at: null });
  });
});

describe('signing a person out everywhere', () => {
  it('ends all of it at once, says what and how fast, and nothing of others', async () => {
    const [held, other] = [await furnish('goer'), await furnish('stayer')];
    expect(await stateOf(held)).toEqual([true, 200, 200]);
    const { status, body } = await revoke(held.person);
    expect(status).toBe(200);
    const ended = { sessions: 1, logins: 1, sign_ins: 0, consents: 1, keys: 1, links: 1, accounts: 1 };
    expect(body).toMatchObject({ ended, stays: [], is_active: true });
    expect(body.took_ms).toBeGreaterThan(0);
    expect(body.took_ms).toBeLessThan(2_000);
    expect(await stateOf(held)).toEqual([false, 401, 401]);
    expect(await stateOf(other)).toEqual([true, 200, 200]);
    expect(await holdings(held.person)).toMatchObject({
      ...{ logins: 0, sessions: [], keys: [], programs: [], accounts: [] },
    });
    const [row] = await callers.store.listAudit(1);
    expect(row).toMatchObject({ actor: 'user:admin', action: 'user.revoke', target: 'goer' });
    expect(JSON.parse(row?.before ?? '')).toEqual(ended);
    // Not shut out: the password opens again.
    expect(await isIn(await callers.signIn('goer'))).toBe(true);
  });

  it('shuts the person out where that is asked for', async () => {
    const held = await furnish('outcast');
    expect((await revoke(held.person, { disable: true })).body).toMatchObject({ is_active: false });
    expect(await stateOf(held)).toEqual([false, 401, 401]);
    await expect(callers.signIn('outcast')).rejects.toThrow();
  });

  it('leaves a key of the environment, and says where it is taken out', async () => {
    const here = await startCallers({ env: { STATIC_BEARER_TOKENS: FIXED } });
    try {
      const service = await here.store.userByName('static-bearer');
      const { body } = await here.ask('admin', `POST /admin/api/users/${service?.id}/revoke`, {});
      expect(body).toMatchObject({ ended: { keys: 0 } });
      expect(body.stays).toEqual([expect.stringContaining('STATIC_BEARER_TOKENS')]);
      const me = { headers: { authorization: `Bearer ${FIXED}` } };
      expect((await fetch(here.url('/auth/me'), me)).status).toBe(200);
    } finally {
      await here.close();
    }
  });

  it('of nobody is not found, with a field that nobody knows refused', async () => {
    expect((await callers.ask('admin', 'POST /admin/api/users/0/revoke', {})).status).toBe(404);
    const wrong = await revoke(callers.users.user, { shut: true });
    expect(wrong).toMatchObject({ status: 400, body: { field: 'shut' } });
    expect(await revoke(callers.users.user, { disable: 'yes' })).toMatchObject({ status: 400 });
  });
});

describe('the last administrator', () => {
  it('cannot be shut out, and then nothing of theirs ends', async () => {
    const here = await startCallers();
    try {
      await here.store.setDisabled(here.users.disabled.id, true);
      const path = `POST /admin/api/users/${here.users.admin.id}/revoke`;
      expect((await here.ask('admin', path, { disable: true })).status).toBe(409);
      expect((await here.ask('admin', 'GET /account/api/me')).status).toBe(200);
    } finally {
      await here.close();
    }
  });
});

describe('what people agreed to', () => {
  it('is listed for all, and taken back for one', async () => {
    const a = await furnish('agrees');
    await furnish('agrees-too');
    const list = async (query = '') =>
      (await callers.ask('auditor', `GET /admin/api/consents${query}`)).body as unknown as readonly Json[];
    const names = (all: readonly Json[]) => all.map(one => (one.user as Json).username);
    expect(names(await list())).toEqual(expect.arrayContaining(['agrees', 'agrees-too']));
    expect(names(await list(`?user=${a.person.id}`))).toEqual(['agrees']);
    expect(await list('?client_id=%00')).toEqual([]);
    const path = `DELETE /admin/api/consents?user=${a.person.id}&client_id=${CLIENT}`;
    expect((await callers.ask('admin', path)).body).toEqual({ client_id: CLIENT, withdrawn: true });
    expect((await callers.ask('admin', path)).status).toBe(404);
    expect(await list(`?user=${a.person.id}`)).toEqual([]);
    expect(names(await list(`?client_id=${CLIENT}`))).toContain('agrees-too');
    expect((await callers.store.listAudit(1))[0]).toMatchObject({
      ...{ action: 'consent.withdraw', target: 'agrees', before: JSON.stringify({ client_id: CLIENT }) },
    });
  });
});
