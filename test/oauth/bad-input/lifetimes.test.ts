import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../support/browser.ts';
import { type Attack, askFor, startAttack } from '../support/attack.ts';
import { makePkce, REDIRECT } from '../support/world.ts';

let attack: Attack;
let turn = 0;

beforeAll(async () => {
  attack = await startAttack();
});
afterAll(() => attack.close());

/** A person of its own for each row, with a code that waits and tokens that live. */
async function begin() {
  const name = `person${++turn}`;
  await attack.addPerson(name);
  const made = (await attack.register()).body;
  const clientId = String(made.client_id);
  const browser = attack.browserOf(name);
  const { body } = await attack.tokensFor(browser, clientId);
  const { verifier, challenge } = makePkce();
  const asked = Object.fromEntries(askFor(clientId, { code_challenge: challenge }));
  const code = (await attack.authorize(browser, asked)).get('code') ?? '';
  const redeem = () =>
    attack.post('/oauth/token', {
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: REDIRECT,
      code,
      code_verifier: verifier,
    });
  const refresh = () =>
    attack.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: String(body.refresh_token),
    });
  const user = await attack.store.userByName(name);
  if (!user) throw new Error(name);
  return { name, user, made, clientId, browser, redeem, refresh, access: String(body.access_token) };
}
type Begun = Awaited<ReturnType<typeof begin>>;

async function withdraw({ browser }: Begun) {
  const page = await browser.open(attack.url('/account/programs'));
  await browser.submit(page);
}
const unregister = ({ made }: Begun) =>
  fetch(attack.url(`/oauth/register/${made.client_id}`), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${made.registration_access_token}` },
  });

describe('nothing of a sign-in outlives', () => {
  const ENDS: readonly (readonly [what: string, end: (begun: Begun) => Promise<unknown>])[] = [
    ['the consent that was withdrawn', withdraw],
    ['the client that was removed', ({ clientId }) => attack.store.oauth.deleteClient(clientId)],
    ['the client that left by itself', unregister],
    ['the person who was disabled', ({ user }) => attack.store.setDisabled(user.id, true)],
  ];
  it.for(ENDS)('%s', async ([, end]) => {
    const begun = await begin();
    expect(await attack.call(begun.access)).toMatchObject({ status: 200 });
    await end(begun);
    expect((await begun.redeem()).body.error).toMatch(/invalid_grant|invalid_client/);
    expect((await begun.refresh()).body.error).toMatch(/invalid_grant|invalid_client/);
    await expect.poll(async () => (await attack.call(begun.access)).status, { timeout: 1000 }).toBe(401);
  });
});

/** Both at once, in either order of arrival: what is left of it opens nothing. */
describe('a race of', () => {
  const times = Array.from({ length: 5 }, (_, i) => i);
  it.for(times)('a refresh and a revocation leaves nothing (%i)', async at => {
    const begun = await begin();
    const end = () => attack.store.oauth.endGrants({ userId: begun.user.id });
    const [refreshed] = await Promise.all(
      at % 2 === 0 ? [begun.refresh(), end()] : [begun.refresh(), withdraw(begun)],
    );
    const { access_token, refresh_token } = refreshed.body;
    if (access_token !== undefined)
      await expect
        .poll(async () => (await attack.call(String(access_token))).status, { timeout: 1500 })
        .toBe(401);
    const again = await attack.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: begun.clientId,
      refresh_token: String(refresh_token),
    });
    expect(again.body.error).toBe('invalid_grant');
  });

  it.for(times)('a code and a withdrawal leaves nothing (%i)', async () => {
    const begun = await begin();
    const [redeemed] = await Promise.all([begun.redeem(), withdraw(begun)]);
    const { access_token, refresh_token } = redeemed.body;
    if (access_token !== undefined)
      await expect
        .poll(async () => (await attack.call(String(access_token))).status, { timeout: 1500 })
        .toBe(401);
    const again = await attack.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: begun.clientId,
      refresh_token: String(refresh_token),
    });
    expect(again.body.error).toBe('invalid_grant');
  });

  it('twenty devices’ decisions gives tokens once', async () => {
    const begun = await begin();
    const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
    const id = await attack.clientId({ grant_types: [GRANT, 'refresh_token'], redirect_uris: [] });
    const { body } = await attack.post('/oauth/device_authorization', { client_id: id, scope: 'mcp' });
    const browser: Browser = begun.browser;
    const page = await browser.open(String(body.verification_uri_complete));
    const confirm = await browser.submit(page);
    await Promise.all(Array.from({ length: 4 }, () => browser.submit(confirm)));
    const polls = Array.from({ length: 20 }, () =>
      attack.post('/oauth/token', {
        grant_type: GRANT,
        client_id: id,
        device_code: String(body.device_code),
      }),
    );
    const answers = await Promise.all(polls);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await browser.submit(confirm);
    const late = await attack.post('/oauth/token', {
      grant_type: GRANT,
      client_id: id,
      device_code: String(body.device_code),
    });
    expect(late.body.error).toBe('invalid_grant');
  });
});

it('a role that is taken away counts at once', async () => {
  const begun = await begin();
  await attack.store.setRole(begun.user.id, 'admin');
  await attack.store.setRole(begun.user.id, 'user');
  expect(await attack.call(begun.access)).toMatchObject({ status: 200 });
});
