import { createHash, randomBytes } from 'node:crypto';
import { createPasswords, makeApiKey } from '../../../src/auth/index.ts';
import { Secret, type ServerName } from '../../../src/base/index.ts';
import { type Browser, createBrowser } from '../../support/browser.ts';
import { type GatewayHere, type HereOptions, startGatewayHere } from '../../support/gateway-here.ts';

export const PASSWORD = 'Otter-lantern-47';
export const REDIRECT = 'http://127.0.0.1:62003/callback';
export const WEB_REDIRECT = 'https://client.example/callback';

export type Json = { readonly [name: string]: unknown };
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };
export type Params = Readonly<Record<string, string | undefined>>;

export type World = GatewayHere & {
  /** Makes a person who signs in with `PASSWORD`. */
  addPerson(name: string, grants?: readonly string[]): Promise<void>;
  /** An API key of a person, of scope `mcp`. */
  keyOf(name: string): Promise<string>;
  /** A browser of one person; it stops where a client would listen. */
  browserOf(name: string): Browser;
  register(metadata?: Json): Promise<Answer>;
  clientId(metadata?: Json): Promise<string>;
  authorizeUrl(params: Params): string;
  /** Signs in, agrees, and gives what the client's redirect got. */
  authorize(browser: Browser, params: Params): Promise<URLSearchParams>;
  post(path: string, params: Params, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The whole way to tokens. */
  tokensFor(browser: Browser, clientId: string, params?: Params): Promise<Answer>;
  /** `tools/list` with this token. */
  call(token: string, path?: string): Promise<{ readonly status: number; readonly challenge: string | null }>;
};

export type Pkce = { readonly verifier: string; readonly challenge: string };

export function makePkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

const isCallback = (url: URL) => url.href.startsWith(REDIRECT) || url.href.startsWith(WEB_REDIRECT);

const given = (params: Params) =>
  new URLSearchParams(
    Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Json);
  return { status: response.status, headers: response.headers, body };
}

/** A gateway with its authorization server, and what clients and people do with it. */
export async function startWorld(options: Partial<HereOptions> = {}): Promise<World> {
  const gateway = await startGatewayHere({ servers: {}, ...options });
  const { url, store } = gateway;
  const hash = await createPasswords().hash(new Secret(PASSWORD));
  const post: World['post'] = async (path, params, headers = {}) =>
    read(await fetch(url(path), { method: 'POST', body: given(params), headers }));
  const register: World['register'] = async (metadata = {}) =>
    read(
      await fetch(url('/oauth/register'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'Test client', redirect_uris: [REDIRECT], ...metadata }),
      }),
    );
  const authorizeUrl = (params: Params) => url(`/authorize?${given(params)}`);
  const authorize: World['authorize'] = async (browser, params) => {
    const page = await browser.signIn(authorizeUrl({ response_type: 'code', ...params }));
    return new URL(page.url).searchParams;
  };
  return {
    ...gateway,
    post,
    register,
    authorizeUrl,
    authorize,
    addPerson: async (name, grants = []) => {
      const made = await store.createUser({ name, role: 'user', passwordHash: hash }, Date.now());
      if (typeof made === 'string') throw new Error(made);
      for (const server of grants) await store.addGrant({ userId: made.id, server: server as ServerName });
    },
    keyOf: async name => {
      const user = await store.userByName(name);
      if (!user) throw new Error(`no ${name}`);
      const { id, key, secretHash } = makeApiKey();
      const rest = { name: 'test', scopes: ['mcp'], createdAt: Date.now(), expiresAt: undefined };
      await store.createKey({ id, userId: user.id, secretHash, ...rest });
      return key.reveal();
    },
    browserOf: name => createBrowser({ fill: { name, password: PASSWORD }, stopAt: isCallback }),
    clientId: async metadata => String((await register(metadata)).body.client_id),
    tokensFor: async (browser, clientId, params = {}) => {
      const { verifier, challenge } = makePkce();
      const redirect_uri = params.redirect_uri ?? REDIRECT;
      const asked = { client_id: clientId, redirect_uri, code_challenge: challenge };
      const back = await authorize(browser, { ...asked, code_challenge_method: 'S256', ...params });
      return post('/oauth/token', {
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri,
        code: back.get('code') ?? undefined,
        code_verifier: verifier,
      });
    },
    call: async (token, path = '/mcp') => {
      const response = await fetch(url(path), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      });
      await response.arrayBuffer();
      return { status: response.status, challenge: response.headers.get('www-authenticate') };
    },
  };
}

/** The claims of a signed token, unverified. */
export function claimsOf(token: unknown): Json {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8'));
}
