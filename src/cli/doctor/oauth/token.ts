import { Secret } from '../../../base/index.ts';
import { isObject } from '../../../mcp/index.ts';
import { type Answer, headerOf, readJson } from '../asking.ts';
import { type Doc, refusalText, textIn } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';
import type { SignIn } from './authorize.ts';
import type { Client, Made } from './made.ts';
import type { Resource } from './resource.ts';
import type { Server } from './server.ts';

export type Tokens = { readonly access: Secret; readonly refresh: Secret | undefined };

/** At whose token endpoint, as whom and for what. */
export type Counter = {
  readonly server: Server;
  readonly client: Client;
  readonly resource: Resource;
  readonly made: Made;
};

/** A POST in the name of the client, which says who it is in the way that it registered. */
export function postAs(
  probe: Probe,
  { id, secret, method }: Client,
  url: URL,
  form: Readonly<Record<string, string>>,
): Promise<Answer> {
  const body = new URLSearchParams(form);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const proof = secret?.reveal() ?? '';
  if (method === 'client_secret_basic') {
    // RFC 6749 section 2.3.1: both are form-encoded first.
    const pair = [id, proof].map(text => new URLSearchParams({ '': text }).toString().slice(1)).join(':');
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    body.set('client_id', id);
    if (method === 'client_secret_post') body.set('client_secret', proof);
  }
  return probe.ask(url, { method: 'POST', headers, body: body.toString() });
}

/** Redeems the code. */
export async function exchange(
  probe: Probe,
  counter: Counter,
  signIn: SignIn,
  code: string,
): Promise<Tokens> {
  const { server, client, resource, made } = counter;
  const answer = await postAs(probe, client, server.token, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: signIn.redirect,
    code_verifier: signIn.verifier,
    resource: resource.id,
  });
  if (answer.status !== 200) throw new Stop('token_error', refusalText(answer.status, answer.body));
  const { tokens, doc } = readTokens(answer, made);
  checkAnswer(probe, doc, headerOf(answer.headers, 'cache-control'));
  tellClaims(probe, claimsOf(tokens.access), resource);
  if (tokens.refresh) probe.fact('a refresh token');
  else probe.tell('no_refresh_token');
  return tokens;
}

/** Uses the refresh token once. */
export async function refresh(probe: Probe, counter: Counter, used: Secret): Promise<Tokens> {
  const { server, client, resource, made } = counter;
  const answer = await postAs(probe, client, server.token, {
    grant_type: 'refresh_token',
    refresh_token: used.reveal(),
    resource: resource.id,
  });
  if (answer.status !== 200) throw new Stop('refresh_error', refusalText(answer.status, answer.body));
  const { tokens } = readTokens(answer, made);
  const isSame = (tokens.refresh ?? used).reveal() === used.reveal();
  // A confidential client proves itself each time; its token may stay.
  if (isSame && client.method === 'none') probe.tell('refresh_not_rotated');
  probe.fact(isSame ? 'a new access token' : 'a new access token, and the next refresh token');
  return tokens;
}

function readTokens({ body }: Answer, made: Made): { readonly tokens: Tokens; readonly doc: Doc } {
  const doc = readJson(body);
  const access = isObject(doc) ? textIn(doc, 'access_token') : undefined;
  if (!isObject(doc) || access === undefined) throw new Stop('token_unreadable');
  const refreshText = textIn(doc, 'refresh_token');
  const tokens = {
    access: new Secret(access),
    refresh: refreshText === undefined ? undefined : new Secret(refreshText),
  };
  made.tokens.push(...(tokens.refresh ? [tokens.refresh] : []), tokens.access);
  const type = textIn(doc, 'token_type');
  if (type?.toLowerCase() !== 'bearer') throw new Stop('token_type', type ?? 'it is missing');
  return { tokens, doc };
}

function checkAnswer(probe: Probe, doc: Doc, cacheControl: string | undefined): void {
  if (!/\bno-store\b/i.test(cacheControl ?? '')) probe.tell('token_cached', cacheControl);
  const seconds = Number(doc.expires_in);
  if (Number.isFinite(seconds)) probe.fact(`lives ${seconds} s`);
  else probe.tell('token_no_expiry');
  const scope = textIn(doc, 'scope');
  if (scope !== undefined) probe.fact(`scope ${scope}`);
}

/** What a JWT says of itself; nothing where the token is none. It is the resource server that must verify it. */
function claimsOf(token: Secret): Doc | undefined {
  const [, payload, , ...more] = token.reveal().split('.');
  const claims = readJson(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
  return more.length === 0 && isObject(claims) ? claims : undefined;
}

function tellClaims(probe: Probe, claims: Doc | undefined, { id }: Resource): void {
  if (!claims) return probe.fact('an opaque token');
  const audiences = [claims.aud].flat().filter(one => typeof one === 'string');
  probe.fact(`a JWT for ${audiences.join(' ') || 'nobody named'}`);
  const bare = (text: string): string => text.replace(/\/$/, '');
  if (!audiences.some(one => bare(one) === bare(id)))
    probe.tell('token_audience', audiences.join(' ') || 'no aud');
  if (typeof claims.exp === 'number' && claims.exp * 1000 < Date.now())
    probe.tell('token_stale', `exp ${claims.exp}`);
}
