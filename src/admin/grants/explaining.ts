import type { ServerName } from '../../base/index.ts';
import {
  isConnectTarget,
  itemOf,
  type Linked,
  lacksAccount,
  look,
  type Offering,
  ownerOf,
  resolve,
  type Seer,
  type Target,
} from '../../catalogue/index.ts';
import { identityOf, type Snapshot } from '../../live/index.ts';
import type { TargetKind } from '../../mcp/index.ts';
import { explain, type Item, mayUse, type Rights, type Rule, withEveryScope } from '../../policy/index.ts';
import type { ApiKey, User } from '../../store/index.ts';
import { OWN_LEGACY, OWN_MODERN } from '../../upstream/index.ts';
import type { Reason } from './rules.ts';

export type Asked = {
  readonly user: User;
  readonly client?: string | undefined;
  readonly key?: ApiKey | undefined;
  readonly kind: TargetKind;
  readonly name: string;
  /** At whose own endpoint the name is said; undefined: at the one of all. */
  readonly server?: ServerName | undefined;
};

/** What there is, of which an explanation is. */
export type World = {
  readonly snapshot: Snapshot;
  readonly catalogue: Offering;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Which server gave this person a link to a URI. */
  readonly linked: Linked;
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

type Who = Seer & { readonly rights: Rights };

/** What a name means: what a call of it would reach, what rules keep from it, or what its owner does not offer now. */
type Found = Pick<Explanation, 'server' | 'item' | 'isListed'> &
  ({ readonly by: 'call'; readonly target: Target } | { readonly by: 'rules' | 'name' });

function whoOf({ user, client, key }: Asked, { snapshot }: World): Who {
  const rights = snapshot.policy.ownRightsOf(identityOf(snapshot, user.id, { client, key: key?.id }));
  const who = { principal: user.id, rights, scopes: key?.scopes ?? [] };
  // Without a key: as by a credential for everything.
  return key ? who : withEveryScope(who);
}

const permits = () => true;

/** Whoever else would find what the person does not: nothing denied on their servers, then on any. */
function widerThan(who: Who): readonly Seer[] {
  const { rights } = who;
  return [
    { ...who, rights: { permits, hears: permits, reaches: server => rights.reaches(server) } },
    withEveryScope({ ...who, rights: { permits, hears: permits, reaches: permits } }),
  ];
}

/** The target in the terms of either era: which one a client speaks decides nothing. */
function targetFor(who: Seer, { kind, name, server }: Asked, world: World): Target | undefined {
  const { catalogue, snapshot, linked } = world;
  for (const profile of [OWN_MODERN, OWN_LEGACY]) {
    const view = look(catalogue, snapshot, { who, endpoint: server ?? 'all', profile });
    const target = resolve(view, { kind, name }, linked);
    if (target) return target;
  }
  return undefined;
}

function find(asked: Asked, who: Who, world: World): Found | undefined {
  const own = targetFor(who, asked, world);
  if (own) return { ...own, by: 'call', target: own };
  for (const wider of widerThan(who)) {
    const target = targetFor(wider, asked, world);
    if (target) return { ...target, by: 'rules' };
  }
  const { kind, server: endpoint = 'all' } = asked;
  const owner = ownerOf(endpoint, asked, world.catalogue.names);
  return owner && { server: owner.server, item: itemOf(kind, owner.original), isListed: false, by: 'name' };
}

/** What comes before any rule. */
function refusedBefore(
  { user, key }: Asked,
  server: ServerName,
  { now, snapshot }: World,
): Reason | undefined {
  if (user.disabled) return { kind: 'person is disabled' };
  if (key?.expiresAt !== undefined && key.expiresAt <= now) return { kind: 'key has expired' };
  return snapshot.servers.get(server)?.enabled === false ? { kind: 'server is disabled' } : undefined;
}

type Decision = Pick<Explanation, 'allowed' | 'because'>;

const no = (because: Reason): Decision => ({ allowed: false, because });

function decide(found: Found, who: Who, { snapshot }: World): Decision {
  const { server, item, by } = found;
  const decided = explain(who, server, item);
  if (!decided.allowed && (by === 'rules' || !mayUse(who, server))) return decided;
  const entry = snapshot.servers.get(server);
  const accounts = { person: who.principal, connected: snapshot.connected };
  if (by === 'call' && entry && isConnectTarget(found.target, entry, accounts))
    return { allowed: true, because: { kind: 'connects an account' } };
  if (entry && lacksAccount(entry, accounts)) return no({ kind: 'not connected' });
  return by === 'call' ? decided : no({ kind: 'not offered' });
}

/**
 * Whether somebody may use something and why: the decision that a call would meet, for the target that it would reach.
 * Undefined where the name is nobody's.
 */
export function explainTo(asked: Asked, world: World): Explanation | undefined {
  const who = whoOf(asked, world);
  const found = find(asked, who, world);
  if (!found) return undefined;
  const { server, item, isListed } = found;
  const before = refusedBefore(asked, server, world);
  const decision = before ? no(before) : decide(found, who, world);
  return { server, item, isListed, ...decision, rules: who.rights.matching(server, item) };
}
