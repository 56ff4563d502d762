import { type Clock, type ServerName, toFault } from '../base/index.ts';
import type { Ledger, Log } from '../ledger/index.ts';
import { type Era, type ListName, type Profile, profileKey } from '../mcp/index.ts';
import type { Store } from '../store/index.ts';
import { OWN_LEGACY, OWN_MODERN, type Upstream, type Upstreams } from '../upstream/index.ts';
import { Names } from './names.ts';
import { fromRow, LIST_NAMES, makeOffer, type Offer, toRow } from './offer.ts';
import { readOffer } from './reading.ts';
import { Watching } from './watching.ts';

const REFRESH_MS = 5 * 60_000;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** How long a first list may wait for servers that were never read, and for a profile that was never asked. */
const PATIENCE_MS = 1_500;
const PROFILE_RETRY_MS = 30_000;
const MAX_PROFILES = 64;
const TURN_MS = 1_000;

function delay(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref());
}

export type CatalogueChange = { readonly server: ServerName; readonly lists: readonly ListName[] };

type Deps = {
  readonly store: Pick<Store, 'loadCatalogue' | 'putCatalogue' | 'loadNames' | 'claimNames'>;
  readonly upstreams: Upstreams;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
};

type Reading = { readonly work: Promise<void>; readonly since: number };

