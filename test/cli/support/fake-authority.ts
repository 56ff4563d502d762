import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, type Served, serve } from '../../fixtures/serve.ts';
import { answerMcp } from './fake-mcp.ts';

/** A request as the fake saw it. */
export type Seen = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
  readonly json: Readonly<Record<string, unknown>>;
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** What becomes of the good answer of one address: `undefined` is no answer at all. */
export type Twist = (reply: Reply, seen: Seen) => Reply | undefined;
export type Twists = Readonly<Record<string, Twist>>;

export type FakeOptions = {
  readonly twists?: Twists;
  readonly era?: 'legacy' | 'modern';
  readonly isConfidential?: boolean;
  /** Any token and any refresh token will do. */
  readonly isLenient?: boolean;
};

export type Fake = Served & {
  readonly url: string;
  /** `METHOD /path status` of all that came, in order. */
  readonly journal: readonly string[];
  readonly seen: readonly Seen[];
};

export function reply(
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  return { status, headers: { 'content-type': type, ...headers }, body };
}

type World = {
  readonly origin: string;
  readonly options: FakeOptions;
  readonly codes: Map<string, URLSearchParams>;
  readonly access: Set<string>;
  readonly refresh: Set<string>;
  readonly clients: Set<string>;
};

type Answer = (seen: Seen, world: World) => Reply;

