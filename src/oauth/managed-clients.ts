import { LONGEST_ACCESS_MS } from '../auth/index.ts';
import { type Clock, randomToken, Secret, type UserId } from '../base/index.ts';
import type { OAuthClient } from '../store/index.ts';
import { hashClientSecret, newClient } from './adapter/clients.ts';
import { DEVICE_GRANT } from './provider-settings.ts';
import { redirectKindOf } from './request/redirect-uris.ts';
import { IDENTITY_SCOPES } from './scopes.ts';

/** A client as an administrator describes it. */
export type ClientDraft = {
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** `none` for programs that keep no secret. */
  readonly auth: 'none' | 'secret' | 'key';
  /** Its public keys, where `auth` is `key`. */
  readonly jwksUri?: string | undefined;
  /** As whom it acts for itself (client credentials). */
  readonly userId?: UserId | undefined;
  /** At most these scopes of MCP; undefined: what people grant. */
  readonly scopes?: readonly string[] | undefined;
  readonly allowsDevices: boolean;
  readonly accessTtlMs?: number | undefined;
  readonly refreshTtlMs?: number | undefined;
};

export type Made = { readonly client: OAuthClient; readonly secret: Secret | undefined };

/** What is wrong with a draft, in one sentence that names the field; undefined: nothing. */
export function wrongWith(draft: ClientDraft): string | undefined {
  const { name, redirectUris, auth, userId, accessTtlMs, refreshTtlMs, jwksUri, allowsDevices } = draft;
  const bad = redirectUris.find(uri => redirectKindOf(uri) === undefined);
  const checks: readonly (readonly [boolean, string])[] = [
    [name.trim().length >= 1 && name.length <= 200, 'name: 1 to 200 characters'],
    [
      bad === undefined,
      `redirect_uris: ${bad} is neither https, nor http on this machine, nor a scheme of its own`,
    ],
    [
      redirectUris.length > 0 || userId !== undefined || allowsDevices,
      'redirect_uris: at least one, or a user for client credentials, or the code of a device',
    ],
    [userId === undefined || auth !== 'none', 'auth: a client that acts for itself needs a secret or a key'],
    [
      auth !== 'key' || URL.parse(jwksUri ?? '')?.protocol === 'https:',
      'jwks_uri: an https address of its public keys',
    ],
    [(accessTtlMs ?? 0) <= LONGEST_ACCESS_MS, 'access_ttl: 30 days at most'],
    [(refreshTtlMs ?? 0) <= 365 * 86_400_000, 'refresh_ttl: 365 days at most'],
  ];
  return checks.find(([isFine]) => !isFine)?.[1];
}

const METHODS = { none: 'none', secret: 'client_secret_basic', key: 'private_key_jwt' } as const;

function grantsOf({ redirectUris, userId, allowsDevices }: ClientDraft): readonly string[] {
  return [
    ...(redirectUris.length > 0 ? ['authorization_code'] : []),
    ...(redirectUris.length > 0 || allowsDevices ? ['refresh_token'] : []),
    ...(allowsDevices ? [DEVICE_GRANT] : []),
    ...(userId === undefined ? [] : ['client_credentials']),
  ];
}

function metadataOf(id: string, draft: ClientDraft, secret: Secret | undefined): object {
  const { name, redirectUris, auth, jwksUri, scopes } = draft;
  return {
    client_id: id,
    client_name: name,
    redirect_uris: redirectUris,
    grant_types: grantsOf(draft),
    response_types: redirectUris.length > 0 ? ['code'] : [],
    application_type: redirectUris.every(uri => redirectKindOf(uri) === 'https') ? 'web' : 'native',
    token_endpoint_auth_method: METHODS[auth],
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
    ...(secret && { client_secret: hashClientSecret(secret.reveal()), client_secret_expires_at: 0 }),
    ...(scopes && { authmcp_scopes: [...IDENTITY_SCOPES, ...scopes] }),
  };
}

const newSecret = () => new Secret(`ams_${randomToken(32)}`);

/** A client of an administrator; its secret, where it has one, is seen this once. */
export function makeClient(draft: ClientDraft, clock: Clock): Made {
  const id = `amc_${randomToken(16)}`;
  const secret = draft.auth === 'secret' ? newSecret() : undefined;
  const { name, userId, accessTtlMs, refreshTtlMs } = draft;
  const row = { ...newClient(id, clock.now(), undefined), name, userId, accessTtlMs, refreshTtlMs };
  return {
    client: { ...row, source: 'admin', metadata: JSON.stringify(metadataOf(id, draft, secret)) },
    secret,
  };
}

/** The same client with another secret; undefined where it has none. */
export function withNewSecret(client: OAuthClient): Required<Made> | undefined {
  const metadata = JSON.parse(client.metadata);
  if (typeof metadata.client_secret !== 'string') return undefined;
  const secret = newSecret();
  const changed = { ...metadata, client_secret: hashClientSecret(secret.reveal()) };
  return { client: { ...client, metadata: JSON.stringify(changed) }, secret };
}

/** What may be shown of a client: everything but its secret. */
export function describeClient(client: OAuthClient): Readonly<Record<string, unknown>> {
  const { client_secret, authmcp_scopes, redirect_uris, grant_types, token_endpoint_auth_method } =
    JSON.parse(client.metadata);
  const { id, source, name, userId, accessTtlMs, refreshTtlMs, metadata: _, ...times } = client;
  return {
    client_id: id,
    client_name: name,
    source,
    redirect_uris: redirect_uris ?? [],
    grant_types: grant_types ?? [],
    auth_method: token_endpoint_auth_method ?? 'none',
    has_secret: client_secret !== undefined,
    scopes: authmcp_scopes,
    user_id: userId,
    access_ttl_ms: accessTtlMs,
    refresh_ttl_ms: refreshTtlMs,
    ...times,
  };
}
