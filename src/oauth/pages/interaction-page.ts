import type { Hono } from 'hono';
import type Provider from 'oidc-provider';
import type { Client, Interaction, InteractionResults } from 'oidc-provider';
import type { SignedIn } from '../../auth/index.ts';
import { rightsIn } from '../../live/index.ts';
import {
  goTo,
  isSameOrigin,
  type PageContext,
  type PageEnv,
  readForm,
  say,
  show,
} from '../../pages/index.ts';
import type { OAuthClient } from '../../store/index.ts';
import { newClient } from '../adapter/clients.ts';
import type { Agreement } from '../consents.ts';
import { OWN_METADATA } from '../own-metadata.ts';
import { INTERACTION } from '../provider-settings.ts';
import { redirectKindOf } from '../request/redirect-uris.ts';
import { IDENTITY_SCOPES, splitScope } from '../scopes.ts';
import { faceOf } from './client-face.ts';
import { consentView } from './consent-view.ts';
import { type Kit, noteRefused } from './kit.ts';
import { askToSignIn, type Place, signIn } from './sign-in.ts';

/** One authorization request that waits for a person. */
type Waiting = {
  readonly provider: Provider;
  readonly interaction: Interaction;
  readonly client: Client;
  readonly known: OAuthClient | undefined;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly resource: string;
};

type Decided = { readonly waiting: Waiting; readonly signedIn: SignedIn };

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

function actionOf({ interaction }: Waiting): string {
  return `${INTERACTION}/${interaction.uid}`;
}

/**
 * Where the form leads in the end. Browsers ask the page's policy about each redirect after a form (CSP 3, form-action), and
 * callbacks send on to other hosts, to say there that it worked.
 */
function formTargetOf(redirectUri: string): string {
  const { protocol, origin } = new URL(redirectUri);
  return redirectKindOf(redirectUri) === 'loopback' ? `${origin} https:` : protocol;
}

async function findWaiting(context: PageContext, kit: Kit): Promise<Waiting | undefined> {
  const provider = await kit.provider();
  const { incoming, outgoing } = context.env;
  const interaction = await provider.interactionDetails(incoming, outgoing).catch(() => undefined);
  if (!interaction || interaction.uid !== context.req.param('uid')) return undefined;
  const { client_id, redirect_uri, scope, resource } = interaction.params;
  const client = await provider.Client.find(textOf(client_id)).catch(() => undefined);
  if (!client) return undefined;
  const known = await kit.store.oauth.client(client.clientId);
  const [first] = Array.isArray(resource) ? resource : [resource];
  const asked = {
    redirectUri: textOf(redirect_uri),
    scopes: splitScope(textOf(scope)),
    resource: textOf(first),
  };
  return { provider, interaction, client, known, ...asked };
}

function isOver(context: PageContext, kit: Kit): Promise<Response> {
  noteRefused(context, kit, { at: INTERACTION, error: 'interaction_over' });
  return say(context, { origin: kit.origin(), status: 400 }, [
    'This link is not valid any more',
    'It works once, for half an hour, and only in the browser that opened it. Cookies must be allowed.',
    'Go back to your program and connect again.',
  ]);
}

const hasSignedInHere = ({ lastSubmission }: Interaction) => lastSubmission?.signedInHere === true;

async function noteSignIn({ interaction }: Waiting): Promise<void> {
  interaction.lastSubmission = { signedInHere: true };
  await interaction.save(Math.max(1, interaction.exp - Math.floor(Date.now() / 1000)));
}

/** OpenID Connect Core section 3.1.2.1: `prompt=login` and `max_age` want the password now. */
function needsPassword({ interaction }: Waiting, { session }: SignedIn, now: number): boolean {
  const { prompt, max_age } = interaction.params;
  if (splitScope(textOf(prompt)).includes('login') && !hasSignedInHere(interaction)) return true;
  return max_age !== undefined && now - session.passwordAt > Number(max_age) * 1000;
}

function agreementOf({ waiting, signedIn }: Decided): Agreement {
  const { client, redirectUri, scopes, resource } = waiting;
  const own = new Set<string>(OWN_METADATA);
  const metadata = Object.fromEntries(Object.entries(client.metadata()).filter(([key]) => !own.has(key)));
  return { userId: signedIn.user.id, clientId: client.clientId, metadata, redirectUri, scopes, resource };
}

/** The person's servers, and those of them that these scopes reach at this resource. */
function reachOf(kit: Kit, { waiting, signedIn }: Decided) {
  const snapshot = kit.live.current();
  const rights = rightsIn(snapshot, signedIn.user.id, { client: waiting.client.clientId });
  const mine = [...snapshot.servers.keys()].filter(name => rights.reaches(name));
  const one = /\/mcp\/([^/]+)$/.exec(waiting.resource)?.[1];
  const reaches = (name: string) =>
    (one === undefined || one === name) &&
    (waiting.scopes.includes('mcp') || waiting.scopes.includes(`mcp:${name}`));
  return { mine, reached: mine.filter(reaches) };
}

function ask(context: PageContext, kit: Kit, decided: Decided, isKnown: boolean): Promise<Response> {
  const { waiting, signedIn } = decided;
  const { client, known, redirectUri, scopes } = waiting;
  const { mine, reached } = reachOf(kit, decided);
  const described = {
    id: client.clientId,
    name: client.clientName,
    redirectUri,
    redirectUris: client.redirectUris ?? [],
  };
  const answer = { origin: kit.origin(), status: 200, formTarget: formTargetOf(redirectUri) };
  return show(context, answer, nonce =>
    consentView({
      nonce,
      action: actionOf(waiting),
      formToken: signedIn.formToken,
      face: faceOf(described, known, kit.clock.now()),
      person: signedIn.user.name,
      scopes,
      servers: reached,
      serverCount: mine.length,
      isKnown,
    }),
  );
}

