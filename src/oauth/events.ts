import type { EventEmitter } from 'node:events';
import type Provider from 'oidc-provider';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import type { UserId } from '../base/index.ts';
import type { SignInType } from '../ledger/index.ts';
import { factsOf } from './request/facts.ts';
import type { OAuthDeps } from './types.ts';

type Refusal = errors.OIDCProviderError;

/** Refusals of the provider, by the event that it says them with. */
const REFUSALS = [
  'authorization.error',
  'grant.error',
  'device_authorization.error',
  'introspection.error',
  'pushed_authorization_request.error',
  'registration_create.error',
  'registration_delete.error',
  'registration_read.error',
  'registration_update.error',
  'revocation.error',
] as const;

/** RFC 9700 section 4.14.2 and RFC 6749 section 4.1.2: what was used twice was probably stolen. */
const REUSED = /already used|already consumed/;

const isWaiting = (error: string) => error === 'authorization_pending' || error === 'slow_down';

function subjectOf(context: KoaContextWithOIDC): UserId | undefined {
  const { RefreshToken, AuthorizationCode, Account } = context.oidc?.entities ?? {};
  return (Account?.accountId ?? RefreshToken?.accountId ?? AuthorizationCode?.accountId) as
    | UserId
    | undefined;
}

/** What the log of authentication says of a refusal or success of each endpoint. */
const REGISTRATIONS = {
  registration_create: 'dcr_register',
  registration_update: 'dcr_update',
  registration_delete: 'dcr_delete',
} as const satisfies Record<string, SignInType>;

type Noted = { readonly type: SignInType; readonly isOk: boolean; readonly detail?: string | undefined };

function noteSignIn(context: KoaContextWithOIDC, deps: OAuthDeps, noted: Noted): void {
  const principal = subjectOf(context);
  deps.ledger.signIn({
    ...noted,
    principal,
    userName: principal === undefined ? undefined : deps.live.current().users.get(principal)?.name,
    client: context.oidc?.client?.clientId,
    address: deps.addressOf(context.req),
    userAgent: context.get('user-agent') || undefined,
  });
}

/** How the token came about: a code, a device, a refresh. */
function noteToken(context: KoaContextWithOIDC, deps: OAuthDeps): void {
  const grant = String(context.oidc.params?.grant_type ?? '');
  const type = grant === 'refresh_token' ? 'mcp_oauth_refresh' : 'mcp_oauth_token';
  noteSignIn(context, deps, { type, isOk: true, detail: grant.replace(/^urn:.*:/, '') });
}

/** What went well; what did not is noted where it is refused. */
function followSuccess(provider: Provider, deps: OAuthDeps): void {
  const emitter: EventEmitter = provider;
  const on = (event: string, type: SignInType) =>
    emitter.on(event, (context: KoaContextWithOIDC) => noteSignIn(context, deps, { type, isOk: true }));
  on('authorization.success', 'mcp_oauth_authorize');
  on('grant.revoked', 'mcp_oauth_revoke');
  for (const [name, type] of Object.entries(REGISTRATIONS)) on(`${name}.success`, type);
  provider.on('grant.success', context => noteToken(context, deps));
}

/** What the authorization server refuses and gives out stands in the ledger, and clients are seen with their address. */
export function followProvider(provider: Provider, deps: OAuthDeps): void {
  const { ledger, store, clock, addressOf } = deps;
  const refuse = (where: string) => (context: KoaContextWithOIDC, refusal: Refusal) => {
    if (isWaiting(refusal.error)) return;
    const said = `${refusal.error_description ?? ''} ${refusal.error_detail ?? ''}`;
    const isReuse = refusal.error === 'invalid_grant' && REUSED.test(said);
    const place = where.replace('.error', '');
    const type = REGISTRATIONS[place as keyof typeof REGISTRATIONS] ?? 'mcp_oauth_error';
    noteSignIn(context, deps, { type, isOk: false, detail: `${place}: ${refusal.error}` });
    ledger.event({
      type: isReuse ? 'token_reuse' : 'oauth_refused',
      severity: isReuse ? 'high' : 'low',
      principal: subjectOf(context),
      address: addressOf(context.req),
      request: factsOf(context.req)?.requestId,
      detail: {
        at: place,
        error: refusal.error,
        client: context.oidc?.client?.clientId?.slice(0, 200),
      },
    });
  };
  followSuccess(provider, deps);
  // Its types name each event by itself.
  const emitter: EventEmitter = provider;
  for (const name of REFUSALS) emitter.on(name, refuse(name));
  provider.on('server_error', (context: KoaContextWithOIDC) => {
    ledger.event({
      type: 'oauth_refused',
      severity: 'medium',
      address: addressOf(context.req),
      detail: { at: context.path, error: 'server_error' },
    });
  });
  const see = (gotToken: boolean) => (context: KoaContextWithOIDC) => {
    const id = context.oidc.client?.clientId;
    if (id === undefined) return;
    const agent = context.get('user-agent').slice(0, 200) || undefined;
    const seen = { at: clock.now(), address: addressOf(context.req), agent, gotToken };
    void store.oauth.noteClient(id, seen).catch(() => {});
  };
  provider.on('grant.success', see(true));
  provider.on('authorization.success', see(false));
}
