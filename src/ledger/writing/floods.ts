const MAX_FLOODS = 2_000;

/** Remembers what came lately, so that a flood is one row with a count. */
export class Floods<Row extends { count: number }> {
  readonly #open = new Map<string, Row>();

  /** Gives the row where it is the first of its kind. */
  add(key: string, make: () => Row): Row | undefined {
    const known = this.#open.get(key);
    if (known) known.count++;
    if (known || this.#open.size >= MAX_FLOODS) return undefined;
    const row = make();
    this.#open.set(key, row);
    return row;
  }

  take(isDue: (row: Row) => boolean): Row[] {
    const due: Row[] = [];
    for (const [key, row] of this.#open) {
      if (!isDue(row)) continue;
      due.push(row);
      this.#open.delete(key);
    }
    return due;
  }
}
