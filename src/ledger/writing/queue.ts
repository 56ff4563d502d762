import type { ActivityRow } from '../../store/index.ts';

const MOST_ROWS = 50_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** Beside its texts a row takes about so much. */
const ROW_BYTES = 300;
/** Bytes are counted once for so many rows that came. */
const WEIGH_EVERY = 4_096;

/** What was dropped and is not said yet. */
export type Lost = { readonly rows: number; readonly from: number; readonly to: number };

function weightOf(row: ActivityRow): number {
  const { userAgent, endpoint, method, target, clientName } = row;
  const texts = [userAgent, endpoint, method, target, clientName];
  return texts.reduce((sum, text) => sum + 2 * (text?.length ?? 0), ROW_BYTES);
}

/** Entries that wait to be written, within bounds: when it is full, the oldest of calls that went well go first. */
export class Queue {
  #rows: ActivityRow[] = [];
  #came = 0;
  #lost: Lost | undefined;
  /** How many were dropped so far. */
  dropped = 0;

  get size(): number {
    return this.#rows.length;
  }

  push(row: ActivityRow): void {
    this.#rows.push(row);
    if (this.#rows.length > MOST_ROWS || ++this.#came % WEIGH_EVERY === 0) this.#fit();
  }

  take(count: number): ActivityRow[] {
    return this.#rows.splice(0, count);
  }

  /** They could not be written yet. */
  putBack(rows: readonly ActivityRow[]): void {
    this.#rows = [...rows, ...this.#rows];
    this.#fit();
  }

  /** What was dropped since this was asked. */
  takeLost(): Lost | undefined {
    const lost = this.#lost;
    this.#lost = undefined;
    return lost;
  }

  lose(rows: readonly { readonly at: number; readonly count: number }[]): void {
    for (const { at, count } of rows) {
      this.dropped += count;
      const { rows: before, from, to } = this.#lost ?? { rows: 0, from: at, to: at };
      this.#lost = { rows: before + count, from: Math.min(from, at), to: Math.max(to, at) };
    }
  }

  #fit(): void {
    const bytes =
      this.#rows.length > WEIGH_EVERY ? this.#rows.reduce((sum, row) => sum + weightOf(row), 0) : 0;
    const share = Math.min(MOST_ROWS / this.#rows.length, MOST_BYTES / Math.max(bytes, 1));
    if (share >= 1) return;
    // A tenth more than needed, so that this is not done for each row that comes.
    this.#drop(Math.ceil(this.#rows.length * (1 - share * 0.9)));
  }

  #drop(count: number): void {
    let left = count;
    const isDropped = (row: ActivityRow) => row.outcome === 'ok' && left > 0 && left-- > 0;
    const [kept, dropped]: [ActivityRow[], ActivityRow[]] = [[], []];
    for (const row of this.#rows) (isDropped(row) ? dropped : kept).push(row);
    this.lose([...dropped, ...kept.splice(0, left)]);
    this.#rows = kept;
  }
}
