import { z } from 'zod';
import { alikeBecause, brokenRules, isName, NAME_HAS } from '../../auth/index.ts';
import { Secret } from '../../base/index.ts';
import type { ApiKit } from '../api/kit.ts';
import { wrong } from '../api/operation.ts';

/** What a person or group may be called. */
export const nameField = z.string().refine(isName, `has ${NAME_HAS}`);

/** A name that is given now must not be one to be mixed up; those that are there go on. Fault `invalid_request`. */
export function checkNewName({ live }: ApiKit, field: string, name: string, before?: string): void {
  if (name === before) return;
  const { users, groups } = live.current();
  const others = [...users.values(), ...groups.values()].map(one => one.name).filter(one => one !== before);
  const because = alikeBecause(name, others);
  if (because !== undefined) throw wrong(field, because);
}

/** A text for people: neither control nor invisible characters, which no database or terminal should meet. */
export const textField = (most: number) =>
  z
    .string()
    .max(most)
    .refine(text => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text), 'has characters that cannot be seen');

export const emailField = z.email().max(254);

/** Longer ones than `MOST` bytes are cut off where they are hashed (OWASP: a bound on what is hashed). */
export const passwordField = z
  .string()
  .min(1)
  .max(1024)
  .transform(text => new Secret(text));

export const roleField = z.enum(['admin', 'auditor', 'user']);

/** `?limit=` as a query has it. */
export const limitField = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'is a whole number from 1 to 9999')
  .transform(Number)
  .optional();

export const byId = z.strictObject({ id: z.string() });

export const isoTime = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** Checks the policy of passwords and hashes. Faults `invalid_request` with the field, `overloaded`. */
export function hashNew(kit: ApiKit, field: string, password: Secret): Promise<string> {
  const lacks = brokenRules(password, kit.passwordPolicy());
  if (lacks.length > 0) throw wrong(field, `needs ${lacks.join(', ')}`);
  return kit.passwords.hash(password);
}
