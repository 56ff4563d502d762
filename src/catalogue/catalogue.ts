import { type Clock, type ServerName, toFault, type UserId } from '../base/index.ts';
import type { Ledger, Log } from '../ledger/index.ts';
import {
  accountKey,
  isPerPerson,
  type ListName,
  type Profile,
  profileKey,
  type ServerEntry,
} from '../mcp/index.ts';
import type { Store } from '../store/index.ts';
import { OWN_MODERN, type Upstream, type UpstreamSession, type Upstreams } from '../upstream/index.ts';
import { CONNECT } from './accounts/connect-tool.ts';
import { type Overview, overviewOf } from './accounts/overview.ts';
import { Arrivals, type Guarding } from './arrivals/arrivals.ts';
import { Examined, type Suspicions } from './arrivals/examined.ts';
import { othersThan } from './arrivals/others.ts';
import { type Mapped, Names } from './names.ts';
import { makeOffer, type Offer, toRow } from './offer.ts';
import { type CatalogueChange, Changes, whoseOf } from './reading/changes.ts';
import { delay, FirstReadings, PATIENCE_MS } from './reading/first-readings.ts';
import { nextReading } from './reading/pace.ts';
import { readOffer, readThrough } from './reading/reading.ts';
import { changedLists, isOfAnyone, ownProfile, Shelves, shelfKey, toAnyone } from './reading/shelf.ts';
import { Watching } from './watching.ts';

const TURN_MS = 1_000;

type Deps = {
  readonly store: Pick<
    Store,
    'loadCatalogue' | 'putCatalogue' | 'forgetCatalogue' | 'loadNames' | 'claimNames'
  >;
  readonly upstreams: Upstreams;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Where an administrator lets the name of a tool lead. */
  readonly mapped?: (name: string) => Mapped | undefined;
  readonly guarding: Guarding;
};

