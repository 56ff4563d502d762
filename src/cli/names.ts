import { printable } from '../base/index.ts';
import type { Store } from '../store/index.ts';
import { Refusal } from './refusal.ts';

/** Throws a Refusal where no person and no group can be called so. */
export async function checkName(kind: 'user' | 'group', name: string): Promise<void> {
  const { alikeBecause, isName, NAME_HAS } = await import('../auth/index.ts');
  if (!isName(name)) throw new Refusal(`A ${kind} name has ${NAME_HAS}.`);
  const because = alikeBecause(name, []);
  if (because !== undefined) throw new Refusal(`The ${kind} name ${because}.`);
}

/** Throws a Refusal where the name looks like that of another person or group. `before`: what it was called. */
export async function checkAlike(
  store: Store,
  kind: 'user' | 'group',
  name: string,
  before?: string,
): Promise<void> {
  if (name === before) return;
  const { alikeBecause } = await import('../auth/index.ts');
  const there = [...(await store.listUsers()), ...(await store.listGroups())].map(one => one.name);
  const because = alikeBecause(
    name,
    there.filter(one => one !== before),
  );
  if (because !== undefined) throw new Refusal(`The ${kind} name ${printable(because)}.`);
}
