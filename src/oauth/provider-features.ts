import type { IncomingMessage } from 'node:http';
import { type Client, type Configuration, errors, type JWK, type KoaContextWithOIDC } from 'oidc-provider';
import type { AccessKey } from '../auth/index.ts';
import type { ServerName } from '../base/index.ts';
import { ownOf } from './own-metadata.ts';
import { readResource, resourceOf } from './resources.ts';
import { IDENTITY_SCOPES, scopesFor, splitScope } from './scopes.ts';
import type { OAuthDeps } from './types.ts';

type Part = Partial<Configuration>;

export type ProviderParts = {
  readonly adapter: NonNullable<Configuration['adapter']>;
  readonly jwks: readonly JWK[];
  /** What signs access tokens. */
  readonly accessKey: AccessKey;
  readonly algorithm: 'ES256' | 'RS256';
  readonly fetch: NonNullable<Configuration['fetch']>;
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly mayFetchDocument: (request: IncomingMessage | undefined, id: string) => boolean;
  readonly hasAllIntrospection: (clientId: string) => Promise<boolean>;
};

function scopeOf(server: ServerName | undefined, deps: OAuthDeps, client: object): string {
  const servers = new Set(deps.live.current().servers.keys());
  const all = [...IDENTITY_SCOPES, ...scopesFor(server === undefined ? servers : new Set([server]))];
  // At most what an administrator allowed it; clients that nobody made here get what people grant.
  const limit = ownOf(client).authmcp_scopes;
  return all.filter(scope => limit === undefined || limit.includes(scope)).join(' ');
}

/** A person is not asked to agree to nothing (RFC 6749 section 4.1.2.1). */
function refuseUnknown(asked: string, known: string): void {
  const [wanted, has] = [splitScope(asked), new Set(splitScope(known))];
  if (wanted.length > 0 && !wanted.some(scope => has.has(scope)))
    throw new errors.InvalidScope('none of the requested scopes exists', asked.slice(0, 200));
}

function resourcesOf(deps: OAuthDeps, { accessKey }: ProviderParts): Part['features'] {
  const { alg, kid, key } = accessKey;
  const sign = alg === 'HS256' ? { alg, kid, key: Buffer.from(key as Uint8Array) } : { alg, kid };
  return {
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, _client, oneOf) => oneOf ?? resourceOf(deps.origin(), undefined).audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (context, indicator, client) => {
        const resource = readResource(deps.origin(), indicator);
        const { resource: named, scope: asked } = context.oidc.params ?? {};
        // The page shows one, and so does each token: RFC 8707 section 2 lets a server refuse several.
        if (resource?.audience !== indicator || Array.isArray(named)) throw new errors.InvalidTarget();
        const scope = scopeOf(resource.server, deps, client);
        refuseUnknown(String(asked ?? ''), scope);
        return {
          scope,
          audience: resource.audience,
          accessTokenFormat: 'jwt',
          jwt: { sign },
        };
      },
    },
  };
}

type Owned = { readonly clientId?: string | undefined };

/** Whose token it was is not said (RFC 7009 section 2.2, RFC 7662 section 2.2); that somebody tried is an event. */
function isOwnOrNoted({ ledger, addressOf }: OAuthDeps, at: string) {
  return (context: KoaContextWithOIDC, { clientId }: Client, token: Owned): boolean => {
    if (token.clientId === clientId) return true;
    const detail = { at, error: 'foreign_token', client: clientId.slice(0, 200) };
    ledger.event({ type: 'oauth_refused', severity: 'medium', address: addressOf(context.req), detail });
    return false;
  };
}

/** Everything that the provider can do, each on or off: what is not listed is off (see the test that compares). */
export function featuresOf(deps: OAuthDeps, parts: ProviderParts): Part['features'] {
  const { settings, addressOf } = deps;
  return {
    ...resourcesOf(deps, parts),
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: '****-****',
      deviceInfo: context => ({ ip: addressOf(context.req), ua: context.get('user-agent').slice(0, 200) }),
    },
    pushedAuthorizationRequests: { enabled: true },
    registration: {
      enabled: settings.allowDcr,
      initialAccessToken: settings.initialAccessToken?.reveal() ?? false,
    },
    registrationManagement: { enabled: settings.allowDcr },
    revocation: { enabled: true, allowedPolicy: isOwnOrNoted(deps, 'revocation') },
    introspection: {
      enabled: true,
      allowedPolicy: async (context, client, token) =>
        (await parts.hasAllIntrospection(client.clientId)) ||
        isOwnOrNoted(deps, 'introspection')(context, client, token),
    },
    clientIdMetadataDocument: {
      enabled: settings.cimd !== 'off',
      ack: 'draft-02',
      cacheDuration: { min: 60, max: 86_400 },
      // Pages look a client up outside of any request of the provider.
      allowFetch: (context: KoaContextWithOIDC | undefined, id) => parts.mayFetchDocument(context?.req, id),
      allowClient: () => true,
    },
    backchannelLogout: { enabled: false },
    ciba: { enabled: false },
    claimsParameter: { enabled: false },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    encryption: { enabled: false },
    fapi: { enabled: false },
    jwtIntrospection: { enabled: false },
    jwtResponseModes: { enabled: false },
    jwtUserinfo: { enabled: false },
    mTLS: { enabled: false },
    requestObjects: { enabled: false },
    richAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    rpMetadataChoices: { enabled: false },
    // It refuses every token with an audience; `userinfo_endpoint` is our own /auth/me.
    userinfo: { enabled: false },
    webMessageResponseMode: { enabled: false },
  };
}
