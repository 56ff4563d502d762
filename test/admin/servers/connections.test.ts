import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import type { User } from '../../../src/store/index.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { startWorld, type World } from '../../oauth/support/world.ts';
import { createBrowser } from '../../support/browser.ts';
import { type Callers, type Json, PASSWORD, type Session, startCallers } from '../api/support/callers.ts';

const OWN = '/account/api/connections';
const SERVERS = '/admin/api/mcp-servers';

let red: Echo2025;
/** Another gateway, which is authorization server and MCP server in one. */
let there: World;
let callers: Callers;
let ann: User;
let [annHere, eveHere]: readonly (Session | undefined)[] = [];

beforeAll(async () => {
  red = await startEcho2025({ name: 'red' });
  there = await startWorld({ servers: { red: red.url } });
  for (const name of ['ann', 'admin']) await there.addPerson(name, ['red']);
  const url = there.url('/mcp');
  callers = await startCallers({
    servers: {
      mine: { url, auth: { oauth: { per: 'user' } } },
      ours: { url, auth: { oauth: { per: 'gateway' } } },
      machine: {
        url,
        auth: {
          oauth: { per: 'gateway', grant: 'client_credentials', clientId: 'none', clientSecret: 'wrong' },
        },
      },
    },
  });
  ann = await callers.addPerson('ann');
  await callers.store.addGrant({ userId: ann.id, server: 'mine' as ServerName });
  const eve = await callers.addPerson('eve');
  await callers.refresh();
  annHere = await callers.sessionOf(ann);
  eveHere = await callers.sessionOf(eve);
});
afterAll(async () => {
  await callers.close();
  await there.close();
  await red.close();
});

const asAnn = (request: string, body?: unknown) => callers.ask(annHere as Session, request, body);
const asEve = (request: string) => callers.ask(eveHere as Session, request);
const asAdmin = (request: string, body?: unknown) => callers.ask('admin', request, body);
const list = async (answer: ReturnType<typeof asAnn>) => (await answer).body as unknown as readonly Json[];
const browse = (name: string, url: unknown) =>
  createBrowser({ fill: { name, password: PASSWORD } }).signIn(String(url));
const audited = async (action: string) =>
  (await callers.store.listAudit(500)).filter(row => row.action === action);

async function connectAnn(): Promise<void> {
  const { body } = await asAnn(`POST ${OWN}/mine`);
  expect((await browse('ann', body.url)).text).toContain('Connected to mine');
}

describe('one’s own accounts at servers', () => {
  it('are listed, connected on the gateway’s page, refreshed and removed', async () => {
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ server: 'mine', state: 'never', issuer: null }]);
    expect(await asAnn(`POST ${OWN}/mine/refresh`)).toMatchObject({ status: 409 });
    expect(await asAnn(`DELETE ${OWN}/mine`)).toMatchObject({ status: 404 });
    await connectAnn();
    const [connected] = await list(asAnn(`GET ${OWN}`));
    expect(connected).toMatchObject({
      state: 'connected',
      issuer: there.origin,
      since: expect.stringMatching(/^20/),
      expires: expect.stringMatching(/^20/),
    });
    const refreshed = await asAnn(`POST ${OWN}/mine/refresh`);
    expect(refreshed).toMatchObject({ status: 200, body: { state: 'connected' } });
    expect(refreshed.body.refreshed).not.toBeNull();
    expect(JSON.stringify([connected, refreshed.body])).not.toContain('eyJ');
    expect(await asAnn(`DELETE ${OWN}/mine`)).toMatchObject({ status: 200, body: { removed: true } });
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ state: 'never' }]);
    expect((await audited('connection.remove')).at(0)).toMatchObject({ actor: 'user:ann' });
  });

  it('of a server that is not theirs are not there', async () => {
    expect(await list(asEve(`GET ${OWN}`))).toEqual([]);
    for (const name of ['mine', 'ours', 'nowhere', '%20mine', 'MINE', '__proto__', 'x'.repeat(2000)])
      for (const request of [`POST ${OWN}/${name}`, `DELETE ${OWN}/${name}`, `POST ${OWN}/${name}/refresh`])
        expect([request, (await asEve(request)).status]).toEqual([request, 404]);
    // The gateway’s own account is nobody’s.
    expect(await asAdmin(`POST ${OWN}/ours`)).toMatchObject({ status: 404 });
  });

  it('are out of reach from the moment on in which the server is taken away', async () => {
    await connectAnn();
    const grant = { userId: ann.id, server: 'mine' as ServerName };
    await callers.store.removeGrant(grant);
    await callers.refresh();
    expect(await list(asAnn(`GET ${OWN}`))).toEqual([]);
    expect(await asAnn(`POST ${OWN}/mine/refresh`)).toMatchObject({ status: 404 });
    await callers.store.addGrant(grant);
    await callers.refresh();
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ state: 'connected' }]);
  });
});

