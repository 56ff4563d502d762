import type { Context } from 'hono';
import { challengeOf, type SignedIn } from '../../auth/index.ts';
import { type Clock, Fault, toFault, type UserId } from '../../base/index.ts';
import { isSameOrigin, type PageEnv } from '../../pages/index.ts';
import type { Role, User } from '../../store/index.ts';
import type { ApiKit } from './kit.ts';

/** Who asks, and how that was shown. */
export type Actor = {
  /** As the audit log names them: `user:alice`, or `key:alice/laptop`. */
  readonly name: string;
  readonly user: User;
  /** Undefined for an API key. */
  readonly session: SignedIn | undefined;
};

/** What is known of a request by the time that it is refused. */
export type Trail = { principal?: UserId };

type Rule = {
  readonly roles: readonly Role[];
  /** Any of these scopes lets an API key in, whose owner must have one of the roles as well. */
  readonly scopes: readonly string[];
  /** A browser session must have given its password within the last minutes. */
  readonly isFresh?: boolean;
};

const EVERYBODY: readonly Role[] = ['admin', 'auditor', 'user'];

/**
 * `rule`: what decides who reaches what with which credential; `person`: who rules, which no key may decide. `own`:
 * what belongs to whoever is signed in.
 */
const ACCESS = {
  read: { roles: ['admin', 'auditor'], scopes: ['admin', 'audit'] },
  change: { roles: ['admin'], scopes: ['admin'] },
  rule: { roles: ['admin'], scopes: ['admin'], isFresh: true },
  person: { roles: ['admin'], scopes: [], isFresh: true },
  own: { roles: EVERYBODY, scopes: [] },
  'own-fresh': { roles: EVERYBODY, scopes: [], isFresh: true },
} as const satisfies Record<string, Rule>;

export type Access = keyof typeof ACCESS;

const FRESH_MS = 5 * 60_000;

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

/** The rules as the document of the API says them. */
export function ruleOf(access: Access): Rule {
  return ACCESS[access];
}

async function bySession(
  context: Context<PageEnv>,
  kit: ApiKit,
  { rule, trail }: { readonly rule: Rule; readonly trail: Trail },
): Promise<Actor> {
  const { sessions, origin, clock } = kit;
  const session = await sessions.read(context.req.header('cookie'));
  if (!session) throw new Fault('unauthorized');
  const { user } = session;
  trail.principal = user.id;
  if (!rule.roles.includes(user.role)) throw notFor(rule);
  // A request that changes something comes from our own pages only.
  const token = context.req.header('x-csrf-token') ?? '';
  const isOurs = isSameOrigin(context, origin()) && sessions.isFormToken(session, token);
  if (!isRead(context.req.method) && !isOurs)
    throw new Fault('origin_refused', { says: 'The request was not sent by a page of this gateway' });
  checkFresh(session, rule, clock);
  return { name: `user:${user.name}`, user, session };
}

function checkFresh({ session }: SignedIn, rule: Rule, clock: Clock): void {
  if (rule.isFresh && clock.now() - session.passwordAt > FRESH_MS) throw new Fault('password_needed');
}

function notFor({ scopes, roles }: Rule): Fault {
  const who = scopes.length === 0 ? 'a signed-in person' : `an API key with the scope ${scopes.join(' or ')}`;
  const role = roles.includes('auditor') ? 'an administrator or auditor' : 'an administrator';
  return new Fault('insufficient_scope', {
    says: roles.includes('user') ? `This needs ${who}` : `This needs ${who}, of ${role}`,
    ...(scopes.length > 0 && { data: { scope: scopes.join(' ') } }),
  });
}

async function byKey(
  authorization: string,
  { authenticator, live, noteKeyUse }: ApiKit,
  { rule, address, trail }: { readonly rule: Rule; readonly address: string; readonly trail: Trail },
): Promise<Actor> {
  const caller = await authenticator.authenticate(authorization, { audience: 'any' });
  trail.principal = caller.principal;
  const user = live.current().users.get(caller.principal);
  const isCovered = rule.scopes.some(scope => caller.scopes.includes(scope));
  if (caller.credential.kind !== 'key' || !user || !isCovered || !rule.roles.includes(user.role))
    throw notFor(rule);
  noteKeyUse(caller.credential.id, address);
  return { name: `key:${caller.name}/${caller.client}`, user, session: undefined };
}

/**
 * Who may do this: a browser session, or an API key by its scope. Faults `unauthorized`, `insufficient_scope`,
 * `origin_refused`, `password_needed`.
 */
export function actorOf(
  context: Context<PageEnv>,
  kit: ApiKit,
  access: Access,
  trail: Trail = {},
): Promise<Actor> {
  const authorization = context.req.header('authorization');
  const rule = ruleOf(access);
  if (authorization === undefined) return bySession(context, kit, { rule, trail });
  return byKey(authorization, kit, { rule, address: kit.addressOf(context.env.incoming), trail });
}

/**
 * For an operation of which some requests weigh more than others: whether who came in may also do what needs
 * `access`. Faults `insufficient_scope`, `password_needed`.
 */
export function demand({ user, session }: Actor, access: Access, { clock }: Pick<ApiKit, 'clock'>): void {
  const rule = ruleOf(access);
  if (!rule.roles.includes(user.role) || (!session && rule.scopes.length === 0)) throw notFor(rule);
  if (session) checkFresh(session, rule, clock);
}

/** Whatever an operation threw, with the challenge that belongs to it. */
export function refuseApi(context: Context<PageEnv>, thrown: unknown, origin: string): Response {
  const fault = toFault(thrown);
  const { status, message, data } = fault;
  if (status === 401 || fault.fault === 'insufficient_scope')
    context.header('WWW-Authenticate', challengeOf(fault, origin));
  if (data?.retryAfterMs !== undefined)
    context.header('Retry-After', `${Math.ceil(data.retryAfterMs / 1000)}`);
  const body = {
    ...{ error: fault.fault, message },
    ...(data?.field !== undefined && { field: data.field }),
    ...(data?.changed !== undefined && { changed: data.changed }),
  };
  return context.json(body, (status === 200 ? 400 : status) as 400);
}
