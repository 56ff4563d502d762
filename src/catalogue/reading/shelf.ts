import type { ServerName } from '../../base/index.ts';
import {
  accountKey,
  counterpart,
  type Era,
  type ListName,
  type Profile,
  profileKey,
} from '../../mcp/index.ts';
import type { CatalogueRow } from '../../store/index.ts';
import { OWN_LEGACY, OWN_MODERN } from '../../upstream/index.ts';
import { fromRow, LIST_NAMES, type Offer } from '../offer.ts';

/** A reading that is under way. */
export type Reading = { readonly work: Promise<void>; readonly since: number };

/** What is kept of one server. */
export type Shelf = {
  readonly offers: Map<string, Offer>;
  /** What was last looked at of what it offers to anyone, whatever era it spoke then. */
  seen: Offer | undefined;
  /** Resolves when the first reading in this process has ended, well or not. */
  settled: Promise<void>;
  /** Resolves when the servers before it have published, or take too long. */
  turn: Promise<unknown>;
  isSettled: boolean;
  /** When the server was taken over: lists wait for its first reading, but not for ever. */
  takenAt: number;
  timer: NodeJS.Timeout | undefined;
  failures: number;
  readonly reading: Map<string, Reading>;
  readonly askedAt: Map<string, number>;
};

function emptyShelf(): Shelf {
  return {
    offers: new Map(),
    seen: undefined,
    settled: Promise.resolve(),
    turn: Promise.resolve(),
    isSettled: false,
    takenAt: 0,
    timer: undefined,
    failures: 0,
    reading: new Map(),
    askedAt: new Map(),
  };
}

function isSameList(a: Offer, b: Offer, list: ListName): boolean {
  const [before, now] = [a.lists[list], b.lists[list]];
  return (
    before.length === now.length &&
    before.every((one, i) => one.bytes.equals(now[i]?.bytes ?? Buffer.alloc(0)))
  );
}

/** The lists in which an offer differs from the one before; of a first one those that hold anything. */
export function changedLists(before: Offer | undefined, now: Offer): readonly ListName[] {
  return LIST_NAMES.filter(list => (before ? !isSameList(before, now, list) : now.lists[list].length > 0));
}

/** As whom the gateway itself reads. */
export function ownProfile(era: Era): Profile {
  return era === 'modern' ? OWN_MODERN : OWN_LEGACY;
}

/** Where an offer is kept. */
export function shelfKey({ server, person }: Offer): string {
  return person === undefined ? server : accountKey(server, person);
}

/** Whether it is what the gateway itself is offered, and anybody else of the era. */
export function isOfAnyone({ profile }: Offer): boolean {
  return profileKey(profile) === profileKey(ownProfile(profile.era));
}

/** What is offered to anyone, in the newest era that was read. */
export function toAnyone({ offers }: Shelf): Offer | undefined {
  return offers.get(profileKey(OWN_MODERN)) ?? offers.get(profileKey(OWN_LEGACY));
}

/** What is kept of all servers: by the server's name, or by account where each person has an own one. */
export class Shelves {
  readonly #shelves = new Map<string, Shelf>();

  find(key: string): Shelf | undefined {
    return this.#shelves.get(key);
  }

  /** Makes it where there is none. */
  at(key: string): Shelf {
    let shelf = this.#shelves.get(key);
    if (!shelf) {
      shelf = emptyShelf();
      this.#shelves.set(key, shelf);
    }
    return shelf;
  }

  /** Takes what was kept, as far as it can be read. */
  load(rows: readonly CatalogueRow[]): void {
    for (const row of rows) {
      const offer = fromRow(row);
      if (offer) this.at(shelfKey(offer)).offers.set(profileKey(offer.profile), offer);
    }
    for (const shelf of this.#shelves.values()) shelf.seen = toAnyone(shelf);
  }

  /** What each server offers to anyone, but `server`. */
  besides(server: ServerName): readonly Offer[] {
    return [...this.#shelves.values()].flatMap(({ seen }) => (seen && seen.server !== server ? [seen] : []));
  }

  remove(key: string): boolean {
    clearTimeout(this.#shelves.get(key)?.timer);
    return this.#shelves.delete(key);
  }

  /** What is offered to this profile; while that was not read yet, what is offered to anyone of the era. */
  offer(key: string, profile: Profile): Offer | undefined {
    const offers = this.#shelves.get(key)?.offers;
    if (!offers) return undefined;
    const other = counterpart(profile);
    // In its own era first; a server that does not speak that offers the same to the client's counterpart.
    for (const asked of [profile, ownProfile(profile.era), other, ownProfile(other.era)]) {
      const offer = offers.get(profileKey(asked));
      if (offer) return offer;
    }
    return undefined;
  }

  /** What each account at a server is offered, in whichever era it was read. */
  ofAccounts(server: ServerName): readonly Offer[] {
    return [...this.#shelves].flatMap(([key, { offers }]) => {
      const isOfAccount = [...offers.values()].some(one => one.server === server && one.person !== undefined);
      return isOfAccount ? (this.offer(key, OWN_MODERN) ?? []) : [];
    });
  }

  /** Whether some server that was taken over since has never been read. */
  isFirstReading(since: number): boolean {
    for (const shelf of this.#shelves.values())
      if (!shelf.isSettled && shelf.offers.size === 0 && shelf.takenAt > since) return true;
    return false;
  }

  close(): void {
    for (const shelf of this.#shelves.values()) clearTimeout(shelf.timer);
  }
}
