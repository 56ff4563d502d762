import type { Clock } from '../../base/index.ts';
import type { LedgerStore, LogTable } from '../../store/index.ts';
import type { Log } from '../log.ts';
import { showEntry, showEvent, showSignIn } from '../reading/shown.ts';
import { type Archive, archiveText } from './archive.ts';
import { excessOf, type Kept } from './shares.ts';

/** So many rows go at once: whoever writes meanwhile waits no longer than for these. */
const AT_ONCE = 5_000;
const DAY_MS = 86_400_000;
const MB = 1024 * 1024;

/** What is kept for how long. */
export type Keeping = {
  readonly days: number;
  /** Of the log of changes. */
  readonly auditDays: number;
  readonly maxRows: number;
  readonly maxMb: number;
  /** Entries that go are written there first. */
  readonly archive: Archive | undefined;
};

export type RetentionDeps = {
  readonly store: Pick<LedgerStore, 'oldest' | 'prune' | 'pruneFigures' | 'size'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly keeping: () => Keeping;
  readonly everyMs: number;
};

/** How many rows went. */
export type Pruned = Record<LogTable, number>;

/** What is over: the oldest, by age, and beyond what may be kept in number and bytes. */
export class Retention {
  readonly #deps: RetentionDeps;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.run().catch(() => {}), deps.everyMs);
    this.#timer.unref();
  }

  /** One look, after any that is under way; `days` instead of what is set. */
  run(days?: number): Promise<Pruned> {
    const done = this.#running.then(() => this.#look(days));
    this.#running = done.catch(err => this.#deps.log.error({ err }, 'the ledger could not be cleaned up'));
    return done;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #look(days: number | undefined): Promise<Pruned> {
    const { store, clock } = this.#deps;
    const keeping = this.#deps.keeping();
    const before = clock.now() - (days ?? keeping.days) * DAY_MS;
    const pruned: Pruned = {
      activity: await this.#prune('activity', before),
      events: await this.#prune('events', before),
      sign_ins: await this.#prune('sign_ins', before),
      // Who cleans up leaves the log of changes alone, in which that stands.
      audit: days === undefined ? await this.#pruneAudit(clock.now() - keeping.auditDays * DAY_MS) : 0,
    };
    await store.pruneFigures(before - (before % DAY_MS));
    await this.#fit(keeping, pruned);
    return pruned;
  }

  /** Of activity what is beyond the rows that may be kept, of all three what is beyond the bytes. */
  async #fit({ maxRows, maxMb }: Keeping, pruned: Pruned): Promise<void> {
    const { rows, events, signIns, bytes } = await this.#deps.store.size();
    const excess = excessOf({ activity: rows, events, sign_ins: signIns }, (maxMb * MB) / bytes);
    excess.activity = Math.max(excess.activity, rows - maxRows);
    for (const table of ['activity', 'events', 'sign_ins'] as const)
      pruned[table] += await this.#prune(table, this.#deps.clock.now(), excess[table]);
  }

  async #pruneAudit(before: number): Promise<number> {
    let count = 0;
    for (let gone = AT_ONCE; gone === AT_ONCE && !this.#isClosed; count += gone)
      gone = await this.#deps.store.prune('audit', AT_ONCE, before);
    return count;
  }

  async #prune(table: Kept, before: number, most = Number.POSITIVE_INFINITY): Promise<number> {
    let count = 0;
    while (count < most && !this.#isClosed) {
      const limit = Math.min(AT_ONCE, most - count);
      await this.#archive(table, limit, before);
      const gone = await this.#deps.store.prune(table, limit, before);
      count += gone;
      if (gone < limit) break;
    }
    return count;
  }

  /** What cannot be written is not removed either: it is tried again at the next look. */
  async #archive(table: Kept, limit: number, before: number): Promise<void> {
    const { archive } = this.#deps.keeping();
    if (archive === undefined) return;
    const rows = await this.#shown(table, limit, before);
    if (rows.length === 0) return;
    const text = rows.map(row => `${JSON.stringify({ table, row })}\n`).join('');
    const files = await archiveText(archive, text, Date.now());
    if (files.length > 0) this.#deps.log.warn({ files }, 'the oldest of the archive went: it has its size');
  }

  async #shown(table: Kept, limit: number, before: number): Promise<readonly object[]> {
    const { store } = this.#deps;
    if (table === 'activity') return (await store.oldest(table, limit, before)).map(showEntry);
    if (table === 'events') return (await store.oldest(table, limit, before)).map(showEvent);
    return (await store.oldest(table, limit, before)).map(showSignIn);
  }
}
