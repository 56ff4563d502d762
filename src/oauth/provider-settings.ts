import { type Configuration, errors } from 'oidc-provider';
import { LONGEST_ACCESS_MS } from '../auth/index.ts';
import { deriveKey, type UserId } from '../base/index.ts';
import { interactionPolicy } from './interaction-policy.ts';
import { OWN_METADATA, ownOf } from './own-metadata.ts';
import { featuresOf, type ProviderParts } from './provider-features.ts';
import { IDENTITY_SCOPES } from './scopes.ts';
import type { OAuthDeps } from './types.ts';

/** Where the provider answers; every other path of it is switched off. */
export const PATHS = {
  authorization: '/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  device_authorization: '/oauth/device_authorization',
  pushed_authorization_request: '/oauth/par',
  code_verification: '/device',
  jwks: '/oauth/jwks',
} as const;

export const INTERACTION = '/oauth/interaction';
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const CODE_TTL_S = 300;
const DEVICE_TTL_S = 900;
const INTERACTION_TTL_S = 1800;
const LONGEST_ASSERTION_S = 3600;

type Part = Partial<Configuration>;

const seconds = (ms: number) => Math.max(1, Math.floor(ms / 1000));

function ttlsOf({ settings }: OAuthDeps): Part {
  const accessMs = (client: object | undefined) =>
    ownOf(client).authmcp_access_ttl_ms ?? settings.accessTtlMs;
  return {
    ttl: {
      AccessToken: (_context, _token, client) => seconds(accessMs(client)),
      ClientCredentials: (_context, _token, client) => seconds(accessMs(client)),
      AuthorizationCode: CODE_TTL_S,
      DeviceCode: DEVICE_TTL_S,
      IdToken: 3600,
      Interaction: INTERACTION_TTL_S,
      PushedAuthorizationRequest: 90,
      Session: 60,
      // A grant outlives every token that it gave, so that what was revoked is remembered for long enough.
      Grant: () => seconds(settings.refreshMaxMs + Math.max(settings.accessTtlMs, LONGEST_ACCESS_MS)),
      RefreshToken: (_context, token, client) => {
        const sliding = ownOf(client).authmcp_refresh_ttl_ms ?? settings.refreshSlidingMs;
        const begun = (token.iiat ?? Math.floor(Date.now() / 1000)) * 1000;
        return seconds(Math.min(sliding, begun + settings.refreshMaxMs - Date.now()));
      },
    },
  };
}

function accountsOf({ live }: OAuthDeps): Part {
  return {
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
    },
    findAccount: (_context, id) => {
      const user = live.current().users.get(id as UserId);
      if (!user || user.disabled) return undefined;
      const name = { name: user.fullName ?? user.name, preferred_username: user.name };
      const email = user.email === undefined ? {} : { email: user.email, email_verified: false };
      return { accountId: id, claims: () => Promise.resolve({ sub: id, ...name, ...email }) };
    },
  };
}

function clientsOf(algorithm: 'ES256' | 'RS256'): Part {
  return {
    // Without these neither loopback, nor cursor://, nor public clients would register (RFC 8252, RFC 7591).
    clientDefaults: {
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: algorithm,
    },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    extraClientMetadata: { properties: [...OWN_METADATA, 'software_id', 'software_version'] },
    enabledJWA: {
      idTokenSigningAlgValues: [algorithm],
      clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    },
    // RFC 7523 section 3: one that lives for years would have to be remembered as long.
    assertJwtClientAuthClaimsAndHeader: (_context, { exp }) => {
      if (Number(exp) > Date.now() / 1000 + LONGEST_ASSERTION_S)
        throw new errors.InvalidClientAuth('expiration (exp) is too far in the future');
    },
    // The client of /auth/login: its tokens can be revoked here too, and it can do nothing else.
    clients: [
      {
        client_id: 'authmcp-login',
        grant_types: [],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'none',
      },
    ],
  };
}

function cookiesOf({ master, origin }: OAuthDeps): Part {
  const isHttps = origin().startsWith('https:');
  const options = {
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps,
    signed: true,
    overwrite: true,
  } as const;
  return {
    cookies: {
      keys: [deriveKey(master, 'oauth-cookies').toString('base64url')],
      names: { session: 'amg_oauth', interaction: 'amg_interaction', resume: 'amg_resume' },
      long: options,
      short: options,
    },
  };
}

/** The whole configuration of the provider. */
export function providerSettings(deps: OAuthDeps, parts: ProviderParts): Configuration {
  const features = featuresOf(deps, parts);
  return {
    ...ttlsOf(deps),
    ...accountsOf(deps),
    ...clientsOf(parts.algorithm),
    ...cookiesOf(deps),
    adapter: parts.adapter,
    jwks: { keys: [...parts.jwks] },
    ...(features && { features }),
    routes: PATHS,
    scopes: [...IDENTITY_SCOPES, 'mcp'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // A refresh token that is given back ends its sign-in, an access token ends alone (RFC 7009 section 2.1).
    revokeGrantPolicy: context => !(context.oidc.route === 'revocation' && context.oidc.entities.AccessToken),
    extraTokenClaims: (_context, token) => {
      const { grantId, clientId } = token as { readonly grantId?: string; readonly clientId?: string };
      return { gid: grantId ?? `client:${clientId}` };
    },
    formats: {
      customizers: {
        // A client that acts for itself is a service user here: whose rights count must be somebody's.
        jwt: (_context, token, { payload }) => {
          const { authmcp_user: user } = ownOf(token.client);
          if (token.kind === 'ClientCredentials' && user !== undefined) payload.sub = user;
        },
      },
    },
    interactions: {
      policy: interactionPolicy(),
      url: (_context, { uid }) => `${INTERACTION}/${uid}`,
    },
    fetch: parts.fetch,
    renderError: parts.renderError,
  };
}