/** What is kept of one server. */
type Shelf = {
  readonly offers: Map<string, Offer>;
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

function ownProfile(era: Era): Profile {
  return era === 'modern' ? OWN_MODERN : OWN_LEGACY;
}

/** What the servers offer: read ahead, kept, and served while a server is down. No request waits for a server here. */
export class Catalogue {
  readonly names: Names;
  readonly #deps: Deps;
  readonly #shelves = new Map<ServerName, Shelf>();
  readonly #listeners = new Set<(change: CatalogueChange) => void>();
  readonly #watching = new Watching((server, list) => void this.listChanged(server, list));
  #version = 0;
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.names = new Names({
      store: deps.store,
      now: () => deps.clock.now(),
      onCollision: (server, wanted, given) => {
        deps.ledger.event({ type: 'name_collision', severity: 'medium', server, detail: { wanted, given } });
      },
    });
  }

  /** Grows with every change of what is offered. */
  get version(): number {
    return this.#version;
  }

  async load(): Promise<void> {
    await this.names.load();
    for (const row of await this.#deps.store.loadCatalogue()) {
      const offer = fromRow(row);
      if (offer) this.#shelf(row.server).offers.set(profileKey(offer.profile), offer);
    }
  }

  /** Begins to read servers that are new or changed; a changed one may offer something else, so nothing old is kept. */
  take(upstreams: readonly Upstream[]): void {
    const before: Promise<void>[] = [];
    for (const upstream of upstreams) {
      const shelf = this.#shelf(upstream.entry.name);
      // Names go in the order of the configuration, not of who answers first; a slow server holds nobody up for long.
      shelf.turn = Promise.race([Promise.all([...before]), delay(TURN_MS)]);
      this.#watching.forget(upstream.entry.name);
      shelf.isSettled = false;
      shelf.takenAt = this.#deps.clock.now();
      shelf.failures = 0;
      shelf.askedAt.clear();
      shelf.settled = this.#refresh(upstream).finally(() => {
        shelf.isSettled = true;
      });
      before.push(shelf.settled);
    }
  }

  onChange(listener: (change: CatalogueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the server offers to this profile; while that was not read yet, what it offers to anyone of the era. */
  offer(server: ServerName, profile: Profile): Offer | undefined {
    const offers = this.#shelves.get(server)?.offers;
    return offers?.get(profileKey(profile)) ?? offers?.get(profileKey(ownProfile(profile.era)));
  }

  /** Whether some server was never read yet, so that a name may be unknown only because of that. */
  get isFirstReading(): boolean {
    const now = this.#deps.clock.now();
    for (const shelf of this.#shelves.values()) {
      if (!shelf.isSettled && shelf.offers.size === 0 && now < shelf.takenAt + PATIENCE_MS) return true;
    }
    return false;
  }

  /** Waits, at most 1.5 s from its beginning, for what was never read: undefined when there is nothing to wait for. */
  ensure(servers: readonly ServerName[], profile: Profile): Promise<unknown> | undefined {
    const waits = servers.flatMap(server => {
      const shelf = this.#shelves.get(server);
      const reading = shelf && this.#firstReading(server, shelf, profile);
      const left = reading ? reading.since + PATIENCE_MS - this.#deps.clock.now() : 0;
      return reading && left > 0 ? [Promise.race([reading.work, delay(left)])] : [];
    });
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  #firstReading(server: ServerName, shelf: Shelf, profile: Profile): Reading | undefined {
    if (!shelf.isSettled && shelf.offers.size === 0) return { work: shelf.settled, since: shelf.takenAt };
    return shelf.offers.has(profileKey(profile)) ? undefined : this.#askProfile(server, shelf, profile);
  }

  /** The server says that a list changed. The listeners hear of it when it was read again. */
  async listChanged(server: ServerName, list: ListName): Promise<void> {
    const upstream = this.#deps.upstreams.get(server);
    if (!upstream) return;
    await this.#readAll(upstream).catch(() => {});
    this.#tell({ server, lists: list === 'resources' ? ['resources', 'resourceTemplates'] : [list] });
  }

  close(): void {
    this.#isClosed = true;
    this.#watching.close();
    for (const shelf of this.#shelves.values()) clearTimeout(shelf.timer);
  }

  #askProfile(server: ServerName, shelf: Shelf, profile: Profile): Reading | undefined {
    const upstream = this.#deps.upstreams.get(server);
    const key = profileKey(profile);
    const since = this.#deps.clock.now();
    if (!upstream?.speaks(profile.era) || upstream.status.state !== 'ready') return undefined;
    if (shelf.offers.size >= MAX_PROFILES || since - (shelf.askedAt.get(key) ?? 0) < PROFILE_RETRY_MS)
      return undefined;
    const running = shelf.reading.get(key);
    if (running) return running;
    const work = this.#read(upstream, profile)
      .catch(() => void shelf.askedAt.set(key, since))
      .finally(() => shelf.reading.delete(key));
    const reading = { work, since };
    shelf.reading.set(key, reading);
    return reading;
  }

  #shelf(server: ServerName): Shelf {
    let shelf = this.#shelves.get(server);
    if (!shelf) {
      shelf = {
        offers: new Map(),
        settled: Promise.resolve(),
        turn: Promise.resolve(),
        isSettled: false,
        takenAt: 0,
        timer: undefined,
        failures: 0,
        reading: new Map(),
        askedAt: new Map(),
      };
      this.#shelves.set(server, shelf);
    }
    return shelf;
  }

  /** Reads the server now and again later: soon after a failure, every five minutes otherwise. */
  async #refresh(upstream: Upstream): Promise<void> {
    const shelf = this.#shelf(upstream.entry.name);
    clearTimeout(shelf.timer);
    let isRead = false;
    try {
      isRead = await this.#probeAndRead(upstream);
    } catch (error) {
      if (this.#isClosed) return;
      const { fault, message } = toFault(error);
      this.#deps.log.warn(
        { server: upstream.entry.name, fault, message, err: fault === 'internal' ? error : undefined },
        'the server’s lists could not be read',
      );
    }
    shelf.failures = isRead ? 0 : shelf.failures + 1;
    if (this.#isClosed || this.#deps.upstreams.get(upstream.entry.name) !== upstream) return;
    const ms = isRead
      ? REFRESH_MS
      : Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(shelf.failures - 1, 5));
    shelf.timer = setTimeout(() => void this.#refresh(upstream), ms * (0.9 + Math.random() * 0.2));
    shelf.timer.unref();
  }

  async #probeAndRead(upstream: Upstream): Promise<boolean> {
    const probed = await upstream.probe();
    if (probed.kind === 'unknown') return false;
    const shelf = this.#shelf(upstream.entry.name);
    for (const [key, offer] of shelf.offers)
      if (!upstream.speaks(offer.profile.era)) shelf.offers.delete(key);
    await this.#readAll(upstream);
    this.#watching.watch(upstream);
    return true;
  }

  /** The base offers of each era that the server speaks, then those of the profiles that were asked for. */
  async #readAll(upstream: Upstream): Promise<void> {
    const shelf = this.#shelf(upstream.entry.name);
    const profiles = new Map<string, Profile>();
    for (const era of ['legacy', 'modern'] as const)
      if (upstream.speaks(era)) profiles.set(era, ownProfile(era));
    for (const [key, offer] of shelf.offers)
      if (upstream.speaks(offer.profile.era)) profiles.set(key, offer.profile);
    const distinct = new Map([...profiles.values()].map(profile => [profileKey(profile), profile]));
    for (const profile of distinct.values()) await this.#read(upstream, profile);
  }

  async #read(upstream: Upstream, profile: Profile): Promise<void> {
    const read = await readOffer(upstream, profile, this.#deps.clock);
    const { entry } = upstream;
    if (this.#isClosed || this.#deps.upstreams.get(entry.name) !== upstream) return;
    await this.#shelf(entry.name).turn;
    await this.names.publish(
      entry,
      'tool',
      read.lists.tools.map(one => one.key),
    );
    await this.names.publish(
      entry,
      'prompt',
      read.lists.prompts.map(one => one.key),
    );
    await this.names.publish(
      entry,
      'resource',
      read.lists.resources.map(one => one.key),
    );
    await this.names.publish(
      entry,
      'template',
      read.lists.resourceTemplates.map(one => one.key),
    );
    await this.#keep(read);
  }

  async #keep(read: Offer): Promise<void> {
    const { offers } = this.#shelf(read.server);
    const key = profileKey(read.profile);
    const before = offers.get(key);
    // Profiles mostly see the same: one copy of the definitions serves them all.
    const same = [...offers.values()].find(
      other => other !== before && makeOffer({ ...other, hello: read.hello }).hash === read.hash,
    );
    offers.set(key, same ? { ...read, lists: same.lists } : read);
    if (before?.hash === read.hash || this.#isClosed) return;
    this.#version++;
    await this.#deps.store.putCatalogue(toRow(read));
    if (before)
      this.#tell({ server: read.server, lists: LIST_NAMES.filter(list => !isSameList(before, read, list)) });
    else this.#tell({ server: read.server, lists: LIST_NAMES.filter(list => read.lists[list].length > 0) });
  }

  #tell(change: CatalogueChange): void {
    if (change.lists.length === 0) return;
    for (const listener of this.#listeners) listener(change);
  }
}

function isSameList(a: Offer, b: Offer, list: ListName): boolean {
  const [before, now] = [a.lists[list], b.lists[list]];
  return (
    before.length === now.length &&
    before.every((one, i) => one.bytes.equals(now[i]?.bytes ?? Buffer.alloc(0)))
  );
}
