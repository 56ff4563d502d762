import type { Snapshot } from '../live/index.ts';
import type { Profile, ServerEntry } from '../mcp/index.ts';
import { type Caller, mayUse, type Rights } from '../policy/index.ts';
import { type Offering, View, type ViewOf } from './view.ts';

/** Whoever looks: by what they may use, and through whose accounts. */
export type Seer = Pick<Caller, 'principal' | 'scopes'> & {
  readonly rights: Pick<Rights, 'permits' | 'reaches' | 'hears'>;
};

type Looking = Pick<ViewOf, 'endpoint' | 'overlays'> & {
  readonly who: Seer;
  readonly profile: Profile;
  readonly pageSize?: number;
};

/** The servers that somebody may use at an endpoint. */
export function serversAt(
  endpoint: ViewOf['endpoint'],
  who: Seer,
  { servers }: Pick<Snapshot, 'servers'>,
): readonly ServerEntry[] {
  return [...servers.values()].filter(
    entry => entry.enabled && mayUse(who, entry.name) && (endpoint === 'all' || endpoint === entry.name),
  );
}

/** What somebody sees at an endpoint: clients are shown it, and explanations are of it. */
export function look(
  catalogue: Offering,
  snapshot: Pick<Snapshot, 'servers' | 'connected'>,
  { who, endpoint, profile, overlays, pageSize = 0 }: Looking,
): View {
  return new View(catalogue, {
    ...{ endpoint, profile, pageSize, overlays, rights: who.rights },
    servers: serversAt(endpoint, who, snapshot),
    accounts: { person: who.principal, connected: snapshot.connected },
  });
}
