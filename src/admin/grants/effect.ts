import { createHash } from 'node:crypto';
import type { ServerName, UserId } from '../../base/index.ts';
import { type Catalogue, itemOf } from '../../catalogue/index.ts';
import { identityOf, type Snapshot } from '../../live/index.ts';
import type { Item, Policy, Rights, Rule } from '../../policy/index.ts';

export type Change = {
  readonly gains: readonly string[];
  readonly loses: readonly string[];
  readonly gainsServers: readonly ServerName[];
  readonly losesServers: readonly ServerName[];
};
export type PersonChange = Change & { readonly id: UserId; readonly username: string };

type Offered = {
  readonly server: ServerName;
  readonly tools: readonly { readonly name: string; readonly item: Item }[];
};

function offeredOf(snapshot: Snapshot, catalogue: Pick<Catalogue, 'offeredAt'>): readonly Offered[] {
  return [...snapshot.servers.values()].map(entry => ({
    server: entry.name,
    tools: (catalogue.offeredAt(entry)?.lists.tools ?? []).map(({ key, traits }) => ({
      name: `${entry.name} ${key}`,
      item: itemOf('tool', key, traits),
    })),
  }));
}

function difference(before: Rights, after: Rights, offered: readonly Offered[]): Change {
  const only = (here: Rights, there: Rights) => ({
    tools: offered.flatMap(({ server, tools }) =>
      tools
        .filter(({ item }) => here.permits(server, item) && !there.permits(server, item))
        .map(({ name }) => name),
    ),
    servers: offered.flatMap(({ server }) =>
      here.reaches(server) && !there.reaches(server) ? [server] : [],
    ),
  });
  const [gained, lost] = [only(after, before), only(before, after)];
  return {
    ...{ gains: gained.tools, loses: lost.tools, gainsServers: gained.servers, losesServers: lost.servers },
  };
}

const isNothing = (change: Change) => Object.values(change).every(list => list.length === 0);

/** What people would gain and lose by other rules; whoever is shut out, or keeps the same, is not there. */
export function effectOf(
  snapshot: Snapshot,
  catalogue: Pick<Catalogue, 'offeredAt'>,
  rules: readonly Rule[],
): readonly PersonChange[] {
  const [now, then]: [Policy, Policy] = [snapshot.policy, snapshot.policy.withRules(rules)];
  const offered = offeredOf(snapshot, catalogue);
  // Many people share their rights: each pair is compared once.
  const known = new Map<string, Change>();
  return [...snapshot.users.values()].flatMap(({ id, name, disabled }): PersonChange[] => {
    if (disabled) return [];
    const who = identityOf(snapshot, id);
    const [before, after] = [now.rightsOf(who), then.rightsOf(who)];
    if (before.hash === after.hash) return [];
    const pair = `${before.hash} ${after.hash}`;
    const change = known.get(pair) ?? difference(before, after, offered);
    known.set(pair, change);
    return isNothing(change) ? [] : [{ id, username: name, ...change }];
  });
}

/** What a draft does, in a text that is another one whenever anybody would gain or lose anything else. */
export function effectKey(changes: readonly PersonChange[]): string {
  const all = changes
    .map(one => [one.id, one.gains, one.loses, one.gainsServers, one.losesServers])
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url');
}

const countOf = (many: number, one: string, more = `${one}s`) => `${many} ${many === 1 ? one : more}`;

function half(changes: readonly PersonChange[], of: 'gains' | 'loses'): string | undefined {
  const those = changes.filter(one => one[of].length > 0);
  if (those.length === 0) return undefined;
  const tools = new Set(those.flatMap(one => one[of])).size;
  const verb = of === 'gains' ? ['gains', 'gain'] : ['loses', 'lose'];
  return `${countOf(those.length, 'person', 'people')} ${verb[those.length === 1 ? 0 : 1]} ${countOf(tools, 'tool')}`;
}

/** `3 people gain 12 tools, 1 person loses 2 tools.` */
export function sayEffect(changes: readonly PersonChange[]): string {
  const said = [half(changes, 'gains'), half(changes, 'loses')].filter(Boolean);
  if (said.length > 0) return `${said.join(', ')}.`;
  return changes.length === 0
    ? 'Nobody gains or loses anything.'
    : `${countOf(changes.length, 'person reaches', 'people reach')} other servers than now, and may call the same tools.`;
}
