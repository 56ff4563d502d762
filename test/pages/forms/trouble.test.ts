import type { Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const HOSTILE = '<b>typed</b> & "with care"';

let world: PagesWorld;
let seen: Seen;
/** The person whose page is filled in. */
let alice = '';
beforeAll(async () => {
  world = await startPagesWorld();
  await world.addPerson('alice', ['web']);
  seen = await world.signIn();
  const people = (await api('users')) as { id: string; username: string }[];
  alice = people.find(({ username }) => username === 'alice')?.id ?? '';
  const servers = (await api('mcp-servers')) as { name: string; url: string }[];
  const url = servers.find(({ name }) => name === 'web')?.url;
  await change('POST', 'mcp-servers', { name: 'notes', url });
}, 60_000);
afterAll(() => world?.close());

const { click, says, wrong, api, change } = handOf(() => seen);
const typedIn = (action: string) => seen.control(action).first().inputValue();

/** A form: where it is, what is typed, and by which button it is sent. */
type Form = {
  readonly name: string;
  readonly path: () => string;
  /** Pressed before there is a form. */
  readonly open?: readonly string[];
  readonly typed: Readonly<Record<string, string>>;
  readonly send: string;
  /** The change that it makes. */
  readonly asks: string;
};

const FORMS: readonly Form[] = [
  {
    ...{ name: 'a server is edited', path: () => '/admin/servers/notes?tab=settings' },
    typed: { 'server-settings.name': 'Notes two', 'server-settings.description': HOSTILE },
    ...{ send: 'server-settings.save', asks: 'PATCH /admin/api/mcp-servers/' },
  },
  {
    ...{ name: 'a credential is replaced', path: () => '/admin/servers/notes?tab=credentials' },
    typed: { 'credential.secret': 'a-token-that-was-found-with-pains' },
    ...{ send: 'credential.replace', asks: 'PATCH /admin/api/mcp-servers/' },
  },
  {
    ...{ name: 'a server is added', path: () => '/admin/servers?add=1' },
    typed: { 'server.paste': 'http://127.0.0.1:1/mcp', 'server.name': 'with-trouble' },
    ...{ send: 'server.add', asks: 'POST /admin/api/mcp-servers/import' },
  },
  {
    ...{ name: 'a scan is begun', path: () => '/admin/security?tab=scans' },
    typed: { 'scan.url': 'http://127.0.0.1:1/mcp', 'scan.token': 'a-token-for-once' },
    ...{ send: 'scan.start', asks: 'POST /admin/api/security-audits' },
  },
  {
    ...{ name: 'a text is shown to the detectors', path: () => '/admin/security?tab=detectors' },
    typed: { 'detectors.text': HOSTILE },
    ...{ send: 'detectors.try', asks: 'POST /admin/api/detectors/try' },
  },
  {
    ...{ name: 'old entries are removed', path: () => '/admin/audit-log', open: ['audit.clean-up'] },
    typed: { 'audit.clean-up-days': '29' },
    ...{ send: 'audit.clean-up-send', asks: 'POST /admin/api/cleanup-logs' },
  },
  {
    ...{ name: 'a name of a tool is made', path: () => '/admin/servers?tab=mappings' },
    typed: { 'mapping.name': 'say', 'mapping.tool': 'echo' },
    ...{ send: 'mapping.add', asks: 'PUT /admin/api/tool-mappings' },
  },
  {
    ...{ name: 'a person is added', path: () => '/admin/people?add=person' },
    typed: { 'people.add-name': 'dora', 'people.add-full-name': HOSTILE },
    ...{ send: 'people.add-send', asks: 'POST /admin/api/users' },
  },
  {
    ...{ name: 'somebody is invited', path: () => '/admin/people?add=link' },
    typed: { 'people.invite-note': HOSTILE },
    ...{ send: 'people.invite-send', asks: 'POST /admin/api/invites' },
  },
  {
    ...{ name: 'a person is edited', path: () => `/admin/people/${alice}?tab=edit` },
    typed: { 'person.full-name': HOSTILE, 'person.email': 'alice@example.com' },
    ...{ send: 'person.save', asks: 'PATCH /admin/api/users/' },
  },
  {
    ...{ name: 'a group is made', path: () => '/admin/people?tab=groups&group=new' },
    typed: { 'groups.add-name': 'family', 'groups.add-description': HOSTILE },
    ...{ send: 'groups.add-send', asks: 'POST /admin/api/groups' },
  },
  {
    ...{ name: 'a rule is written', path: () => '/admin/access?tab=rules&add=rule' },
    typed: { 'rule.subject': 'user:alice', 'rule.pattern': 'delete*', 'rule.note': HOSTILE },
    ...{ send: 'rule.put', asks: 'POST /admin/api/grants/preview' },
  },
  {
    ...{ name: 'a limit is set', path: () => '/admin/access?tab=limits&limit=user:alice' },
    typed: { 'limit.requests': '600' },
    ...{ send: 'limit.save', asks: 'PUT /admin/api/limits' },
  },
  {
    ...{ name: 'settings are changed', path: () => '/admin/settings?q=dcr.unusedDays' },
    typed: { 'settings.type': '12' },
    ...{ send: 'settings.save', asks: 'PATCH /admin/api/settings' },
  },
  {
    ...{ name: 'a client is registered', path: () => '/admin/clients', open: ['clients.add'] },
    typed: { 'clients.add-name': HOSTILE, 'clients.add-uris': 'https://client.example/callback' },
    ...{ send: 'clients.add-send', asks: 'POST /admin/api/oauth-clients' },
  },
  {
    ...{ name: 'a key is made', path: () => `/admin/clients?tab=keys&add=key&user=${alice}` },
    typed: { 'keys.add-name': HOSTILE },
    ...{ send: 'keys.add-send', asks: 'POST /admin/api/keys' },
  },
  {
    ...{ name: 'an address is blocked', path: () => '/admin/security?tab=blocked' },
    typed: { 'address.type': '203.0.113.5' },
    ...{ open: [], send: 'address.ask', asks: 'POST /admin/api/blocked-addresses' },
  },
];

const isIts = ({ asks }: Form, method: string, url: string) => {
  const [wanted = '', path = ''] = asks.split(' ');
  return method === wanted && new URL(url).pathname.startsWith(path);
};

/** What a proxy, or the gateway, answers instead of doing it. */
async function answering(form: Form, status: number, body: string, act: () => Promise<void>) {
  const contentType = body.startsWith('{') ? 'application/json' : 'text/html';
  await seen.page.route('**/*', route => {
    const request = route.request();
    return isIts(form, request.method(), request.url())
      ? route.fulfill({ status, contentType, body })
      : route.fallback();
  });
  await act();
  await seen.page.unroute('**/*');
}

/** What the page reads by itself waits until it is let go: the change is the first to find out that the sign-in ended. */
async function holdReads(): Promise<() => Promise<void>> {
  // A route that nobody answers waits; without the rule it goes on.
  const hold = (route: Route) => {
    const isRead = route.request().method() === 'GET' && !route.request().url().endsWith('/api/me');
    return isRead ? undefined : route.fallback();
  };
  await seen.page.route('**/api/**', hold);
  return () => seen.page.unroute('**/api/**', hold);
}

async function fillIn(form: Form): Promise<void> {
  await seen.go(form.path());
  for (const action of form.open ?? []) await click(action);
  for (const [action, text] of Object.entries(form.typed)) await seen.control(action).first().fill(text);
}

async function isStillThere({ typed }: Form): Promise<void> {
  for (const [action, text] of Object.entries(typed)) expect(await typedIn(action), action).toBe(text);
}

describe.each(FORMS)('while $name', form => {
  const confirm = form.send === 'address.ask' ? 'address.block' : undefined;
  const send = async () => {
    const isAsked = confirm !== undefined && (await seen.control(confirm).count()) > 0;
    if (!isAsked) await click(form.send);
    if (confirm !== undefined) await click(confirm);
  };

  it('a server error, another administrator, a lost connection and an ended sign-in each say so, and what was typed is sent at last', async () => {
    await fillIn(form);
    await answering(form, 500, '{"error":"internal","message":"Internal error"}', async () => {
      await send();
      await says(/The gateway failed: Internal error\. .*still here/);
    });
    await isStillThere(form);
    expect(await seen.violations()).toEqual([]);
    await answering(form, 502, '<html>Bad Gateway</html>', async () => {
      await send();
      await says(/The gateway failed: it answered 502\./);
    });
    await isStillThere(form);
    await answering(
      form,
      409,
      '{"error":"conflict","message":"Somebody else changed it meanwhile"}',
      async () => {
        await send();
        await says('Somebody else changed it meanwhile');
      },
    );
    await isStillThere(form);

    await seen.page.context().setOffline(true);
    await send();
    await says('Nothing on this page was lost; send it again when the connection is back.');
    await isStillThere(form);
    const letGo = await holdReads();
    await seen.page.context().setOffline(false);

    const cookies = await seen.page.context().cookies();
    await seen.page.context().clearCookies();
    await send();
    await says('Your sign-in has ended');
    await isStillThere(form);
    const done = seen.page.waitForResponse(
      answer => isIts(form, answer.request().method(), answer.url()) && answer.ok(),
    );
    await seen.page.context().addCookies(cookies);
    await click('signin.look');
    await letGo();
    expect((await done).status()).toBeLessThan(300);
  });
});

describe('what another administrator did meanwhile', () => {
  it.each([
    {
      ...{ action: 'people.add-name', name: 'elsa', path: '/admin/people?add=person' },
      ...{ send: 'people.add-send', label: 'User name', at: 'users', key: 'username' },
    },
    {
      ...{ action: 'groups.add-name', name: 'chess', path: '/admin/people?tab=groups&group=new' },
      ...{ send: 'groups.add-send', label: 'Name', at: 'groups', key: 'name' },
    },
  ])('$action: the name $name is taken, which its field says', async form => {
    const { action, name, path, send, label, at, key } = form;
    await seen.go(path);
    await seen.control(action).fill(name);
    await change('POST', at, { [key]: name });
    await click(send);
    await wrong(label);
    expect(await typedIn(action)).toBe(name);
    await seen.control(action).fill(`${name}-2`);
    await click(send);
    await says(new RegExp(`${name}-2 is (added|made)`));
  });

  it('a person is gone for whom a key is made', async () => {
    const made = (await change('POST', 'users', { username: 'leaving' })) as { id: string };
    await seen.go(`/admin/clients?tab=keys&add=key&user=${made.id}`);
    await seen.control('keys.add-name').fill('laptop');
    await change('DELETE', `users/${made.id}`);
    await click('keys.add-send');
    await says(/There is no (such )?(user|person)/);
    expect(await typedIn('keys.add-name')).toBe('laptop');
  });
});

it('complained of nothing but what was refused and what was lost', () =>
  expect(
    seen.complaints.filter(
      text => !/status of [45]\d\d/.test(text) && !text.includes('ERR_INTERNET_DISCONNECTED'),
    ),
  ).toEqual([]));

it('a credential that is refused is said to be so once, at its field', async () => {
  await seen.go('/admin/servers/notes?tab=credentials');
  const change = '**/admin/api/mcp-servers/*';
  await seen.page.route(change, route =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 400,
          json: { error: 'invalid_request', field: 'auth', message: 'auth: is none' },
        })
      : route.continue(),
  );
  await seen.control('credential.secret').fill('x');
  await seen.control('credential.replace').click();
  await seen.page.locator('.field.wrong', { hasText: 'Token' }).getByText('is none').waitFor();
  expect(await seen.page.getByText('is none').count()).toBe(1);
  expect(await seen.control('credential.secret').inputValue()).toBe('x');
  await seen.page.unroute(change);
});
