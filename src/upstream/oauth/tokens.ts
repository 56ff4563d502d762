import { createPrivateKey } from 'node:crypto';
import { importPKCS8 } from 'jose';
import * as oauth from 'oauth4webapi';
import { scopesOf } from './discovery/challenge.ts';
import type { Issuer } from './discovery/discover.ts';
import type { Way } from './discovery/way.ts';
import { OAuthTrouble } from './trouble.ts';
import type { OAuthClient } from './types.ts';

/** A token endpoint's answer. */
export type Tokens = {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly lifeMs: number | undefined;
};

/** What is shown at the token endpoint. `resource` goes with each (RFC 8707 section 2.2). */
export type GrantRequest = { readonly resource: string } & (
  | { readonly kind: 'code'; readonly answer: URLSearchParams; readonly verifier: string }
  | { readonly kind: 'refresh'; readonly refreshToken: string }
  | { readonly kind: 'client_credentials'; readonly scopes: readonly string[] }
);

export type Counter = { readonly way: Way; readonly issuer: Issuer; readonly client: OAuthClient };

const BASIC = 'client_secret_basic';
const POST = 'client_secret_post';

/** How the client proves itself: as registered, else the safest that the endpoint names (RFC 8414 section 2). */
function methodOf(
  { secret, privateKey, method }: OAuthClient,
  supported: readonly string[] | undefined,
): string {
  if (privateKey) return 'private_key_jwt';
  if (!secret) return 'none';
  if (method === BASIC || method === POST || method === 'none') return method;
  const named = supported?.length ? supported : [BASIC];
  return [BASIC, POST, 'none'].find(one => named.includes(one)) ?? BASIC;
}

function algorithmOf(pem: string): string {
  const key = createPrivateKey(pem);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  if (key.asymmetricKeyType !== 'ec') return 'RS256';
  return curve === 'secp384r1' ? 'ES384' : curve === 'secp521r1' ? 'ES512' : 'ES256';
}

async function byKey(pem: string, alg: string | undefined): Promise<oauth.ClientAuth> {
  try {
    const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
    return oauth.PrivateKeyJwt(await importPKCS8(pkcs8, alg ?? algorithmOf(pem)));
  } catch {
    throw new OAuthTrouble('key');
  }
}

/** `application/x-www-form-urlencoded` of one value. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/**
 * RFC 6749 section 2.3.1. Only what must be is encoded: servers that forget to decode then understand ids with a
 * hyphen all the same.
 */
