import { LRUCache } from 'lru-cache';
import { insufficientScope } from '../auth/index.ts';
import { Fault, type ServerName } from '../base/index.ts';
import {
  type Catalogue,
  itemOf,
  lacksAccount,
  look,
  type Offer,
  ownerOf,
  resolve,
  serversAt,
  type Target,
  type View,
} from '../catalogue/index.ts';
import type { Live, Snapshot } from '../live/index.ts';
import {
  accountKey,
  counterpart,
  isObject,
  isPerPerson,
  type Profile,
  profileKey,
  type ServerEntry,
} from '../mcp/index.ts';
import { type Caller, lacksScope, mayUse, permits, withEveryScope } from '../policy/index.ts';
import type { Upstream, Upstreams } from '../upstream/index.ts';
import type { Call, RequestCall } from './call.ts';
import { type Place, placeKey } from './place.ts';
import type { Links } from './relay/links.ts';

export type RouteDeps = {
  readonly live: Live;
  readonly catalogue: Catalogue;
  readonly upstreams: Upstreams;
  readonly pageSize: number;
  readonly links: Links;
};

/** Which server gets the message, what it is called there, and the profile that is spoken with it. */
export type OnePlan = { readonly upstream: Upstream; readonly target: Target; readonly profile: Profile };

const MAX_VIEWS = 2000;

function notHere(caller: Caller, entry: ServerEntry | undefined): Fault {
  if (entry && lacksScope(caller, entry.name)) return insufficientScope(caller.scopes, entry.name);
  return new Fault('not_found', { says: 'There is no such server' });
}

/**
 * Faults `not_found` where no server of that name is for this caller, `insufficient_scope` where it is for the person
 * and not for the token, `server_disabled` where one is switched off.
 */
export function requirePlace(caller: Caller, place: Place, live: Live): void {
  if (place.kind === 'all') return;
  const entry = place.kind === 'one' ? live.current().servers.get(place.server) : undefined;
  if (!entry || !mayUse(caller, entry.name)) throw notHere(caller, entry);
  if (!entry.enabled) throw new Fault('server_disabled', { data: { server: entry.name, mayHaveRun: false } });
}

/** No server is called so. */
const NOBODYS = '' as ServerName;

function endpointOf(place: Place): 'all' | ServerName {
  if (place.kind === 'all') return 'all';
  return place.kind === 'one' ? place.server : NOBODYS;
}

/** The servers that this caller may use at this endpoint. */
export function serversFor(caller: Caller, place: Place, live: Live): readonly ServerEntry[] {
  return serversAt(endpointOf(place), caller, live.current());
}

type Seeing = Pick<Call, 'caller' | 'place' | 'profile' | 'session'>;
type Kept = {
  readonly view: View;
  readonly version: number;
  readonly snapshot: unknown;
  readonly rights?: string;
};

/** Views, each made once for all callers who may use the same and once per revision. */
export class Views {
  readonly #deps: RouteDeps;
  readonly #views = new LRUCache<string, Kept>({ max: MAX_VIEWS });
  readonly #own = new WeakMap<object, Kept>();
  readonly #grantKeys = new WeakMap<Caller, string>();
  readonly #perPerson = new WeakMap<object, readonly ServerEntry[]>();

  constructor(deps: RouteDeps) {
    this.#deps = deps;
  }

  of(call: Seeing): View {
    const { live, catalogue } = this.#deps;
    const overlays = call.session?.state.overlays;
    if (overlays) return this.#overlaid(call, overlays);
    const snapshot = live.current().servers;
    const own = this.#withAccounts(live.current()).length > 0 ? call.caller.principal : '';
    const key = `${placeKey(call.place)} ${this.#grantKey(call.caller)} ${profileKey(call.profile)} ${own}`;
    const known = this.#views.get(key);
    if (known && known.version === catalogue.version && known.snapshot === snapshot) return known.view;
    const view = this.#make(call);
    this.#views.set(key, { view, version: catalogue.version, snapshot });
    return view;
  }

  /** The view of one client session to which a server shows something of its own. */
  #overlaid(call: Seeing, overlays: ReadonlyMap<ServerName, Offer>): View {
    const { live, catalogue } = this.#deps;
    const snapshot = live.current();
    // A session may be used with more than one credential of its person.
    const rights = this.#grantKey(call.caller);
    const known = this.#own.get(overlays);
    const isNew = known?.version === catalogue.version && known.snapshot === snapshot;
    if (known && isNew && known.rights === rights) return known.view;
    const view = this.#make(call, overlays);
    this.#own.set(overlays, { view, version: catalogue.version, snapshot, rights });
    return view;
  }

  /** The servers at which each person has an own account: what is seen of them is one person's. */
  #withAccounts({ servers }: Snapshot): readonly ServerEntry[] {
    let found = this.#perPerson.get(servers);
    if (!found) {
      found = [...servers.values()].filter(isPerPerson);
      this.#perPerson.set(servers, found);
    }
    return found;
  }

  /** Opens the accounts of this person, so that what they show is read before it is looked for. */
  openAccounts({ principal }: Caller): void {
    const { live, upstreams } = this.#deps;
    const snapshot = live.current();
    if (snapshot.connected.size === 0) return;
    for (const { name } of this.#withAccounts(snapshot))
      if (snapshot.connected.has(accountKey(name, principal))) upstreams.for(name, principal);
  }

  #make({ caller, place, profile }: Seeing, overlays?: ReadonlyMap<ServerName, Offer>): View {
    const { live, catalogue, pageSize } = this.#deps;
    const endpoint = endpointOf(place);
    return look(catalogue, live.current(), { who: caller, endpoint, profile, pageSize, overlays });
  }

  /** Callers with the same rights and scopes see the same. */
  #grantKey(caller: Caller): string {
    let key = this.#grantKeys.get(caller);
    if (key === undefined) {
      key = `${caller.rights.hash} ${[...caller.scopes].sort().join(',')}`;
      this.#grantKeys.set(caller, key);
    }
    return key;
  }
}

