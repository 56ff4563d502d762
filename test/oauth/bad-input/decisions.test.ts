import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../support/browser.ts';
import { type Attack, askFor, type Sent, startAttack } from '../support/attack.ts';
import { allow, fieldOf, isGuarded, type Post, postTo } from '../support/forms.ts';
import { REDIRECT, WEB_REDIRECT } from '../support/world.ts';

let attack: Attack;
let client = '';
let alice: Browser;
let bob: Browser;

beforeAll(async () => {
  attack = await startAttack();
  for (const name of ['alice', 'bob']) await attack.addPerson(name);
  client = await attack.clientId();
  [alice, bob] = [attack.browserOf('alice'), attack.browserOf('bob')];
  for (const browser of [alice, bob]) await browser.submit(await browser.open(attack.url('/login')));
});
afterAll(() => attack.close());

const url = (more = {}, id = client) => attack.authorizeUrl(Object.fromEntries(askFor(id, more)));
const consentOf = (browser: Browser) => browser.open(url());

describe('a decision that the person did not make', () => {
  const FORGED: readonly (readonly [
    what: string,
    change: (post: Post) => Partial<Post> | Promise<Partial<Post>>,
    status: number,
  ])[] = [
    ['no origin', () => ({ headers: { origin: '' } }), 403],
    ['the origin null', () => ({ headers: { origin: 'null' } }), 403],
    ['a foreign origin', () => ({ headers: { origin: 'https://evil.example' } }), 403],
    ['our host with another port', () => ({ headers: { origin: 'http://localhost:1' } }), 403],
    ['our host by https', () => ({ headers: { origin: attack.origin.replace('http:', 'https:') } }), 403],
    ['no form token', () => ({ fields: { step: 'consent', decision: 'allow' } }), 403],
    ['an empty form token', () => ({ fields: allow('') }), 403],
    ['a forged form token', () => ({ fields: allow('A'.repeat(43)) }), 403],
    ['a form token of 10,000 letters', () => ({ fields: allow('A'.repeat(10_000)) }), 403],
    ['the form token of another person', async () => ({ fields: allow(fieldOf(await consentOf(bob))) }), 403],
    [
      'the form token of a sign-in',
      async () => ({ fields: allow(fieldOf(await attack.browserOf('x').open(url()))) }),
      403,
    ],
    [
      'a body of JSON',
      post => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(post.fields) }),
      400,
    ],
    ['a body of text', () => ({ headers: { 'content-type': 'text/plain' } }), 400],
    [
      'a multipart body',
      () => ({ headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' }),
      400,
    ],
    [
      'a body of 80 KB',
      post => ({ body: `${new URLSearchParams(post.fields)}&a=${'a'.repeat(80_000)}` }),
      413,
    ],
    ['the cookies of another browser', () => ({ cookie: bob.cookies(attack.origin) }), 400],
    ['no cookies', () => ({ cookie: '' }), 400],
  ];
  /** Refused before any page: what a browser says of another site is read at the door. */
  const AT_DOOR = /null|foreign|our host/;
  it.for(FORGED)('is not taken with %s', async ([what, change, status]) => {
    const page = await consentOf(alice);
    const post = { page, cookie: alice.cookies(page.url), fields: allow(fieldOf(page)) };
    const sent = await postTo(attack, what, { ...post, ...(await change(post)) });
    expect([sent.status, sent.location], sent.text).toEqual([status, undefined]);
    if (!AT_DOOR.test(what)) {
      isGuarded(sent);
      expect(sent.text).toMatch(/request <code>[\da-f-]{36}<\/code>/);
    }
    // Nothing came of it: it still waits for the person.
    expect((await alice.open(page.url)).text).toContain('name="decision"');
  });
  it('is in the ledger', () =>
    attack.expectEvents(
      FORGED.filter(([what, , status]) => status === 403 && !AT_DOOR.test(what)).map(([what]) => what),
    ));

  it('is not taken from another person in the same browser', async () => {
    const browser = attack.browserOf('alice');
    const page = await browser.submit(await browser.open(url()));
    const stale = { page, cookie: browser.cookies(page.url), fields: allow(fieldOf(page)) };
    const session = /amg_session=[^;]*/;
    const other = session.exec(bob.cookies(attack.origin))?.[0] ?? '';
    const sent = await postTo(attack, 'person in the browser', {
      ...stale,
      cookie: stale.cookie.replace(session, other),
    });
    expect([sent.status, sent.location]).toEqual([403, undefined]);
  });

  it('is not taken by GET', async () => {
    const page = await consentOf(alice);
    const sent = await attack.send('by GET', `${page.url}?${new URLSearchParams(allow(fieldOf(page)))}`, {
      headers: { cookie: alice.cookies(page.url) },
    });
    expect([sent.status, sent.text.includes('name="decision"')]).toEqual([200, true]);
  });
});

