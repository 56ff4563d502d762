import { z } from 'zod';
import { makeApiKey } from '../../../auth/index.ts';
import { Fault, type KeyId, type ServerName } from '../../../base/index.ts';
import type { ApiKey, User } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, wrong } from '../../api/operation.ts';
import { permittedServers } from '../../permitted.ts';
import { isoTime, textField } from '../fields.ts';

/** An API key as it is shown, without what it opens. */
export const key = z.object({
  id: z.string(),
  /** How it begins. */
  hint: z.string(),
  name: z.string(),
  user: z.object({ id: z.string(), username: z.string() }),
  scopes: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  is_expired: z.boolean(),
  last_used_at: z.string().nullable(),
  last_used_address: z.string().nullable(),
});
export const newKey = key.extend({
  /** The whole key, this once. */
  key: z.string(),
});

export const keyDraft = z.strictObject({
  name: textField(100).min(1),
  scopes: z.array(z.string().max(100)).min(1).max(50).default(['mcp']),
  /** Until it is revoked, unless said. */
  expires_in_days: z.int().min(1).max(3650).nullish(),
});

/** More would be an accident, or somebody who fills the table. */
const MOST_KEYS = 100;
const DAY_MS = 86_400_000;

export function describeKey(kit: ApiKit, one: ApiKey): z.output<typeof key> {
  const owner = kit.live.current().users.get(one.userId);
  return {
    id: one.id,
    hint: `amg_${one.id}_…`,
    name: one.name,
    user: { id: one.userId, username: owner?.name ?? '' },
    scopes: [...one.scopes],
    created_at: new Date(one.createdAt).toISOString(),
    expires_at: isoTime(one.expiresAt),
    is_expired: one.expiresAt !== undefined && one.expiresAt <= kit.clock.now(),
    last_used_at: isoTime(one.lastUsedAt),
    last_used_address: one.lastUsedAddress ?? null,
  };
}

/** What each scope beyond those of MCP asks of a key's owner. */
const OWNERS: Readonly<Record<string, readonly User['role'][]>> = {
  admin: ['admin'],
  audit: ['admin', 'auditor'],
  metrics: ['admin'],
};

/** A key never gets more than its owner has (C19). */
function checkScopes(kit: ApiKit, owner: User, scopes: readonly string[]): void {
  const servers = new Set(permittedServers(kit.live.current(), owner.id).map(({ name }) => name));
  for (const [at, scope] of scopes.entries()) {
    const field = `scopes.${at}`;
    const server = scope.startsWith('mcp:') ? (scope.slice('mcp:'.length) as ServerName) : undefined;
    const roles = OWNERS[scope];
    if (server !== undefined && !servers.has(server))
      throw wrong(field, 'there is no such server, or its owner may not use it');
    if (server !== undefined || scope === 'mcp') continue;
    if (!Object.hasOwn(OWNERS, scope) || roles === undefined) throw wrong(field, 'there is no such scope');
    if (!roles.includes(owner.role)) throw wrong(field, `needs an owner who is ${roles.join(' or ')}`);
  }
}

export async function createKeyFor(
  kit: ApiKit,
  asked: Asker,
  owner: User,
  { name, scopes, expires_in_days }: z.output<typeof keyDraft>,
): Promise<z.output<typeof newKey>> {
  checkScopes(kit, owner, scopes);
  const known = await kit.store.listKeys();
  if (known.filter(one => one.userId === owner.id).length >= MOST_KEYS)
    throw new Fault('conflict', { says: `There are ${MOST_KEYS} keys already: revoke one first` });
  const { id, key: secret, secretHash } = makeApiKey();
  const createdAt = kit.clock.now();
  const expiresAt = expires_in_days ? createdAt + expires_in_days * DAY_MS : undefined;
  const made = { id, userId: owner.id, name, secretHash, scopes: [...new Set(scopes)], createdAt, expiresAt };
  await kit.store.createKey(made);
  const shown = describeKey(kit, made);
  await audit(kit, asked, { action: 'key.create', target: owner.name, after: shown });
  return { ...shown, key: secret.reveal() };
}

/** Ends a key of whoever `isMeant`; others are not there. */
export async function revokeKey(
  kit: ApiKit,
  asked: Asker,
  id: string,
  isMeant: (one: ApiKey) => boolean,
): Promise<{ id: string; revoked: boolean }> {
  const found = await kit.store.keyById(id as KeyId);
  if (!found || !isMeant(found)) throw new Fault('not_found', { says: 'There is no such key' });
  if (found.id.startsWith('fixed-'))
    throw new Fault('conflict', { says: 'This key stands in STATIC_BEARER_TOKENS: take it out there' });
  await kit.store.deleteKey(found.id);
  const before = describeKey(kit, found);
  await audit(kit, asked, { action: 'key.revoke', target: before.user.username, before });
  return { id: found.id, revoked: true };
}