describe('the accounts of everybody', () => {
  it('are seen by administrators and auditors, without a token, and removed by administrators', async () => {
    await connectAnn();
    const seen = await callers.ask('auditor', `GET ${SERVERS}/mine/connections`);
    expect(seen.body).toMatchObject([{ user_id: ann.id, username: 'ann', state: 'connected' }]);
    expect(JSON.stringify(seen.body)).not.toContain('eyJ');
    for (const wrong of ['nobody', 'gateway', '__proto__', callers.users.user.id])
      expect(await asAdmin(`DELETE ${SERVERS}/mine/connections/${wrong}`)).toMatchObject({ status: 404 });
    expect(await asAdmin(`DELETE ${SERVERS}/mine/connections/${ann.id}`)).toMatchObject({ status: 200 });
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ state: 'never' }]);
    expect(await asAdmin(`DELETE ${SERVERS}/mine/connections/${ann.id}`)).toMatchObject({ status: 404 });
  });

  it('the gateway’s own is connected by an administrator, and by a link that is theirs alone', async () => {
    expect(await asAdmin(`GET ${SERVERS}/ours/token-status`)).toMatchObject({ body: { status: 'none' } });
    expect(await asAdmin(`POST ${SERVERS}/ours/refresh-token`)).toMatchObject({ status: 409 });
    const { body } = await asAdmin(`POST ${SERVERS}/ours/connect`);
    await expect(browse('ann', body.url)).rejects.toThrow('somebody else');
    expect((await browse('admin', body.url)).text).toContain('Connected to ours');
    expect(await asAdmin(`GET ${SERVERS}/ours/token-status`)).toMatchObject({
      body: { status: 'ok', oauth: { per: 'gateway', connected: 1, ended: 0 } },
    });
    expect(await asAdmin(`POST ${SERVERS}/ours/refresh-token`)).toMatchObject({
      status: 200,
      body: { server: 'ours', state: 'connected' },
    });
    expect(await asAdmin(`DELETE ${SERVERS}/ours/connections/gateway`)).toMatchObject({ status: 200 });
    expect(await asAdmin(`GET ${SERVERS}/ours/token-status`)).toMatchObject({ body: { status: 'none' } });
  });

  it('what does not fit the server is said, and what its authorization server refuses is no success', async () => {
    for (const request of ['mine/connect', 'mine/refresh-token', 'machine/connect'])
      expect([request, (await asAdmin(`POST ${SERVERS}/${request}`)).status]).toEqual([request, 409]);
    const refused = await asAdmin(`POST ${SERVERS}/machine/refresh-token`);
    expect(refused.status).toBe(502);
    expect(JSON.stringify(refused.body)).not.toContain('invalid_client');
    for (const request of ['none/connect', 'none/refresh-token', 'token-statuses/refresh-token'])
      expect(await asAdmin(`POST ${SERVERS}/${request}`)).toMatchObject({ status: 404 });
  });

  it('each refresh has a row: whose, why, what came of it', async () => {
    await connectAnn();
    await asAnn(`POST ${OWN}/mine/refresh`);
    const rows = await list(asAdmin(`GET ${SERVERS}/token-audit-logs?limit=1&server_id=mine`));
    expect(rows).toMatchObject([
      { server_id: 'mine', username: 'ann', kind: 'manual', outcome: 'refreshed', at: expect.any(String) },
    ]);
    const all = await list(callers.ask('auditor', `GET ${SERVERS}/token-audit-logs`));
    expect(new Set(all.map(row => row.server_id))).toEqual(new Set(['mine', 'ours', 'machine']));
    for (const query of ['limit=0', 'limit=-1', 'limit=x', 'limit=1e9', 'limit=1&limit=2', 'other=1'])
      expect(await asAdmin(`GET ${SERVERS}/token-audit-logs?${query}`)).toMatchObject({ status: 400 });
    expect(await asAdmin(`GET ${SERVERS}/token-audit-logs?server_id=%00`)).toMatchObject({ status: 404 });
  });
});

describe('a bearer token', () => {
  const jwt = (claims: unknown) =>
    `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  const inDays = (days: number) => Math.round(Date.now() / 1000) + days * 86_400;

  const TOKENS = [
    ['ok', 'ok1', jwt({ exp: inDays(30) })],
    ['warning', 'warning1', jwt({ exp: inDays(3) })],
    ['expired', 'expired1', jwt({ exp: inDays(-1) })],
    ['never', 'never1', jwt({ sub: 'x' })],
    ['unknown', 'unknown1', 'a-token-that-says-nothing'],
    ['unknown', 'unknown2', jwt({ exp: 'tomorrow' })],
    ['unknown', 'unknown3', jwt([1])],
    ['unknown', 'unknown4', jwt(null)],
    ['unknown', 'unknown5', 'a.%%%.c'],
    ['none', 'none1', undefined],
  ] as const;

  it.each(TOKENS)('has a status: %s (%s)', async (status, name, token) => {
    const auth = token === undefined ? {} : { auth: { bearer: token } };
    await asAdmin(`POST ${SERVERS}`, { name, url: 'http://127.0.0.1:9/mcp', enabled: false, ...auth });
    const one = await asAdmin(`GET ${SERVERS}/${name}/token-status`);
    expect(one.body).toMatchObject({ server_id: name, status });
    expect(await list(asAdmin(`GET ${SERVERS}/token-statuses`))).toContainEqual(one.body);
    if (token) expect(JSON.stringify(one.body)).not.toContain(token);
    expect(await asAdmin(`POST ${SERVERS}/${name}/refresh-token`)).toMatchObject({ status: 409 });
  });
});
