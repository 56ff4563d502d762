import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everythingCommand } from '../../support/everything.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { modernClient } from '../../support/mcp.ts';
import { freePort } from '../../support/ports.ts';
import { type Authority, startAuthority } from '../../upstream/oauth/support/authority.ts';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const PASSWORD = 'Correct-horse-7';
const perPerson = { oauth: { per: 'user' } };

/** Another gateway: the authorization server and the MCP server of one company, where alice is called `admin`. */
let there: Gateway;
/** An authorization server that fails as it is told. */
let shaky: Authority;
let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  // Cookies belong to hosts and not to ports: the other gateway is called by another name of this machine.
  const port = await freePort();
  [there, shaky] = await Promise.all([
    startGateway({
      servers: { tools: everythingCommand },
      env: {
        ADMIN_PASSWORD: PASSWORD,
        MCP_PUBLIC_URL: `http://127.0.0.2:${port}`,
        ALLOW_INSECURE_HTTP: 'true',
      },
      args: ['--host', '127.0.0.2', '--port', String(port)],
    }),
    startAuthority(),
  ]);
  const url = there.url('/mcp');
  world = await startPagesWorld({
    servers: {
      other: { url, auth: perPerson },
      shaky: { url: shaky.url(), auth: perPerson },
    },
  });
  await world.addPerson('alice', ['other', 'shaky', 'web']);
  seen = await world.signIn('alice');
}, 90_000);
afterAll(async () => {
  await world?.close();
  await shaky?.close();
  await there?.close();
});

const { click, fill, says, api } = handOf(() => seen);
const card = (name: string) =>
  seen.page
    .getByRole('listitem')
    .filter({ has: seen.page.getByRole('heading', { level: 3, name, exact: true }) });
const press = (name: string, action: string) => card(name).locator(`[data-action="${action}"]`).click();
const button = (name: string | RegExp) => seen.page.getByRole('button', { name });
const isHere = () => new URL(seen.page.url()).host === new URL(world.gateway.origin).host;

/** From the card to the other gateway, whose own page asks. */
async function setOut(): Promise<void> {
  await press('other', 'portal.connect');
  await says('Connect your account at other');
  await button(/^Go to 127/).click();
  await seen.page.waitForURL(to => to.port === String(there.port));
}

async function signInThere(): Promise<void> {
  await seen.page.getByLabel('User name').fill('admin');
  await seen.page.getByLabel('Password').fill(PASSWORD);
  await button('Sign in').click();
}

/** A key of the person, made on the page. */
async function keyFromPage(): Promise<string> {
  await fill('key.name', 'laptop');
  await click('key.make');
  await says('This is the key. It is shown this once.');
  await click('key.copy');
  return seen.copied();
}

