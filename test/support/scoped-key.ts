import { makeApiKey } from '../../src/auth/index.ts';
import type { GatewayHere } from './gateway-here.ts';

/** An API key of this person with these scopes alone. */
export async function scopedKey(
  { store }: Pick<GatewayHere, 'store'>,
  name: string,
  scopes: readonly string[],
): Promise<string> {
  const user = await store.userByName(name);
  if (!user) throw new Error(`There is no ${name}`);
  const { id, key, secretHash } = makeApiKey();
  const rest = { name: 'scoped', scopes, createdAt: Date.now(), expiresAt: undefined };
  await store.createKey({ id, userId: user.id, secretHash, ...rest });
  return key.reveal();
}
