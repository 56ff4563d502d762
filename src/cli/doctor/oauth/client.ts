import { Secret } from '../../../base/index.ts';
import { isObject } from '../../../mcp/index.ts';
import { isHere } from '../../here.ts';
import { readJson } from '../asking.ts';
import { type Doc, findDocument, refusalText, textIn, textsIn, urlOf } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';
import { openListener } from './listener.ts';
import type { Client, Made, Registration } from './made.ts';
import type { Server } from './server.ts';

/** As whom the operator wants to be seen; otherwise a client is registered. */
export type Wishes = {
  readonly clientId: string | undefined;
  readonly clientSecret: Secret | undefined;
  readonly metadataUrl: URL | undefined;
  readonly callbackPort: number | undefined;
};

type Asked = { readonly probe: Probe; readonly server: Server; readonly port: number; readonly made: Made };

/** Becomes a client of the authorization server in the way that was wished. */
export async function introduce(probe: Probe, server: Server, wishes: Wishes, made: Made): Promise<Client> {
  made.listener = await openListener(wishes.callbackPort ?? 0);
  const asked = { probe, server, port: made.listener.port, made };
  const client = await clientOf(asked, wishes);
  made.client = client;
  return client;
}

async function clientOf(asked: Asked, { clientId, clientSecret, metadataUrl }: Wishes): Promise<Client> {
  if (metadataUrl) return byDocument(asked, metadataUrl);
  if (clientId === undefined) return register(asked);
  asked.probe.fact(`client ${clientId}, registered before`);
  const method = clientSecret ? secretMethod(asked.server) : 'none';
  return { id: clientId, secret: clientSecret, method, redirect: redirectTo(asked.port) };
}

function redirectTo(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}

function secretMethod({ authMethods }: Server): Client['method'] {
  // What is not said is client_secret_basic (RFC 8414 section 2).
  const methods = authMethods ?? ['client_secret_basic'];
  const found = (['client_secret_basic', 'client_secret_post'] as const).find(one => methods.includes(one));
  if (found) return found;
  throw new Stop('no_auth_method', methods.join(' '));
}

/** A URL as client_id; the document behind it is read as the authorization server will read it. */
async function byDocument({ probe, server, port }: Asked, url: URL): Promise<Client> {
  if (!server.takesMetadataUrls) probe.tell('cimd_not_offered');
  const found = await findDocument(probe, url);
  if (found.kind !== 'document') throw new Stop('cimd_document', found.why);
  const redirect = loopbackRedirect(found.doc, port);
  const wrong = wrongWith(found.doc, url) ?? (redirect === undefined ? 'no loopback redirect' : undefined);
  if (wrong !== undefined || redirect === undefined) throw new Stop('cimd_document', wrong);
  probe.fact(`client ${url.href}`);
  return { id: url.href, secret: undefined, method: 'none', redirect };
}

function wrongWith(doc: Doc, url: URL): string | undefined {
  if (url.protocol !== 'https:' || url.pathname === '/') return `${url.href} is no https URL with a path`;
  if (doc.client_id !== url.href) return `client_id is ${JSON.stringify(doc.client_id)}`;
  if (textIn(doc, 'client_name') === undefined) return 'client_name is missing';
  if (doc.client_secret !== undefined) return 'it holds a client_secret';
  return undefined;
}

/** The first redirect to this machine, with our port: any port must do (RFC 8252 section 7.3). */
function loopbackRedirect(doc: Doc, port: number): string | undefined {
  const redirects = (textsIn(doc, 'redirect_uris') ?? []).map(text => urlOf(text));
  const found = redirects.find(url => url?.protocol === 'http:' && isHere(url.hostname));
  if (!found) return undefined;
  found.port = String(port);
  return found.href;
}

async function register({ probe, server, port, made }: Asked): Promise<Client> {
  const { register: url, authMethods } = server;
  if (!url) throw new Stop('no_registration');
  const isPublic = authMethods?.includes('none') ?? true;
  if (!isPublic) probe.tell('no_public_clients', authMethods?.join(' '));
  const redirect = redirectTo(port);
  const wanted = {
    client_name: 'authmcp-gateway doctor',
    application_type: 'native',
    redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: isPublic ? 'none' : secretMethod(server),
  };
  const { status, body } = await probe.ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  });
  if (status !== 200 && status !== 201) throw new Stop('registration_refused', refusalText(status, body));
  const doc = readJson(body);
  const id = isObject(doc) ? textIn(doc, 'client_id') : undefined;
  if (!isObject(doc) || id === undefined) throw new Stop('registration_invalid', `HTTP ${status}`);
  made.registered = { id, registration: registrationIn(doc, url) };
  if (status !== 201) probe.tell('registration_status', `${status}`);
  checkRegistered(probe, doc, redirect);
  probe.fact(`registered as ${id}`);
  const secret = textIn(doc, 'client_secret');
  const method = methodIn(doc, wanted.token_endpoint_auth_method);
  return { id, secret: secret === undefined ? undefined : new Secret(secret), method, redirect };
}

/** What was registered counts, not what was asked for (RFC 7591 section 3.2.1). */
function methodIn(doc: Doc, asked: Client['method']): Client['method'] {
  const given = textIn(doc, 'token_endpoint_auth_method') ?? asked;
  const known = (['none', 'client_secret_basic', 'client_secret_post'] as const).find(one => one === given);
  if (known) return known;
  throw new Stop('no_auth_method', given);
}

function checkRegistered(probe: Probe, doc: Doc, redirect: string): void {
  const nulls = Object.keys(doc).filter(name => doc[name] === null);
  if (nulls.length > 0) probe.tell('registration_nulls', nulls.join(', '));
  const redirects = textsIn(doc, 'redirect_uris');
  if (redirects && !redirects.includes(redirect)) probe.tell('redirect_changed', redirects.join(' '));
}

/** The token of the registration goes back to where it came from, and nowhere else. */
function registrationIn(doc: Doc, from: URL): Registration | undefined {
  const token = textIn(doc, 'registration_access_token');
  const url = urlOf(textIn(doc, 'registration_client_uri'));
  return token !== undefined && url?.origin === from.origin ? { url, token: new Secret(token) } : undefined;
}
