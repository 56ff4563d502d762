import { LRUCache } from 'lru-cache';
import { Fault, type ServerName } from '../base/index.ts';
import { type Catalogue, type Target, View } from '../catalogue/index.ts';
import type { Live } from '../live/index.ts';
import { isObject, notCalledYet, profileKey, type ServerEntry } from '../mcp/index.ts';
import { type Caller, mayUse } from '../policy/index.ts';
import type { Upstream, Upstreams } from '../upstream/index.ts';
import type { Call, RequestCall } from './call.ts';
import { type Place, placeKey } from './place.ts';

export type RouteDeps = {
  readonly live: Live;
  readonly catalogue: Catalogue;
  readonly upstreams: Upstreams;
  readonly pageSize: number;
};

/** Which server gets the message, and what it is called there. */
export type OnePlan = { readonly upstream: Upstream; readonly target: Target };

const MAX_VIEWS = 2000;

/** Faults `not_found` where no server of that name is for this caller, `server_disabled` where one is switched off. */
export function requirePlace(caller: Caller, place: Place, live: Live): void {
  if (place.kind === 'all') return;
  const entry = place.kind === 'one' ? live.current().servers.get(place.server) : undefined;
  if (!entry || !mayUse(caller, entry.name))
    throw new Fault('not_found', { says: 'There is no such server' });
  if (!entry.enabled) throw new Fault('server_disabled', { data: { server: entry.name, mayHaveRun: false } });
  requireCalled(entry);
}

/** Fault `server_disabled` for a server of a kind that this release only keeps. */
function requireCalled(entry: ServerEntry): void {
  const why = notCalledYet(entry);
  if (why === undefined) return;
  const data = { server: entry.name, mayHaveRun: false };
  throw new Fault('server_disabled', { says: `The server ${entry.name} ${why} yet`, data });
}

/** A server that was never read owns no name: the prefix says whose a name would be. */
function requireCalledByPrefix(call: RequestCall, name: string, live: Live): void {
  if (call.place.kind !== 'all') return;
  for (const entry of serversFor(call.caller, call.place, live))
    if (entry.prefix !== '' && name.startsWith(entry.prefix)) requireCalled(entry);
}

/** The servers that this caller may use at this endpoint. */
export function serversFor(caller: Caller, place: Place, live: Live): readonly ServerEntry[] {
  const { servers } = live.current();
  return [...servers.values()].filter(
    entry =>
      entry.enabled &&
      mayUse(caller, entry.name) &&
      (place.kind === 'all' || (place.kind === 'one' && place.server === entry.name)),
  );
}

/** Views, each made once for all callers who may use the same and once per revision. */
export class Views {
  readonly #deps: RouteDeps;
  readonly #views = new LRUCache<
    string,
    { readonly view: View; readonly version: number; readonly snapshot: unknown }
  >({ max: MAX_VIEWS });
  readonly #grantKeys = new WeakMap<Caller, string>();

  constructor(deps: RouteDeps) {
    this.#deps = deps;
  }

  of(call: Pick<Call, 'caller' | 'place' | 'profile'>): View {
    const { live, catalogue, pageSize } = this.#deps;
    const key = `${placeKey(call.place)} ${this.#grantKey(call.caller)} ${profileKey(call.profile)}`;
    const snapshot = live.current().servers;
    const known = this.#views.get(key);
    if (known && known.version === catalogue.version && known.snapshot === snapshot) return known.view;
    const servers = serversFor(call.caller, call.place, live);
    const endpoint: 'all' | ServerName = call.place.kind === 'one' ? call.place.server : 'all';
    const view = new View(catalogue, { endpoint, servers, profile: call.profile, pageSize });
    this.#views.set(key, { view, version: catalogue.version, snapshot });
    return view;
  }

  /** Callers with the same grants and scopes see the same. */
  #grantKey(caller: Caller): string {
    let key = this.#grantKeys.get(caller);
    if (key === undefined) {
      const grants = caller.grants === 'all' ? '*' : [...caller.grants].sort().join(',');
      key = `${grants} ${[...caller.scopes].sort().join(',')}`;
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

function find(call: RequestCall, view: View): Target | undefined {
  const { kind, name } = namedBy(call);
  const found = kind === 'resource' ? (view.findUri(name) ?? view.findTemplate(name)) : view.find(kind, name);
  if (found || call.place.kind !== 'one') return found;
  // Behind its own endpoint a server may know more than it lists; it says itself what it does not know.
  return { server: call.place.server, original: name, traits: undefined };
}

/** Why a name leads nowhere. Denied and unknown are told apart by nothing. */
function nowhere(call: RequestCall, deps: RouteDeps): Fault {
  const { kind, name } = namedBy(call);
  const { names } = deps.catalogue;
  const owner =
    names.owner(kind, name) ?? (kind === 'resource' ? undefined : names.owner(`raw-${kind}`, name));
  const entry = owner && deps.live.current().servers.get(owner.server);
  if (entry && !mayUse(call.caller, entry.name)) {
    call.entry.server = entry.name;
    call.entry.target = owner.original;
  } else if (entry) {
    const data = { server: entry.name, mayHaveRun: false };
    if (!entry.enabled) return new Fault('server_disabled', { data });
    const upstream = deps.upstreams.get(entry.name);
    if (upstream?.eras && !upstream.speaks(call.profile.era)) return new Fault('era_unsupported', { data });
  }
  if (owner === undefined) requireCalledByPrefix(call, name, deps.live);
  if (kind !== 'resource') return new Fault('unknown_target', { says: `Unknown ${kind}: ${name}` });
  // -32002 was the code for a missing resource until 2026-07-28 made it -32602 (server/resources, "Error Handling").
  const says = 'Resource not found';
  return call.profile.era === 'modern'
    ? new Fault('unknown_target', { says, data: { uri: name } })
    : new Fault('resource_not_found', { data: { uri: name } });
}

/** The server that owns what the call names, if the caller may use it. Faults: `unknown_target` and kin. */
export function route(call: RequestCall, view: View, deps: RouteDeps): OnePlan {
  const target = find(call, view);
  if (!target) throw nowhere(call, deps);
  call.entry.server = target.server;
  call.entry.target = target.original;
  const upstream = deps.upstreams.get(target.server);
  if (!upstream)
    throw new Fault('upstream_unreachable', { data: { server: target.server, mayHaveRun: false } });
  upstream.requireEra(call.profile.era);
  return { upstream, target };
}
