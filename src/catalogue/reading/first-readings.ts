import type { Clock } from '../../base/index.ts';
import { counterpart, type ListName, type Profile, profileKey } from '../../mcp/index.ts';
import type { Upstream, Upstreams } from '../../upstream/index.ts';
import { type CatalogueChange, whoseOf } from './changes.ts';
import type { Reading, Shelf, Shelves } from './shelf.ts';

/** How long a first list may wait for servers that were never read, and for a profile that was never asked. */
export const PATIENCE_MS = 1_500;
const PROFILE_RETRY_MS = 30_000;
const MAX_PROFILES = 64;

type Deps = {
  readonly shelves: Shelves;
  readonly upstreams: Upstreams;
  readonly clock: Clock;
  read(upstream: Upstream, profile: Profile): Promise<readonly ListName[]>;
  /** Everything that is known to be wanted of the server. */
  readAll(upstream: Upstream): Promise<unknown>;
  tell(change: CatalogueChange): void;
};

export function delay(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref());
}

/** What was never read, read when somebody wants it: by key of the server or account, and by profile. */
export class FirstReadings {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Waits, at most 1.5 s from its beginning, for what was never read: undefined when there is nothing to wait for. */
  ensure(keys: readonly string[], profile: Profile): Promise<unknown> | undefined {
    const { shelves, clock } = this.#deps;
    const waits = keys.flatMap(key => {
      const shelf = shelves.find(key);
      const reading = shelf && this.#of(key, shelf, profile);
      const left = reading ? reading.since + PATIENCE_MS - clock.now() : 0;
      return reading && left > 0 ? [Promise.race([reading.work, delay(left)])] : [];
    });
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  #of(key: string, shelf: Shelf, profile: Profile): Reading | undefined {
    if (!shelf.isSettled && shelf.offers.size === 0) return { work: shelf.settled, since: shelf.takenAt };
    const upstream = this.#deps.upstreams.at(key);
    if (profile.era === 'legacy' && upstream?.isLegacyUnasked)
      return this.#learnLegacy(upstream, shelf, profile);
    const asked = upstream?.eras && !upstream.speaks(profile.era) ? counterpart(profile) : profile;
    return shelf.offers.has(profileKey(asked)) ? undefined : this.#askProfile(upstream, shelf, asked);
  }

  /** The first client of 2025 is there: whether the server speaks to such clients itself decides what is listed. */
  #learnLegacy(upstream: Upstream, shelf: Shelf, profile: Profile): Reading {
    return this.#begin(shelf, `unasked ${profileKey(profile)}`, async () => {
      const known = await upstream.probeLegacy();
      if (known.kind !== 'known') return;
      await this.#deps.readAll(upstream);
      await this.#of(upstream.key, shelf, profile)?.work;
    });
  }

  #askProfile(upstream: Upstream | undefined, shelf: Shelf, profile: Profile): Reading | undefined {
    const { clock, read, tell } = this.#deps;
    const key = profileKey(profile);
    const since = clock.now();
    if (!upstream?.speaks(profile.era) || upstream.status.state !== 'ready') return undefined;
    if (shelf.offers.size >= MAX_PROFILES || since - (shelf.askedAt.get(key) ?? 0) < PROFILE_RETRY_MS)
      return undefined;
    return this.#begin(shelf, key, async () => {
      try {
        tell({ ...whoseOf(upstream), lists: await read(upstream, profile) });
      } catch {
        shelf.askedAt.set(key, since);
      }
    });
  }

  /** Single-flight. */
  #begin(shelf: Shelf, key: string, work: () => Promise<void>): Reading {
    const running = shelf.reading.get(key);
    if (running) return running;
    const done = work()
      .catch(() => {})
      .finally(() => shelf.reading.delete(key));
    const reading = { work: done, since: this.#deps.clock.now() };
    shelf.reading.set(key, reading);
    return reading;
  }
}
