import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, type Served, sendJson, serve } from '../../../fixtures/serve.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One request that it got. */
export type Heard = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly form: URLSearchParams;
};

type Answer = (response: ServerResponse, heard: Heard) => void | Promise<void>;

export type AuthorityOptions = {
  /** Over what is published; `null` takes a field away. */
  readonly metadata?: Json;
  readonly resource?: Json;
  /** By path: instead of what it would do. */
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly challenge?: (origin: string) => string | undefined;
  readonly issuerPath?: string;
  readonly expiresIn?: number | undefined;
};

export type Authority = Awaited<ReturnType<typeof startAuthority>>;

const given = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/** A server and its authorization server in one, which do what they are told: for what a real one never answers. */
export async function startAuthority(first: AuthorityOptions = {}) {
  const state = {
    options: first,
    codes: new Map<string, string>(),
    refresh: new Set<string>(),
    access: new Set<string>(),
    delayMs: 0,
  };
  const heard: Heard[] = [];
  const origin = () => served.origin.replace('127.0.0.1', 'localhost');
  const issuer = () => origin() + (state.options.issuerPath ?? '');
  const at = (path: string) => issuer() + path;

  const tokens = () => {
    const access = randomBytes(12).toString('hex');
    const refresh = randomBytes(12).toString('hex');
    state.access.add(access);
    state.refresh.add(refresh);
    const { expiresIn = 3600 } = state.options;
    return { access_token: access, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refresh };
  };
  const token: Answer = async (response, { form }) => {
    if (state.delayMs > 0) await new Promise(resolve => setTimeout(resolve, state.delayMs));
    const grant = form.get('grant_type');
    if (grant === 'client_credentials')
      return sendJson(response, 200, { ...tokens(), refresh_token: undefined });
    if (grant === 'refresh_token') {
      if (!state.refresh.delete(form.get('refresh_token') ?? ''))
        return sendJson(response, 400, { error: 'invalid_grant' });
      return sendJson(response, 200, tokens());
    }
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const code = form.get('code') ?? '';
    if (state.codes.get(code) !== challenge) return sendJson(response, 400, { error: 'invalid_grant' });
    state.codes.delete(code);
    sendJson(response, 200, tokens());
  };
  const authorize: Answer = (response, { query }) => {
    const code = randomBytes(8).toString('hex');
    state.codes.set(code, query.get('code_challenge') ?? '');
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', issuer());
    response.writeHead(302, { location: back.href }).end();
  };
  const mcp: Answer = (response, { headers }) => {
    const [, bearer = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    if (state.access.has(bearer)) return sendJson(response, 200, { jsonrpc: '2.0', id: 1, result: {} });
    const challenge = state.options.challenge ? state.options.challenge(origin()) : 'Bearer';
    response.writeHead(401, challenge === undefined ? {} : { 'www-authenticate': challenge }).end();
  };
  const metadata: Answer = response =>
    sendJson(
      response,
      200,
      given({
        issuer: issuer(),
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        registration_endpoint: at('/register'),
        revocation_endpoint: at('/revoke'),
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
        authorization_response_iss_parameter_supported: true,
        ...state.options.metadata,
      }),
    );
  const usual: Readonly<Record<string, Answer>> = {
    '/mcp': mcp,
    '/authorize': authorize,
    '/token': token,
    '/register': response => sendJson(response, 201, { client_id: `c-${randomBytes(4).toString('hex')}` }),
    '/revoke': response => void response.writeHead(200).end(),
    '/.well-known/oauth-authorization-server': metadata,
    '/.well-known/oauth-protected-resource/mcp': response =>
      sendJson(
        response,
        200,
        given({ resource: `${origin()}/mcp`, authorization_servers: [issuer()], ...state.options.resource }),
      ),
  };
  const served: Served = await serve(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const body = await readBody(request);
    const one: Heard = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
      form: new URLSearchParams(body),
    };
    heard.push(one);
    const answer =
      state.options.answers?.[url.pathname] ??
      usual[url.pathname.replace(state.options.issuerPath ?? '\0', '')] ??
      usual[url.pathname];
    if (answer) await answer(response, one);
    else response.writeHead(404).end('Not found');
  });
  return {
    heard,
    state,
    get origin() {
      return origin();
    },
    get issuer() {
      return issuer();
    },
    url: () => `${origin()}/mcp`,
    become: (options: AuthorityOptions) => {
      state.options = options;
    },
    asked: (path: string) => heard.filter(one => one.path === path),
    /** Follows the authorization URL to the redirect that comes back. */
    visit: async (url: URL): Promise<URLSearchParams> => {
      const response = await fetch(url, { redirect: 'manual' });
      return new URL(response.headers.get('location') ?? '').searchParams;
    },
    close: () => served.close(),
  };
}
