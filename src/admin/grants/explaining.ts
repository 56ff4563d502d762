import type { ServerName } from '../../base/index.ts';
import { itemOf } from '../../catalogue/index.ts';
import { identityOf, type Snapshot } from '../../live/index.ts';
import type { TargetKind } from '../../mcp/index.ts';
import { explain, type Item, type Rule } from '../../policy/index.ts';
import type { ApiKey, User } from '../../store/index.ts';
import type { Reason } from './rules.ts';

/** What is known of the servers' things. */
export type Offers = {
  /** Whose an exposed name or URI is. */
  owner(
    kind: TargetKind,
    exposed: string,
  ): { readonly server: ServerName; readonly original: string } | undefined;
  /** The item as the server lists it, by the server's own name; undefined where it does not. */
  listed(server: ServerName, kind: TargetKind, original: string): Item | undefined;
};

export type Asked = {
  readonly user: User;
  readonly client?: string | undefined;
  readonly key?: ApiKey | undefined;
  readonly kind: TargetKind;
  readonly name: string;
  /** Of the server's own name; undefined: the name is an exposed one. */
  readonly server?: ServerName | undefined;
};

export type Explanation = {
  readonly allowed: boolean;
  readonly because: Reason;
  readonly server: ServerName;
  readonly item: Item;
  readonly isListed: boolean;
  /** Every rule that has a say. */
  readonly rules: readonly Rule[];
};

/** What an exposed name, or the server's own, leads to. */
function find(
  { kind, name, server }: Asked,
  { owner, listed }: Offers,
): Pick<Explanation, 'server' | 'item' | 'isListed'> | undefined {
  const owned = owner(kind, name);
  const own = server === undefined ? undefined : listed(server, kind, name);
  if (server !== undefined && (own || owned?.server !== server))
    return { server, item: own ?? itemOf(kind, name), isListed: own !== undefined };
  if (!owned) return undefined;
  const item = listed(owned.server, kind, owned.original);
  return { server: owned.server, item: item ?? itemOf(kind, owned.original), isListed: item !== undefined };
}

/** What comes before any rule. */
function refusedBefore(
  { user, key }: Asked,
  server: ServerName,
  now: number,
  snapshot: Snapshot,
): Reason | undefined {
  if (user.disabled) return { kind: 'person is disabled' };
  if (key?.expiresAt !== undefined && key.expiresAt <= now) return { kind: 'key has expired' };
  return snapshot.servers.get(server)?.enabled === false ? { kind: 'server is disabled' } : undefined;
}

/**
 * Whether somebody may use something and why: the decision that a call would meet, by the same rules. Undefined where
 * the name is nobody's.
 */
export function explainTo(
  asked: Asked,
  snapshot: Snapshot,
  offers: Offers,
  now: number,
): Explanation | undefined {
  const found = find(asked, offers);
  if (!found) return undefined;
  const { user, client, key } = asked;
  const rights = snapshot.policy.ownRightsOf(identityOf(snapshot, user.id, { client, key: key?.id }));
  const scopes = key ? key.scopes : undefined;
  const decided = explain({ rights, scopes }, found.server, found.item);
  const before = refusedBefore(asked, found.server, now, snapshot);
  const { allowed, because } = before ? { allowed: false, because: before } : decided;
  return { ...found, allowed, because, rules: rights.matching(found.server, found.item) };
}
