import type { Hono } from 'hono';
import { html } from 'hono/html';
import type Provider from 'oidc-provider';
import type { DeviceCode } from 'oidc-provider';
import type { SignedIn } from '../../auth/index.ts';
import { networkOf } from '../../http/index.ts';
import type { Html } from '../../pages/index.ts';
import {
  goTo,
  isSameOrigin,
  layout,
  type PageContext,
  type PageEnv,
  problems,
  readForm,
  say,
  show,
} from '../../pages/index.ts';
import { createBuckets } from '../../shared/index.ts';
import { resourceOf } from '../resources.ts';
import { IDENTITY_SCOPES, SCOPE_WORDS, splitScope } from '../scopes.ts';
import { cleanName } from './client-face.ts';
import { type Kit, noteRefused } from './kit.ts';

const PATH = '/device';
const CODE = /^[A-Z]{8}$/;

/** As somebody types it: with or without the hyphen, in any case. */
const normalize = (text: string) => text.toUpperCase().replace(/[^A-Z]/g, '');
const spelt = (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`;

type Asking = { readonly code: DeviceCode; readonly provider: Provider };
type Face = {
  readonly client: string;
  readonly where: string;
  readonly when: string;
  readonly words: readonly string[];
};

function frame(nonce: string, body: Html): Html {
  return layout({ title: 'Connect a device', nonce }, html`<p class="name">AuthMCP Gateway</p>${body}`);
}

function codeView(nonce: string, formToken: string, value: string, wrong: readonly string[]): Html {
  return frame(
    nonce,
    html`<h1>Connect a device</h1>
<p class="soft">Type the eight letters that your program shows.</p>
${problems(wrong)}
<form class="card" method="post" action="${PATH}"><input type="hidden" name="form" value="${formToken}">
<input type="hidden" name="step" value="code">
<div class="field"><label for="code">Code</label>
<input class="code" id="code" name="code" value="${value}" required autocomplete="off" autocapitalize="characters"
 spellcheck="false" maxlength="9"></div>
<button type="submit" name="go" value="yes">Continue</button></form>`,
  );
}

function confirmView(nonce: string, formToken: string, code: string, face: Face): Html {
  return frame(
    nonce,
    html`<h1>Is this you?</h1>
<p><strong>${face.client}</strong> asks to use this gateway as you. Unverified: it calls itself that; nobody checked.</p>
<p>Its code is <strong>${spelt(code)}</strong>. It was asked for ${face.when}, from <strong>${face.where}</strong>.</p>
<p>It will be able to:</p><ul>${face.words.map(words => html`<li>${words}</li>`)}</ul>
<p class="bad" role="note">Go on only if you started this yourself. Nobody from this gateway will ever send you a code.</p>
<form class="card" method="post" action="${PATH}"><input type="hidden" name="form" value="${formToken}">
<input type="hidden" name="step" value="decide"><input type="hidden" name="code" value="${code}">
<p class="row"><button type="submit" name="decision" value="allow">Allow</button>
<button class="quiet" type="submit" name="decision" value="deny">Deny</button></p></form>`,
  );
}

async function find(kit: Kit, code: string): Promise<Asking | undefined> {
  if (!CODE.test(code)) return undefined;
  const provider = await kit.provider();
  const found = await provider.DeviceCode.findByUserCode(code);
  return found && !found.accountId && !found.error && !found.consumed ? { code: found, provider } : undefined;
}

const scopesOf = ({ code }: Asking) => splitScope(String(code.params?.scope ?? ''));

async function faceOf(kit: Kit, asking: Asking): Promise<Face> {
  const { code, provider } = asking;
  const client = await provider.Client.find(String(code.clientId));
  const { ip, ua } = (code.deviceInfo ?? {}) as { readonly ip?: string; readonly ua?: string };
  const minutes = Math.floor((kit.clock.now() / 1000 - code.iat) / 60);
  const scopes = scopesOf(asking);
  const reaches = scopes.filter(scope => scope.startsWith('mcp'));
  const named = reaches.map(scope => (scope === 'mcp' ? 'all your servers' : scope.slice(4)));
  const tools = reaches.length > 0 ? [`call tools on ${named.join(', ')}`] : ['know that it is you'];
  return {
    client: cleanName(client?.clientName ?? '') || 'A program without a name',
    where: `${ip ?? 'an unknown address'}${ua ? ` (${cleanName(ua)})` : ''}`,
    when: minutes < 1 ? 'less than a minute ago' : `${minutes} minute${minutes === 1 ? '' : 's'} ago`,
    words: [...tools, ...scopes.map(scope => SCOPE_WORDS[scope]).filter(word => word !== undefined)],
  };
}

/** RFC 8628 section 3.3: what the person decided, for the device that polls. */
async function decide(
  kit: Kit,
  asking: Asking,
  { user, session }: SignedIn,
  isAllowed: boolean,
): Promise<void> {
  const { code, provider } = asking;
  if (!isAllowed) {
    Object.assign(code, { error: 'access_denied', errorDescription: 'the person said no' });
    await code.save();
    return;
  }
  const scopes = scopesOf(asking);
  const given = code.params?.resource;
  const resource = String(
    (Array.isArray(given) ? given[0] : given) ?? resourceOf(kit.origin(), undefined).audience,
  );
  const grant = new provider.Grant({ clientId: String(code.clientId), accountId: user.id });
  grant.addOIDCScope(scopes.filter(one => (IDENTITY_SCOPES as readonly string[]).includes(one)).join(' '));
  grant.addResourceScope(resource, scopes.join(' '));
  const grantId = await grant.save();
  const authTime = Math.floor(session.passwordAt / 1000);
  Object.assign(code, {
    accountId: user.id,
    grantId,
    scope: scopes.join(' '),
    resource,
    authTime,
    amr: ['pwd'],
  });
  await code.save();
}

/** Five tries of an address and ten of an account in ten minutes (C18): eight letters of twenty are 2.5e10. */
function createTries({ clock }: Kit) {
  const tries = (capacity: number) => createBuckets({ capacity, refillPerSecond: capacity / 600, clock });
  const [byAddress, byAccount] = [tries(5), tries(10)];
  return {
    take: (address: string, account: string) =>
      byAddress.take(networkOf(address)).ok && byAccount.take(account).ok,
    give: (address: string, account: string) => {
      byAddress.give(networkOf(address));
      byAccount.give(account);
    },
  };
}

type Tries = ReturnType<typeof createTries>;

function askCode(
  context: PageContext,
  kit: Kit,
  { formToken }: SignedIn,
  { status, wrong }: { readonly status: number; readonly wrong: readonly string[] },
): Promise<Response> {
  const code = normalize(context.req.query('user_code') ?? '');
  return show(context, { origin: kit.origin(), status }, nonce =>
    codeView(nonce, formToken, code === '' ? '' : spelt(code), wrong),
  );
}

async function answerCode(
  context: PageContext,
  kit: Kit,
  signedIn: SignedIn,
  { form, asking }: { readonly form: URLSearchParams; readonly asking: Asking },
): Promise<Response> {
  const answer = { origin: kit.origin(), status: 200 };
  if (form.get('step') !== 'decide') {
    const face = await faceOf(kit, asking);
    const code = normalize(form.get('code') ?? '');
    return show(context, answer, nonce => confirmView(nonce, signedIn.formToken, code, face));
  }
  const isAllowed = form.get('decision') === 'allow';
  await decide(kit, asking, signedIn, isAllowed);
  return say(
    context,
    answer,
    isAllowed
      ? ['Connected', 'Go back to your program. You may close this page.']
      : ['Refused', 'Nothing was given. You may close this page.'],
  );
}

async function submit(context: PageContext, kit: Kit, tries: Tries): Promise<Response> {
  const form = await readForm(context);
  const signedIn = await kit.sessions.read(context.req.header('cookie'));
  if (!signedIn) return goTo(context, `/login?next=${encodeURIComponent(PATH)}`);
  const again = (status: number, wrong: string) =>
    askCode(context, kit, signedIn, { status, wrong: [wrong] });
  const isOurs =
    isSameOrigin(context, kit.origin()) && kit.sessions.isFormToken(signedIn, form.get('form') ?? '');
  const [address, account] = [kit.addressOf(context.env.incoming), signedIn.user.id];
  if (!isOurs) {
    noteRefused(context, kit, { at: PATH, error: 'foreign_form', principal: account });
    return again(403, 'The form was too old. Send it again.');
  }
  if (!tries.take(address, account)) {
    kit.ledger.event({
      type: 'rate_limited',
      severity: 'medium',
      principal: account,
      address,
      detail: { at: PATH },
    });
    context.header('Retry-After', '120');
    return again(429, 'Too many wrong codes. Wait a few minutes.');
  }
  const asking = await find(kit, normalize(form.get('code') ?? ''));
  if (!asking) {
    noteRefused(context, kit, { at: PATH, error: 'unknown_code', principal: account });
    return again(400, 'There is no such code, or it has expired.');
  }
  tries.give(address, account);
  return answerCode(context, kit, signedIn, { form, asking });
}

/** `/device` (RFC 8628 section 3.3): for programs on machines without a browser. Nothing is sent by itself. */
export function addDevicePage(app: Hono<PageEnv>, kit: Kit): void {
  const tries = createTries(kit);
  app.get(PATH, async context => {
    const signedIn = await kit.sessions.read(context.req.header('cookie'));
    if (signedIn) return askCode(context, kit, signedIn, { status: 200, wrong: [] });
    const code = normalize(context.req.query('user_code') ?? '');
    const next = CODE.test(code) ? `${PATH}?user_code=${spelt(code)}` : PATH;
    return goTo(context, `/login?next=${encodeURIComponent(next)}`);
  });
  app.post(PATH, context => submit(context, kit, tries));
}
