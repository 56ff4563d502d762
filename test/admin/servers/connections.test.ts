import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import type { User } from '../../../src/store/index.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { startWorld, type World } from '../../oauth/support/world.ts';
import { createBrowser } from '../../support/browser.ts';
import { modernClient } from '../../support/mcp.ts';
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
/** Through everything that is asked on the way, until a page of the gateway is told what is connected. */
const browse = (name: string, url: unknown) =>
  createBrowser({
    fill: { name, password: PASSWORD },
    stopAt: ({ searchParams }) => searchParams.has('connected'),
  }).signIn(String(url));
const audited = async (action: string) =>
  (await callers.store.listAudit(500)).filter(row => row.action === action);

async function connectAnn(): Promise<void> {
  const { body } = await asAnn(`POST ${OWN}/mine`);
  expect((await browse('ann', body.url)).url).toBe(`${callers.origin}/account?connected=mine`);
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

  it('at a server that was taken away are of no use, are seen, and can be removed', async () => {
    await connectAnn();
    const grant = { userId: ann.id, server: 'mine' as ServerName };
    const take = async () => {
      await callers.store.removeGrant(grant);
      await callers.refresh();
    };
    const give = async () => {
      await callers.store.addGrant(grant);
      await callers.refresh();
    };
    await take();
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([
      { server: 'mine', state: 'connected', permitted: false },
    ]);
    expect(await asAnn(`POST ${OWN}/mine/refresh`)).toMatchObject({ status: 404 });
    expect(await asAnn(`POST ${OWN}/mine`)).toMatchObject({ status: 404 });
    expect(await asEve(`DELETE ${OWN}/mine`)).toMatchObject({ status: 404 });
    await give();
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ state: 'connected', permitted: true }]);
    await take();
    expect(await asAnn(`DELETE ${OWN}/mine`)).toMatchObject({ status: 200, body: { removed: true } });
    expect(await list(asAnn(`GET ${OWN}`))).toEqual([]);
    await give();
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ state: 'never', permitted: true }]);
  });

  it('are not connected by a link that outlived the right, neither on the page nor on the way back', async () => {
    const grant = { userId: ann.id, server: 'mine' as ServerName };
    const turn = async (isGiven: boolean) => {
      await (isGiven ? callers.store.addGrant(grant) : callers.store.removeGrant(grant));
      await callers.refresh();
    };
    const { body } = await asAnn(`POST ${OWN}/mine`);
    await turn(false);
    const browser = createBrowser({
      fill: { name: 'ann', password: PASSWORD },
      stopAt: url => /^\/(connect\/callback|admin|account)$/.test(url.pathname),
    });
    await browser.signIn(callers.url('/login'));
    const refused = await browser.open(String(body.url));
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('Nothing was begun')]);
    expect(refused.trail.join()).not.toContain(there.origin);
    await turn(true);
    const back = await browser.signIn(String(body.url));
    expect(new URL(back.url).searchParams.get('code')).not.toBeNull();
    await turn(false);
    const cookie = browser.cookies(callers.url('/'));
    const late = await fetch(back.url, { headers: { cookie } });
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Nothing was connected')]);
    await turn(true);
    expect(await list(asAnn(`GET ${OWN}`))).toMatchObject([{ state: 'never' }]);
  });
});

describe('a server at which each person has an account', () => {
  it('shows administrators what the accounts are offered, and whose none of it is', async () => {
    const of = (what: string) => list(callers.ask('auditor', `GET ${SERVERS}/mine${what}`));
    expect(await of('/tools')).toEqual([]);
    await connectAnn();
    const names = async () => (await of('/tools')).map(({ name, exposed }) => [name, exposed]);
    // Reading begins with the first call of whoever is connected.
    const { key } = await callers.keyOf(ann, ['mcp']);
    await modernClient({ url: callers.url('/mcp'), token: key }).request('tools/list');
    await expect.poll(names, { timeout: 5_000 }).toContainEqual(['red_echo', 'mine_red_echo']);
    expect(JSON.stringify(await of('/tools'))).not.toMatch(new RegExp(`"ann"|${ann.id}`));
    expect((await of('/prompts')).map(({ name }) => name)).toContain('red_greet');
    expect(await of('/resources')).toEqual([]);
    expect((await callers.ask('auditor', `GET ${SERVERS}/mine`)).body).toMatchObject({
      ...{ tools_count: expect.any(Number), resources_count: null },
    });
  });

  it('is reachable when it asks for an account, and offline when nothing answers', async () => {
    expect(await asAdmin(`POST ${SERVERS}/mine/test`)).toMatchObject({
      status: 200,
      body: { status: 'reachable', error: null, tools: [] },
    });
    const dead = await asAdmin(`POST ${SERVERS}/probe`, {
      ...{ name: 'dead', url: 'http://127.0.0.1:1/mcp', auth: { oauth: { per: 'user' } } },
    });
    expect(dead).toMatchObject({ status: 200, body: { status: 'offline' } });
  });
});

describe('a draft that is probed', () => {
  it('touches no account of a server that is there, and leaves none behind', async () => {
    const rows = () => callers.store.connections.listAccounts();
    const before = await rows();
    const oauth = { per: 'gateway', grant: 'client_credentials', clientId: 'x', clientSecret: 'y' };
    for (const name of ['machine', 'nowhere'])
      expect(
        await asAdmin(`POST ${SERVERS}/probe`, { name, url: there.url('/mcp'), auth: { oauth } }),
      ).toMatchObject({
        status: 200,
        body: { status: 'offline', error: expect.not.stringMatching(/draft-/) },
      });
    expect((await rows()).map(({ server, binding }) => [server, binding])).toEqual(
      before.map(({ server, binding }) => [server, binding]),
    );
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
    const { pathname, search } = new URL((await browse('admin', body.url)).url);
    expect(pathname + search).toMatch(/^\/admin\/servers\/ours\?.*connected=ours$/);
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
