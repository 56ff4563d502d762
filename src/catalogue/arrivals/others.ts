import type { ServerName } from '../../base/index.ts';
import type { Names } from '../names.ts';
import type { Offer } from '../offer.ts';
import { Lookalikes } from './lookalikes.ts';
import type { Others } from './suspicions.ts';

/** What the servers beside one offer: names that were ever published there, and what they list now. */
export function othersThan(
  server: ServerName,
  names: Pick<Names, 'owner'>,
  besides: readonly Offer[],
): Others {
  const near = new Lookalikes(besides.flatMap(({ lists }) => lists.tools.map(tool => tool.key)));
  const listed = new Map(
    besides.flatMap(one => one.lists.tools.map(tool => [tool.key, one.server] as const)),
  );
  return {
    ownerOf: name => {
      // Who has a tool of that name may speak of it.
      const own = names.owner('raw-tool', name);
      if (own?.server === server) return undefined;
      const owner = names.owner('tool', name)?.server ?? listed.get(name);
      return owner === server ? undefined : owner;
    },
    near: name => (listed.has(name) ? undefined : near.near(name)),
  };
}
