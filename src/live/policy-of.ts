import type { GroupId, KeyId, ServerName, UserId } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import {
  type Identity,
  Policy,
  type Rights,
  type Rule,
  type Subject,
  type ToolSwitches,
} from '../policy/index.ts';
import type { Group, ServerSwitches, User } from '../store/index.ts';
import type { Snapshot } from './snapshot.ts';

type People = { readonly users: readonly User[]; readonly groups: readonly Group[] };

/** Whom the list of a server names: `*` is everybody, `group:name` everybody in that group, else a person. */
function namedBy(text: string, { users, groups }: People): Subject | undefined {
  if (text === '*') return { kind: 'everybody' };
  const name = text.toLowerCase();
  const group = groups.find(one => `group:${one.name.toLowerCase()}` === name);
  if (group) return { kind: 'group', id: group.id };
  const user = users.find(one => one.name.toLowerCase() === name);
  return user && { kind: 'user', id: user.id };
}

/** A server's own list as rules for the whole server. */
function ownRules(server: ServerEntry, people: People): readonly Rule[] {
  return server.grants.flatMap(text => {
    const subject = namedBy(text, people);
    if (!subject) return [];
    const whole = {
      effect: 'allow',
      server: server.name,
      kind: 'all',
      pattern: '*',
      tier: undefined,
    } as const;
    const id = `file:${server.name}:${text}`;
    return [{ ...whole, id, subject, note: undefined, createdAt: 0, createdBy: server.source }];
  });
}

type PolicySources = People & {
  readonly rules: readonly Rule[];
  readonly switches: readonly ServerSwitches[];
  readonly servers: Iterable<ServerEntry>;
};

export type KeptPolicy = { readonly policy: Policy; readonly content: string };

/** The former policy where nothing of it has changed: what was decided by it stays decided. */
export function policyOf(sources: PolicySources, before: KeptPolicy | undefined): KeptPolicy {
  const own = [...sources.servers].flatMap(server => ownRules(server, sources));
  const rules = [...own, ...sources.rules];
  const switches = sources.switches.map(
    ({ server, seenAt, seenBy: _, ...own }): [ServerName, ToolSwitches] => [
      server,
      { ...own, isSeen: seenAt !== undefined },
    ],
  );
  const content = JSON.stringify([
    rules,
    switches.map(([name, one]) => [
      name,
      { ...one, named: [...one.named], prompts: [...(one.prompts ?? [])] },
    ]),
  ]);
  if (before?.content === content) return before;
  return { policy: new Policy({ rules, switches: new Map(switches) }, before?.policy), content };
}

/** By what somebody calls, beside being that person. */
export type Means = { readonly client?: string | undefined; readonly key?: KeyId | undefined };

const NO_GROUPS: readonly GroupId[] = [];

/** By what the rules of this moment can name a person. */
export function identityOf(snapshot: Snapshot, user: UserId, { client, key }: Means = {}): Identity {
  const role = snapshot.users.get(user)?.role ?? 'user';
  return { user, role, groups: snapshot.groupsOf.get(user) ?? NO_GROUPS, client, key };
}

/** What a person may use by the rules of this moment. */
export function rightsIn(snapshot: Snapshot, user: UserId, means?: Means): Rights {
  return snapshot.policy.rightsOf(identityOf(snapshot, user, means));
}