/** The member of `params` that names the target. Fault `invalid_params` where it is missing. */
function namedBy(call: RequestCall): {
  readonly kind: 'tool' | 'prompt' | 'resource';
  readonly name: string;
} {
  const { row, message } = call;
  if (row.by === 'ref') return namedByRef(message.params.ref);
  const name = row.by === undefined ? undefined : message.params[row.by];
  if (typeof name !== 'string')
    throw new Fault('invalid_params', { says: `Invalid params: ${row.by} must be a string` });
  if (
    row.kind === 'tool' &&
    Object.hasOwn(message.params, 'arguments') &&
    !isObject(message.params.arguments)
  ) {
    throw new Fault('invalid_params', { says: 'Invalid params: arguments must be an object' });
  }
  return { kind: row.kind ?? 'tool', name };
}

function namedByRef(ref: unknown): { readonly kind: 'prompt' | 'resource'; readonly name: string } {
  if (isObject(ref) && ref.type === 'ref/prompt' && typeof ref.name === 'string')
    return { kind: 'prompt', name: ref.name };
  if (isObject(ref) && ref.type === 'ref/resource' && typeof ref.uri === 'string')
    return { kind: 'resource', name: ref.uri };
  throw new Fault('invalid_params', {
    says: 'Invalid params: ref must be a ref/prompt with a name or a ref/resource with a uri',
  });
}

function find(call: RequestCall, view: View, links: Links): Target | undefined {
  return resolve(view, namedBy(call), uri => links.find(call.caller.principal, uri));
}

/** What the call names is for the person and not for the token: looked for only where the token's own view has nothing. */
function beyondScope(call: RequestCall, views: Views, { links }: RouteDeps): Fault | undefined {
  const { scopes } = call.caller;
  // What a session's servers show to it alone are none of the servers that it does not see.
  const wide = { ...call, caller: withEveryScope(call.caller), session: undefined };
  const target = find(wide, views.of(wide), links);
  if (!target || !lacksScope(call.caller, target.server)) return undefined;
  call.entry.server = target.server;
  call.entry.target = target.original;
  return insufficientScope(scopes, target.server);
}

/** Why a name leads nowhere. Denied and unknown are told apart by nothing. */
function nowhere(call: RequestCall, deps: RouteDeps): Fault {
  const { kind, name } = namedBy(call);
  const owner = ownerOf(endpointOf(call.place), { kind, name }, deps.catalogue.names);
  const entry = owner && deps.live.current().servers.get(owner.server);
  if (entry && !permits(call.caller, entry.name, itemOf(kind, owner.original))) {
    call.entry.server = entry.name;
    call.entry.target = owner.original;
  } else if (entry) {
    const data = { server: entry.name, mayHaveRun: false };
    if (!entry.enabled) return new Fault('server_disabled', { data });
  }
  if (kind !== 'resource') return new Fault('unknown_target', { says: `Unknown ${kind}: ${name}` });
  // -32002 was the code for a missing resource until 2026-07-28 made it -32602 (server/resources, "Error Handling").
  const says = 'Resource not found';
  return call.profile.era === 'modern'
    ? new Fault('unknown_target', { says, data: { uri: name } })
    : new Fault('resource_not_found', { data: { uri: name } });
}

/** Fault `not_connected` where each person has an account at the server, and this one has none. */
function requireAccount({ principal }: Caller, server: ServerName, live: Live): void {
  const { servers, connected } = live.current();
  const entry = servers.get(server);
  if (!entry || !lacksAccount(entry, { person: principal, connected })) return;
  throw new Fault('not_connected', { data: { server, why: 'never', mayHaveRun: false } });
}

/** The server that owns what the call names, if the caller may use it. Faults: `insufficient_scope`, `unknown_target`, kin. */
export function route(call: RequestCall, views: Views, deps: RouteDeps): OnePlan {
  const target = find(call, views.of(call), deps.links);
  if (!target) throw beyondScope(call, views, deps) ?? nowhere(call, deps);
  call.entry.server = target.server;
  call.entry.target = target.original;
  requireAccount(call.caller, target.server, deps.live);
  const upstream = deps.upstreams.for(target.server, call.caller.principal);
  if (!upstream)
    throw new Fault('upstream_unreachable', { data: { server: target.server, mayHaveRun: false } });
  if (upstream.eras && !upstream.eras.modern && !upstream.eras.legacy)
    throw new Fault('era_unsupported', { data: { server: target.server, mayHaveRun: false } });
  return { upstream, target, profile: spokenWith(upstream, call.profile) };
}

/** The client's own profile where the server speaks its era, else the same client in the terms of the other era. */
export function spokenWith(upstream: Upstream, profile: Profile): Profile {
  return upstream.eras === undefined || upstream.speaks(profile.era) ? profile : counterpart(profile);
}

/** Whether what this client needs to know of the server's protocols is known. */
export function isKnown({ upstream }: OnePlan, { era }: Profile): boolean {
  return upstream.eras !== undefined && !(era === 'legacy' && upstream.isLegacyUnasked);
}

/** The same plan once it is known what the server speaks: it may be called before it was ever read. */
export async function probed(plan: OnePlan, profile: Profile): Promise<OnePlan> {
  const { upstream } = plan;
  await (profile.era === 'legacy' ? upstream.probeLegacy() : upstream.probe());
  return { ...plan, profile: spokenWith(plan.upstream, profile) };
}
