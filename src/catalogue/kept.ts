import type { Store } from '../store/index.ts';
import { type Mapped, Names } from './names.ts';
import { Shelves } from './reading/shelf.ts';
import type { Offering } from './view.ts';

/** What the servers offered when they were last read, for whoever looks beside the gateway and asks no server. */
export async function keptCatalogue(
  store: Pick<Store, 'loadCatalogue' | 'loadNames' | 'claimNames'>,
  mappings: ReadonlyMap<string, Mapped> = new Map(),
): Promise<Offering> {
  // Only reading publishes names, and nothing is read here.
  const names = new Names({
    store,
    now: () => 0,
    onCollision: () => undefined,
    mapped: name => mappings.get(name),
  });
  await names.load();
  const shelves = new Shelves();
  shelves.load(await store.loadCatalogue());
  return { names, offer: (key, profile) => shelves.offer(key, profile) };
}