async function grantTo(kit: Kit, { waiting, signedIn }: Decided): Promise<string> {
  const { provider, client, scopes, resource } = waiting;
  const { id } = signedIn.user;
  if (kit.settings.isSingleSession) await kit.store.oauth.endGrants({ userId: id });
  const grant = new provider.Grant({ clientId: client.clientId, accountId: id });
  const identity = scopes.filter(scope => (IDENTITY_SCOPES as readonly string[]).includes(scope));
  grant.addOIDCScope(identity.join(' '));
  grant.addResourceScope(resource, scopes.join(' '));
  return grant.save();
}

/** A client that is known by its document gets a row, so that it can be listed, seen and ended like the others. */
async function keepClient(kit: Kit, { client, known }: Waiting): Promise<void> {
  if (known || !URL.canParse(client.clientId)) return;
  const row = newClient(client.clientId, kit.clock.now(), undefined);
  const metadata = JSON.stringify(client.metadata());
  await kit.store.oauth.putClient({ ...row, source: 'cimd', name: client.clientName, metadata });
}

async function finish(context: PageContext, kit: Kit, decided: Decided): Promise<Response> {
  const { waiting, signedIn } = decided;
  await keepClient(kit, waiting);
  const grantId = await grantTo(kit, decided);
  const ts = Math.floor(signedIn.session.passwordAt / 1000);
  const login = { accountId: signedIn.user.id, ts, amr: ['pwd'], remember: false };
  return goOn(context, waiting, { login, consent: { grantId } });
}

async function goOn(
  context: PageContext,
  { provider }: Waiting,
  result: InteractionResults,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const options = { mergeWithLastSubmission: false };
  return goTo(context, await provider.interactionResult(incoming, outgoing, result, options));
}

async function open(context: PageContext, kit: Kit): Promise<Response> {
  const waiting = await findWaiting(context, kit);
  if (!waiting) return isOver(context, kit);
  const signedIn = await kit.sessions.read(context.req.header('cookie'));
  if (!signedIn || needsPassword(waiting, signedIn, kit.clock.now()))
    return askToSignIn(context, kit, placeOf(waiting), {
      status: 200,
      wrong: [],
      name: signedIn?.user.name ?? '',
    });
  const decided = { waiting, signedIn };
  const isKnown = await kit.consents.isKnown(agreementOf(decided));
  const isAskedFor = splitScope(textOf(waiting.interaction.params.prompt)).includes('consent');
  // Any local program can claim a loopback redirect or a scheme: there the page only gets shorter.
  const isSafe = redirectKindOf(waiting.redirectUri) === 'https';
  if (isKnown && isSafe && !isAskedFor) return finish(context, kit, decided);
  return ask(context, kit, decided, isKnown);
}

function placeOf(waiting: Waiting): Place {
  const { client, redirectUri } = waiting;
  return {
    action: actionOf(waiting),
    formTarget: formTargetOf(redirectUri),
    onSignedIn: () => noteSignIn(waiting),
    why: `to connect ${faceOf({ id: client.clientId, name: client.clientName, redirectUri, redirectUris: [] }, waiting.known, 0).name}`,
  };
}

function noteConsent(context: PageContext, kit: Kit, { waiting, signedIn }: Decided, isOk: boolean): void {
  kit.ledger.signIn({
    ...{ type: 'mcp_oauth_consent', isOk, principal: signedIn.user.id, userName: signedIn.user.name },
    ...{ client: waiting.client.clientId, detail: isOk ? 'allowed' : 'denied' },
    ...{ address: kit.addressOf(context.env.incoming), userAgent: context.req.header('user-agent') },
  });
}

async function decide(
  context: PageContext,
  kit: Kit,
  decided: Decided,
  form: URLSearchParams,
): Promise<Response> {
  const { waiting } = decided;
  const isAllowed = form.get('decision') === 'allow';
  noteConsent(context, kit, decided, isAllowed);
  if (!isAllowed) {
    const refusal = { error: 'access_denied', error_description: 'the person said no' };
    return goOn(context, waiting, refusal);
  }
  if (form.get('remember') === 'yes') await kit.consents.remember(agreementOf(decided));
  return finish(context, kit, decided);
}

async function submit(context: PageContext, kit: Kit): Promise<Response> {
  const waiting = await findWaiting(context, kit);
  if (!waiting) return isOver(context, kit);
  const form = await readForm(context);
  const place = placeOf(waiting);
  if (form.get('step') !== 'consent' && form.get('step') !== 'switch')
    return signIn(context, kit, place, form);
  const signedIn = await kit.sessions.read(context.req.header('cookie'));
  if (!signedIn) return goTo(context, place.action);
  const isOurs =
    isSameOrigin(context, kit.origin()) && kit.sessions.isFormToken(signedIn, form.get('form') ?? '');
  if (!isOurs) {
    noteRefused(context, kit, { at: INTERACTION, error: 'foreign_form', principal: signedIn.user.id });
    return say(context, { origin: kit.origin(), status: 403 }, [
      'Nothing was decided',
      'That was not sent by the page of this gateway. Go back to your program and connect again.',
    ]);
  }
  if (form.get('step') === 'consent') return decide(context, kit, { waiting, signedIn }, form);
  context.header('Set-Cookie', await kit.sessions.end(context.req.header('cookie')));
  return goTo(context, place.action);
}

/** `/oauth/interaction/{uid}`: signing in, and the decision about a client. */
export function addInteractionPage(app: Hono<PageEnv>, kit: Kit): void {
  app.get(`${INTERACTION}/:uid`, context => open(context, kit));
  app.post(`${INTERACTION}/:uid`, context => submit(context, kit));
}
