import type { Clock, Secret, UserId } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { fixedTokenKey } from '../api-key.ts';

/** The principal of requests without a credential, where none is demanded. */
export const ANONYMOUS = 'anonymous';
/** Owns the API keys of `STATIC_BEARER_TOKENS`. */
const STATIC_BEARER = 'static-bearer';

type Deps = { readonly store: Store; readonly clock: Clock };

/** A user who cannot log in and has no grants until somebody gives some. */
export async function ensureServiceUser(name: string, { store, clock }: Deps): Promise<UserId> {
  const known = await store.userByName(name);
  if (known) return known.id;
  const made = await store.createUser({ name, passwordHash: undefined, role: 'user' }, clock.now());
  if (typeof made !== 'string') return made.id;
  // Another process was quicker.
  const other = await store.userByName(name);
  if (!other) throw new Error(`the service user ${name} could not be made`);
  return other.id;
}

/** Makes the keys of the service user equal to the configured tokens; only hashes are kept. */
export async function keepStaticTokens(tokens: readonly Secret[], deps: Deps): Promise<void> {
  const user = await deps.store.userByName(STATIC_BEARER);
  if (tokens.length === 0 && !user) return;
  const userId = await ensureServiceUser(STATIC_BEARER, deps);
  const wanted = new Map(tokens.map(token => fixedTokenKey(token)).map(key => [key.id, key]));
  const kept = (await deps.store.listKeys()).filter(key => key.userId === userId);
  for (const key of kept) if (!wanted.delete(key.id)) await deps.store.deleteKey(key.id);
  for (const { id, secretHash } of wanted.values()) {
    const createdAt = deps.clock.now();
    await deps.store.createKey({
      id,
      userId,
      name: 'static',
      secretHash,
      scopes: ['mcp'],
      createdAt,
      expiresAt: undefined,
    });
  }
}
