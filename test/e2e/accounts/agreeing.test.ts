import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, PASSWORD, startCallers } from '../../admin/api/support/callers.ts';
import { startWorld, type World } from '../../oauth/support/world.ts';
import { createBrowser, type Page } from '../../support/browser.ts';

const SERVERS = '/admin/api/mcp-servers';

let there: World;
let callers: Callers;
beforeAll(async () => {
  there = await startWorld({ servers: {} });
  callers = await startCallers();
  for (const name of ['s1', 's2'])
    await callers.ask('admin', `POST ${SERVERS}`, {
      ...{ name, url: there.url('/mcp'), auth: { oauth: { per: 'user', scopes: ['mcp'] } } },
    });
});
afterAll(async () => {
  await callers.close();
  await there.close();
});

const isThere = (url: URL) => url.origin === there.origin && url.pathname === '/authorize';
const linkTo = async (server: string) =>
  String((await callers.ask('admin', `POST /account/api/connections/${server}`)).body.url);

/** A browser of the administrator, signed in, that stops where it would leave the gateway. */
async function signedIn() {
  const browser = createBrowser({
    fill: { name: 'admin', password: PASSWORD },
    stopAt: url => url.pathname === '/admin' || isThere(url),
  });
  await browser.signIn(callers.url('/login'));
  return browser;
}

const planIn = (page: Page) => /name="plan" value="([^"]+)"/.exec(page.text)?.[1] ?? 'none';
const withPlan = (page: Page, plan: string): Page => ({
  ...page,
  text: page.text.replace(planIn(page), plan),
});

describe('the page where an account is connected', () => {
  it('sends to where it said and for what it said', async () => {
    const browser = await signedIn();
    const page = await browser.open(await linkTo('s1'));
    expect(page.text).toContain('<code>mcp</code>');
    const { url } = await browser.submit(page);
    expect(isThere(new URL(url))).toBe(true);
    expect(new URL(url).searchParams.get('scope')?.split(' ')).toContain('mcp');
  });

  it('lets the browser follow an authorization server that sends on to another host', async () => {
    const browser = await signedIn();
    const link = await linkTo('s1');
    const headers = { cookie: browser.cookies(link) };
    const policy = (await fetch(link, { headers })).headers.get('content-security-policy');
    // Browsers hold `form-action` against each redirect after the form: an origin would stop at the first other one.
    expect(policy).toMatch(/form-action 'self' http:(;|$)/);
  });

  it('sends nobody for more than was shown, where what is asked for has changed meanwhile', async () => {
    const browser = await signedIn();
    const link = await linkTo('s1');
    const seen = await browser.open(link);
    const auth = { oauth: { per: 'user', scopes: ['mcp', 'openid'] } };
    expect(await callers.ask('admin', `PATCH ${SERVERS}/s1`, { auth })).toMatchObject({ status: 200 });
    const now = await browser.open(link);
    expect(now.text).toContain('<code>openid</code>');
    const answer = await browser.submit(seen);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('has changed');
    expect(answer.trail.some(url => isThere(new URL(url)))).toBe(false);
    expect(isThere(new URL((await browser.submit(now)).url))).toBe(true);
  });

  it('takes no agreement of another link, of another browser, or of nobody', async () => {
    const browser = await signedIn();
    const page = await browser.open(await linkTo('s1'));
    const other = await browser.open(await linkTo('s2'));
    const elsewhere = await (await signedIn()).open(await linkTo('s1'));
    for (const plan of [planIn(other), planIn(elsewhere), '', 'none', `${planIn(page)}A`, 'p1.AAAA'])
      expect(await browser.submit(withPlan(page, plan))).toMatchObject({ status: 403 });
    expect(isThere(new URL((await browser.submit(page)).url))).toBe(true);
  });

  it('looks no oftener than a person would, and says when it does again', async () => {
    const browser = await signedIn();
    const link = await linkTo('s2');
    let page = await browser.open(link);
    for (let looks = 0; looks < 40 && page.status === 200; looks++) page = await browser.open(link);
    expect(page.status).toBe(429);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    // Nobody else is kept waiting.
    expect(await callers.ask('auditor', 'GET /account/api/connections')).toMatchObject({ status: 200 });
  });
});
