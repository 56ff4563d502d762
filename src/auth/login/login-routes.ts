import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cut, Fault, type Secret, type UserId } from '../../base/index.ts';
import type { Ledger, SignIn, SignInType } from '../../ledger/index.ts';
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
  /** Who hears of tokens that were given and ended. */
  readonly ledger?: Pick<Ledger, 'signIn'>;
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

const agentOf = (context: Context) => {
  const agent = context.req.header('user-agent');
  return agent === undefined ? undefined : cut(agent, 256);
};

/** Tells the log of authentication, from where and by which program. */
function noteAt(context: Context<Env>, { ledger, addressOf }: LoginDeps, type: SignInType) {
  const from = { type, address: addressOf(context.env.incoming), userAgent: agentOf(context) };
  return (what: Omit<SignIn, keyof typeof from>) => ledger?.signIn({ ...from, ...what });
}

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
  const { username: name, password } = body;
  const user = await deps.checkPassword({
    name,
    password,
    address,
    door: 'api',
    userAgent: agentOf(context),
  });
  if (!user) return refuse(context, 401, 'INVALID_CREDENTIALS', 'Invalid username or password');
  const begun = await deps.families.begin(user.id);
  return answerTokens(context, deps, { ok: true, userId: user.id, ...begun });
}

async function refresh(context: Context<Env>, deps: LoginDeps): Promise<Response> {
  const body = await readBody(context, refreshBody);
  if (body instanceof Response) return body;
  const next = await deps.families.next(body.refresh_token);
  const note = noteAt(context, deps, 'token_refresh');
  if (!next.ok) {
    note({ isOk: false, detail: next.why });
    return refuse(context, 401, ...REFUSED[next.why]);
  }
  const user = deps.live.current().users.get(next.userId);
  const isAlive = user?.disabled === false;
  note({ isOk: isAlive, principal: next.userId, userName: user?.name });
  if (isAlive) return answerTokens(context, deps, next);
  await deps.families.end(next.family);
  return refuse(context, 401, ...REFUSED.unknown);
}

/** Signature and kind are judged, and what an expired token may still end is nothing. */
async function endTokens(
  deps: LoginDeps,
  access: Secret,
  other: Secret | undefined,
): Promise<{ readonly why: 'ok' | 'expired' | 'invalid'; readonly user?: UserId }> {
  const verified = await deps.keyRing.verify(access.reveal(), ACCESS_TOKEN);
  if (!verified.ok) return { why: verified.why };
  const proof = verified.claims.iss === deps.origin() ? proofOf(verified.claims) : undefined;
  if (proof?.client !== LOGIN_CLIENT || proof.family === undefined) return { why: 'invalid' };
  await deps.store.revokeToken(proof.jti, proof.expiresAt);
  await deps.families.end(proof.family);
  if (other) await deps.families.endBy(other, proof.user);
  return { why: 'ok', user: proof.user };
}

async function logout(context: Context<Env>, deps: LoginDeps): Promise<Response> {
  const body = await readBody(context, logoutBody);
  if (body instanceof Response) return body;
  const ended = await endTokens(deps, body.access_token, body.refresh_token ?? undefined);
  const user = ended.user === undefined ? undefined : deps.live.current().users.get(ended.user);
  noteAt(
    context,
    deps,
    'logout',
  )({
    ...{ isOk: ended.why === 'ok', principal: ended.user, userName: user?.name, detail: `api: ${ended.why}` },
  });
  if (ended.why === 'expired') return refuse(context, 401, 'TOKEN_EXPIRED', 'The access token has expired');
  if (ended.why === 'invalid') return refuse(context, 401, 'INVALID_TOKEN', 'The access token is not valid');
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
    noteAt(context, deps, 'register')({ isOk: answer.status === 201, detail: `answered ${answer.status}` });
    if (answer.status === 201) await deps.live.refresh();
    return answer;
  });
  return app;
}
