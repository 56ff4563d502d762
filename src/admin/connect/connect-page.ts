import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { BrowserSessions, ConnectLink, ConnectLinks, SignedIn } from '../../auth/index.ts';
import { cut, deriveKey, Fault, Seal, type Secret, toFault } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import { accountKey, isPerPerson, type ServerEntry } from '../../mcp/index.ts';
import {
  goTo,
  isSameOrigin,
  type PageContext,
  type PageEnv,
  readForm,
  say,
  show,
} from '../../pages/index.ts';
import type { Connections, Plan } from '../../upstream/index.ts';
import { connectView } from './connect-view.ts';
import { finishedSays } from './finished-says.ts';

type ConnectDeps = {
  readonly live: Live;
  readonly ledger: Ledger;
  readonly sessions: BrowserSessions;
  readonly connections: Connections;
  readonly connectLinks: ConnectLinks;
  readonly origin: () => string;
  readonly addressOf: (incoming: IncomingMessage) => string;
  readonly master: Secret;
};

type ConnectKit = ConnectDeps & { readonly plans: Seal };

type Opened = {
  readonly signedIn: SignedIn;
  readonly link: ConnectLink;
  readonly entry: ServerEntry;
};

const EXPIRED: readonly [string, string] = [
  'This link is not good any more',
  'It was good for ten minutes. Call the tool again, or go to your account, to get another one.',
];

/** Where a person goes on who is not sent on by themselves. */
const onward = html`<a href="/account">Go to your account</a>`;

function refuse(
  context: PageContext,
  kit: ConnectKit,
  status: number,
  text: readonly [string, ...string[]],
): Promise<Response> {
  return say(context, { origin: kit.origin(), status }, [...text, onward]);
}

/** Who opened the link, if it is the one whose call made it (2026-07-28 client/elicitation, "Phishing"). */
async function open(context: PageContext, kit: ConnectKit): Promise<Opened | Response> {
  const signedIn = await kit.sessions.read(context.req.header('cookie'));
  const token = context.req.param('token') ?? '';
  if (!signedIn) return goTo(context, `/login?next=${encodeURIComponent(`/connect/${token}`)}`);
  const link = kit.connectLinks.open(token);
  const entry = link && kit.live.current().servers.get(link.server);
  if (!link || !entry) return refuse(context, kit, 410, EXPIRED);
  if (link.person !== signedIn.user.id) {
    const [principal, server] = [signedIn.user.id, link.server];
    const address = kit.addressOf(context.env.incoming);
    const detail = { of: link.person };
    kit.ledger.event({ type: 'connect_hijack', severity: 'high', principal, server, address, detail });
    return refuse(context, kit, 403, [
      'This link is somebody else’s',
      'It was made for another person’s call. Whoever sent it to you would have used your account. Nothing was connected.',
    ]);
  }
  // The call that made the link was allowed; ten minutes later it may not be.
  if (entry.auth.kind === 'oauth' && !kit.connections.mayConnect(entry, signedIn.user.id))
    return refuse(context, kit, 403, [
      'You may not connect this any more',
      `Your right to ${cut(entry.title, 60)} was taken back. Nothing was begun.`,
    ]);
  return { signedIn, link, entry };
}

/** What the page showed is agreed to in that browser and for that link alone. */
const placeOf = ({ signedIn, link }: Opened): string => JSON.stringify([signedIn.session.hash, link.id]);

/** The plan that the page showed; undefined where the form does not hold it. */
function agreedTo(form: URLSearchParams, opened: Opened, { plans }: ConnectKit): Plan | undefined {
  const plain = plans.open(form.get('plan') ?? '', placeOf(opened));
  return plain && (JSON.parse(plain.toString('utf8')) as Plan);
}

