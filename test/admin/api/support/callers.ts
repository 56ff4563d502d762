import { createHash } from 'node:crypto';
import { createPasswords, makeApiKey } from '../../../../src/auth/index.ts';
import { randomToken, Secret } from '../../../../src/base/index.ts';
import type { Role, User } from '../../../../src/store/index.ts';
import { createBrowser } from '../../../support/browser.ts';
import { type GatewayHere, type HereOptions, startGatewayHere } from '../../../support/gateway-here.ts';

export const PASSWORD = 'Otter-lantern-47';

/** Everybody who may come to the API: in a browser by the name of a role, or with a key by its scope. */
export const CALLERS = [
  'none',
  'user',
  'auditor',
  'admin',
  'disabled',
  'key:mcp',
  'key:admin',
  'key:audit',
] as const;
export type CallerName = (typeof CALLERS)[number];

export type Json = Readonly<Record<string, unknown>>;
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };

export type Session = { readonly cookie: string; readonly csrf: string };
export type Key = { readonly key: string };

export type Asking = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of JSON of the body. */
  readonly text?: string;
};

export type Callers = GatewayHere & {
  readonly users: Readonly<Record<'user' | 'auditor' | 'admin' | 'disabled', User>>;
  /** A browser sends the token of its session and the gateway's own origin along with each change. */
  readonly ask: (
    who: CallerName | Session | Key,
    /** `POST /admin/api/users` */
    request: string,
    body?: unknown,
    more?: Asking,
  ) => Promise<Answer>;
  /** Makes a person who signs in with `PASSWORD`. */
  readonly addPerson: (name: string, role?: Role) => Promise<User>;
  readonly signIn: (name: string, password?: string) => Promise<Session>;
  readonly keyOf: (user: User, scopes: readonly string[]) => Promise<Key>;
  /** A session without a sign-in: quick, and of a person of its own where one is needed. */
  readonly sessionOf: (user: User) => Promise<Session>;
  /** What was written past the gateway is known to it from here on. */
  readonly refresh: () => Promise<void>;
};

async function read(response: Response): Promise<Answer> {
  const type = response.headers.get('content-type') ?? '';
  // A feed has no end: it is left where it began.
  if (type.startsWith('text/event-stream')) await response.body?.cancel();
  const text = response.bodyUsed ? '' : await response.text();
  const isJson = /^application\/(sarif\+)?json(;|$)/.test(type);
  const body = isJson ? (JSON.parse(text) as Json) : { text };
  return { status: response.status, headers: response.headers, body };
}

/** A gateway with one caller of each kind, for tests of its JSON API. */
export async function startCallers(options: Partial<HereOptions> = {}): Promise<Callers> {
  const gateway = await startGatewayHere({ servers: {}, ...options });
  const { store, url, origin } = gateway;
  const passwordHash = await createPasswords().hash(new Secret(PASSWORD));
  const now = () => options.clock?.now() ?? Date.now();
  const addPerson: Callers['addPerson'] = async (name, role = 'user') => {
    const made = await store.createUser({ name, role, passwordHash }, now());
    if (typeof made === 'string') throw new Error(made);
    return made;
  };
  const signIn: Callers['signIn'] = async (name, password = PASSWORD) => {
    const browser = createBrowser({
      fill: { name, password },
      stopAt: page => /^\/(admin|account)$/.test(page.pathname),
    });
    await browser.signIn(url('/login'));
    const cookie = browser.cookies(url('/'));
    const me = await read(await fetch(url('/account/api/me'), { headers: { cookie } }));
    if (me.status !== 200) throw new Error(`${name} is not signed in: ${JSON.stringify(me.body)}`);
    return { cookie, csrf: String(me.body.csrf_token) };
  };
  const keyOf: Callers['keyOf'] = async (user, scopes) => {
    const { id, key, secretHash } = makeApiKey();
    await store.createKey({
      id,
      userId: user.id,
      name: 'api',
      secretHash,
      scopes,
      createdAt: now(),
      expiresAt: undefined,
    });
    return { key: key.reveal() };
  };
  const sessionOf: Callers['sessionOf'] = async ({ id }) => {
    const value = randomToken(32);
    const times = { createdAt: now(), lastSeenAt: now(), expiresAt: now() + 3_600_000, passwordAt: now() };
    await store.addSession({ hash: createHash('sha256').update(value).digest('hex'), userId: id, ...times });
    const cookie = `amg_session=${value}`;
    const me = await read(await fetch(url('/account/api/me'), { headers: { cookie } }));
    return { cookie, csrf: String(me.body.csrf_token) };
  };
  /** A key that the gateway does not know makes it read everything anew. */
  const refresh = async () => {
    const { key } = await keyOf(users.admin, ['mcp']);
    await fetch(url('/auth/me'), { headers: { authorization: `Bearer ${key}` } });
  };
  const users = {
    user: await addPerson('user'),
    auditor: await addPerson('auditor', 'auditor'),
    admin: await addPerson('admin', 'admin'),
    disabled: await addPerson('disabled', 'admin'),
  };
  const known: Record<CallerName, Session | Key | undefined> = {
    none: undefined,
    user: await signIn('user'),
    auditor: await signIn('auditor'),
    admin: await signIn('admin'),
    disabled: await signIn('disabled'),
    'key:mcp': await keyOf(users.admin, ['mcp']),
    'key:admin': await keyOf(users.admin, ['admin']),
    'key:audit': await keyOf(users.admin, ['audit']),
  };
  await store.setDisabled(users.disabled.id, true);
  return {
    ...gateway,
    users,
    addPerson,
    signIn,
    keyOf,
    sessionOf,
    refresh,
    ask: async (who, request, body, more = {}) => {
      const [method = '', path = ''] = request.split(' ');
      const caller = typeof who === 'string' ? known[who] : who;
      const isChange = method !== 'GET';
      const content = more.text ?? (body === undefined ? undefined : JSON.stringify(body));
      return read(
        await fetch(url(path), {
          method,
          redirect: 'manual',
          headers: {
            ...(content !== undefined && { 'content-type': 'application/json' }),
            ...(caller && 'key' in caller && { authorization: `Bearer ${caller.key}` }),
            ...(caller && 'cookie' in caller && { cookie: caller.cookie }),
            ...(caller && 'cookie' in caller && isChange && { origin, 'x-csrf-token': caller.csrf }),
            ...more.headers,
          },
          ...(content !== undefined && { body: content }),
        }),
      );
    },
  };
}