describe('a link to a decision', () => {
  it.for<readonly [string, () => string]>([
    ['of another browser', () => bob.cookies(attack.origin)],
    ['without cookies', () => ''],
    ['with forged cookies', () => 'amg_interaction=x; amg_interaction.sig=y; amg_session=z'],
  ])('%s leads nowhere', async ([what, cookies]) => {
    const page = await consentOf(alice);
    const sent = await attack.send(`link ${what}`, page.url, { headers: { cookie: cookies() } });
    expect(sent.status).toBe(400);
    expect(sent.text).toContain('This link is not valid any more');
    expect(sent.text).toMatch(/request <code>/);
    isGuarded(sent);
  });

  it('leads nowhere with the interaction of another request', async () => {
    const [one, two] = [await consentOf(alice), await consentOf(bob)];
    const sent = await attack.send('link swapped', one.url, { headers: { cookie: bob.cookies(two.url) } });
    expect(sent.status).toBe(400);
  });

  it('is over after half an hour', async () => {
    const page = await consentOf(alice);
    attack.pass(1_801_000);
    const sent = await postTo(attack, 'link late', {
      page,
      cookie: alice.cookies(page.url),
      fields: allow(fieldOf(page)),
    });
    expect([sent.status, sent.location]).toEqual([400, undefined]);
  });

  it('is over once it was decided', async () => {
    const page = await consentOf(alice);
    const again = { page, cookie: alice.cookies(page.url), fields: allow(fieldOf(page)) };
    expect((await alice.submit(page)).url).toContain(`${REDIRECT}?code=`);
    const sent = await postTo(attack, 'link decided', again);
    expect([sent.status, sent.location]).toEqual([400, undefined]);
  });

  it('decided ten times at once gives one code', async () => {
    const page = await consentOf(alice);
    const cookie = alice.cookies(page.url);
    const post = { page, cookie, fields: allow(fieldOf(page)) };
    const answers = await Promise.all(Array.from({ length: 10 }, () => postTo(attack, 'link raced', post)));
    const resumes = answers.filter(({ status }) => status === 303);
    // What lets the browser go on lies at the path of its second half.
    const follow = ({ location = '' }: Sent) =>
      attack.send('link raced', location, { headers: { cookie: alice.cookies(location) } });
    const ends = await Promise.all(resumes.map(follow));
    const codes = ends.map(({ location }) => location ?? '').filter(location => location.includes('code='));
    expect(codes.length).toBe(1);
  });

  it('is in the ledger where it led nowhere', () =>
    attack.expectEvents([
      'link of another browser',
      'link without cookies',
      'link with forged cookies',
      'link swapped',
      'link late',
      'link decided',
    ]));
});

describe('what one person agreed to', () => {
  it('is nothing for another', async () => {
    const web = await attack.clientId({ redirect_uris: [WEB_REDIRECT] });
    const asked = { redirect_uri: WEB_REDIRECT };
    await alice.signIn(url(asked, web));
    expect((await alice.open(url(asked, web))).url).toContain('code=');
    const page = await bob.open(url(asked, web));
    expect(page.text).toContain('name="decision"');
    expect(page.text).not.toContain('You agreed to this before');
  });

  it('can be withdrawn by that person alone', async () => {
    await alice.signIn(url());
    const page = await alice.open(attack.url('/account/programs'));
    const fields = { form: fieldOf(await bob.open(attack.url('/account/programs'))), client };
    const sent = await postTo(attack, 'withdraw of another', {
      page,
      cookie: alice.cookies(page.url),
      fields,
    });
    expect(sent.status).toBe(403);
    await postTo(attack, 'good', {
      page,
      cookie: bob.cookies(page.url),
      fields: { ...fields, form: fieldOf(await bob.open(page.url)) },
    });
    expect((await consentOf(alice)).text).toContain('You agreed to this before');
    await attack.expectEvents(['withdraw of another']);
  });
});