function byBasic(secret: string): oauth.ClientAuth {
  return (_server, { client_id: id }, _body, headers) => {
    const credentials = `${formEncoded(id)}:${formEncoded(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}

async function proofOf(
  client: OAuthClient,
  supported: readonly string[] | undefined,
): Promise<oauth.ClientAuth> {
  if (client.id === undefined) return () => {};
  const secret = client.secret?.reveal() ?? '';
  switch (methodOf(client, supported)) {
    case 'private_key_jwt':
      return byKey(client.privateKey?.reveal() ?? '', client.privateKeyAlg);
    case BASIC:
      return byBasic(secret);
    case POST:
      return oauth.ClientSecretPost(secret);
    default:
      return oauth.None();
  }
}

type Body = { readonly text: string; readonly isError: boolean };

/**
 * Without what stands in the way of strict reading and is not used: null members, and an ID token nobody asked about.
 * Some servers (GitHub, Slack) say errors with status 200.
 */
function tidy(text: string): Body {
  try {
    const { id_token: _, ...rest } = JSON.parse(text);
    const said = Object.entries(rest).filter(([, value]) => value !== null);
    const isError = typeof rest.error === 'string' && rest.access_token === undefined;
    return { text: JSON.stringify(Object.fromEntries(said)), isError };
  } catch {
    return { text, isError: false };
  }
}

type Sent = { readonly body?: unknown; readonly headers: Record<string, string> };

/** oauth4webapi's way out: ours, with its address rules and bounds. */
function fetchBy(way: Way) {
  return async (address: string, { body, headers }: Sent): Promise<Response> => {
    const url = new URL(address);
    const text = body === undefined || body === null ? undefined : String(body);
    const fetched = await way.ask(url, { method: 'POST', headers, body: text });
    if (!fetched.ok)
      throw new OAuthTrouble(fetched.why === 'too_large' ? 'refused' : 'unreachable', url.host);
    const { status } = fetched;
    if (status >= 500 || status === 429 || status === 408) throw new OAuthTrouble('unreachable', url.host);
    const type = fetched.headers['content-type'] ?? '';
    if (status < 200 || status === 204) return new Response(null, { status: 502 });
    // A challenge beside the error says nothing more than the error does (RFC 6749 section 5.2).
    const { text: said, isError } = tidy(fetched.body.toString('utf8'));
    return new Response(said, {
      status: isError && status < 300 ? 400 : status,
      headers: { 'content-type': type },
    });
  };
}

const optionsOf = (way: Way) => ({
  [oauth.customFetch]: fetchBy(way),
  // Which addresses may be http is decided by the way out.
  [oauth.allowInsecureRequests]: true as const,
});

/** The metadata without what is absent. */
function serverOf(issuer: Issuer): oauth.AuthorizationServer {
  const said = Object.entries(issuer).filter(([, value]) => value !== undefined);
  return { issuer: issuer.issuer, ...Object.fromEntries(said) };
}

const PASSING: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/** Errors of the other side, without its words. */
function asTrouble(error: unknown, issuer: Issuer): unknown {
  if (error instanceof OAuthTrouble) return error;
  if (error instanceof oauth.ResponseBodyError) {
    const code = /^[a-z_]{1,60}$/.test(error.error) ? error.error : 'other';
    const kind = PASSING.has(code) ? 'unreachable' : code === 'invalid_client' ? 'client' : 'refused';
    return new OAuthTrouble(kind, issuer.issuer, code);
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
    return new OAuthTrouble('refused', issuer.issuer);
  return error instanceof TypeError ? new OAuthTrouble('metadata', issuer.issuer) : error;
}

function ask(counter: Counter, proof: oauth.ClientAuth, request: GrantRequest): Promise<Response> {
  const { way, issuer, client } = counter;
  const server = serverOf(issuer);
  const who = { client_id: client.id ?? 'nobody' };
  const { resource } = request;
  const options = { ...optionsOf(way), additionalParameters: { resource } };
  switch (request.kind) {
    case 'code':
      return oauth.authorizationCodeGrantRequest(
        server,
        who,
        proof,
        request.answer,
        client.redirectUri,
        request.verifier,
        options,
      );
    case 'refresh':
      return oauth.refreshTokenGrantRequest(server, who, proof, request.refreshToken, options);
    case 'client_credentials': {
      const scope = request.scopes.join(' ');
      const params: Record<string, string> = scope === '' ? { resource } : { resource, scope };
      return oauth.clientCredentialsGrantRequest(server, who, proof, params, optionsOf(way));
    }
  }
}

/** Only what can stand in a header. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/** Asks for tokens. Throws OAuthTrouble, with the error code where there was one. */
export async function askTokens(counter: Counter, request: GrantRequest): Promise<Tokens> {
  const { issuer, client } = counter;
  try {
    const proof = await proofOf(client, issuer.token_endpoint_auth_methods_supported);
    const response = await ask(counter, proof, request);
    const who = { client_id: client.id ?? 'nobody' };
    const answer = await oauth.processGenericTokenEndpointResponse(serverOf(issuer), who, response);
    const { access_token: accessToken, refresh_token: refreshToken, scope, expires_in: life } = answer;
    if (answer.token_type !== 'bearer' || !TOKEN.test(accessToken))
      throw new OAuthTrouble('refused', issuer.issuer);
    return {
      accessToken,
      refreshToken: refreshToken || undefined,
      scopes: scope ? scopesOf(scope) : undefined,
      lifeMs: life === undefined ? undefined : life * 1000,
    };
  } catch (error) {
    throw asTrouble(error, issuer);
  }
}

/** The answer of an authorization server, checked against whom was asked (RFC 9207 section 2.4). */
export function readAnswer(
  issuer: Issuer,
  clientId: string,
  params: URLSearchParams,
  state: string,
): URLSearchParams {
  return oauth.validateAuthResponse(serverOf(issuer), { client_id: clientId }, params, state);
}

/** Ends a token where it came from (RFC 7009), as far as that works. */
async function revoke(counter: Counter, token: string, hint: string): Promise<void> {
  const { way, issuer, client } = counter;
  if (issuer.revocation_endpoint === undefined) return;
  const methods =
    issuer.revocation_endpoint_auth_methods_supported ?? issuer.token_endpoint_auth_methods_supported;
  try {
    const proof = await proofOf(client, methods);
    const options = { ...optionsOf(way), additionalParameters: { token_type_hint: hint } };
    await oauth.revocationRequest(
      serverOf(issuer),
      { client_id: client.id ?? 'nobody' },
      proof,
      token,
      options,
    );
  } catch {
    // Forgotten here it is in any case.
  }
}

/** Ends what an account has; the refresh token first, which ends the other with it at most servers. */
export async function revokeAll(
  counter: Counter,
  { refreshToken, accessToken }: { readonly refreshToken?: string | undefined; readonly accessToken: string },
): Promise<void> {
  if (refreshToken) await revoke(counter, refreshToken, 'refresh_token');
  if (accessToken) await revoke(counter, accessToken, 'access_token');
}
