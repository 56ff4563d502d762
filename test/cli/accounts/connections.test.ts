import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { type Callers, PASSWORD, type Session, startCallers } from '../../admin/api/support/callers.ts';
import { startWorld, type World } from '../../oauth/support/world.ts';
import { createBrowser } from '../../support/browser.ts';
import { beside } from '../support/beside.ts';
import { commandLine } from '../support/command-line.ts';

let there: World;
let callers: Callers;
let run: ReturnType<typeof beside>;
let ann: Session;
beforeAll(async () => {
  there = await startWorld();
  await there.addPerson('ann');
  callers = await startCallers({
    servers: {
      mine: { url: there.url('/mcp'), auth: { oauth: { per: 'user' } } },
      ours: { url: there.url('/mcp'), auth: { oauth: { per: 'gateway' } } },
      plain: { url: there.url('/mcp'), auth: { bearer: 'fixed' } },
    },
  });
  run = beside(callers);
  const user = await callers.addPerson('ann');
  await callers.store.addGrant({ userId: user.id, server: 'mine' as ServerName });
  await callers.refresh();
  ann = await callers.sessionOf(user);
  const { body } = await callers.ask(ann, 'POST /account/api/connections/mine');
  await createBrowser({
    fill: { name: 'ann', password: PASSWORD },
    stopAt: ({ searchParams }) => searchParams.has('connected'),
  }).signIn(String(body.url));
});
afterAll(async () => {
  await callers.close();
  await there.close();
});

const state = async () =>
  (
    (await callers.ask(ann, 'GET /account/api/connections')).body as unknown as readonly { state: string }[]
  )[0]?.state;

describe('connection', () => {
  it('list shows whose accounts are where, and no token', async () => {
    expect((await run(['connection', 'list'])).out).toMatch(/^mine +ann +connected +http/m);
    const { out } = await run(['connection', 'list', 'mine', '--json']);
    expect(JSON.parse(out)).toMatchObject([{ server: 'mine', user: 'ann', state: 'connected' }]);
    expect(out).not.toContain('eyJ');
    expect(JSON.parse((await run(['connection', 'list', 'ours', '--json'])).out)).toEqual([]);
  });

  it('refresh gets new tokens beside a gateway that runs', async () => {
    expect(await run(['connection', 'refresh', 'mine', '--user', 'ann'])).toMatchObject({ code: 0 });
    const [row] = await callers.store.connections.listRefreshes('mine' as ServerName, 1);
    expect(row).toMatchObject({ kind: 'manual', outcome: 'refreshed' });
  });

  it('is removed of a server that is gone and left it behind', async () => {
    const [account] = await callers.store.connections.listConnections(
      (await callers.store.userByName('ann'))?.id,
    );
    if (!account) throw new Error('no account');
    await callers.store.connections.putConnection({ ...account, server: 'former' as ServerName });
    const listed = (await callers.ask(ann, 'GET /account/api/connections')).body as unknown;
    expect(listed).toContainEqual(
      expect.objectContaining({ server: 'former', state: 'ended', permitted: false }),
    );
    expect(await run(['connection', 'remove', 'former', '--user', 'ann'])).toMatchObject({ code: 0 });
    expect((await run(['connection', 'list'])).out).not.toContain('former');
    await callers.store.connections.putConnection({ ...account, server: 'former' as ServerName });
    expect(await callers.ask(ann, 'DELETE /account/api/connections/former')).toMatchObject({ status: 200 });
  });

  it('a test of a server where each person has an account says that it can be reached', async () => {
    expect((await run(['server', 'test', 'mine'])).out).toMatch(
      /^server mine answers in \d+ ms and wants an account, which each person connects$/,
    );
  });

  it.each([
    ['no server', ['list', 'nowhere'], /^There is no server nowhere/],
    ['no person', ['refresh', 'mine', '--user', 'ghost'], /^There is no user ghost/],
    ['nobody’s', ['refresh', 'mine'], /account of their own at mine\. Say whose: --user/],
    ['a person’s at the gateway’s', ['refresh', 'ours', '--user', 'ann'], /leave --user out/],
    ['a fixed credential', ['refresh', 'plain'], /^plain wants no OAuth/],
    ['what is not connected', ['refresh', 'ours'], /^There is no account of the gateway’s own at ours/],
    ['an account that is not there', ['remove', 'mine', '--user', 'user'], /^There is no account of user/],
  ])('is refused in one sentence: %s', async (_, args, says) => {
    const { code, err } = await run(['connection', ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(says);
  });

  it('remove ends the account in the running gateway, and is in the audit log', async () => {
    expect(await state()).toBe('connected');
    expect(await run(['connection', 'remove', 'mine', '--user', 'ann'])).toMatchObject({ code: 0 });
    await expect.poll(state, { timeout: 2_000 }).toBe('never');
    expect((await run(['connection', 'remove', 'mine', '--user', 'ann'])).code).toBe(1);
    const [row] = (await callers.store.listAudit(50)).filter(({ action }) => action === 'connection.remove');
    expect(row).toMatchObject({ actor: expect.stringMatching(/^cli:/) });
  });
});

describe('server add --oauth', () => {
  it('keeps the client’s secret, shows it nowhere, and says whose account it is', async () => {
    const { run: alone, inStore } = commandLine();
    const flags = [
      '--oauth',
      'gateway',
      '--grant',
      'client_credentials',
      '--client-id',
      'me',
      '--scope',
      'a',
    ];
    const added = await alone(
      ['server', 'add', 'm', 'https://m.example/mcp', ...flags, '--client-secret-stdin'],
      's3cret\n',
    );
    expect(added).toMatchObject({ code: 0 });
    const [entry] = await inStore(store => store.listServers());
    expect(entry?.auth).toMatchObject({ kind: 'oauth', per: 'gateway', clientId: 'me', scopes: ['a'] });
    expect(entry?.auth.kind === 'oauth' && entry.auth.clientSecret?.reveal()).toBe('s3cret');
    const listed = await alone(['server', 'list', '--json']);
    expect(listed.out + added.out + JSON.stringify(await inStore(store => store.listAudit(9)))).not.toMatch(
      's3cret',
    );
  });

  it.each([
    ['an owner that is none', ['--oauth', 'everybody'], /Allowed choices/],
    ['flags without an owner', ['--client-id', 'x'], /^Say whose account it is/],
    [
      'a secret that does not come',
      ['--oauth', 'user', '--client-id', 'x', '--client-secret-stdin'],
      /^Nothing came/,
    ],
    [
      'two secrets',
      ['--oauth', 'gateway', '--client-secret-stdin', '--refresh-token-stdin'],
      /exclude each other/,
    ],
    ['two credentials', ['--oauth', 'user', '--bearer', 'x'], /exclude each other/],
    ['what does not go together', ['--oauth', 'user', '--grant', 'client_credentials'], /per: gateway/],
    ['an issuer that is none', ['--oauth', 'user', '--issuer', 'nonsense'], /must be an absolute URL/],
  ])('is refused in one sentence: %s', async (_, flags, says) => {
    const { run: alone, inStore } = commandLine();
    const { code, err } = await alone(['server', 'add', 'm', 'https://m.example/mcp', ...flags]);
    expect(code).not.toBe(0);
    expect(err).toMatch(says);
    expect(await inStore(store => store.listServers())).toEqual([]);
  });
});
