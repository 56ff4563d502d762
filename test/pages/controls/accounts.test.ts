import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendJson } from '../../fixtures/serve.ts';
import { type Authority, startAuthority } from '../../upstream/oauth/support/authority.ts';
import { handOf, isRefusal } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
let shared: Authority;
let own: Authority;
const { row, click, says, api } = handOf(() => seen);

beforeAll(async () => {
  [shared, own] = [await startAuthority(), await startAuthority()];
  world = await startPagesWorld({
    servers: {
      shared: { url: shared.url(), auth: { oauth: { per: 'gateway' } } },
      own: { url: own.url(), auth: { oauth: { per: 'user' } } },
    },
  });
  await world.addPerson('alice', ['own']);
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await shared?.close();
  await own?.close();
});

/** The page of the gateway says where it leads; the server asks nothing. */
const goOn = ({ page }: Seen) => page.getByRole('button', { name: /^Go to / }).click();
const credentials = () => seen.go('/admin/servers/shared?tab=credentials');
const connect = async () => {
  await credentials();
  const before = shared.asked('/token').length;
  await click('account.connect');
  await goOn(seen);
  await expect.poll(() => shared.asked('/token').length).toBe(before + 1);
  await credentials();
  await row('accounts', 'the gateway’s').getByText('connected', { exact: true }).waitFor();
};

describe('the account of the gateway at a server', () => {
  it('is connected at the server’s own page, and has new tokens when asked for', async () => {
    await connect();
    expect(await seen.violations()).toEqual([]);
    await seen.picture('server-account');
    await click('account.refresh');
    await says('It has new tokens.');
    await seen.go('/admin/servers?tab=tokens');
    await row('tokens', 'shared').locator('[data-action="tokens.refresh"]').click();
    await says('It has new tokens.');
    expect(shared.asked('/token').map(({ form }) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
      'refresh_token',
    ]);
  });

  it('that the server ended waits on Home until it is connected again', async () => {
    shared.become({ answers: { '/token': one => sendJson(one, 400, { error: 'invalid_grant' }) } });
    await credentials();
    await click('account.refresh');
    await seen.page.locator('.toast.bad').waitFor();
    await seen.go('/admin');
    await says('The account of the gateway at shared has ended');
    await click('need.reconnect');
    await row('accounts', 'the gateway’s').getByText('ended').waitFor();
    shared.become({});
    await connect();
  });

  it('is forgotten after a question, and its tokens are given back', async () => {
    await credentials();
    await click('account.remove-ask');
    expect(await seen.violations()).toEqual([]);
    await click('account.remove.not');
    await row('accounts', 'connected').waitFor();
    await click('account.remove-ask');
    await click('account.remove');
    await says('The account is forgotten, and its tokens given back.');
    await says('No account yet');
    expect(shared.asked('/revoke').length).toBeGreaterThan(0);
  });
});

describe('the account of a person at a server', () => {
  it('is forgotten by an administrator', async () => {
    const theirs = await world.signIn('alice');
    await theirs.control('portal.connect').click();
    await goOn(theirs);
    await expect.poll(() => own.asked('/token').length).toBe(1);
    await theirs.close();
    const people = (await api('users')) as readonly { readonly username: string; readonly id: string }[];
    const alice = people.find(({ username }) => username === 'alice');
    await seen.go(`/admin/people/${alice?.id}?tab=holds`);
    await row('accounts', 'own').getByText('connected').waitFor();
    await click('person.account-remove');
    await says('No account at any server.');
    await expect.poll(() => own.asked('/revoke').length).toBeGreaterThan(0);
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !isRefusal(text))).toEqual([]));