async function ask(context: PageContext, kit: ConnectKit): Promise<Response> {
  const opened = await open(context, kit);
  if (opened instanceof Response) return opened;
  const { signedIn, entry } = opened;
  const { user, formToken } = signedIn;
  const plan = await kit.connections.plan(entry, user.id);
  const { issuer, scopes } = plan;
  const { connected } = kit.live.current();
  // Issuers send on to other hosts, to sign in there, and browsers ask the page's policy each time (CSP 3, form-action).
  const formTarget = new URL(issuer).protocol;
  return show(context, { origin: kit.origin(), status: 200, formTarget }, nonce =>
    connectView({
      ...{ nonce, formToken, issuer, scopes },
      plan: kit.plans.close(JSON.stringify(plan), placeOf(opened)),
      action: `/connect/${context.req.param('token')}`,
      person: user.name,
      title: cut(entry.title, 60),
      isAgain: isPerPerson(entry) && connected.has(accountKey(entry.name, user.id)),
    }),
  );
}

async function submit(context: PageContext, kit: ConnectKit): Promise<Response> {
  const opened = await open(context, kit);
  if (opened instanceof Response) return opened;
  const { signedIn, entry } = opened;
  const form = await readForm(context);
  const isOurs =
    isSameOrigin(context, kit.origin()) && kit.sessions.isFormToken(signedIn, form.get('form') ?? '');
  const agreed = agreedTo(form, opened, kit);
  if (!isOurs || !agreed)
    return refuse(context, kit, 403, [
      'Not connected',
      'That was not sent by a page of this gateway. Go back and try again.',
    ]);
  const { back } = opened.link;
  if (form.get('go') !== 'yes' && back !== undefined) return goTo(context, back);
  if (form.get('go') !== 'yes')
    return refuse(context, kit, 200, ['Not connected', 'Nothing was sent. You can close this page.']);
  const who = { person: signedIn.user.id, session: signedIn.session.hash, back };
  const url = await kit.connections.begin(entry, who, agreed);
  return goTo(context, url.href);
}

/** The page says there that the account is connected. */
function arrived(back: string, server: string): string {
  return `${back}${back.includes('?') ? '&' : '?'}${new URLSearchParams({ connected: server })}`;
}

async function finish(context: PageContext, kit: ConnectKit): Promise<Response> {
  const signedIn = await kit.sessions.read(context.req.header('cookie'));
  if (!signedIn)
    return refuse(context, kit, 401, [
      'Nobody is signed in here',
      'The connection has to end in the browser in which it began. Sign in, and open the link again.',
    ]);
  const who = { person: signedIn.user.id, session: signedIn.session.hash };
  const params = new URL(context.req.url).searchParams;
  const finished = await kit.connections.finish(params, who);
  if (finished.kind === 'connected') {
    await kit.live.refresh();
    if (finished.back !== undefined) return goTo(context, arrived(finished.back, finished.server));
  }
  const titleOf = (entry: ServerEntry | undefined) => cut(entry?.title ?? 'the server', 60);
  const title = titleOf(finished.server && kit.live.current().servers.get(finished.server));
  const { status, text } = finishedSays(finished, title);
  return refuse(context, kit, status, text);
}

/** What went wrong on the way to an authorization server, as a page. */
function fail(context: PageContext, kit: ConnectKit, thrown: unknown): Promise<Response> {
  const { status, message, data } = toFault(thrown);
  if (data?.retryAfterMs !== undefined)
    context.header('Retry-After', `${Math.ceil(data.retryAfterMs / 1000)}`);
  const text = `${message.replace(/\.$/, '')}.`;
  return refuse(context, kit, status === 200 ? 502 : status, [
    'That did not work',
    text,
    'Nothing was connected. Try again later; if it stays so, tell whoever runs this gateway.',
  ]);
}

/** `/connect/{link}` and `/connect/callback`: where a person connects an account at a server. */
export function createConnectPages(deps: ConnectDeps): Hono<PageEnv> {
  const kit = { ...deps, plans: new Seal(deriveKey(deps.master, 'connect-plan'), 'p1') };
  const app = new Hono<PageEnv>();
  app.onError((thrown, context) => fail(context, kit, thrown));
  app.get('/connect/callback', context => finish(context, kit));
  app.get('/connect/:token', context => ask(context, kit));
  app.post('/connect/:token', context => submit(context, kit));
  app.notFound(context => fail(context, kit, new Fault('not_found')));
  return app;
}
