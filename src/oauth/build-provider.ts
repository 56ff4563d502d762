import { createHmac, timingSafeEqual } from 'node:crypto';
import Provider, {
  type AdapterFactory,
  type Client,
  type KoaContextWithOIDC,
  type RefreshToken,
} from 'oidc-provider';
import { deriveKey } from '../base/index.ts';
import { AccessTokens } from './adapter/access-tokens.ts';
import { Artifacts } from './adapter/artifacts.ts';
import { Clients, hashClientSecret, isHashed } from './adapter/clients.ts';
import { noSessions } from './adapter/sessions.ts';
import { followProvider } from './events.ts';
import type { MetadataDocuments } from './metadata-documents.ts';
import { OWN_METADATA } from './own-metadata.ts';
import { renderWrong } from './pages/error-page.ts';
import { PATHS, providerSettings } from './provider-settings.ts';
import { factsOf } from './request/facts.ts';
import type { OAuthDeps } from './types.ts';

const now = () => factsOf(Provider.ctx?.req);

function adapterOf({ store, clock, live }: OAuthDeps): AdapterFactory {
  const shown = (id: string) => {
    const found = now()?.shown;
    return found?.id === id ? found.token : undefined;
  };
  const tokens = { live, store, shown };
  const clients = { oauth: store.oauth, clock, live, addressNow: () => now()?.address };
  const special: Readonly<Record<string, () => ReturnType<AdapterFactory>>> = {
    AccessToken: () => new AccessTokens('AccessToken', tokens),
    ClientCredentials: () => new AccessTokens('ClientCredentials', tokens),
    Client: () => new Clients(clients),
    Session: () => noSessions,
  };
  return kind => special[kind]?.() ?? new Artifacts(kind, { oauth: store.oauth, clock, live });
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Secrets rest hashed: so they are compared. */
function compareHashed(provider: Provider): void {
  Object.defineProperty(provider.Client.prototype, 'compareClientSecret', {
    value: function compare(this: Client, given: string): boolean {
      return isSame(this.clientSecret ?? '', hashClientSecret(isHashed(given) ? ` ${given}` : given));
    },
  });
}

/**
 * The successor of a refresh token is computed from it, so that parallel refreshes get the same one and none rests in
 * clear: within ten seconds a lost answer costs nobody the sign-in, and a family never branches.
 */
function computeSuccessors(provider: Provider, key: Buffer): void {
  const { prototype } = provider.RefreshToken;
  const makeId = Reflect.get(prototype, 'generateTokenId') as (this: RefreshToken) => string;
  Object.defineProperty(prototype, 'generateTokenId', {
    value: function successor(this: RefreshToken): string {
      const former = Provider.ctx?.oidc.entities.RotatedRefreshToken;
      if (former === undefined) return makeId.call(this);
      return createHmac('sha256', key).update(former.jti).digest('base64url');
    },
  });
}

/** What leaves in a client's metadata: no hash of its secret, and nothing that an administrator decided. */
async function hideOwn(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const { body } = context;
  if (typeof body !== 'object' || body === null || !('client_id' in body)) return;
  const said = body as Record<string, unknown>;
  if (isHashed(said.client_secret)) delete said.client_secret;
  for (const name of OWN_METADATA) delete said[name];
}

/** The page that sends an answer on as a form is the provider's own: nothing but its script, whose hash it adds. */
const FORM_POLICY = "default-src 'none'; script-src 'report-sample'; base-uri 'none'; frame-ancestors 'none'";

async function guardForms(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  if (context.path.startsWith(PATHS.authorization))
    context.set({
      'Content-Security-Policy': FORM_POLICY,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
    });
  await next();
}

const NOT_ITS_GRANT = 'requested grant type is not allowed for this client';

/** RFC 6749 section 5.2 has a name for it, which the provider does not use. */
async function nameRefusal(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const body = context.body as { error?: string; error_description?: string } | undefined;
  if (body?.error_description === NOT_ITS_GRANT) body.error = 'unauthorized_client';
}

export type ProviderDeps = OAuthDeps & { readonly documents: MetadataDocuments };

/** A provider with the keys of this moment. */
export async function buildProvider(deps: ProviderDeps): Promise<Provider> {
  const { documents, keyRing, origin, master, store } = deps;
  const [jwks, accessKey] = await Promise.all([keyRing.signingJwks(), keyRing.accessKey()]);
  const provider = new Provider(
    origin(),
    providerSettings(deps, {
      adapter: adapterOf(deps),
      jwks,
      accessKey,
      algorithm: jwks[0]?.alg === 'RS256' ? 'RS256' : 'ES256',
      fetch: documents.fetch,
      mayFetchDocument: documents.mayFetch,
      hasAllIntrospection: async id => (await store.oauth.client(id))?.source === 'admin',
      renderError: (context, out) =>
        renderWrong(context, origin(), {
          error: out.error,
          description: out.error_description,
          unreachable: documents.lastFailure(String(context.oidc?.params?.client_id ?? '')),
          requestId: factsOf(context.req)?.requestId ?? '',
        }),
    }),
  );
  // The door wrote what these say.
  provider.proxy = true;
  provider.silent = true;
  compareHashed(provider);
  computeSuccessors(provider, deriveKey(master, 'oauth-refresh'));
  for (const layer of [guardForms, hideOwn, nameRefusal])
    provider.use(layer as Parameters<typeof provider.use>[0]);
  followProvider(provider, deps);
  return provider;
}
