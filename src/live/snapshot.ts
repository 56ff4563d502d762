import type { Clock, KeyId, ServerName, UserId } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import type { ApiKey, Grant, Store, User } from '../store/index.ts';

/** Who exists, what there is and who may use it, at one moment. Never changes: a newer one takes its place. */
export type Snapshot = {
  readonly revision: number;
  readonly users: ReadonlyMap<UserId, User>;
  readonly usersByName: ReadonlyMap<string, User>;
  readonly keys: ReadonlyMap<KeyId, ApiKey>;
  /** An entry of the configuration file hides a stored one of its name. */
  readonly servers: ReadonlyMap<ServerName, ServerEntry>;
  /** Without administrators, who have all. */
  readonly grants: ReadonlyMap<UserId, ReadonlySet<ServerName>>;
  /** Ids of access tokens, and of login families, that ended before their time. */
  readonly revoked: ReadonlySet<string>;
};

export type SnapshotSources = {
  readonly store: Store;
  readonly clock: Clock;
  readonly fileServers: () => readonly ServerEntry[];
};

function byKey<K, V>(values: readonly V[], keyOf: (value: V) => K): ReadonlyMap<K, V> {
  return new Map(values.map(value => [keyOf(value), value]));
}

/** The people whom a server's own list names; `*` is everybody. */
function namedBy(server: ServerEntry, users: readonly User[]): readonly User[] {
  if (server.grants.includes('*')) return users;
  const named = new Set(server.grants.map(name => name.toLowerCase()));
  return users.filter(user => named.has(user.name.toLowerCase()));
}

function mergeGrants(
  stored: readonly Grant[],
  servers: Iterable<ServerEntry>,
  users: readonly User[],
): ReadonlyMap<UserId, ReadonlySet<ServerName>> {
  const grants = new Map<UserId, Set<ServerName>>(users.map(user => [user.id, new Set()]));
  for (const { userId, server } of stored) grants.get(userId)?.add(server);
  for (const server of servers) {
    for (const user of namedBy(server, users)) grants.get(user.id)?.add(server.name);
  }
  return grants;
}

/** The revision is read first: a change during the reading makes the next look read again. */
export async function readSnapshot({ store, clock, fileServers }: SnapshotSources): Promise<Snapshot> {
  const revision = await store.revision();
  const [users, keys, stored, grants, revoked] = await Promise.all([
    store.listUsers(),
    store.listKeys(),
    store.listServers(),
    store.listGrants(),
    store.revokedTokens(clock.now()),
  ]);
  const servers = byKey([...stored, ...fileServers()], server => server.name);
  return {
    revision,
    users: byKey(users, user => user.id),
    usersByName: byKey(users, user => user.name),
    keys: byKey(keys, key => key.id),
    servers,
    grants: mergeGrants(grants, servers.values(), users),
    revoked: new Set(revoked),
  };
}
