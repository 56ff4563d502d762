import { type Kept, readSnapshot, type Snapshot, type SnapshotSources } from './snapshot.ts';

export type Live = {
  /** A map read: no waiting, no I/O. */
  current(): Snapshot;
  /** Reads again; what was written before the call is in the answer. Many at once share one reading. */
  refresh(): Promise<Snapshot>;
  onSwap(listener: (now: Snapshot, before: Snapshot) => void): () => void;
  /**
   * For whatever lives longer than five seconds: each swap calls `end` once when `isAllowed` no longer holds.
   * The answer releases.
   */
  hold(isAllowed: (snapshot: Snapshot) => boolean, end: () => void): () => void;
  close(): Promise<void>;
};

export type LiveDeps = SnapshotSources & {
  /** How often the store is asked for its revision, in milliseconds. */
  readonly pollMs?: number;
  /** A reading or a listener that failed; the last snapshot stays. */
  readonly onProblem?: (problem: unknown) => void;
};

type Listener = (now: Snapshot, before: Snapshot) => void;

class Watch implements Live {
  readonly #deps: LiveDeps;
  readonly #listeners = new Set<Listener>();
  readonly #timer: NodeJS.Timeout;
  #kept: Kept;
  #reading: Promise<Snapshot> | undefined;
  #next: Promise<Snapshot> | undefined;
  #polling: Promise<void> | undefined;
  #closed = false;

  constructor(deps: LiveDeps, first: Kept) {
    this.#deps = deps;
    this.#kept = first;
    this.#timer = setInterval(() => this.#tick(), deps.pollMs ?? 250);
    this.#timer.unref();
  }

  current(): Snapshot {
    return this.#kept.snapshot;
  }

  /** A reading under way may have passed what the caller just wrote: then one more follows it, for all who wait. */
  refresh(): Promise<Snapshot> {
    if (!this.#reading) return this.#read();
    this.#next ??= this.#reading.then(
      () => this.#read(),
      () => this.#read(),
    );
    return this.#next;
  }

  onSwap(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  hold(isAllowed: (snapshot: Snapshot) => boolean, end: () => void): () => void {
    let isOver = false;
    const release = this.onSwap(now => look(now));
    const look = (now: Snapshot) => {
      if (isOver || isAllowed(now)) return;
      isOver = true;
      release();
      end();
    };
    // A swap between the decision and this call would else go unnoticed.
    queueMicrotask(() => look(this.current()));
    return () => {
      isOver = true;
      release();
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#listeners.clear();
    await Promise.allSettled([this.#polling, this.#reading, this.#next]);
  }

  #read(): Promise<Snapshot> {
    this.#next = undefined;
    const reading = readSnapshot(this.#deps, this.#kept)
      .then(now => this.#swap(now))
      .finally(() => {
        if (this.#reading === reading) this.#reading = undefined;
      });
    this.#reading = reading;
    return reading;
  }

  #swap(kept: Kept): Snapshot {
    const now = kept.snapshot;
    if (this.#closed) return now;
    const before = this.current();
    this.#kept = kept;
    for (const listener of [...this.#listeners]) {
      try {
        listener(now, before);
      } catch (problem) {
        this.#deps.onProblem?.(problem);
      }
    }
    return now;
  }

  #tick(): void {
    this.#polling ??= this.#poll()
      .catch(problem => this.#deps.onProblem?.(problem))
      .finally(() => {
        this.#polling = undefined;
      });
  }

  async #poll(): Promise<void> {
    const revision = await this.#deps.store.revision();
    if (revision !== this.current().revision && !this.#closed) await this.refresh();
  }
}

/** Reads the first snapshot and begins to watch the store. The timer keeps no process alive. */
export async function createLive(deps: LiveDeps): Promise<Live> {
  return new Watch(deps, await readSnapshot(deps));
}
