import { z } from 'zod';
import type { OAuthAuth, ServerEntry } from '../../../mcp/index.ts';
import { OAuthTrouble } from '../trouble.ts';
import type { Challenge } from './challenge.ts';
import type { Way } from './way.ts';

const texts = z.array(z.string().max(2000)).max(500);

/** RFC 9728 section 2. */
const resourceDocument = z.object({
  resource: z.string(),
  authorization_servers: texts.optional().catch(undefined),
  scopes_supported: texts.optional().catch(undefined),
});

/** RFC 8414 section 2, as far as it is used. */
export const issuerDocument = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string().optional(),
  token_endpoint: z.string().optional(),
  registration_endpoint: z.string().optional(),
  revocation_endpoint: z.string().optional(),
  scopes_supported: texts.optional().catch(undefined),
  token_endpoint_auth_methods_supported: texts.optional().catch(undefined),
  revocation_endpoint_auth_methods_supported: texts.optional().catch(undefined),
  code_challenge_methods_supported: texts.optional().catch(undefined),
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
  client_id_metadata_document_supported: z.boolean().optional().catch(undefined),
});

/** An authorization server's metadata; what it does not say is absent. */
export type Issuer = z.infer<typeof issuerDocument>;

/** A server's resource identifier, its authorization server, and the scopes that it names. */
export type Found = {
  readonly issuer: Issuer;
  readonly resource: string;
  readonly scopes: readonly string[] | undefined;
};

/** A server answers many things to a path that it does not know; a page is no document. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `undefined`: there is no such document here. Throws where it is unknown whether there is, or it makes no sense. */
async function read<T>(way: Way, url: URL, shape: z.ZodType<T>): Promise<T | undefined> {
  const fetched = await way.ask(url, { headers: { accept: 'application/json' } });
  if (!fetched.ok) {
    if (fetched.why === 'too_large' || fetched.why === 'invalid')
      throw new OAuthTrouble('metadata', url.host);
    throw new OAuthTrouble('unreachable', url.host);
  }
  if (fetched.status >= 500) throw new OAuthTrouble('unreachable', url.host);
  const document = fetched.status === 200 ? parse(fetched.body) : undefined;
  if (document === undefined) return undefined;
  const read = shape.safeParse(document);
  if (!read.success) throw new OAuthTrouble('metadata', url.host);
  return read.data;
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/** RFC 9728 section 3: the well-known path goes between host and path. */
function resourceDocuments(server: URL): readonly URL[] {
  const root = new URL('/.well-known/oauth-protected-resource', server);
  const path = withoutSlash(server.pathname);
  return path === '' ? [root] : [new URL(root.href + path + server.search), root];
}

/** The canonical URI of a server (MCP 2026-07-28 authorization, "Canonical Server URI"). */
function canonical(server: URL): string {
  const { origin, pathname, search } = server;
  return pathname === '/' && search === '' ? origin : origin + pathname + search;
}

/**
 * The document must be that of this server: its resource is the server's address, or the part of the origin under
 * which it lies (RFC 9728 section 3.3; MCP 2026-07-28 "Resource Parameter Implementation").
 */
function isResourceOf(resource: string, server: URL): boolean {
  const named = URL.parse(resource);
  if (!named || named.hash || named.username || named.password || named.origin !== server.origin)
    return false;
  if (named.search && named.search !== server.search) return false;
  const path = withoutSlash(named.pathname);
  return server.pathname === path || server.pathname.startsWith(`${path}/`);
}

async function readResource(way: Way, server: URL, challenge: Challenge) {
  const named = challenge.resourceMetadata;
  if (named !== undefined) {
    const url = URL.parse(named);
    if (!url) throw new OAuthTrouble('metadata', server.host);
    const document = await read(way, url, resourceDocument);
    if (!document) throw new OAuthTrouble('metadata', url.host);
    return document;
  }
  for (const url of resourceDocuments(server)) {
    const document = await read(way, url, resourceDocument);
    if (document) return document;
  }
  return undefined;
}

/** In the order of priority (MCP 2026-07-28 authorization-server-discovery, "Metadata Discovery"). */
function issuerDocuments(issuer: URL): readonly URL[] {
  const path = withoutSlash(issuer.pathname);
  const at = (text: string): URL => new URL(issuer.origin + text);
  const oauth = at(`/.well-known/oauth-authorization-server${path}`);
  const openid = at(`/.well-known/openid-configuration${path}`);
  return path === '' ? [oauth, openid] : [oauth, openid, at(`${path}/.well-known/openid-configuration`)];
}

/**
 * The metadata of an issuer; undefined where it publishes none. The document's `issuer` is the very text that it was
 * looked up by (RFC 8414 section 3.3).
 */
async function readIssuer(way: Way, issuer: string): Promise<Issuer | undefined> {
  const url = URL.parse(issuer);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isHttp || url.hash || url.search) throw new OAuthTrouble('metadata', issuer);
  for (const address of issuerDocuments(url)) {
    const document = await read(way, address, issuerDocument);
    if (!document) continue;
    if (document.issuer !== issuer) throw new OAuthTrouble('issuer', issuer);
    return document;
  }
  return undefined;
}

/** Servers of 2025-03-26 are their own authorization server, at fixed paths where it publishes no metadata. */
async function readOlder(way: Way, server: URL): Promise<Issuer> {
  const issuer = server.origin;
  const at = (path: string): string => issuer + path;
  return (
    (await readIssuer(way, issuer)) ?? {
      issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      registration_endpoint: at('/register'),
      // "PKCE is REQUIRED for all clients" there, so that it need not be advertised.
      code_challenge_methods_supported: ['S256'],
    }
  );
}

/** The one of the named authorization servers that is used: the configured one, or the first. */
function choose(named: readonly string[], auth: OAuthAuth): string {
  const [first] = named;
  if (auth.issuer === undefined || named.includes(auth.issuer)) return auth.issuer ?? String(first);
  throw new OAuthTrouble('other_issuer', first);
}

export function urlOf({ transport }: ServerEntry): URL {
  return new URL(transport.kind === 'stdio' ? 'stdio:' : transport.url);
}

/** The resource identifier of a server that publishes none. */
export const canonicalOf = (entry: ServerEntry): string => canonical(urlOf(entry));

/** Everything that a server says about who gives tokens for it. Throws OAuthTrouble. */
export async function discover(way: Way, entry: ServerEntry, challenge: Challenge): Promise<Found> {
  const auth = entry.auth as OAuthAuth;
  const server = urlOf(entry);
  const document = await readResource(way, server, challenge);
  const named = document?.authorization_servers ?? [];
  if (document && !isResourceOf(document.resource, server)) throw new OAuthTrouble('resource');
  if (document === undefined || named.length === 0) {
    const older =
      auth.issuer === undefined ? await readOlder(way, server) : await readIssuer(way, auth.issuer);
    if (!older) throw new OAuthTrouble('metadata', auth.issuer);
    return {
      issuer: older,
      resource: document?.resource ?? canonical(server),
      scopes: document?.scopes_supported,
    };
  }
  const chosen = choose(named, auth);
  const issuer = await readIssuer(way, chosen);
  if (!issuer) throw new OAuthTrouble('metadata', chosen);
  return { issuer, resource: document.resource, scopes: document.scopes_supported };
}
