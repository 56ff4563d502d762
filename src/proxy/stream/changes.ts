import type { Clock, ServerName } from '../../base/index.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import type { Live, Snapshot } from '../../live/index.ts';
import { LIST_CHANGED } from '../../mcp/index.ts';
import type { Caller } from '../../policy/index.ts';
import type { Place } from '../place.ts';
import { asOf, mayStillUse } from '../relay/in-flight.ts';
import { listChangedMethod } from '../relay/server-messages.ts';
import { serversFor } from '../route.ts';

export type ChangeDeps = {
  readonly catalogue: Catalogue;
  readonly live: Live;
  readonly clock: Clock;
  isCurrent(caller: Caller, snapshot: Snapshot): boolean;
};

type Follower = {
  readonly caller: Caller;
  readonly place: Place;
  /** `notifications/.../list_changed` that concerns this caller. */
  onChanged(method: string): void;
  /** The person may no longer listen here, or the token has expired. */
  onOver(): void;
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function visible(follower: Follower, live: Live): ReadonlySet<ServerName> {
  return new Set(serversFor(follower.caller, follower.place, live).map(entry => entry.name));
}

function isSame(a: ReadonlySet<ServerName>, b: ReadonlySet<ServerName>): boolean {
  return a.size === b.size && [...a].every(name => b.has(name));
}

/**
 * Tells one listener what changes for this caller: a server's lists, the servers that may be used, and the end of
 * the right to listen. Returns the way to stop.
 */
export function followChanges(follower: Follower, deps: ChangeDeps): () => void {
  const { catalogue, live, clock } = deps;
  const { caller, place } = follower;
  let { hash } = caller.rights;
  let seen = visible(follower, live);
  const stopChanges = catalogue.onChange(change => {
    const isOthers = change.person !== undefined && change.person !== caller.principal;
    if (isOthers || !seen.has(change.server)) return;
    for (const method of new Set(change.lists.map(listChangedMethod))) follower.onChanged(method);
  });
  const server = place.kind === 'one' ? place.server : undefined;
  const release = live.hold(
    snapshot => deps.isCurrent(caller, snapshot) && mayStillUse(caller, { server }, snapshot),
    () => follower.onOver(),
  );
  const stopSwaps = live.onSwap(snapshot => {
    const current = asOf(snapshot, caller);
    const now = visible({ ...follower, caller: current }, live);
    const isSameRights = current.rights.hash === hash;
    if (!isSameRights || !isSame(seen, now))
      for (const method of LIST_CHANGED.keys()) follower.onChanged(method);
    seen = now;
    hash = current.rights.hash;
  });
  const { expiresAt } = caller.credential;
  const ms =
    expiresAt === undefined ? undefined : Math.min(LONGEST_TIMER_MS, Math.max(0, expiresAt - clock.now()));
  const expiry = ms === undefined ? undefined : setTimeout(() => follower.onOver(), ms).unref();
  return () => {
    stopChanges();
    stopSwaps();
    release();
    clearTimeout(expiry);
  };
}