describe('an account that each person has at a server, from the portal', () => {
  it('is not connected when the person cancels here, or says no there, and can be begun again', async () => {
    await card('other').getByText('Not connected yet').waitFor();
    await press('other', 'portal.connect');
    await button('Cancel').click();
    await says('Hello, alice');
    await setOut();
    await signInThere();
    await button('Deny').click();
    await says('Not connected');
    await says('You said no there, and nothing was connected.');
    expect(isHere()).toBe(true);
    expect(await seen.violations()).toEqual([]);
    await seen.page.getByRole('link', { name: 'Go to your account' }).click();
    await card('other').getByText('Not connected yet').waitFor();
  });

  it('is connected by agreeing there; the browser is back at the portal, which shows it, and calls work', async () => {
    const key = await keyFromPage();
    const call = () =>
      modernClient({ url: world.gateway.url('/mcp/other'), token: key }).request('tools/call', {
        name: 'tools_echo',
        arguments: { message: 'by my own account' },
      });
    expect((await call()).text).not.toContain('Echo: by my own account');
    await setOut();
    await button('Allow').click();
    await says('Hello, alice');
    await says('The account at other is connected.');
    expect(seen.page.url()).toBe(world.gateway.url('/account'));
    await card('other').getByText('Your account is connected').waitFor();
    expect(await seen.violations()).toEqual([]);
    await seen.picture('portal-connected');
    await expect.poll(async () => (await call()).text).toContain('Echo: by my own account');
    await press('other', 'portal.refresh');
    await says('It works again for a while.');
  });

  it('has to be connected again when the other side ended it: the page says so and Reconnect mends it', async () => {
    const listed = await there.cli('consent', 'list', '--user', 'admin');
    const [, client = ''] = /(\S*[\w-]{20,}\S*)/.exec(listed.stdout) ?? [];
    expect((await there.cli('consent', 'withdraw', 'admin', client)).code).toBe(0);
    await press('other', 'portal.refresh');
    await card('other').getByText('Your account has to be connected again').waitFor();
    await seen.picture('portal-ended');
    expect(await card('other').locator('[data-action="portal.connect"]').textContent()).toBe('Reconnect');
    await setOut();
    await button('Allow').click();
    await card('other').getByText('Your account is connected').waitFor();
  });

  it('is forgotten by Disconnect, after it asked whether really', async () => {
    await press('other', 'portal.disconnect');
    await card('other').getByText('Really disconnect?').waitFor();
    await press('other', 'portal.disconnect');
    await says('Your account there is forgotten.');
    await card('other').getByText('Not connected yet').waitFor();
  });

  it('is nobody’s by an answer that is stale, used up or made up: the page says what to do', async () => {
    await setOut();
    await button(/^(Allow|Continue as)/).waitFor();
    const arrived = seen.page.waitForRequest(request => request.url().includes('/connect/callback?'));
    await button(/^(Allow|Continue as)/).click();
    const callback = (await arrived).url();
    await card('other').getByText('Your account is connected').waitFor();
    for (const url of [callback, world.gateway.url('/connect/callback?code=x&state=made-up')]) {
      await seen.page.goto(url);
      await says('This is not a connection that was begun here');
      await says(/Begin it again: from your account/);
    }
    await seen.page.getByRole('link', { name: 'Go to your account' }).click();
    await card('other').getByText('Your account is connected').waitFor();
    // What an address claims is not said where it is not so.
    await seen.go('/account?connected=shaky');
    await card('shaky').getByText('Not connected yet').waitFor();
    expect(await seen.page.getByText('The account at shaky is connected').count()).toBe(0);
  });

  it.each([
    ['that cannot be found', { '/.well-known/oauth-authorization-server': 500 }, false, /Try again later/],
    ['that takes no new clients', { '/register': 403 }, true, /Nothing was connected\. Try again later/],
    ['that gives no token', { '/token': 400 }, true, /gave no access\. Try again/],
    ['that breaks when the answer is redeemed', { '/token': 500 }, true, /gave no access\. Try again/],
  ] as const)(
    'an authorization server %s: the page says what happened',
    async (_, answers, isAsked, text) => {
      shaky.become({
        answers: Object.fromEntries(
          Object.entries(answers).map(([path, status]) => [
            path,
            response => void response.writeHead(status).end('{"error":"s3cret"}'),
          ]),
        ),
      });
      await seen.go('/account');
      await press('shaky', 'portal.connect');
      if (isAsked) await button(/^Go to localhost/).click();
      await says(text);
      expect(isHere()).toBe(true);
      expect(await seen.page.content()).not.toContain('s3cret');
      await seen.picture('connect-failed');
      await seen.page.getByRole('link', { name: 'Go to your account' }).click();
      await card('shaky').getByText('Not connected yet').waitFor();
    },
  );

  it('stays the person’s to take back when the server is not theirs to use any more', async () => {
    expect((await world.gateway.cli('grant', 'remove', 'alice', 'other')).code).toBe(0);
    await seen.go('/account');
    await says('is not yours to use any more; your account there waits.');
    await click('portal.forget');
    await says('Your account there is forgotten.');
    await expect.poll(() => seen.control('portal.forget').count()).toBe(0);
    expect((await api('../../account/api/connections')) as unknown[]).toHaveLength(1);
  });
});

it('complained of nothing but what was refused', () =>
  expect(seen.complaints.filter(text => !/status of [45]\d\d/.test(text))).toEqual([]));
