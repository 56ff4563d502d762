import { Fault, randomToken } from '../../base/index.ts';
import type { ActivityRow, EventRow } from '../../store/index.ts';
import type { Ledger } from '../ledger.ts';

/** So many things that happened are remembered for readers that come back. */
const KEPT = 2_000;
/** So many wait for one reader; beyond it the oldest are left out, and the reader is told how many. */
const MOST_WAITING = 1_000;
/** So many may read at once: each thing that happens is shown to each of them. */
const MOST_READERS = 100;
/** So long nobody may read until the feed forgets. */
const FORGET_MS = 5 * 60_000;

export type Happened =
  | { readonly kind: 'entry'; readonly row: ActivityRow }
  | { readonly kind: 'event'; readonly row: EventRow };

/** `missed`: so many that were wanted were left out; undefined where nobody knows. `id` says where to go on. */
export type Told = { readonly id: string } & (
  | Happened
  | { readonly kind: 'missed'; readonly count: number | undefined }
);

export type Reading = {
  readonly isWanted: (happened: Happened) => boolean;
  /** The id of the last thing that was read before. */
  readonly after?: string | undefined;
};

/** What one reader has not taken yet. */
export class Reader {
  readonly #isWanted: Reading['isWanted'];
  readonly #onClose: (reader: Reader) => void;
  #waiting: Told[] = [];
  #missed = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;
  /** The id of the newest thing that was looked at, wanted or not. */
  id: string;

  constructor(isWanted: Reading['isWanted'], id: string, onClose: (reader: Reader) => void) {
    this.#isWanted = isWanted;
    this.id = id;
    this.#onClose = onClose;
  }

  offer(happened: Happened, id: string): void {
    this.id = id;
    if (!this.#isWanted(happened)) return;
    this.#waiting.push({ ...happened, id });
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#missed++;
    }
    this.#wake?.();
  }

  /** Something before what waits was left out. */
  miss(id: string): void {
    this.#waiting.push({ kind: 'missed', count: undefined, id });
  }

  /** All that waits, or nothing after `ms`; undefined: the feed is over. */
  async take(ms: number): Promise<readonly Told[] | undefined> {
    if (this.#waiting.length === 0 && !this.#isClosed) await this.#something(ms);
    if (this.#isClosed) return undefined;
    const [first] = this.#waiting;
    const missed = this.#missed;
    const taken = this.#waiting;
    this.#waiting = [];
    this.#missed = 0;
    if (missed === 0 || !first) return taken;
    return [{ kind: 'missed', count: missed, id: first.id }, ...taken];
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#onClose(this);
    this.#wake?.();
  }

  #something(ms: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      this.#wake = done;
    });
  }
}

type Numbered = { readonly number: number; readonly happened: Happened };

/**
 * What happens, as it happens, for whoever reads along. Nothing of it costs a call anything while nobody does: the
 * feed listens from its first reader on, until the last one has been gone for a while.
 */
export class Feed {
  readonly #ledger: Pick<Ledger, 'onEntry' | 'onEvent'>;
  readonly #readers = new Set<Reader>();
  #kept: Numbered[] = [];
  #epoch = '';
  #count = 0;
  #release: (() => void) | undefined;
  #forget: NodeJS.Timeout | undefined;

  constructor(ledger: Pick<Ledger, 'onEntry' | 'onEvent'>) {
    this.#ledger = ledger;
  }

  /** Fault `overloaded` where too many read already. */
  read({ isWanted, after }: Reading): Reader {
    if (this.#readers.size >= MOST_READERS) throw new Fault('overloaded');
    clearTimeout(this.#forget);
    this.#listen();
    const reader = new Reader(isWanted, this.#idOf(this.#count), gone => this.#leave(gone));
    if (after !== undefined) this.#resume(reader, after);
    this.#readers.add(reader);
    return reader;
  }

  close(): void {
    for (const reader of [...this.#readers]) reader.close();
    clearTimeout(this.#forget);
    this.#stop();
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  #resume(reader: Reader, after: string): void {
    const [epoch, last] = after.split('-');
    const number = Number(last);
    const oldest = this.#count - this.#kept.length;
    const isKnown = epoch === this.#epoch && number >= oldest && number <= this.#count;
    if (!isKnown) return reader.miss(this.#idOf(this.#count));
    for (const one of this.#kept) if (one.number > number) reader.offer(one.happened, this.#idOf(one.number));
  }

  #listen(): void {
    if (this.#release) return;
    this.#epoch = randomToken(6).replaceAll('-', '_');
    const releases = [
      this.#ledger.onEntry(row => this.#tell({ kind: 'entry', row })),
      this.#ledger.onEvent(row => this.#tell({ kind: 'event', row })),
    ];
    this.#release = () => {
      for (const release of releases) release();
    };
  }

  #tell(happened: Happened): void {
    const number = ++this.#count;
    this.#kept.push({ number, happened });
    if (this.#kept.length > 2 * KEPT) this.#kept = this.#kept.slice(-KEPT);
    const id = this.#idOf(number);
    for (const reader of this.#readers) reader.offer(happened, id);
  }

  #leave(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#forget = setTimeout(() => this.#stop(), FORGET_MS);
    this.#forget.unref();
  }

  #stop(): void {
    this.#release?.();
    this.#release = undefined;
    this.#kept = [];
  }
}
