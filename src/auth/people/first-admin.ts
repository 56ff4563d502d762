import type { Clock, Secret } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { brokenRules, type PasswordPolicy, type Passwords } from '../passwords.ts';

export type FirstAdmin = {
  readonly name: string;
  readonly password: Secret;
  readonly email: string | undefined;
};
export type FirstAdminOutcome =
  | 'made'
  | 'exists'
  | 'other_password'
  | 'other_admin'
  | { readonly weak: readonly string[] };

type Deps = {
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly policy: PasswordPolicy;
};

/** The administrator of the environment: only ever made, never changed. `other_password`: it exists with another one. */
export async function makeFirstAdmin(
  { name, password, email }: FirstAdmin,
  deps: Deps,
): Promise<FirstAdminOutcome> {
  const { store, passwords, clock, policy } = deps;
  const known = await store.userByName(name);
  if (known)
    return (await passwords.verify(await store.passwordHashOf(known.id), password))
      ? 'exists'
      : 'other_password';
  const weak = brokenRules(password, policy);
  if (weak.length > 0) return { weak };
  const passwordHash = await passwords.hash(password);
  const made = await store.createFirstAdmin({ name, email, passwordHash, role: 'admin' }, clock.now());
  if (typeof made === 'string') return 'other_admin';
  await store.addAudit({
    id: made.id,
    at: clock.now(),
    actor: 'environment',
    action: 'user.create',
    target: name,
    before: undefined,
    after: '{"role":"admin"}',
  });
  return 'made';
}