/** What the servers offer: read ahead, kept, and served while a server is down. No request waits for a server here. */
export class Catalogue {
  readonly names: Names;
  readonly #deps: Deps;
  readonly #shelves = new Shelves();
  readonly #listeners = new Set<(change: CatalogueChange) => void>();
  readonly #watching = new Watching((key, list) => void this.listChanged(key, list));
  readonly #changes = new Changes({
    read: upstream => this.#readAll(upstream, false),
    tell: change => this.#tell(change),
  });
  readonly #first: FirstReadings;
  readonly #arrivals: Arrivals;
  readonly #suspicions = new Examined();
  readonly #unhear: () => void;
  #version = 0;
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#arrivals = new Arrivals({ ...deps.guarding, ledger: deps.ledger });
    this.#first = new FirstReadings({
      ...{ shelves: this.#shelves, upstreams: deps.upstreams, clock: deps.clock },
      read: (upstream, profile) => this.#read(upstream, profile),
      readAll: upstream => this.#readAll(upstream, false),
      tell: change => this.#tell(change),
    });
    this.#unhear = this.#watching.hear(deps.upstreams, ({ key }) => void this.reread(key));
    this.names = new Names({
      store: deps.store,
      now: () => deps.clock.now(),
      mapped: name => deps.mapped?.(name),
      onCollision: collision => this.#arrivals.collided(collision),
    });
  }

  /** Grows with every change of what is offered. */
  get version(): number {
    return this.#version;
  }

  async load(): Promise<void> {
    await this.names.load();
    this.#shelves.load(await this.#deps.store.loadCatalogue());
  }

  /** Begins to read servers that are new or changed; a changed one may offer something else, so nothing old is kept. */
  take(upstreams: readonly Upstream[]): void {
    const before: Promise<void>[] = [];
    for (const upstream of upstreams) {
      if (isPerPerson(upstream.entry) && upstream.leg.person === undefined) {
        void this.#publishConnect(upstream.entry);
        continue;
      }
      const shelf = this.#shelves.at(upstream.key);
      // Names go in the order of the configuration, not of who answers first; a slow server holds nobody up for long.
      shelf.turn = Promise.race([Promise.all([...before]), delay(TURN_MS)]);
      this.#watching.forget(upstream.key);
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

  /** What the server, or the account there, offers to this profile; while that was not read yet, what it offers to anyone of the era. */
  offer(key: string, profile: Profile): Offer | undefined {
    return this.#shelves.offer(key, profile);
  }

  /**
   * What a server offers to whoever looks after it. Where each person has an own account: what their accounts are
   * offered, together and nobody's in particular.
   */
  offeredAt(entry: ServerEntry): Overview | undefined {
    if (isPerPerson(entry)) return overviewOf(this.#shelves.ofAccounts(entry.name));
    return this.offer(entry.name, OWN_MODERN);
  }

  /** What is not to be trusted of the tools that a server offers now, by name. */
  suspicionsAt(entry: ServerEntry): Suspicions {
    return this.#suspicions.of(entry.name, this.#version, () => ({
      tools: this.offeredAt(entry)?.lists.tools ?? [],
      others: othersThan(entry.name, this.names, this.#shelves.besides(entry.name)),
    }));
  }

  /** Whether some server was never read yet, so that a name may be unknown only because of that. */
  get isFirstReading(): boolean {
    return this.#shelves.isFirstReading(this.#deps.clock.now() - PATIENCE_MS);
  }

  /** Waits, at most 1.5 s from its beginning, for what was never read: undefined when there is nothing to wait for. */
  ensure(keys: readonly string[], profile: Profile): Promise<unknown> | undefined {
    return this.#first.ensure(keys, profile);
  }

  /** The server says that a list changed. The listeners hear of it when it was read again. */
  async listChanged(key: string, list: ListName): Promise<void> {
    const upstream = this.#deps.upstreams.at(key);
    if (!upstream) return;
    await this.#changes.take(upstream, list === 'resources' ? ['resources', 'resourceTemplates'] : [list]);
  }

  /** Reads the server's lists again, at most a few times a second; the listeners hear of what really changed. */
  async reread(key: string): Promise<void> {
    const upstream = this.#deps.upstreams.at(key);
    if (upstream) await this.#changes.take(upstream, []);
  }

  /** What one session of a server sees now; undefined where that is what everybody of its profile sees. */
  async seenBy(session: UpstreamSession): Promise<Offer | undefined> {
    const { entry, key } = session.leg;
    const seen = await readThrough(session, this.#deps.clock).catch(() => undefined);
    if (!seen || this.#isClosed) return undefined;
    await this.names.publishAll(entry, seen.lists);
    await this.#arrivals.blockCollided();
    return seen.hash === this.offer(key, session.profile)?.hash ? undefined : seen;
  }

  /** The account is another one now, or none: what it was shown is shown to nobody any more. */
  async forget(server: ServerName, person: UserId): Promise<void> {
    const key = accountKey(server, person);
    this.#watching.forget(key);
    if (this.#shelves.remove(key)) this.#version++;
    await this.#deps.store.forgetCatalogue(server, person);
    this.#tell({ server, person, lists: ['tools', 'prompts', 'resources'] });
  }

  /** What whoever has no account at the server yet finds in its place. */
  async #publishConnect(entry: ServerEntry): Promise<void> {
    if (await this.names.publish(entry, 'tool', [CONNECT])) this.#version++;
  }

  close(): void {
    this.#isClosed = true;
    this.#unhear();
    this.#watching.close();
    this.#shelves.close();
  }

  /** Reads the server now and again later: soon after a failure, every five minutes otherwise. */
  async #refresh(upstream: Upstream): Promise<void> {
    const shelf = this.#shelves.at(upstream.key);
    clearTimeout(shelf.timer);
    // A server that is gone is left alone, and no account begins there.
    if (this.#deps.upstreams.at(upstream.key) !== upstream) return;
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
    if (this.#isClosed || this.#deps.upstreams.at(upstream.key) !== upstream) return;
    const ms = nextReading(upstream, shelf.failures);
    if (ms !== undefined) shelf.timer = setTimeout(() => void this.#refresh(upstream), ms).unref();
  }

  async #probeAndRead(upstream: Upstream): Promise<boolean> {
    const shelf = this.#shelves.at(upstream.key);
    // What clients of 2025 were shown before is not taken from them unasked.
    const hasLegacy = [...shelf.offers.values()].some(offer => offer.profile.era === 'legacy');
    const probed = await upstream.probe(hasLegacy);
    if (probed.kind === 'unknown') return false;
    for (const [key, offer] of shelf.offers)
      if (!upstream.speaks(offer.profile.era)) shelf.offers.delete(key);
    const lists = await this.#readAll(upstream, true);
    this.#tell({ ...whoseOf(upstream), lists: [...lists] });
    this.#watching.watch(upstream);
    return true;
  }

  /**
   * The base offers of each era that the server speaks, then those of the profiles that were asked for. Gives what has
   * changed; nobody may hear of it before each profile was read, or a client would find its own list as it was.
   */
  async #readAll(upstream: Upstream, mustSucceed: boolean): Promise<ReadonlySet<ListName>> {
    const changed = new Set<ListName>();
    const shelf = this.#shelves.at(upstream.key);
    const profiles = new Map<string, Profile>();
    for (const era of ['legacy', 'modern'] as const)
      if (upstream.speaks(era)) profiles.set(era, ownProfile(era));
    for (const [key, offer] of shelf.offers)
      if (upstream.speaks(offer.profile.era)) profiles.set(key, offer.profile);
    const distinct = new Map([...profiles.values()].map(profile => [profileKey(profile), profile]));
    try {
      for (const profile of distinct.values())
        for (const list of await this.#read(upstream, profile)) changed.add(list);
    } catch (error) {
      if (mustSucceed) {
        this.#tell({ ...whoseOf(upstream), lists: [...changed] });
        throw error;
      }
    }
    return changed;
  }

  /** Which lists have changed by it. */
  async #read(upstream: Upstream, profile: Profile): Promise<readonly ListName[]> {
    const read = await readOffer(upstream, profile, this.#deps.clock);
    const { entry } = upstream;
    if (this.#isClosed || this.#deps.upstreams.at(upstream.key) !== upstream) return [];
    await this.#shelves.at(upstream.key).turn;
    const renamed = await this.names.publishAll(entry, read.lists);
    const changed = await this.#keep(read);
    // The same definitions under other names: what was put together before shows them under none.
    if (renamed.length > 0 && changed.length === 0) this.#version++;
    return [...new Set([...changed, ...renamed])];
  }

  async #keep(read: Offer): Promise<readonly ListName[]> {
    await this.#lookAt(read);
    const { offers } = this.#shelves.at(shelfKey(read));
    const key = profileKey(read.profile);
    const before = offers.get(key);
    // Profiles mostly see the same: one copy of the definitions serves them all.
    const same = [...offers.values()].find(
      other => other !== before && makeOffer({ ...other, hello: read.hello }).hash === read.hash,
    );
    offers.set(key, same ? { ...read, lists: same.lists } : read);
    if (before?.hash === read.hash || this.#isClosed) return [];
    this.#version++;
    await this.#deps.store.putCatalogue(toRow(read));
    return changedLists(before, read);
  }

  /** What a server offers is looked at before anybody sees it. */
  async #lookAt(read: Offer): Promise<void> {
    const { server } = read;
    const shelf = this.#shelves.at(shelfKey(read));
    const others = othersThan(server, this.names, this.#shelves.besides(server));
    await this.#arrivals.take(read, shelf, others);
    const { profile } = toAnyone(shelf) ?? read;
    if (isOfAnyone(read) && (read.profile.era === 'modern' || profile.era === 'legacy')) shelf.seen = read;
  }

  #tell(change: CatalogueChange): void {
    if (change.lists.length === 0) return;
    for (const listener of this.#listeners) listener(change);
  }
}
