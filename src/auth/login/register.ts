import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { z } from 'zod';
import { type Clock, Fault, Secret, uuidv7 } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';
import { type Buckets, createBuckets } from '../../shared/index.ts';
import type { Store, User } from '../../store/index.ts';
import { brokenRules, type PasswordPolicy, type Passwords } from '../passwords.ts';
import { USER_NAME } from '../people/user-name.ts';
import type { LoginLimit } from './login-throttle.ts';
import { readBody } from './read-body.ts';
import { refuse } from './refuse.ts';

export type RegisterDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly addressOf: (incoming: IncomingMessage) => string;
  /** Asked at each request. */
  readonly registration?: () => Registration;
};

export type Registration = {
  readonly isOpen: boolean;
  readonly policy: PasswordPolicy;
  /** New accounts of one address per window of seconds. */
  readonly limit: LoginLimit;
};

const body = z.strictObject({
  username: z.string().regex(USER_NAME, '3 to 50 letters, digits, dots, hyphens or underscores'),
  email: z.email().max(254).nullish(),
  password: z
    .string()
    .min(1)
    .max(1024)
    .transform(text => new Secret(text)),
  full_name: z
    .string()
    .max(200)
    .refine(text => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text), 'has characters that cannot be seen')
    .nullish(),
});

/** Counts anew when the limit is another one. */
function createThrottle(clock: Clock): (limit: LoginLimit, address: string) => void {
  let built: { readonly of: LoginLimit; readonly buckets: Buckets } | undefined;
  return (limit, address) => {
    if (!limit.isEnabled) return;
    const { max, window } = limit;
    if (built?.of.max !== max || built.of.window !== window)
      built = { of: limit, buckets: createBuckets({ capacity: max, refillPerSecond: max / window, clock }) };
    const taken = built.buckets.take(networkOf(address));
    if (!taken.ok) throw new Fault('limit_exceeded', { data: { retryAfterMs: taken.retryAfterMs } });
  };
}

async function make(
  { store, clock, passwords }: RegisterDeps,
  { username, email, password, full_name }: z.output<typeof body>,
  address: string,
): Promise<User | 'name_taken' | 'email_taken'> {
  const passwordHash = await passwords.hash(password);
  const who = { name: username, email: email ?? undefined, fullName: full_name ?? undefined };
  // Nobody showed that the address is theirs: that somebody else has it is told to no stranger.
  const made = await store.createUser(
    { ...who, isEmailClaimed: true, passwordHash, role: 'user' },
    clock.now(),
  );
  if (typeof made === 'string') return made;
  const at = clock.now();
  const row = {
    id: uuidv7(at),
    at,
    actor: 'registration',
    address,
    action: 'user.create',
    target: made.name,
  };
  await store.addAudit({ ...row, before: undefined, after: '{"role":"user"}' });
  return made;
}

/** `POST /auth/register`: a person comes by themselves, where that is open, and reaches nothing yet. */
export function createRegister(
  deps: RegisterDeps,
  describe: (user: User) => object,
): (context: Context<{ Bindings: { readonly incoming: IncomingMessage } }>) => Promise<Response> {
  const throttle = createThrottle(deps.clock);
  return async context => {
    const registration = deps.registration?.();
    if (!registration?.isOpen)
      return refuse(context, 403, 'REGISTRATION_DISABLED', 'Ask an administrator for an account');
    const given = await readBody(context, body);
    if (given instanceof Response) return given;
    const lacks = brokenRules(given.password, registration.policy);
    if (lacks.length > 0)
      return refuse(context, 400, 'WEAK_PASSWORD', `The password needs ${lacks.join(', ')}`);
    const address = deps.addressOf(context.env.incoming);
    throttle(registration.limit, address);
    const made = await make(deps, given, address);
    if (typeof made === 'string') return refuse(context, 409, 'USERNAME_EXISTS', 'This user name is taken');
    return context.json(describe(made), 201);
  };
}
