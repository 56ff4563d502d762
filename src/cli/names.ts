import { Refusal } from './refusal.ts';

/** Throws a Refusal where a person or a group cannot be called so. */
export async function checkName(kind: 'user' | 'group', name: string): Promise<void> {
  const { isLookAlike, isName, LOOKS_ALIKE, NAME_HAS } = await import('../auth/index.ts');
  if (!isName(name)) throw new Refusal(`A ${kind} name has ${NAME_HAS}.`);
  if (isLookAlike(name)) throw new Refusal(`The ${kind} name ${LOOKS_ALIKE}.`);
}
