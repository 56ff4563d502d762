import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { SERVER_NAME } from '../mcp/index.ts';
import { DEVICE_GRANT, PATHS } from './provider-settings.ts';
import { IDENTITY_SCOPES } from './scopes.ts';
import type { OAuthDeps } from './types.ts';

export type DiscoveryDeps = Pick<OAuthDeps, 'origin' | 'settings'> & {
  readonly isCimdAdvertised: () => boolean;
  readonly algorithm: () => Promise<string>;
};

const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const SIGNING = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** The one document: RFC 8414 section 2 and OpenID Connect Discovery section 3 in one, the same bytes everywhere. */
async function describe({ origin, settings, isCimdAdvertised, algorithm }: DiscoveryDeps): Promise<object> {
  const at = (path: string) => origin() + path;
  return {
    issuer: origin(),
    authorization_endpoint: at(PATHS.authorization),
    token_endpoint: at(PATHS.token),
    ...(settings.allowDcr && { registration_endpoint: at(PATHS.registration) }),
    jwks_uri: at('/.well-known/jwks.json'),
    userinfo_endpoint: at('/auth/me'),
    revocation_endpoint: at(PATHS.revocation),
    introspection_endpoint: at(PATHS.introspection),
    device_authorization_endpoint: at(PATHS.device_authorization),
    pushed_authorization_request_endpoint: at(PATHS.pushed_authorization_request),
    require_pushed_authorization_requests: false,
    scopes_supported: [...IDENTITY_SCOPES, 'mcp'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: SIGNING,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: AUTH_METHODS,
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [await algorithm()],
    claims_supported: ['sub', 'name', 'preferred_username', 'email', 'email_verified'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: isCimdAdvertised(),
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
}

/** Where clients were seen to look, for either kind of document (K9, K15, K20; RFC 8414 section 3.1). */
const KINDS = ['oauth-authorization-server', 'openid-configuration'];
const OF_ALL = KINDS.flatMap(kind => [
  `/.well-known/${kind}`,
  `/.well-known/${kind}/mcp`,
  `/mcp/.well-known/${kind}`,
  `/.well-known/${kind}/oauth/token`,
  `/oauth/token/.well-known/${kind}`,
]);
const OF_ONE = KINDS.flatMap(kind => [
  `/.well-known/${kind}/mcp/:server`,
  `/mcp/:server/.well-known/${kind}`,
]);

/** What the authorization server can do. Whether a server exists is not said: all names get the same document. */
export function createDiscovery(deps: DiscoveryDeps): Hono {
  const app = new Hono();
  app.use(cors({ origin: '*', allowMethods: ['GET', 'HEAD'], maxAge: 86_400 }));
  app.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-cache');
    context.header('X-Content-Type-Options', 'nosniff');
  });
  for (const path of OF_ALL) app.get(path, async context => context.json(await describe(deps)));
  for (const path of OF_ONE) {
    app.get(path, async context =>
      SERVER_NAME.test(context.req.param('server') ?? '')
        ? context.json(await describe(deps))
        : context.notFound(),
    );
  }
  return app;
}

/** Whether a path is one of these documents'; the others under `/.well-known/` belong to the resources. */
export function isDiscovery(path: string): boolean {
  return path.includes('/.well-known/') && KINDS.some(kind => path.includes(`/${kind}`));
}
