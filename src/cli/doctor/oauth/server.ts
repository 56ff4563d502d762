import { type Doc, type Found, findDocument, requireSecure, textIn, textsIn, urlOf } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';

/** What a client needs to know of the authorization server. */
export type Server = {
  readonly issuer: string;
  readonly authorize: URL;
  readonly token: URL;
  readonly register: URL | undefined;
  readonly revoke: URL | undefined;
  readonly authMethods: readonly string[] | undefined;
  readonly scopes: readonly string[];
  readonly sendsIss: boolean;
  readonly takesMetadataUrls: boolean;
};

const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

/** In the order of MCP: RFC 8414 with the path inserted, OpenID so, OpenID with the path before it. */
function placesOf(issuer: URL): { readonly oauth: URL; readonly openid: readonly URL[] } {
  const path = issuer.pathname.replace(/\/$/, '');
  const inserted = new URL(`${OPENID}${path}`, issuer);
  return {
    oauth: new URL(`${OAUTH}${path}`, issuer),
    openid: path === '' ? [inserted] : [inserted, new URL(`${path}${OPENID}`, issuer)],
  };
}

/** Reads the metadata of an issuer in each form in which clients ask for it, and whether a client can work with it. */
export async function findServer(probe: Probe, issuer: string): Promise<Server> {
  const places = placesOf(new URL(issuer));
  const oauth = await findDocument(probe, places.oauth);
  const openid: Found[] = [];
  for (const url of places.openid) openid.push(await findDocument(probe, url));
  const all = [oauth, ...openid];
  const documents = all.filter(found => found.kind === 'document');
  const [chosen] = documents;
  if (!chosen) throw missing(all);
  probe.fact(documents.map(({ url }) => url.pathname).join(' and '));
  if (oauth.kind !== 'document') probe.tell('oauth_document_missing', oauth.why);
  const other = documents.find(({ doc }) => differ(chosen.doc, doc));
  if (other) probe.tell('server_documents_differ', `${chosen.url.href} and ${other.url.href}`);
  checkServer(probe, issuer, chosen.doc);
  return readServer(probe, issuer, chosen.doc);
}

function missing(all: readonly Found[]): Stop {
  const unreadable = all.some(found => found.kind === 'unreadable');
  const why = all.map(found => (found.kind === 'document' ? '' : found.why)).join('; ');
  return new Stop(unreadable ? 'server_metadata_unreadable' : 'server_metadata_missing', why);
}

const SHARED = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'code_challenge_methods_supported',
] as const;

function differ(a: Doc, b: Doc): boolean {
  return SHARED.some(name => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

function checkServer(probe: Probe, issuer: string, doc: Doc): void {
  // Byte for byte: a slash more is another issuer (RFC 8414 section 3.3).
  if (doc.issuer !== issuer) probe.tell('issuer_mismatch', `${JSON.stringify(doc.issuer)} is not ${issuer}`);
  const challenges = textsIn(doc, 'code_challenge_methods_supported');
  if (!challenges?.includes('S256'))
    probe.tell('no_s256', challenges ? challenges.join(' ') : 'it lists none');
  const types = textsIn(doc, 'response_types_supported');
  if (types && !types.includes('code')) probe.tell('no_code_flow', types.join(', '));
  if (doc.authorization_response_iss_parameter_supported !== true) probe.tell('no_iss_flag');
}

async function readServer(probe: Probe, issuer: string, doc: Doc): Promise<Server> {
  const endpoint = async (name: string): Promise<URL | undefined> => {
    if (doc[name] === undefined) return undefined;
    const url = urlOf(textIn(doc, name));
    if (!url) throw new Stop('endpoint_missing', `${name} is ${JSON.stringify(doc[name])}`);
    await requireSecure(probe, url, name);
    return url;
  };
  const needed = async (name: string): Promise<URL> => {
    const url = await endpoint(name);
    if (url) return url;
    throw new Stop('endpoint_missing', name);
  };
  const server = {
    issuer,
    authorize: await needed('authorization_endpoint'),
    token: await needed('token_endpoint'),
    register: await endpoint('registration_endpoint'),
    revoke: await endpoint('revocation_endpoint'),
    authMethods: textsIn(doc, 'token_endpoint_auth_methods_supported'),
    scopes: textsIn(doc, 'scopes_supported') ?? [],
    sendsIss: doc.authorization_response_iss_parameter_supported === true,
    takesMetadataUrls: doc.client_id_metadata_document_supported === true,
  };
  probe.fact(`registration ${waysIn(server).join(' and ') || 'by hand only'}`);
  return server;
}

function waysIn({ register, takesMetadataUrls }: Pick<Server, 'register' | 'takesMetadataUrls'>) {
  return [register && 'dynamic', takesMetadataUrls && 'by metadata document'].filter(Boolean);
}
