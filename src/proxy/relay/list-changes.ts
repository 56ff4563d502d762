import type { Catalogue } from '../../catalogue/index.ts';
import type { ListName } from '../../mcp/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';
import type { SessionState } from '../session/session-state.ts';

/** Between two readings for a server that says again and again that its lists changed. */
const GAP_MS = 250;

type Where = { readonly session: UpstreamSession; readonly state: SessionState | undefined };

/**
 * What a server says on one session of changed lists: read and then told, and what comes meanwhile is one more reading,
 * however often it comes. On a session that belongs to one client the lists may have changed for that client alone, so
 * they are read through it.
 */
export class ListChanges {
  readonly #where: Where;
  readonly #catalogue: Catalogue;
  readonly #onRead: (list: ListName) => void;
  readonly #waiting = new Set<ListName>();
  #isReading = false;

  constructor(where: Where, catalogue: Catalogue, onRead: (list: ListName) => void) {
    this.#where = where;
    this.#catalogue = catalogue;
    this.#onRead = onRead;
  }

  take(list: ListName): void {
    this.#waiting.add(list);
    if (!this.#isReading) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isReading = true;
    while (this.#waiting.size > 0 && !this.#where.session.isEnded) {
      const lists = [...this.#waiting];
      this.#waiting.clear();
      await this.#read(lists);
      for (const list of lists) this.#onRead(list);
      if (this.#waiting.size > 0) await new Promise(resolve => setTimeout(resolve, GAP_MS).unref());
    }
    this.#isReading = false;
  }

  async #read(lists: readonly ListName[]): Promise<void> {
    const { session, state } = this.#where;
    const { key, entry } = session.leg;
    if (!state || !session.isOfOneClient) {
      await Promise.all(lists.map(list => this.#catalogue.listChanged(key, list)));
      return;
    }
    await this.#catalogue.reread(key);
    const seen = await this.#catalogue.seenBy(session);
    if (!session.isEnded) state.overlay(entry.name, seen);
  }
}
