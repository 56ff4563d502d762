import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Fault, type Secret } from '../../base/index.ts';
import type { Live } from '../../live/index.ts';
import type { User } from '../../store/index.ts';
import type { Authenticator } from '../authenticate.ts';
import { challengeOf } from '../challenge.ts';
import type { KeyRing } from '../key-ring.ts';
import { ACCESS_TOKEN } from '../keys/token-type.ts';
import { LOGIN_CLIENT, type Mint } from '../mint.ts';
import { asAsked } from '../origins.ts';
import { proofOf } from '../proof.ts';
import type { PasswordCheck } from './check-password.ts';
import { loginBody, logoutBody, readBody, refreshBody } from './read-body.ts';
import type { Refreshed, RefreshFamilies } from './refresh-families.ts';
import { refuse, refuseFault } from './refuse.ts';
import { createRegister, type RegisterDeps } from './register.ts';

export type LoginDeps = RegisterDeps & {
  readonly live: Live;
  readonly checkPassword: PasswordCheck;
  readonly families: RefreshFamilies;
  readonly keyRing: KeyRing;
  readonly mint: Mint;
  readonly authenticator: Authenticator;
  readonly origin: () => string;
};

type Env = { Bindings: { readonly incoming: IncomingMessage } };
type Refusal = (Refreshed & { ok: false })['why'];

const MOST_BYTES = 16 * 1024;

const REFUSED: Record<Refusal, readonly [code: string, detail: string]> = {
  unknown: ['INVALID_REFRESH_TOKEN', 'The refresh token is not valid'],
  reused: ['INVALID_REFRESH_TOKEN', 'The refresh token is not valid'],
  expired: ['TOKEN_EXPIRED', 'The refresh token has expired'],
  other_client: ['TOKEN_MISMATCH', 'The refresh token belongs to another client'],
};

/** RFC 6749 section 5.1, in the words of the reference. */
async function answerTokens(
  context: Context,
  deps: LoginDeps,
  given: Refreshed & { ok: true },
): Promise<Response> {
  const access = await deps.mint(given.userId, given.family);
  return context.json({
    access_token: access.token,
    refresh_token: given.token.reveal(),
    token_type: 'bearer',
    expires_in: Math.round((access.expiresAt - deps.clock.now()) / 1000),
  });
}

async function login(context: Context<Env>, deps: LoginDeps): Promise<Response> {
  const body = await readBody(context, loginBody);
  if (body instanceof Response) return body;
  const address = deps.addressOf(context.env.incoming);
  const user = await deps.checkPassword({ name: body.username, password: body.password, address });
  if (!user) return refuse(context, 401, 'INVALID_CREDENTIALS', 'Invalid username or password');
  const begun = await deps.families.begin(user.id);
  return answerTokens(context, deps, { ok: true, userId: user.id, ...begun });
}

async function refresh(context: Context<Env>, deps: LoginDeps): Promise<Response> {
  const body = await readBody(context, refreshBody);
  if (body instanceof Response) return body;
  const next = await deps.families.next(body.refresh_token);
  if (!next.ok) return refuse(context, 401, ...REFUSED[next.why]);
  const user = deps.live.current().users.get(next.userId);
  if (user && !user.disabled) return answerTokens(context, deps, next);
  await deps.families.end(next.family);
  return refuse(context, 401, ...REFUSED.unknown);
}

/** Signature and kind are judged, and what an expired token may still end is nothing. */
async function endTokens(
  deps: LoginDeps,
  access: Secret,
  other: Secret | undefined,
): Promise<'ok' | 'expired' | 'invalid'> {
  const verified = await deps.keyRing.verify(access.reveal(), ACCESS_TOKEN);
  if (!verified.ok) return verified.why;
  const proof = verified.claims.iss === deps.origin() ? proofOf(verified.claims) : undefined;
  if (proof?.client !== LOGIN_CLIENT || proof.family === undefined) return 'invalid';
  await deps.store.revokeToken(proof.jti, proof.expiresAt);
  await deps.families.end(proof.family);
  if (other) await deps.families.endBy(other, proof.user);
  return 'ok';
}

async function logout(context: Context<Env>, deps: LoginDeps): Promise<Response> {
  const body = await readBody(context, logoutBody);
  if (body instanceof Response) return body;
  const ended = await endTokens(deps, body.access_token, body.refresh_token ?? undefined);
  if (ended === 'expired') return refuse(context, 401, 'TOKEN_EXPIRED', 'The access token has expired');
  if (ended === 'invalid') return refuse(context, 401, 'INVALID_TOKEN', 'The access token is not valid');
  return context.json({ detail: 'Logged out' });
}

function describeAccount(user: User): object {
  const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return {
    id: user.id,
    username: user.name,
    email: user.email ?? null,
    full_name: user.fullName ?? null,
    is_active: !user.disabled,
    is_superuser: user.role === 'admin',
    created_at: iso(user.createdAt),
    last_login_at: iso(user.lastLoginAt),
  };
}

/** With the claims that OpenID Connect asks of userinfo. */
function describeUser(user: User): object {
  return {
    ...describeAccount(user),
    sub: user.id,
    preferred_username: user.name,
    name: user.fullName ?? user.name,
    email_verified: false,
  };
}

async function me(context: Context<Env>, deps: LoginDeps): Promise<Response> {
  try {
    const header = context.req.header('authorization');
    const caller = await deps.authenticator.authenticate(header, { audience: 'any' });
    const user = await deps.store.userByName(caller.name);
    if (user?.id !== caller.principal) throw new Fault('unauthorized');
    return context.json(describeUser(user));
  } catch (error) {
    if (!(error instanceof Fault) || error.fault !== 'unauthorized') throw error;
    const origin = asAsked(deps.origin(), context.req.header('host'));
    context.header('WWW-Authenticate', challengeOf(error, origin));
    const hasNone = error.data?.reason === 'no_credentials';
    return refuse(context, 401, hasNone ? 'NO_TOKEN' : 'INVALID_TOKEN', error.message);
  }
}

/** `POST /auth/login|refresh|logout|register` and `GET /auth/me`. Needs the bindings of `@hono/node-server`. */
export function createLoginRoutes(deps: LoginDeps): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((thrown, context) => refuseFault(context, thrown));
  app.notFound(context => refuse(context, 404, 'NOT_FOUND', 'There is nothing at this address and method'));
  app.use('/auth/*', async (context, next) => {
    await next();
    // RFC 6749 section 5.1: what holds a token is kept by nobody on the way.
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
  });
  const onError = (context: Context) => refuseFault(context, new Fault('too_large'));
  app.use('/auth/*', bodyLimit({ maxSize: MOST_BYTES, onError }));
  app.post('/auth/login', context => login(context, deps));
  app.post('/auth/refresh', context => refresh(context, deps));
  app.post('/auth/logout', context => logout(context, deps));
  app.get('/auth/me', context => me(context, deps));
  const register = createRegister(deps, describeAccount);
  app.post('/auth/register', async context => {
    const answer = await register(context);
    if (answer.status === 201) await deps.live.refresh();
    return answer;
  });
  return app;
}
