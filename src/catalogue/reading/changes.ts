import type { ServerName, UserId } from '../../base/index.ts';
import type { ListName } from '../../mcp/index.ts';
import type { Upstream } from '../../upstream/index.ts';

export type CatalogueChange = {
  readonly server: ServerName;
  /** Whom alone it concerns, where each person has an account at the server. */
  readonly person?: UserId | undefined;
  readonly lists: readonly ListName[];
};

/** Whom a change of this server's lists concerns. */
export function whoseOf({ entry, leg }: Upstream): Omit<CatalogueChange, 'lists'> {
  return { server: entry.name, person: leg.person };
}

type Deps = {
  /** Reads everything of a server again; resolves with the lists that have become others. */
  read(upstream: Upstream): Promise<ReadonlySet<ListName>>;
  tell(change: CatalogueChange): void;
};

/** A server that says it again and again is read a few times a second, not without a pause. */
const GAP_MS = 250;

type Turn = { isStale: boolean; readonly toTell: Set<ListName>; work: Promise<void> };

/** What servers say of their lists: read once for many who say the same, and told when it was read. */
export class Changes {
  readonly #deps: Deps;
  readonly #turns = new Map<string, Turn>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Several sessions with a server hear of the same change: what comes while it is read is read once more, together. */
  take(upstream: Upstream, lists: readonly ListName[]): Promise<void> {
    const { key } = upstream;
    const known = this.#turns.get(key);
    const turn = known ?? { isStale: true, toTell: new Set<ListName>(), work: Promise.resolve() };
    for (const list of lists) turn.toTell.add(list);
    turn.isStale = true;
    if (known) return known.work;
    this.#turns.set(key, turn);
    turn.work = this.#run(upstream, turn).finally(() => this.#turns.delete(key));
    return turn.work;
  }

  /** What was said before the end of a reading is told with it; what is said later is told after the next one. */
  async #run(upstream: Upstream, turn: Turn): Promise<void> {
    while (turn.isStale) {
      turn.isStale = false;
      const changed = await this.#deps.read(upstream);
      const lists = new Set([...changed, ...turn.toTell]);
      turn.toTell.clear();
      this.#deps.tell({ ...whoseOf(upstream), lists: [...lists] });
      if (turn.isStale) await new Promise(resolve => setTimeout(resolve, GAP_MS).unref());
    }
  }
}