const redirect = (to: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  reply(302, '', { location: to, ...headers });

export const metadataAt = (origin: string): Reply =>
  reply(200, {
    resource: `${origin}/mcp`,
    authorization_servers: [origin],
    scopes_supported: ['mcp'],
    bearer_methods_supported: ['header'],
  });

export const serverMetadataAt = (origin: string, isConfidential = false): Reply =>
  reply(200, {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    revocation_endpoint: `${origin}/revoke`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: isConfidential ? ['client_secret_basic'] : ['none'],
    scopes_supported: ['mcp', 'offline_access'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  });

const metadata: Answer = (_, { origin }) => metadataAt(origin);
const serverMetadata: Answer = (_, { origin, options }) => serverMetadataAt(origin, options.isConfidential);

const register: Answer = ({ json }, { origin, clients, options }) => {
  const id = `client-${clients.size + 1}`;
  clients.add(id);
  return reply(201, {
    ...json,
    client_id: id,
    ...(options.isConfidential && { client_secret: 'a b&c' }),
    registration_access_token: `rat-${id}`,
    registration_client_uri: `${origin}/register/${id}`,
  });
};

const authorize: Answer = ({ url }) => redirect(`/login${url.search}`, { 'set-cookie': 'seen=1; Path=/' });

const form = (fields: string): Reply =>
  reply(200, `<!doctype html><title>Fake</title><form method="post"><h1>Sign in</h1>${fields}</form>`);

const login: Answer = ({ method, url, form: sent, headers }) => {
  if (method === 'GET')
    return form(
      `<input type="hidden" name="token" value="a&amp;b"><input name="user"><button>Go on</button>`,
    );
  const isRight = sent.get('user') === 'alice' && sent.get('token') === 'a&b';
  if (!isRight || !headers.cookie?.includes('seen=1')) return reply(400, 'The form came back wrong');
  return redirect(`/consent${url.search}`, { 'set-cookie': 'user=alice; Path=/consent' });
};

const consent: Answer = ({ method, url, form: sent, headers }, { origin, codes }) => {
  if (!headers.cookie?.includes('user=alice')) return reply(400, 'Nobody is signed in');
  if (method === 'GET')
    return form(
      `<button name="answer" value="yes">Allow</button><button name="answer" value="no">Deny</button>`,
    );
  const back = new URL(url.searchParams.get('redirect_uri') ?? '');
  const code = randomUUID();
  codes.set(code, url.searchParams);
  const outcome = sent.get('answer') === 'yes' ? { code } : { error: 'access_denied' };
  const query = { ...outcome, state: url.searchParams.get('state') ?? '', iss: origin };
  for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
  return redirect(back.href);
};

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', typ: 'at+jwt' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const invalid = (error: string, description: string): Reply =>
  reply(400, { error, error_description: description }, { 'cache-control': 'no-store' });

const token: Answer = ({ form: sent, headers }, world) => {
  const { origin, codes, access, refresh, options } = world;
  const proof = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString();
  if (options.isConfidential && !proof.endsWith(':a+b%26c')) return invalid('invalid_client', 'who are you?');
  if (sent.get('resource') !== `${origin}/mcp`) return invalid('invalid_target', 'unknown resource');
  if (sent.get('grant_type') === 'refresh_token') {
    const isKnown = refresh.delete(sent.get('refresh_token') ?? '');
    if (!isKnown && !options.isLenient) return invalid('invalid_grant', 'unknown token');
  } else {
    const asked = codes.get(sent.get('code') ?? '');
    codes.delete(sent.get('code') ?? '');
    const hash = createHash('sha256').update(sent.get('code_verifier') ?? '');
    const isRight =
      asked?.get('code_challenge') === hash.digest('base64url') &&
      asked.get('redirect_uri') === sent.get('redirect_uri');
    if (!isRight) return invalid('invalid_grant', 'unknown code');
  }
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const tokens = {
    access: jwt({ iss: origin, aud: `${origin}/mcp`, exp, jti: randomUUID() }),
    next: randomUUID(),
  };
  access.add(tokens.access);
  refresh.add(tokens.next);
  const body = {
    access_token: tokens.access,
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'mcp',
    refresh_token: tokens.next,
  };
  return reply(200, body, { 'cache-control': 'no-store' });
};

const revoke: Answer = ({ form: sent }, { access, refresh }) => {
  access.delete(sent.get('token') ?? '');
  refresh.delete(sent.get('token') ?? '');
  return reply(200);
};

const unregister: Answer = ({ url, headers }, { clients }) => {
  const id = url.pathname.slice('/register/'.length);
  return headers.authorization === `Bearer rat-${id}` && clients.delete(id) ? reply(204) : reply(401);
};

const mcp: Answer = (seen, { origin, access, options }) => {
  const bearer = seen.headers.authorization?.replace(/^Bearer /, '');
  if (bearer !== undefined && (access.has(bearer) || options.isLenient))
    return answerMcp(seen, options.era ?? 'legacy');
  const at = `${origin}/.well-known/oauth-protected-resource/mcp`;
  return reply(
    401,
    { error: 'unauthorized' },
    {
      'www-authenticate': `Basic realm="x", Bearer resource_metadata="${at}", scope="mcp"`,
    },
  );
};

const ROUTES: Readonly<Record<string, Answer>> = {
  '/mcp': mcp,
  '/.well-known/oauth-protected-resource/mcp': metadata,
  '/.well-known/oauth-authorization-server': serverMetadata,
  '/.well-known/openid-configuration': serverMetadata,
  '/register': register,
  '/register/client-1': unregister,
  '/authorize': authorize,
  '/login': login,
  '/consent': consent,
  '/token': token,
  '/revoke': revoke,
};

/** An MCP server and its authorization server, good as they are, on one origin; each row of a test twists one answer. */
export async function startFake(options: FakeOptions = {}): Promise<Fake> {
  const journal: string[] = [];
  const all: Seen[] = [];
  const maps = {
    codes: new Map(),
    access: new Set<string>(),
    refresh: new Set<string>(),
    clients: new Set<string>(),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const seen = await read(request, served.origin);
    all.push(seen);
    const { pathname } = seen.url;
    const good =
      ROUTES[pathname]?.(seen, { origin: served.origin, options, ...maps }) ?? reply(404, 'Nothing here');
    const twist = options.twists?.[pathname];
    const given = twist ? twist(good, seen) : good;
    journal.push(`${seen.method} ${pathname} ${given?.status ?? 'silence'}`);
    if (!given) return;
    response.writeHead(given.status, given.headers);
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
  };
  const served: Served = await serve((request, response) => void answer(request, response));
  return { ...served, url: `${served.origin}/mcp`, journal, seen: all };
}

async function read(request: IncomingMessage, origin: string): Promise<Seen> {
  const body = await readBody(request);
  const { method = '', headers } = request;
  const isJson = headers['content-type'] === 'application/json';
  return {
    method,
    headers,
    url: new URL(request.url ?? '/', origin),
    form: new URLSearchParams(isJson ? '' : body),
    json: isJson ? JSON.parse(body) : {},
  };
}
