import type { Clock, GroupId, KeyId, ServerName, UserId } from '../base/index.ts';
import { readStored, type StoredSettings } from '../config/index.ts';
import { accountKey, type ServerEntry } from '../mcp/index.ts';
import type { Policy } from '../policy/index.ts';
import type { ApiKey, Group, Limit, Member, Store, ToolMapping, User } from '../store/index.ts';
import { type KeptPolicy, policyOf } from './policy-of.ts';

/** Who exists, what there is and who may use it, at one moment. Never changes: a newer one takes its place. */
export type Snapshot = {
  readonly revision: number;
  readonly users: ReadonlyMap<UserId, User>;
  readonly usersByName: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<GroupId, Group>;
  /** The groups of each person. */
  readonly groupsOf: ReadonlyMap<UserId, readonly GroupId[]>;
  readonly keys: ReadonlyMap<KeyId, ApiKey>;
  /** An entry of the configuration file hides a stored one of its name. */
  readonly servers: ReadonlyMap<ServerName, ServerEntry>;
  /** Servers by their names as version 1 wrote them in addresses, without hyphens, where that names one alone. */
  readonly spellings: ReadonlyMap<string, ServerName>;
  readonly policy: Policy;
  /** Names of tools that lead where an administrator said, by name. */
  readonly mappings: ReadonlyMap<string, ToolMapping>;
  /** Where somebody may use less, or more, than the settings say. */
  readonly limits: readonly Limit[];
  /** People's own accounts at servers that may be used, by `accountKey`: when each was connected. */
  readonly connected: ReadonlyMap<string, number>;
  /** Ids of access tokens, and of login families, that ended before their time. */
  readonly revoked: ReadonlySet<string>;
  /** From which networks nobody signs in, because an administrator said so, and until when. */
  readonly blocked: ReadonlyMap<string, number>;
  /** What administrators chose. */
  readonly settings: StoredSettings;
};

export type SnapshotSources = {
  readonly store: Store;
  readonly clock: Clock;
  /** As the configuration file has them, beside what administrators chose. */
  readonly fileServers: (chosen: StoredSettings) => readonly ServerEntry[];
};

function byKey<K, V>(values: readonly V[], keyOf: (value: V) => K): ReadonlyMap<K, V> {
  return new Map(values.map(value => [keyOf(value), value]));
}

function groupsByUser(members: readonly Member[]): ReadonlyMap<UserId, readonly GroupId[]> {
  const found = new Map<UserId, GroupId[]>();
  for (const { userId, groupId } of members) found.set(userId, [...(found.get(userId) ?? []), groupId]);
  return found;
}

function spellingsOf(names: readonly ServerName[]): ReadonlyMap<string, ServerName> {
  const found = new Map<string, ServerName | undefined>();
  for (const name of names) {
    const spelling = name.replaceAll('-', '');
    if (spelling !== name) found.set(spelling, found.has(spelling) ? undefined : name);
  }
  const isClear = (pair: [string, ServerName | undefined]): pair is [string, ServerName] =>
    pair[1] !== undefined && !names.includes(pair[0] as ServerName);
  return new Map([...found].filter(isClear));
}

/** A snapshot beside what the next one may take over. */
export type Kept = { readonly snapshot: Snapshot; readonly kept: KeptPolicy };

/** Everything that a snapshot is made of, read at once. */
async function readAll(store: Store, now: number) {
  const asked = {
    users: store.listUsers(),
    groups: store.listGroups(),
    members: store.listMembers(),
    keys: store.listKeys(),
    stored: store.listServers(),
    rules: store.access.listRules(),
    switches: store.access.listSwitches(),
    limits: store.access.listLimits(),
    revoked: store.revokedTokens(now),
    connected: store.connections.connectedAccounts(),
    settings: store.settings.list(),
    mappings: store.access.listMappings(),
    blocked: store.blockedAddresses.list(now),
  };
  const names = Object.keys(asked) as (keyof typeof asked)[];
  const values = await Promise.all(Object.values(asked));
  return Object.fromEntries(names.map((name, at) => [name, values[at]])) as {
    readonly [K in keyof typeof asked]: Awaited<(typeof asked)[K]>;
  };
}

/** The revision is read first: a change during the reading makes the next look read again. */
export async function readSnapshot(
  { store, clock, fileServers }: SnapshotSources,
  before?: Kept,
): Promise<Kept> {
  const revision = await store.revision();
  const read = await readAll(store, clock.now());
  const { users, groups, members, keys, stored, rules, switches, limits, revoked, connected, settings } =
    read;
  const chosen = readStored(settings);
  const servers = byKey([...stored, ...fileServers(chosen)], server => server.name);
  const kept = policyOf({ users, groups, rules, switches, servers: servers.values() }, before?.kept);
  const snapshot = {
    revision,
    users: byKey(users, user => user.id),
    usersByName: byKey(users, user => user.name),
    groups: byKey(groups, group => group.id),
    groupsOf: groupsByUser(members),
    keys: byKey(keys, key => key.id),
    servers,
    spellings: spellingsOf([...servers.keys()]),
    policy: kept.policy,
    limits,
    mappings: byKey(read.mappings, mapping => mapping.name),
    revoked: new Set(revoked),
    blocked: new Map(read.blocked.map(({ network, endsAt }) => [network, endsAt])),
    settings: chosen,
    connected: new Map(
      connected.map(({ server, userId, createdAt }) => [accountKey(server, userId), createdAt]),
    ),
  };
  return { snapshot, kept };
}
